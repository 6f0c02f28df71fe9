"""Signals and outputs: a charge by hand lasts only as long as somebody looks."""

from pathlib import Path
from typing import Any

import msgspec

from chargepoint.inquiry.hardware import ChargeByHand, Exercised, ExerciseOutput, Shown
from tests.web.browser import Answer, Browser, Rig, visiting
from tests.web.station import Station

GOING = Exercised("going_on", "EVSE 1: at most 6 A, not a transaction")
ENDED = Exercised("ended", "EVSE 1: ended after 3 s")
HAND = "/hardware/1/charge"


def charging(question: ChargeByHand) -> Exercised:
    """As the station answers with a car plugged in."""
    return GOING if question.valid_for_s > 0 else ENDED


async def press(browser: Browser, path: str, **form: str) -> Answer:
    """As htmx posts it."""
    return await browser.post(path, form, hx_request="true")


def hold_of(answer: Answer) -> str:
    """Of a charge that goes on."""
    return answer.text.split('name="hold" value="')[1].split('"')[0]


def test_every_signal_is_shown_and_a_silent_control_is_said(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        def rows(configuration: Any, told: Shown, evse: int) -> tuple[tuple[str, str], ...]:
            return (("pilot", f"+12.00 V <{evse}>"),)

        rig.house.ports = msgspec.structs.replace(rig.house.ports, signals=rows)
        station = Station(rig, ShowSignals=Shown((), connected=True))
        browser = await rig.inside("technician")
        page = (await browser.get("/hardware/1")).text
        assert "<dt>pilot</dt><dd>+12.00 V &lt;1&gt;</dd>" in page
        station.answers["ShowSignals"] = Shown((), connected=False)
        assert "is the control process running?" in (await browser.get("/hardware/1")).text
        assert (await browser.get("/hardware/99")).status == 404

    visiting(story, tmp_path)


def test_an_output_is_moved_and_the_refusal_is_read(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        station = Station(rig, ExerciseOutput=Exercised("refused", "EVSE 1: a car is plugged in (state B); unplug it first"))
        browser = await rig.inside("technician")
        answer = await press(browser, "/hardware/1/exercise", what="indicator", text="reserved")
        assert station.asked == [ExerciseOutput(1, "indicator reserved")]
        assert "unplug it first" in answer.text
        whole = await browser.post("/hardware/1/exercise", {"what": "lock_close"})
        assert "unplug it first" in whole.text
        assert "<h1>" in whole.text

    visiting(story, tmp_path)


def test_a_charge_by_hand_is_renewed_by_its_page_alone_and_never_after_the_stop(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        station = Station(rig, ChargeByHand=charging)
        browser = await rig.inside("technician")
        hold = hold_of(await press(browser, HAND, current_a="6"))
        assert station.asked == [ChargeByHand(1, 6.0, 6.0)]
        assert (await press(browser, f"{HAND}/renew", hold=hold, current_a="6")).status == 204
        assert "It was ended" in (await press(browser, f"{HAND}/renew", hold="another", current_a="6")).text
        assert len(station.asked) == 2
        assert "ended after 3 s" in (await press(browser, f"{HAND}/end")).text
        assert "It was ended" in (await press(browser, f"{HAND}/renew", hold=hold, current_a="6")).text
        assert station.asked[2:] == [ChargeByHand(1, 0.0, 0.0)]

    visiting(story, tmp_path)


def test_a_stop_that_overtakes_a_renewal_has_the_last_word(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        def stopped(question: ChargeByHand) -> Exercised:
            rig.house.hands.clear()
            return charging(question)

        station = Station(rig, ChargeByHand=charging)
        browser = await rig.inside("technician")
        hold = hold_of(await press(browser, HAND, current_a="6"))
        station.answers["ChargeByHand"] = stopped
        answer = await press(browser, f"{HAND}/renew", hold=hold, current_a="6")
        assert "ended after 3 s" in answer.text
        assert station.asked[-1] == ChargeByHand(1, 0.0, 0.0)

    visiting(story, tmp_path)


def test_what_the_station_refuses_is_not_renewed(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        station = Station(rig, ChargeByHand=Exercised("refused", "EVSE 1: nothing is plugged in"))
        browser = await rig.inside("technician")
        answer = await press(browser, HAND, current_a="6")
        assert "nothing is plugged in" in answer.text
        assert "every 2s" not in answer.text
        assert (await press(browser, HAND, current_a="-6")).status == 400
        assert "needs a browser with scripts" in (await browser.post(HAND, {"current_a": "6"})).text
        assert len([each for each in station.asked if isinstance(each, ChargeByHand)]) == 1

    visiting(story, tmp_path)


def test_it_is_for_technicians(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        station = Station(rig, ChargeByHand=charging)
        viewer = await rig.inside("viewer")
        assert (await viewer.get("/hardware/1")).status == 403
        assert [(await press(viewer, path, current_a="6")).status for path in (HAND, f"{HAND}/renew", f"{HAND}/end")] == [403] * 3
        assert station.asked == []

    visiting(story, tmp_path)

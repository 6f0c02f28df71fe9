"""Guided steps that nobody does: each is left to be done by hand, and no report is good with it."""

import asyncio
from typing import Any, Literal

import pytest

from chargepoint.commissioning import guide, guiding
from chargepoint.commissioning.guiding import Switch
from chargepoint.commissioning.sight import Bench
from chargepoint.commissioning.steps import Step, merged
from chargepoint.inquiry.cards import HeldCard, HoldCard
from chargepoint.inquiry.hardware import ChargeByHand, Exercised, Shown
from chargepoint.link.messages import Signals
from hal.measured import PILOT_STEADY_PPM, BoardInputs, BoardOutputs, MeterReading
from tests.control.rig import ABLE
from tests.domain.examples import configuration
from tests.web.report.test_report import GOOD, signed

STATION = configuration(cables=("socket",))
NAMES = tuple(stage.name for stage in guide.stages("adapter"))
OPEN = Step(evse=1, name="closing", title="Contactor closes", outcome="by_hand", text="go through the guided test", untried=True)
DOCUMENT = {"evses": [{"id": 1, "state": "A", "fault_details": [], "transaction": None}]}
HIGH_MV = {"A": 12_000, "B": 9_000}


def led(deed: str, *, cp: Literal["A", "B"] = "B", session: bool = False) -> dict[str, Step]:
    """Steps at an EVSE where the adapter stays at one letter. ``deed``: what is said at each prompt."""
    now = [0.0]

    async def ask(question: Any, answer: Any, timeout_s: float = 0.0, /) -> Any:
        if isinstance(question, ChargeByHand):
            return Exercised("refused", "control says no") if deed == "refuse" else Exercised("going_on", "")
        if isinstance(question, HoldCard):
            return HeldCard(hold="1", state="waiting", message="hold it", left_s=40)
        if question is None:
            entry = {**DOCUMENT["evses"][0], "transaction": {"id": "1"} if session else None}
            return {"evses": [entry]}
        board = BoardInputs(at_s=now[0], cp_high_mv=HIGH_MV[cp], cp_low_mv=-12_000, contactor_closed=False, plug_locked=False, pp_ohm=220)
        reading = MeterReading(at_s=now[0], energy_wh=1_000, voltage_mv=(230_000, 230_000, 230_000))
        outputs = BoardOutputs(PILOT_STEADY_PPM, False, False)
        signals = Signals(evse=1, at_s=now[0], state="A", cp=cp, inputs=board, outputs=outputs, reading=reading)
        return Shown((signals,), True)

    async def pause(seconds: float) -> None:
        now[0] += seconds

    async def play() -> dict[str, Step]:
        switch, found = Switch(), {}
        bench = Bench(ask=ask, configuration=STATION, abilities=lambda part: ABLE, monotonic=lambda: now[0], pause=pause)
        async for told in guiding.of_evse(bench, STATION.evses[0], "adapter", switch):
            if isinstance(told, Step):
                found[told.name] = told
            elif deed == "skip" and (told.name != "guided_b" or cp == "A"):
                switch.skip(told.name)
            elif deed == "stop":
                switch.stop()
        return found

    return asyncio.run(play())


@pytest.mark.parametrize(
    ("deed", "cp", "session", "said"),
    [
        ("skip", "A", False, "left out"),
        ("stop", "A", False, "ended before it was done"),
        ("wait", "A", False, "not seen within 180 s: Plug in the test adapter, and set it to B."),
        ("wait", "B", True, "a session runs; end it first"),
    ],
)
def test_what_nobody_does_is_left_to_be_done_at_every_step_and_no_report_is_good(
    deed: str, cp: Literal["A", "B"], session: bool, said: str
) -> None:
    found = led(deed, cp=cp, session=session)
    assert tuple(name for name in found if name != "reader") == NAMES
    assert {step.outcome for step in found.values()} == {"by_hand"}
    assert found["guided_b"].text.startswith(said)
    paper = signed(*merged((GOOD, OPEN), found.values()))
    assert (paper.mark, paper.failed) == ("open", ())
    titles = [stage.title for stage in guide.stages("adapter")]
    assert [title for title in titles if f"EVSE 1, {title}" not in paper.notes[0]] == []


def test_steps_left_out_in_the_middle_are_named_and_the_test_goes_on() -> None:
    found = led("skip")
    assert (found["guided_b"].outcome, found["closing"].outcome, found["closing"].text) == ("passed", "by_hand", "left out")
    assert {found[each].text for each in ("counting", "opening")} == {"not tried: the contactor was not seen to close"}
    assert found["guided_back"].text == "left out"
    assert "EVSE 1, Contactor closes" in "".join(signed(*merged((GOOD, OPEN), [found["closing"]])).notes)


def test_what_may_not_be_offered_and_what_is_not_seen_in_its_time_is_open_with_its_reason() -> None:
    assert (led("refuse")["closing"].outcome, led("refuse")["closing"].text) == ("by_hand", "nothing may be offered: control says no")
    late = led("wait")["closing"]
    assert (late.outcome, late.text, bool(late.remedy)) == ("by_hand", "not seen within 180 s: Set the adapter to C.", True)


def test_nothing_takes_the_place_of_something_stronger() -> None:
    def closing(outcome: Any, untried: bool = False) -> Step:
        return Step(evse=1, name="closing", title="Contactor closes", outcome=outcome, text="x", untried=untried)

    failed, passed, impossible, left_out = closing("failed"), closing("passed"), closing("impossible"), closing("by_hand", untried=True)
    for before in (failed, passed, OPEN):
        assert merged((before,), (impossible,)) == (before,)
    for before in (failed, passed):
        assert merged((before,), (left_out,)) == (before,)
    assert merged((impossible,), (left_out,)) == merged((OPEN,), (left_out,)) == (left_out,)
    for after in (failed, passed):
        assert merged((left_out,), (after,)) == (after,)

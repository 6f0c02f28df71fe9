"""What a technician reads and does at one EVSE."""

from pathlib import Path

import msgspec
import pytest
from markupsafe import escape
from msgspec import structs

from chargepoint.control import limits
from chargepoint.domain import catalogue, why
from chargepoint.domain.limits import Limit
from chargepoint.domain.why import Facts
from chargepoint.inquiry.faults import Answer, ClearFault
from chargepoint.link.messages import EvseState
from tests.control import rig as bench
from tests.control.test_limits import BOUNDED, Bounded
from tests.web.browser import Rig, visiting
from tests.web.station import WELDED, Station, heard
from tests.web.test_streams import Line


def test_the_first_condition_that_does_not_hold_is_the_answer_with_every_step(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        Station(rig)
        page = (await (await rig.inside("viewer")).get("/evse/1")).text
        answer = page[page.index('id="why"') : page.index('id="now"')]
        assert "Nobody may charge &lt;here&gt;." in answer
        assert "CP-921" in answer
        assert answer.count("<li>") >= 1
        assert [page.count(f'<li class="{mark}">') for mark in ("yes", "no", "open")] == [1, 1, 1]
        for said in ("16 A</b> site fuse", "set by installer", "for 5 s, ends in 1 min", "the fuse has 16 A left", "closings: 1,234"):
            assert said in page
        assert "has been dealt with" not in page

    visiting(story, tmp_path)


def test_who_reads_only_has_no_button_and_may_not_clear(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        station = Station(rig)
        station.document = heard(fault_details=[WELDED])
        viewer = await rig.inside("viewer")
        page = (await viewer.get("/evse/1")).text
        assert "Contactor welded" in page
        assert "Replace the contactor." in page
        assert "Out of order." in page
        assert page.count("Replace the contactor.") == 1
        assert "has been dealt with" not in page
        assert (await viewer.post("/evse/1/clear", {"name": "contactor_welded"})).status == 403
        assert station.asked == []

    visiting(story, tmp_path)


@pytest.mark.parametrize(("outcome", "status"), [("cleared", 303), ("refused", 409)])
def test_a_technician_says_that_a_fault_has_been_dealt_with_and_reads_what_came_of_it(tmp_path: Path, outcome: str, status: int) -> None:
    async def story(rig: Rig) -> None:
        station = Station(rig, ClearFault=Answer(outcome, "the feedback is still closed"))  # type: ignore[arg-type]
        station.document = heard(fault_details=[WELDED])
        browser = await rig.inside("technician")
        assert "has been dealt with" in (await browser.get("/evse/1")).text
        answer = await browser.post("/evse/1/clear", {"name": "contactor_welded"})
        assert (answer.status, station.asked) == (status, [ClearFault(1, "contactor_welded", "technician")])
        assert "the feedback is still closed" in (answer if status == 409 else await browser.get("/evse/1")).text

    visiting(story, tmp_path)


def test_a_fault_that_clears_by_itself_has_no_button(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        Station(rig).document = heard(fault_details=[WELDED | {"name": "overcurrent"}])
        assert "has been dealt with" not in (await (await rig.inside("technician")).get("/evse/1")).text

    visiting(story, tmp_path)


def test_an_evse_that_is_not_there_and_a_station_that_is_not_there_say_so(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        station = Station(rig)
        browser = await rig.inside("viewer")
        missing = await browser.get("/evse/9")
        assert missing.status == 404
        assert "expected one of 1" in missing.text
        station.document = None
        away = await browser.get("/evse/1")
        assert away.status == 200
        assert "The station does not answer" in away.text

    visiting(story, tmp_path)


def test_faults_are_drawn_anew_only_when_they_are_others(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        station = Station(rig)
        browser = Line(rig.app)
        browser.cookies = (await rig.inside("viewer")).cookies
        station.document = heard(fault_details=[WELDED])
        status, said = await browser.events("/evse/1/live", 5)
        events = [line for part in said for line in part.splitlines() if line.startswith("event:")]
        assert (status, events) == (200, ["event: answer", "event: now", "event: faults"])

    visiting(story, tmp_path)


@pytest.mark.parametrize("source", sorted(limits.OWN - {"fault"} | {"permit", "csms profile 7"}))
def test_whatever_takes_all_the_current_is_the_answer_with_its_reason_number_and_steps(source: str, tmp_path: Path) -> None:
    bound = Limit(source, 0, "somebody", "a reason & a value")
    known = why.conditions(Facts(now_s=100.0, linked=True, plugged=True, stage="running", limits=(bound,)))
    answer = why.first(known)
    entry = catalogue.by_code(answer.code or "")
    assert entry is not None

    async def story(rig: Rig) -> None:
        told = {"source": source, "limit_a": 0.0, "owner": bound.owner, "reason": bound.reason, "age_s": 5.0, "expires_in_s": None}
        station = Station(rig)
        station.document = heard(limits=[told], conditions=msgspec.to_builtins(known), why=answer.text, why_code=answer.code)
        page = (await (await rig.inside("viewer")).get("/evse/1")).text
        for text in (answer.text, entry.code, *entry.technician, bound.reason):
            assert str(escape(text)) in page
        assert f"<b>0 A</b> {source} <small>set by somebody</small>" in page

    visiting(story, tmp_path)


def raised(case: Bounded) -> EvseState:
    """What control tells of an EVSE in a situation."""
    there = bench.Rig(case.settings)
    case.before(there)
    case.then(there)
    there.run_until(lambda: there.limits().get(case.source) == case.limit_ma, case.within_s)
    return there.sent()


def test_every_source_that_control_raises_stands_in_the_list_with_its_owner_reason_and_current(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        station, viewer = Station(rig), await rig.inside("viewer")
        for case in BOUNDED:
            state = raised(case)
            known = why.conditions(Facts(now_s=0.0, linked=True, plugged=True, stage="running", limits=state.limits, faults=state.faults))
            told = [structs.asdict(each) | {"limit_a": each.limit_ma / 1000, "age_s": 5.0, "expires_in_s": None} for each in state.limits]
            station.document = heard(limits=told, conditions=msgspec.to_builtins(known))
            page = (await viewer.get("/evse/1")).text
            reason = next(escape(each.reason) for each in state.limits if each.source == case.source)
            assert f"<b>{case.limit_ma / 1000:g} A</b> {case.source} <small>set by {case.owner}</small><br>{reason}" in page
            assert why.first(known).holds is not False or (why.first(known).code or "") in page

    visiting(story, tmp_path)

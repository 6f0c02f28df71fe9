"""Out of service, and messages that the CSMS would not take."""

from pathlib import Path
from typing import Any

from chargepoint.inquiry.outage import Outage, Outages, ReturnToService, TakeOutOfService
from chargepoint.inquiry.undelivered import Message, Messages, ResendMessages, Resent
from tests.web.browser import START, Rig, visiting
from tests.web.station import Station

OUT = Outage(evse=7, reason="cable <torn>", by="anna", since="2026-11-23T08:00:00+00:00", runs=(1,))
MESSAGE = Message(
    number=42,
    kind="Ended",
    at=START,
    transaction="a1b2",
    evse=1,
    attempts=3,
    cause="InternalError: <none>",
    given_up=START,
)


def station(rig: Rig, **answers: Any) -> Station:
    """An EVSE that is no longer configured is out; a message was given up."""
    usual = {"ListOutages": Outages(outages=(OUT,)), "ListMessages": Messages(2, 1, (MESSAGE,)), "ResendMessages": Resent(1)}
    return Station(rig, **(usual | answers))


def test_what_is_out_says_since_when_by_whom_and_why_and_a_viewer_only_reads_it(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        asked = station(rig)
        viewer = await rig.inside("viewer")
        page = (await viewer.get("/service")).text
        seen = (
            "EVSE 7",
            "cable &lt;torn&gt;",
            "Since 2026-11-23 08:00:00 UTC, by anna",
            "goes on at EVSE 1",
            "InternalError: &lt;none&gt;",
        )
        assert [text for text in seen if text not in page] == []
        assert "2 given up, 1 on its way" in page
        assert '<form method="post" action="/service' not in page
        before = len(asked.asked)
        for path in ("out", "return", "resend"):
            assert (await viewer.post(f"/service/{path}", {"place": "1", "reason": "x", "number": "all"})).status == 403
        assert len(asked.asked) == before

    visiting(story, tmp_path)


def test_a_technician_takes_out_and_returns_in_his_own_name(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        became = Outages(outages=(), outcome="taken", message="EVSE 1 is out of service")
        asked = station(rig, TakeOutOfService=became, ReturnToService=became)
        technician = await rig.inside("technician")
        for path, form, question in (
            ("out", {"place": "1", "reason": " torn ", "by": "owner"}, TakeOutOfService(evse=1, reason="torn", by="technician")),
            (
                "out",
                {"place": "station", "reason": "r" * 999, "at_once": "yes"},
                TakeOutOfService(reason="r" * 200, by="technician", at_once=True),
            ),
            ("return", {"place": "7"}, ReturnToService(evse=7, by="technician")),
            ("return", {"place": "station"}, ReturnToService(by="technician")),
        ):
            assert (await technician.post(f"/service/{path}", form)).status == 303
            assert asked.asked[-1] == question
        assert "EVSE 1 is out of service." in (await technician.get("/service")).text
        before = len(asked.asked)
        for form in ({"place": "1"}, {"place": "-1", "reason": "x"}, {"place": "", "reason": "x"}, {"place": "9" * 99, "reason": "x"}):
            assert (await technician.post("/service/out", form)).status == 400
        assert not any(isinstance(question, TakeOutOfService) for question in asked.asked[before:])
        asked.answers["TakeOutOfService"] = Outages(outages=(), outcome="unknown", message="EVSE 9: unknown; there are 1")
        unknown = await technician.post("/service/out", {"place": "9", "reason": "x"})
        assert (unknown.status, "Nothing was changed: EVSE 9: unknown; there are 1." in unknown.text) == (404, True)

    visiting(story, tmp_path)


def test_messages_go_out_again_one_by_one_or_all(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        asked = station(rig)
        technician = await rig.inside("technician")
        for number, question in (("42", ResendMessages((42,))), ("all", ResendMessages(None))):
            assert (await technician.post("/service/resend", {"number": number})).status == 303
            assert asked.asked[-1] == question
        assert "1 message goes out again" in (await technician.get("/service")).text
        assert (await technician.post("/service/resend", {"number": "every"})).status == 400
        asked.answers["ResendMessages"] = Resent(0, (43,))
        assert (await technician.post("/service/resend", {"number": "43"})).status == 404

    visiting(story, tmp_path)

"""The conversation over one wire, in memory and under a virtual clock."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.domain.commands import Command, Outcome, Reply, Verdict
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.notifications import (
    BootNotification,
    BootReason,
    DataTransferOut,
    Heartbeat,
    HeartbeatAnswer,
    MeterValues,
    Registration,
)
from chargepoint.ocpp.session import MAX_CALLS_IN_WORK, MAX_COMPLAINTS
from chargepoint.station.csms import CsmsOffline, CsmsRefused, CsmsSilent
from tests import virtual_time
from tests.ocpp.rig import VERSIONS, FakeStation, Talk, settle
from tests.ocpp.test_frames import JSON
from tests.station.rig import IDENTITY

NOON = {"currentTime": "2026-03-01T12:00:00Z"}
NOON_ANSWER = HeartbeatAnswer(datetime(2026, 3, 1, 12, tzinfo=UTC))

both = pytest.mark.parametrize("version", VERSIONS)
TWICE = {"1.6": "FormationViolation", "2.0.1": "RpcFrameworkError"}
"""Part 4 §4.2.3."""


def spawn(talk: Talk, message_id: str | None = None) -> "asyncio.Task[Any]":
    return asyncio.create_task(talk.session.ask(Heartbeat(), message_id))


# Ours


@both
def test_a_question_is_asked_and_its_answer_understood(version: str) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            asked = spawn(talk)
            await settle()
            kind, message_id, action, payload = talk.wire.sent[0]
            assert (kind, action, payload) == (2, "Heartbeat", {})
            assert len(message_id) <= 36
            talk.wire.hear([3, message_id, NOON])
            assert await asked == NOON_ANSWER

    virtual_time.run(main())


@both
def test_one_call_is_open_at_a_time_and_the_others_wait_in_order(version: str) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            asked = [spawn(talk, name) for name in "abc"]
            for count, name in enumerate("abc", start=1):
                await settle()
                assert [frame[1] for frame in talk.wire.sent] == list("abc"[:count])
                talk.wire.hear([3, name, NOON])
            assert await asyncio.gather(*asked) == [NOON_ANSWER] * 3

    virtual_time.run(main())


@pytest.mark.parametrize("registration", [Registration.NONE, Registration.REJECTED])
@both
def test_a_csms_that_has_not_taken_the_station_hears_nothing_but_its_boot(version: str, registration: Registration) -> None:
    """B01.FR.08, B03.FR.02; 1.6 §4.2. Also of what waited for its turn when the CSMS rejected the station."""

    async def main() -> None:
        async with Talk(version) as talk:
            boot = asyncio.create_task(talk.session.ask(BootNotification(IDENTITY, BootReason.TRIGGERED), "boot"))
            await settle()
            beat = spawn(talk)
            await settle()
            talk.station.registration = registration
            answer = {**NOON, "interval": 60, "status": "Rejected"}
            talk.wire.hear([3, "boot", answer])
            await boot
            with pytest.raises(CsmsOffline):
                await beat
            assert [frame[2] for frame in talk.wire.sent] == ["BootNotification"]

    virtual_time.run(main())


@both
def test_message_ids_of_two_connections_differ(version: str) -> None:
    async def main() -> None:
        async with Talk(version) as one, Talk(version) as other:
            spawn(one), spawn(other)
            await settle()
            assert one.wire.sent[0][1] != other.wire.sent[0][1]

    virtual_time.run(main())


@both
def test_silence_is_told_after_the_time_out_and_the_late_answer_is_ignored(version: str) -> None:
    async def main() -> None:
        async with Talk(version, time_out_s=30.0) as talk:
            with pytest.raises(CsmsSilent, match="30 s"):
                await talk.session.ask(Heartbeat(), "first")
            assert virtual_time.now_s() == pytest.approx(30.0)
            talk.wire.hear([3, "first", NOON])
            asked = spawn(talk, "second")
            await settle()
            talk.wire.hear([3, "first", {"currentTime": "2020-01-01T00:00:00Z"}])
            talk.wire.hear([4, "nobody", "GenericError", "", {}])
            talk.wire.hear([3, "second", NOON])
            talk.wire.hear([3, "second", NOON])
            assert await asked == NOON_ANSWER

    virtual_time.run(main())


@both
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ([4, "x", "InternalError", "we are sorry", {}], "InternalError"),
        ([4, "x"], "GenericError"),
        ([3, "x", {}], "Occur"),
        ([3, "x", {"currentTime": 7}], "TypeConstraintViolation"),
        ([3, "x", [NOON]], "Format|Formation"),
        ([3, "x"], "Format|Formation"),
    ],
)
def test_a_callerror_or_an_answer_that_breaks_its_schema_is_a_refusal(version: str, answer: Any, code: str) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            asked = spawn(talk, "x")
            await settle()
            talk.wire.hear(answer)
            with pytest.raises(CsmsRefused) as refused:
                await asked
            assert refused.value.code.startswith(tuple(code.split("|")))
            again = spawn(talk, "y")
            await settle()
            talk.wire.hear([3, "y", NOON])
            assert await again == NOON_ANSWER

    virtual_time.run(main())


@both
def test_a_broken_connection_ends_the_open_question_and_those_that_wait(version: str) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            asked = [spawn(talk), spawn(talk)]
            await settle()
            talk.wire.break_off("pulled")
            for each in asked:
                with pytest.raises(CsmsOffline, match="pulled"):
                    await each
            with pytest.raises(CsmsOffline, match="pulled"):
                await talk.session.ask(Heartbeat())
            assert len(talk.wire.sent) == 1

    virtual_time.run(main())


@both
def test_who_gives_up_waiting_leaves_the_line_free(version: str) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            first, second = spawn(talk, "a"), spawn(talk, "b")
            await settle()
            first.cancel()
            await settle()
            talk.wire.hear([3, "a", NOON])
            talk.wire.hear([3, "b", NOON])
            assert await second == NOON_ANSWER

    virtual_time.run(main())


def test_a_message_of_ours_that_breaks_its_schema_is_not_sent() -> None:
    async def main() -> None:
        async with Talk("1.6") as talk:
            with pytest.raises(CsmsRefused, match=r"not sent.*vendorId"):
                await talk.session.ask(DataTransferOut("X" * 256))
            assert talk.wire.sent == []

    virtual_time.run(main())


def test_a_notification_without_a_message_is_a_fault_of_the_caller() -> None:
    async def main() -> None:
        async with Talk("1.6") as talk:
            with pytest.raises(AssertionError, match="says"):
                await talk.session.ask(MeterValues(1, ConnectorId(1), ()))

    virtual_time.run(main())


# Theirs


@both
def test_a_call_is_answered_while_ours_is_open(version: str) -> None:
    """The deadlock trap: the CSMS answers ours only after we have answered its own."""

    async def main() -> None:
        async with Talk(version) as talk:
            asked = spawn(talk, "ours")
            await settle()
            assert await talk.call("theirs", "ClearCache", {}) == [3, "theirs", {"status": "Accepted"}]
            talk.wire.hear([3, "ours", NOON])
            assert await asked == NOON_ANSWER

    virtual_time.run(main())


@both
def test_ours_is_answered_while_a_command_takes_its_time(version: str) -> None:
    async def slow(_: Command) -> Reply:
        await asyncio.sleep(5)
        return Outcome(Verdict.ACCEPTED)

    async def main() -> None:
        async with Talk(version) as talk:
            talk.station.reply = slow
            assert await talk.call("slow", "ClearCache", {}) is None
            asked = spawn(talk, "ours")
            await settle()
            talk.wire.hear([3, "ours", NOON])
            assert await asked == NOON_ANSWER
            await asyncio.sleep(6)
            assert talk.wire.sent[-1] == [3, "slow", {"status": "Accepted"}]

    virtual_time.run(main())


@both
def test_what_follows_an_answer_comes_after_it(version: str) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            talk.station.then = lambda: talk.wire.sent.append("follow-up")
            await talk.call("x", "ClearCache", {})
            assert talk.wire.sent == [[3, "x", {"status": "Accepted"}], "follow-up"]

    virtual_time.run(main())


@both
def test_nothing_follows_an_answer_that_could_not_leave(version: str) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            followed: list[str] = []
            talk.station.then = lambda: followed.append("nobody has heard the answer")
            talk.wire.break_off()
            talk.wire.hear([2, "x", "ClearCache", {}])
            await settle()
            assert talk.station.commands
            assert followed == []

    virtual_time.run(main())


@both
def test_an_error_of_the_station_is_an_internal_error_and_the_session_goes_on(version: str) -> None:
    async def fail(_: Command) -> Reply:
        raise RuntimeError("a bug")

    async def main() -> None:
        async with Talk(version) as talk:
            talk.station.reply = fail
            assert (await talk.call("x", "ClearCache", {}))[:3] == [4, "x", "InternalError"]
            assert (await talk.call("y", "NoSuchAction", {}))[:3] == [4, "y", "NotImplemented"]

    virtual_time.run(main())


@both
def test_what_follows_an_answer_and_fails_is_told_and_the_session_goes_on(version: str, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("the disk is full")

    async def main() -> None:
        async with Talk(version) as talk:
            talk.station.then = fail
            assert (await talk.call("x", "ClearCache", {}))[:2] == [3, "x"]
            await settle()
            assert (await talk.call("y", "NoSuchAction", {}))[:3] == [4, "y", "NotImplemented"]

    virtual_time.run(main())
    assert "event=follow_up_failed action=ClearCache" in caplog.text
    assert "the disk is full" in caplog.text


@both
def test_a_command_that_never_ends_is_given_up(version: str) -> None:
    async def hang(_: Command) -> Reply:
        await asyncio.Event().wait()
        raise AssertionError

    async def main() -> None:
        async with Talk(version) as talk:
            talk.station.reply = hang
            await talk.call("x", "ClearCache", {})
            await asyncio.sleep(61)
            assert talk.wire.sent[-1][:3] == [4, "x", "InternalError"]

    virtual_time.run(main())


@both
def test_so_many_calls_are_worked_on_and_no_more(version: str) -> None:
    async def slow(_: Command) -> Reply:
        await asyncio.sleep(1)
        return Outcome(Verdict.ACCEPTED)

    async def main() -> None:
        async with Talk(version) as talk:
            talk.station.reply = slow
            for number in range(MAX_CALLS_IN_WORK):
                assert await talk.call(f"n{number}", "ClearCache", {}) is None
            assert (await talk.call("busy", "ClearCache", {}))[:3] == [4, "busy", "GenericError"]
            assert (await talk.call("n0", "ClearCache", {}))[:3] == [4, "n0", TWICE[version]], "that id is being worked on"
            await asyncio.sleep(2)
            answered = [frame[1] for frame in talk.wire.sent if frame[0] == 3]
            assert sorted(answered) == [f"n{number}" for number in range(MAX_CALLS_IN_WORK)]
            assert len(talk.station.commands) == MAX_CALLS_IN_WORK

    virtual_time.run(main())


@both
def test_a_call_that_breaks_its_schema_gets_the_versions_error(version: str) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            answer = await talk.call("x", "Reset", {"type": 5})
            assert answer[:3] == [4, "x", "TypeConstraintViolation"]
            answer = await talk.call("x", "Reset", {})
            assert answer[2] == ("OccurenceConstraintViolation" if version == "1.6" else "OccurrenceConstraintViolation")
            assert talk.station.commands == []

    virtual_time.run(main())


@pytest.mark.parametrize("message", [b"{", b"hello", b"\xff\xfe", b"[2]", b'[2,7,"Reset",{}]', b"{}"])
def test_16_drops_what_it_cannot_read_and_2x_answers_minus_one(message: bytes) -> None:
    async def main(version: str) -> list[Any]:
        async with Talk(version) as talk:
            talk.wire.hear(message)
            await settle()
            return [frame[:3] for frame in talk.wire.sent]

    assert virtual_time.run(main("1.6")) == []
    assert virtual_time.run(main("2.0.1")) == [[4, "-1", "RpcFrameworkError"]]


@pytest.mark.parametrize("message", [[3, None, {}], [4, None, "RpcFrameworkError", "", {}], [4, 7], [4, "-1", "RpcFrameworkError", "", {}]])
@both
def test_an_answer_that_cannot_be_read_is_not_answered(version: str, message: list[Any]) -> None:
    """Somebody who answers what he cannot read without an id would be answered, and would answer, for ever."""

    async def main() -> None:
        async with Talk(version) as talk:
            talk.wire.hear(message)
            await settle()
            assert talk.wire.sent == []

    virtual_time.run(main())


def test_16_ignores_an_unknown_message_type_and_2x_says_so() -> None:
    async def main(version: str) -> list[Any]:
        async with Talk(version) as talk:
            talk.wire.hear([5, "x", {}])
            talk.wire.hear([6])
            await settle()
            return [frame[:3] for frame in talk.wire.sent]

    assert virtual_time.run(main("1.6")) == []
    assert virtual_time.run(main("2.0.1")) == [[4, "x", "MessageTypeNotSupported"], [4, "-1", "MessageTypeNotSupported"]]


@pytest.mark.parametrize(("version", "code"), [("1.6", "FormationViolation"), ("2.0.1", "RpcFrameworkError")])
def test_a_malformed_call_is_refused_under_its_own_id(version: str, code: str) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            talk.wire.hear([2, "x", "Reset"])
            talk.wire.hear([2, "y" * 37, "Reset", {"type": "Soft"}])
            await settle()
            assert [frame[:3] for frame in talk.wire.sent] == [[4, "x", code], [4, "y" * 37, code]]

    virtual_time.run(main())


REMOTE_STOP = {"1.6": ("RemoteStopTransaction", {"transactionId": 1}), "2.0.1": ("RequestStopTransaction", {"transactionId": "1"})}


@pytest.mark.parametrize(
    ("version", "registration", "stop", "clear"),
    [
        ("1.6", Registration.NONE, "Rejected", "Accepted"),
        ("1.6", Registration.PENDING, "Rejected", "Accepted"),
        ("1.6", Registration.REJECTED, None, None),
        ("1.6", Registration.ACCEPTED, "Accepted", "Accepted"),
        ("2.0.1", Registration.NONE, "Rejected", "Accepted"),
        ("2.0.1", Registration.PENDING, "Rejected", "Accepted"),
        ("2.0.1", Registration.REJECTED, "SecurityError", "SecurityError"),
        ("2.0.1", Registration.ACCEPTED, "Accepted", "Accepted"),
    ],
)
def test_before_the_boot_is_accepted_commands_are_answered_as_the_standard_says(
    version: str, registration: Registration, stop: str | None, clear: str | None
) -> None:
    async def main() -> None:
        async with Talk(version, FakeStation(registration)) as talk:
            assert word(await talk.call("a", *REMOTE_STOP[version])) == stop
            assert word(await talk.call("b", "ClearCache", {})) == clear
            assert len(talk.station.commands) == [stop, clear].count("Accepted")

    virtual_time.run(main())


def test_while_16_is_rejected_not_even_nonsense_is_answered() -> None:
    async def main() -> None:
        async with Talk("1.6", FakeStation(Registration.REJECTED)) as talk:
            talk.wire.hear([2, "x", "Reset"])
            assert await talk.call("y", "NoSuchAction", {}) is None

    virtual_time.run(main())


@both
def test_complaints_about_the_csms_do_not_fill_the_log(version: str, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            for number in range(3 * MAX_COMPLAINTS):
                talk.wire.hear([3, f"n{number}", {}])
                await talk.call("x", "NoSuch\nAction", {})

    virtual_time.run(main())
    assert len(caplog.records) == MAX_COMPLAINTS + 1
    assert "\nAction" not in caplog.text


@both
def test_what_the_csms_writes_into_an_error_stays_on_one_line(version: str) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            asked = spawn(talk, "x")
            await settle()
            talk.wire.hear([4, "x", "Generic\nError", "a\r\nb" * 200, {}])
            with pytest.raises(CsmsRefused) as refused:
                await asked
            assert str(refused.value).isprintable()

    virtual_time.run(main())


def word(answer: Any) -> str | None:
    if answer is None:
        return None
    return str(answer[2]["status"] if answer[0] == 3 else answer[2])


def test_a_remote_stop_while_pending_says_why() -> None:
    async def main() -> None:
        async with Talk("2.0.1", FakeStation(Registration.PENDING)) as talk:
            answer = await talk.call("a", *REMOTE_STOP["2.0.1"])
            assert answer[2]["statusInfo"]["reasonCode"] == "CSNotAccepted"

    virtual_time.run(main())


# Anything


@both
@settings(max_examples=60, deadline=None)
@given(
    messages=st.lists(
        st.binary(max_size=40)
        | st.tuples(st.sampled_from([2, 3, 4, 5]), st.sampled_from(["ours", "x", ""]), JSON, JSON).map(
            lambda parts: json.dumps(parts).encode()
        )
        | st.tuples(st.just(2), st.text(max_size=3), st.sampled_from(["Reset", "DataTransfer", "TriggerMessage"]), JSON).map(
            lambda parts: json.dumps(parts).encode()
        ),
        max_size=12,
    )
)
def test_whatever_comes_the_conversation_goes_on(version: str, messages: list[bytes]) -> None:
    async def main() -> None:
        async with Talk(version) as talk:
            for message in messages:
                talk.wire.hear(message)
                await settle(5)
            asked = spawn(talk, "last")
            await settle()
            talk.wire.hear([3, "last", NOON])
            assert await asked == NOON_ANSWER
            assert await talk.call("end", "ClearCache", {}) == [3, "end", {"status": "Accepted"}]

    virtual_time.run(main())


# The security log


@both
def test_messages_that_break_the_protocol_are_noted_and_others_are_not(version: str) -> None:
    bad: list[Any] = [b"not JSON", [2, "a"], [2, "b", "Reset", {"type": 7}], [2, "c", "Reset", "x"], [7, "d"], "frame"]
    good: list[Any] = [[2, "e", "GetLocalListVersion", {}], [2, "f", "NoSuchAction", {}], [3, "late", {}], [4, "late", "Code", "", {}]]

    async def main() -> None:
        async with Talk(version) as talk:
            for frame in good:
                talk.wire.hear(frame)
                await settle()
            assert talk.station.notes == []
            for frame in bad:
                talk.wire.hear(frame)
                await settle()
            assert [kind for kind, _ in talk.station.notes] == ["InvalidMessages"] * len(bad)
            asked = spawn(talk, "g")
            await settle()
            talk.wire.hear([3, "g", {"currentTime": 7}])
            with pytest.raises(CsmsRefused):
                await asked
            assert talk.station.notes[-1][1].startswith("answer to Heartbeat")

    virtual_time.run(main())

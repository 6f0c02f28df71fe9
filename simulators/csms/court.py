"""The judge: hears every frame of a station, has it judged (``rules``), carried out (``v16``, ``v201``), and gives the answer.

No I/O; ``now`` comes in.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from simulators.csms import lines, notices, schemas, v16, v201
from simulators.csms.attention import Attention
from simulators.csms.behaviour import KIND, Behaviour, Manner
from simulators.csms.book import MAX_HELD, Book, Conversation, Seen, digest
from simulators.csms.frames import Answer, Call, Failure, Frame, Payload, Result, Unreadable, read, write
from simulators.csms.hearing import Hearing, Report
from simulators.csms.records import Violation
from simulators.csms.rules import judge_id, judge_schema, judge_turn, may_speak

MAX_VIOLATIONS = 10_000
"""Kept for each station; further ones are only said."""
MAX_TEXT = 1000

_WORKS = {"1.6": v16, "2.0.1": v201}
_TRIGGERED_BY = {
    "GetBaseReport": "NotifyReport",
    "GetReport": "NotifyReport",
    "GetMonitoringReport": "NotifyMonitoringReport",
    "GetDisplayMessages": "NotifyDisplayMessages",
}
_TRIGGERS = ("TriggerMessage", "ExtendedTriggerMessage")
_TRIGGERED_AS = {
    "FirmwareStatusNotification": "SignedFirmwareStatusNotification",
    "SignChargePointCertificate": "SignCertificate",
    "SignChargingStationCertificate": "SignCertificate",
    "SignV2GCertificate": "SignCertificate",
}


class Reply(Struct, frozen=True, kw_only=True):
    """What is to be sent, and how. ``hearing`` is ``None`` where there was no CALL that could be heard."""

    answer: Answer
    manner: Manner = Manner()
    hearing: Hearing | None = None
    note: str = ""
    then: Call | None = None
    """What the CSMS asks next, because of this; its id is still to be made."""


class Court:
    """Hears and answers. ``say`` gets a readable line for everything that happens."""

    def __init__(self, book: Book, say: Callable[[str], None], random: Random | None = None) -> None:
        self.book = book
        self.behaviour: Behaviour = KIND
        self.attention: Attention | None = None
        """Of whoever listens; ``None``: never away."""
        self._random = random or Random(0)
        self._say = say

    def hear(self, conversation: Conversation, data: str | bytes, now: datetime) -> tuple[Frame, Reply | None]:
        """A message of the station: what it was, and the answer if there is to be one."""
        frame = read(data)
        conversation.station.last_message_at = now
        action = self._action_of(conversation, frame)
        text = data if isinstance(data, str) else data.hex(" ")
        number = self.book.log.add(now, conversation.station.id, "received", text, action).number
        self._say(lines.message(now, conversation.station.id, "received", frame, action))
        report = self._reporter(conversation, number, now)
        match frame:
            case Call():
                return frame, self._hear_call(conversation, frame, number, now)
            case Unreadable():
                report("frame", frame.reason)
                return frame, _complaint(conversation, frame)
            case _:
                self._hear_answer(conversation, frame, report)
                return frame, None

    def asks(self, conversation: Conversation, call: Call, now: datetime) -> None:
        """One of our CALLs leaves."""
        self.book.memory(conversation.station).asked(call.id, call.action)
        wanted = call.payload.get("requestedMessage") if call.action in _TRIGGERS else _TRIGGERED_BY.get(call.action)
        if isinstance(wanted, str):
            conversation.asked_for |= {wanted, _TRIGGERED_AS.get(wanted, wanted)}
        self.book.log.add(now, conversation.station.id, "sent", write(call), call.action)
        self._say(lines.message(now, conversation.station.id, "sent", call, call.action))

    def answered(self, conversation: Conversation, reply: Reply, text: str, now: datetime) -> None:
        """An answer of ours leaves, as ``text``."""
        hearing = reply.hearing
        action = hearing.call.action if hearing else None
        conversation.open.pop(reply.answer.id, None)
        self.book.log.add(now, conversation.station.id, "sent", text, action)
        note = ", ".join(part for part in (reply.note, str(reply.manner)) if part)
        self._say(lines.message(now, conversation.station.id, "sent", reply.answer, action, note))
        if action is not None:
            self.behaviour = self.behaviour.after(action)
        if hearing and isinstance(reply.answer, Result) and reply.manner.malformed is None:
            self._delivered(hearing, reply.answer, now)

    def withheld(self, conversation: Conversation, reply: Reply, now: datetime) -> None:
        """An answer of ours is not sent, because we are told to be silent."""
        self._say(lines.note(now, conversation.station.id, "(no answer: silent)"))

    def hold(self, conversation: Conversation, reply: Reply, now: datetime) -> None:
        """An answer of ours waits for the next connection; of too many, the oldest never leaves."""
        held = self.book.memory(conversation.station).held
        held.append(reply)
        del held[:-MAX_HELD]
        self._say(lines.note(now, conversation.station.id, "(no answer: held for the next connection)"))

    def overdue(self, conversation: Conversation) -> list[Reply]:
        """The answers that were held, now that the station is back. They are due once."""
        held = self.book.memory(conversation.station).held
        replies, held[:] = held[:], []
        return replies

    def _hear_call(self, conversation: Conversation, call: Call, number: int, now: datetime) -> Reply:
        hearing = Hearing(
            book=self.book,
            conversation=conversation,
            behaviour=self.behaviour.drawn(call.action, self._random),
            call=call,
            number=number,
            now=now,
            report=self._reporter(conversation, number, now),
        )
        judge_turn(hearing)
        conversation.open[call.id] = now - timedelta(seconds=self.attention.away_s(now) if self.attention else 0.0)
        before = judge_id(hearing)
        if before is not None:
            return self._again(hearing, before)
        duplicates = len(hearing.station.duplicates)
        answer = _judge(hearing)
        manner = hearing.behaviour.manner(call.action)
        if manner.hindered and call.action == "StatusNotification":
            conversation.statuses.clear()
        then = notices.follow_up(hearing, answer.payload) if isinstance(answer, Result) else None
        note = "came again" if len(hearing.station.duplicates) > duplicates else ""
        return Reply(answer=answer, manner=manner, hearing=hearing, note=note, then=then)

    def _again(self, hearing: Hearing, before: Seen) -> Reply:
        """A message that was processed before gets the answer that it got, or a fresh one where nothing depends on it."""
        call, work = hearing.call, _WORKS[hearing.conversation.version.name]
        transaction = work.transaction_of(call.payload, before.answer)
        entry = hearing.duplicate(before.message, transaction, call.payload.get("seqNo"))
        account = self.book.account(hearing.station, transaction) if transaction else None
        if account is not None:
            account.transaction.duplicates.append(entry)
        answer: Answer | None = _refusal(hearing) or _silenced(hearing)
        if answer is None:
            fresh = call.action not in work.ONCE
            answer = Result(call.id, _answer(hearing) if fresh else before.answer)
        return Reply(answer=answer, manner=hearing.behaviour.manner(call.action), hearing=hearing, note="came again")

    def _hear_answer(self, conversation: Conversation, frame: Answer, report: Report) -> None:
        ours = self.book.memory(conversation.station).ours.get(frame.id)
        version = conversation.version
        if ours is None:
            if not (version.answers_unreadable and isinstance(frame, Failure) and frame.id == "-1"):
                report("answer", f"an answer to {frame.id!r}, which was never asked")
            return
        if ours.answered:
            report("answer", f"a second answer to {ours.action} {frame.id!r}")
        ours.answered = True
        if isinstance(frame, Failure):
            if frame.code not in version.error_codes:
                report("answer", f"{ours.action}: error code {frame.code!r}; expected one of {', '.join(sorted(version.error_codes))}")
        elif ours.action in schemas.actions(version.name):
            judge_schema(report, version.name, ours.action, "response", frame.payload)

    def _delivered(self, hearing: Hearing, answer: Result, now: datetime) -> None:
        _WORKS[hearing.conversation.version.name].delivered(hearing, answer.payload)
        if hearing.call.action == "BootNotification":
            hearing.station.registration = answer.payload["status"].lower()
            hearing.conversation.asked_for.discard("BootNotification")
            waits = answer.payload["status"] != "Accepted"
            hearing.conversation.boot_answered = (now, answer.payload["interval"]) if waits else None

    def _action_of(self, conversation: Conversation, frame: Frame) -> str | None:
        if isinstance(frame, Call):
            return frame.action
        ours = self.book.memory(conversation.station).ours.get(frame.id or "")
        return ours.action if ours else None

    def _reporter(self, conversation: Conversation, number: int, now: datetime) -> Report:
        def report(rule: str, text: str) -> None:
            violation = Violation(rule=rule, text=text[:MAX_TEXT], message=number, at=now)
            if len(conversation.station.violations) < MAX_VIOLATIONS:
                conversation.station.violations.append(violation)
            self._say(lines.violation(now, conversation.station.id, violation))

        return report


def _complaint(conversation: Conversation, frame: Unreadable) -> Reply | None:
    """The answer to what cannot be read: none in 1.6, CALLERROR in 2.x (part 4 §4.2.3, §4.4)."""
    if not conversation.version.answers_unreadable:
        return None
    code = "RpcFrameworkError" if frame.type_number is None else "MessageTypeNotSupported"
    return Reply(answer=Failure(frame.id or "-1", code, frame.reason))


def _judge(hearing: Hearing) -> Answer:
    """Judge a CALL that is no repetition, and carry it out if it stands."""
    call, version = hearing.call, hearing.conversation.version
    work = _WORKS[version.name]
    if call.action not in version.station_actions:
        known = call.action in schemas.actions(version.name)
        what = "is for the station, not for the CSMS" if known else f"is no action of OCPP {version.name}"
        hearing.report("action", f"{call.action} {what}")
        return Failure(call.id, "NotSupported" if known else "NotImplemented", f"{call.action} {what}")
    fault = judge_schema(hearing.report, version.name, call.action, "request", call.payload)
    if fault is not None:
        return Failure(call.id, version.error_code(fault.keyword), str(fault))
    refusal = _refusal(hearing)
    if refusal is not None:
        hearing.conversation.statuses.clear()
        work.refused(hearing, call.payload)
        return refusal
    silenced = _silenced(hearing)
    if silenced is not None:
        return silenced
    again = work.resent(hearing, call.payload)
    if again is not None:
        return Result(call.id, again)
    answer = _answer(hearing)
    hearing.memory.remember(call.id, Seen(digest(call.action, call.payload), hearing.number, answer))
    return Result(call.id, answer)


def _answer(hearing: Hearing) -> Payload:
    """Carried out, and what is said about it; of a token only where there is one."""
    call = hearing.call
    answer = _WORKS[hearing.conversation.version.name].ANSWERS[call.action](hearing, call.payload)
    wanted = hearing.behaviour.answer(call.action, answer)
    if call.action == "TransactionEvent" and "idToken" not in call.payload:
        wanted.pop("idTokenInfo", None)
    return wanted


def _silenced(hearing: Hearing) -> Failure | None:
    """The CALLERROR for what a station must not send before it is accepted (2.0.1 B01.FR.10; as good an answer in 1.6)."""
    if may_speak(hearing):
        return None
    return Failure(hearing.call.id, "SecurityError", f"registration is {hearing.station.registration}")


def _refusal(hearing: Hearing) -> Failure | None:
    """The CALLERROR that the bench was told to give."""
    code = hearing.behaviour.refusal(hearing.call.action)
    return None if code is None else Failure(hearing.call.id, code, "the bench was told to refuse this")

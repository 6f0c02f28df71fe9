"""The RPC of OCPP-J over one connection (OCPP-J 1.6 §4, 2.0.1 part 4 §4).

Ours: one CALL is open at a time, further callers wait in order. Theirs: each is answered by a task of its own, so a CALL that comes
while ours is open is answered at once, and the answer to ours is heard while a command takes its time.

Of an answer that breaks its schema whatever can be read is used (``mending``). Only one that lacks what it has to say is refused, and none
to what is told of a transaction: the CSMS has taken that (2.0.1 E13 is about what it has not).

Bounds:

    CALLs of the CSMS in work      8        the next is answered GenericError
    one command                    60 s     then InternalError (``answering``)
    answers that nobody reads      4 MiB    then the connection is given up (``connection``)
    complaints in the log          100      per connection
    flaws of answers in the log    100      per connection, each once
"""

import asyncio
import logging
from collections.abc import Callable
from secrets import token_hex
from typing import Any

from chargepoint.domain.notifications import Answer, BootNotification, Notification, Registration
from chargepoint.ocpp import frames
from chargepoint.ocpp.answering import INVALID, answer, refused
from chargepoint.ocpp.dialect import Dialect, Gate, Request
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import NO_ID, Call, Error, Malformed, Payload, Result, UnknownType, Unreadable
from chargepoint.ocpp.schemas import Violation
from chargepoint.ocpp.wire import BytesLike, Wire, WireClosed
from chargepoint.station.csms import CsmsOffline, CsmsRefused, CsmsSilent, StationPort

log = logging.getLogger(__name__)

MAX_CALLS_IN_WORK = 8
MAX_COMPLAINTS = 100

BREACHES_TOLD = 10
"""Of one answer."""

NO_OBJECT = Violation(RpcError.FORMAT, "the payload is no JSON object")
"""An empty list, most likely: so some languages write an empty object."""

Outcome = Result | Error | CsmsOffline | None
"""How a CALL of ours ends; ``None``: nothing came in time."""


class Session:
    """One connection's conversation. ``run`` must be running for ``ask`` to be answered."""

    def __init__(self, wire: Wire, dialect: Dialect, station: StationPort, time_out_s: Callable[[], float]) -> None:
        self.dialect = dialect
        self._wire = wire
        self._station = station
        self._time_out_s = time_out_s
        self._turn = asyncio.Lock()
        self._open: tuple[str, asyncio.Future[Outcome]] | None = None
        self._ended: str | None = None
        self.heard = False
        """Has the CSMS said anything?"""
        self._in_work: dict[str, asyncio.Task[None]] = {}
        self._ids = token_hex(8)
        self._sent = 0
        self._complaints = 0
        self._breaches: set[tuple[str, str]] = set()
        self._takers: dict[type, Callable[[Any], None]] = {
            Call: self._take_call,
            Result: self._take_answer,
            Error: self._take_answer,
            Malformed: self._take_malformed,
            UnknownType: self._take_unknown_type,
            Unreadable: self._take_unreadable,
        }

    async def run(self) -> str:
        """Listen until the connection is gone; returns how it went."""
        reason = "ended by this station"
        try:
            self._wire.listen(self._take)
            reason = await self._wire.closed()
            return reason
        finally:
            self._end(reason)

    def _take(self, data: BytesLike) -> None:
        self.heard = True
        self._station.framed(False, data)
        frame = frames.decode(data)
        self._takers[type(frame)](frame)

    def _end(self, reason: str) -> None:
        self._ended = reason
        if self._open is not None:
            _settle(self._open[1], CsmsOffline(reason))
        for task in self._in_work.values():
            task.cancel()

    # Ours

    async def ask(self, notification: Notification, message_id: str | None = None) -> Answer:
        """Say it and understand the answer. Raises CsmsOffline, CsmsSilent, CsmsRefused.

        It is encoded when its turn has come: the answer before it may have brought the transactionId that it needs.
        """
        async with self._turn:
            if not self._may_say(notification):
                raise CsmsOffline("the CSMS has not taken this station")
            request = self.dialect.encode(notification)
            assert request is not None, f"OCPP {self.dialect.version} has no message for {type(notification).__name__}; ask says() first"
            bare = self.dialect.said[type(notification)].bare
            payload, breaches = await self._call(request, message_id or self._new_id(), bare)
        try:
            understood = self.dialect.decode_answer(notification, payload)
        except Refusal as refusal:
            raise self._unacceptable(request.action, refusal) from None
        if breaches:
            self._note_breaches(request.action, breaches)
        return understood

    def _may_say(self, notification: Notification) -> bool:
        """Whoever wants to say it: before the boot is accepted or pending nothing else leaves (B01.FR.08, B03.FR.02; 1.6 §4.2)."""
        taken = self._station.registration in (Registration.ACCEPTED, Registration.PENDING)
        return taken or isinstance(notification, BootNotification)

    async def _call(self, request: Request, message_id: str, bare: bool) -> tuple[Payload, tuple[Violation, ...]]:
        """The payload of the answer, as valid as it can be made, and what was wrong with it."""
        violation = self.dialect.schemas.check_request(request.action, request.payload)
        if violation is not None:
            log.error("event=own_message_invalid action=%s what=%r", request.action, violation.description)
            raise CsmsRefused(self.dialect.code(violation.error), f"not sent, it breaks its own schema: {violation.description}")
        frame = await self._exchange(message_id, frames.encode_call(message_id, request.action, request.payload))
        if isinstance(frame, Error):
            raise CsmsRefused(frames.printable(frame.code, 50), frames.printable(frame.description, frames.MAX_DESCRIPTION))
        payload: Payload = {} if frame.payload is None else frame.payload
        breaches: tuple[Violation, ...] = (NO_OBJECT,) if frame.payload is None else ()
        if self.dialect.schemas.check_response(request.action, payload) is None:
            return payload, breaches
        mended = self.dialect.schemas.mend_response(request.action, payload)
        breaches = breaches or mended.breaches
        if mended.lacks and not bare:
            raise self._unacceptable(request.action, Refusal(breaches[0].error, breaches[0].description))
        return payload, breaches

    async def _exchange(self, message_id: str, data: bytes) -> Result | Error:
        """Send a CALL and wait for whatever answers it."""
        if self._ended is not None:
            raise CsmsOffline(self._ended)
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Outcome] = loop.create_future()
        self._open = (message_id, answered)
        time_out_s = self._time_out_s()
        timer = loop.call_later(time_out_s, _settle, answered, None)
        try:
            self._wire.send(data)
            self._station.framed(True, data)
            outcome = await answered
        except WireClosed as closed:
            raise CsmsOffline(str(closed)) from None
        finally:
            timer.cancel()
            self._open = None
        if outcome is None:
            raise CsmsSilent(f"no answer within {time_out_s:g} s")
        if isinstance(outcome, CsmsOffline):
            raise outcome
        return outcome

    def _new_id(self) -> str:
        """Unique over all connections: 16 random hex digits for this one, then a count."""
        self._sent += 1
        return f"{self._ids}-{self._sent}"

    def _unacceptable(self, action: str, refusal: Refusal) -> CsmsRefused:
        self._station.noted("InvalidMessages", f"answer to {action}: {refusal}"[:200])
        log.warning("event=answer_invalid action=%s error=%s description=%r", action, refusal.error, refusal.description[:200])
        return CsmsRefused(self.dialect.code(refusal.error), f"the answer to {action} breaks its schema: {refusal.description[:200]}")

    def _note_breaches(self, action: str, breaches: tuple[Violation, ...]) -> None:
        """The rest of the answer has been used. Each breach has one line in the log of a connection; the security log counts every such
        answer, and keeps that to itself: told, it could be answered in the same way for ever."""
        what = [each.description[:200] for each in breaches[:BREACHES_TOLD]]
        self._station.noted("InvalidMessages", f"answer to {action}: {'; '.join(what)}"[:200])
        for each in what:
            if (action, each) not in self._breaches and len(self._breaches) < MAX_COMPLAINTS:
                self._breaches.add((action, each))
                log.warning("event=answer_flawed action=%s what=%r but=the_rest_is_used", action, each)

    def _take_answer(self, frame: Result | Error) -> None:
        """Late, or to nothing that we asked: ignored."""
        if self._open is None or self._open[0] != frame.id or self._open[1].done():
            self._complain(
                "unmatched_answer", f"id {frame.id[:40]}, {'CALLERROR ' + frame.code if isinstance(frame, Error) else 'CALLRESULT'}"
            )
        else:
            self._open[1].set_result(frame)

    # Theirs

    def _take_call(self, call: Call) -> None:
        if call.id in self._in_work:
            self._refuse(call.id, RpcError.FRAMEWORK, "a CALL with this id is being worked on")
        elif len(self._in_work) >= MAX_CALLS_IN_WORK:
            self._refuse(call.id, RpcError.GENERIC, f"{MAX_CALLS_IN_WORK} CALLs are being worked on; send one at a time")
        else:
            task = asyncio.get_running_loop().create_task(self._serve(call))
            self._in_work[call.id] = task

    async def _serve(self, call: Call) -> None:
        try:
            answered = await answer(self.dialect, self._station, call)
        finally:
            del self._in_work[call.id]
        if answered.complaint is not None:
            self._complain("call_refused", answered.complaint, answered.invalid)
        if answered.frame is not None and self._send(answered.frame) and answered.then is not None:
            _follow(call.action, answered.then)

    def _take_malformed(self, frame: Malformed) -> None:
        self._refuse(frame.id, RpcError.FRAMEWORK, frame.reason)

    def _take_unknown_type(self, frame: UnknownType) -> None:
        """2.x says that it does not know it (part 4 §4.4), 1.6 ignores it (§4.1.3)."""
        if self.dialect.answers_unreadable:
            self._refuse(frame.id, RpcError.MESSAGE_TYPE, f"message type {str(frame.number)[:20]}; known are 2, 3 and 4")
        else:
            self._complain("unknown_message_type", str(frame.number)[:20], invalid=True)

    def _take_unreadable(self, frame: Unreadable) -> None:
        """2.x answers with the id "-1" (part 4 §4.2.3), 1.6 drops it. An answer is never answered: two who did so would never end."""
        if self.dialect.answers_unreadable and not frame.is_answer:
            self._refuse(NO_ID, RpcError.FRAMEWORK, frame.reason)
        else:
            self._complain("unreadable_message", frame.reason, invalid=True)

    def _refuse(self, message_id: str, error: RpcError, description: str) -> None:
        refusal = Refusal(error, description)
        self._complain("call_refused", str(refusal), error in INVALID)
        if self.dialect.gate(self._station.registration, "") is not Gate.IGNORE:
            self._send(refused(self.dialect, message_id, refusal))

    def _send(self, data: bytes) -> bool:
        """Hand over an answer. False: nobody is there any more."""
        try:
            self._wire.send(data)
        except WireClosed:
            return False
        self._station.framed(True, data)
        return True

    def _complain(self, event: str, what: str, invalid: bool = False) -> None:
        """``invalid``: it breaks the protocol, which the security log has to know."""
        self._complaints += 1
        if invalid:
            self._station.noted("InvalidMessages", f"{event}: {what}"[:200])
        if self._complaints <= MAX_COMPLAINTS:
            log.warning("event=%s what=%r", event, what[:200])
        if self._complaints == MAX_COMPLAINTS:
            log.warning("event=complaints_end after=%d until=next_connection", MAX_COMPLAINTS)


def _follow(action: str, then: Callable[[], None]) -> None:
    try:
        then()
    except Exception:  # the rim: whatever one command breaks, the session goes on
        log.exception("event=follow_up_failed action=%s", action)


def _settle(answered: "asyncio.Future[Outcome]", outcome: Outcome) -> None:
    if not answered.done():
        answered.set_result(outcome)

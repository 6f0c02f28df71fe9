"""One CALL of the CSMS from its payload to its answer."""

import asyncio
import logging
from collections.abc import Callable

from msgspec import Struct

from chargepoint.domain.commands import Command, Reply
from chargepoint.ocpp import signed
from chargepoint.ocpp.dialect import NOT_ACCEPTED, Dialect, Gate, Settled
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Call, Payload, encode_error, encode_result
from chargepoint.station.csms import StationPort

log = logging.getLogger(__name__)

OBEY_WITHIN_S = 60.0
"""How long the station may work on one command. After that the CSMS hears InternalError and the work is cancelled."""

INVALID = frozenset({RpcError.FORMAT, RpcError.FRAMEWORK, RpcError.MESSAGE_TYPE, RpcError.OCCURRENCE, RpcError.PROPERTY, RpcError.TYPE})
"""Errors of messages that break the protocol; the others are about what this station can do, or may do now."""

FollowUp = Callable[[], None] | None
"""What is to be done once the answer has left."""


class Answered(Struct, frozen=True):
    """``frame`` ``None``: this version wants no answer now."""

    frame: bytes | None
    then: FollowUp = None
    complaint: str | None = None
    """What was wrong with the CALL."""
    invalid: bool = False
    """It broke the protocol."""


async def answer(dialect: Dialect, station: StationPort, call: Call) -> Answered:
    """Obey a CALL or refuse it. Raises nothing that the CSMS could cause."""
    gate = dialect.gate(station.registration, call.action)
    if gate is Gate.IGNORE:
        return Answered(None, complaint=f"{call.action[:50]}: ignored, the boot is rejected")
    try:
        if dialect.takes_signed:
            call = signed.content(call)
            gate = dialect.gate(station.registration, call.action)
        payload, then = await _obey(dialect, station, call, gate)
        return Answered(encode_result(call.id, payload), then)
    except Refusal as refusal:
        error = refusal
    except Exception:  # the rim: whatever one command breaks, the session goes on
        log.exception("event=call_failed action=%s", call.action)
        error = Refusal(RpcError.INTERNAL, "the station failed to do it; its log says why")
    return Answered(refused(dialect, call.id, error), complaint=f"{call.action[:50]}: {error}", invalid=error.error in INVALID)


def refused(dialect: Dialect, message_id: str, refusal: Refusal) -> bytes:
    """The CALLERROR for a refusal."""
    return encode_error(message_id, dialect.code(refusal.error), refusal.description)


async def _obey(dialect: Dialect, station: StationPort, call: Call, gate: Gate) -> tuple[Payload, FollowUp]:
    if gate is Gate.FORBID:
        raise Refusal(RpcError.SECURITY, "the CSMS has rejected the boot of this station")
    _admit(dialect, call)
    command = dialect.decode_command(call.action, call.payload)
    if isinstance(command, Settled):
        return command.payload, None
    reply, then = (NOT_ACCEPTED, None) if gate is Gate.REJECT else await _within(station, command)
    payload = dialect.encode_reply(call.action, command, reply)
    violation = dialect.schemas.check_response(call.action, payload)
    if violation is not None:
        log.error("event=own_answer_invalid action=%s what=%r", call.action, violation.description)
        raise Refusal(RpcError.INTERNAL, "the station's answer breaks its schema")
    return payload, then


def _admit(dialect: Dialect, call: Call) -> None:
    """Known, supported, and as its schema says?"""
    if call.action not in dialect.obeyed:
        if call.action in dialect.schemas.actions:
            raise Refusal(RpcError.NOT_SUPPORTED, f"{call.action} is not supported by this station")
        raise Refusal(RpcError.NOT_IMPLEMENTED, f"{call.action[:50]} is no action of OCPP {dialect.version}")
    violation = dialect.schemas.check_request(call.action, call.payload)
    if violation is not None:
        raise Refusal(violation.error, violation.description)


async def _within(station: StationPort, command: Command) -> tuple[Reply, FollowUp]:
    try:
        async with asyncio.timeout(OBEY_WITHIN_S):
            return await station.obey(command)
    except TimeoutError:
        raise Refusal(RpcError.INTERNAL, f"not done within {OBEY_WITHIN_S:.0f} s") from None

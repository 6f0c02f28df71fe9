"""What requests for files have in common, in every version: times, and how often to try."""

from datetime import datetime
from typing import Any

from chargepoint.ocpp import times
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import whole_or_none


def time(payload: Payload, name: str) -> datetime:
    """A time that somebody else wrote. Raises Refusal."""
    read = times.read(payload[name])
    if read is None:
        raise Refusal(RpcError.PROPERTY, f"{name}: cannot be read; expected a time such as 2026-03-01T12:00:00Z")
    return read


def time_or_none(payload: Payload, name: str) -> datetime | None:
    """The same for an optional field."""
    return time(payload, name) if payload.get(name) else None


def tries(payload: Payload) -> dict[str, Any]:
    """``retries`` and ``retryInterval``, neither below 0."""
    retries, interval = whole_or_none(payload, "retries"), whole_or_none(payload, "retryInterval")
    return {"retries": None if retries is None else max(retries, 0), "retry_interval_s": None if interval is None else max(interval, 0)}

"""What requests for files have in common, in every version: times, how often to try, and which log is wanted."""

from datetime import datetime
from typing import Any

from chargepoint.domain.commands import GetLog
from chargepoint.domain.logs import LogKind
from chargepoint.ocpp import times
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import whole, whole_or_none


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


def get_log(payload: Payload) -> GetLog:
    """GetLog (2.0.1 N01, 1.6-SEC N01)."""
    log = payload["log"]
    return GetLog(
        request_id=whole(payload["requestId"], "requestId"),
        kind=LogKind(payload["logType"]),
        location=log["remoteLocation"],
        oldest=time_or_none(log, "oldestTimestamp"),
        newest=time_or_none(log, "latestTimestamp"),
        **tries(payload),
    )

"""Numbers and times of charging profiles, as every version reads them."""

from datetime import datetime
from typing import Any

from chargepoint.ocpp import times
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Payload

LARGEST = 1e9
"""More is no current and no power."""


def number(value: Any, what: str) -> float:
    """A limit. Raises Refusal for one beyond reason."""
    if not -LARGEST <= value <= LARGEST:
        raise Refusal(RpcError.PROPERTY, f"{what}: beyond {LARGEST:.0f}")
    return float(value)


def number_or_none(payload: Payload, name: str) -> float | None:
    """The same, if it is there."""
    return None if name not in payload else number(payload[name], name)


def time_or_none(payload: Payload, name: str) -> datetime | None:
    """Read as tolerantly as any time of a CSMS; what cannot be read could be any limit, so it is refused."""
    text = payload.get(name)
    if text is None:
        return None
    at = times.read(text)
    if at is None:
        raise Refusal(RpcError.PROPERTY, f"{name}: not a date and time; expected one such as 2026-03-01T12:00:00Z")
    return at

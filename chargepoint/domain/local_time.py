"""Local time for people: an offset from UTC that changes once at a known moment (OCPP 2.0.1 ClockCtrlr; the pricing note's 1.6 keys).

Only what a driver reads is local. Every moment that is told or kept is UTC.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from chargepoint.domain.values import BadValue, Bounds, DataType, shown

FARTHEST = timedelta(hours=14)
"""No place on Earth is farther from UTC."""


def moment(text: str) -> datetime | None:
    """ISO 8601 as others write it, in UTC; without a zone it is UTC. ``None`` where it cannot be read."""
    try:
        at = datetime.fromisoformat(text.strip().upper())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def offset(text: str) -> timedelta:
    """``+01:00``, ``-05:00``; without a sign it is east. Raises BadValue."""
    match = re.fullmatch(r"([+-]?)(\d\d):?([0-5]\d)", text.strip(), re.ASCII)
    east = timedelta() if match is None else timedelta(hours=int(match[2]), minutes=int(match[3]))
    if match is None or east > FARTHEST:
        raise BadValue("InvalidValue", f"{shown(text)} is no time offset; expected -14:00 to +14:00, +01:00 for example")
    return -east if match[1] == "-" else east


def local(at: datetime, text: str) -> str:
    """The moment as a clock on the wall shows it, with its offset: ``2026-03-01T20:00:00+01:00``."""
    return at.astimezone(timezone(offset(text))).isoformat(timespec="seconds")


def _offset(text: str, bounds: Bounds) -> str:
    offset(text)
    return text.strip()


def _moment(text: str, bounds: Bounds) -> str:
    if text.strip() and moment(text) is None:
        raise BadValue(
            "InvalidValue", f"{shown(text)} is no date and time; expected ISO 8601, 2026-03-29T01:00:00Z for example, or nothing"
        )
    return text.strip()


OFFSET = DataType("string", _offset)
MOMENT = DataType("dateTime", _moment)
"""An empty text: never."""

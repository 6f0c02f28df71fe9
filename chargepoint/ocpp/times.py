"""Times on the wire (OCPP 1.6 §3.15, 2.0.1 part 2 §3: ISO 8601).

Ours are UTC, whole seconds, with ``Z``. Those of others are read as they come in the field: any offset, none (UTC), with or without
colon, up to nine decimals, lower case.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(?:([Zz])|([+-])(\d\d):?(\d\d)?)?",
    re.ASCII,
)


def write(at: datetime) -> str:
    """An aware time as this station sends it, e.g. ``2026-03-01T12:00:00Z``."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="seconds")[:19] + "Z"


def write_exactly(at: datetime) -> str:
    """The same with milliseconds, where there are any: what somebody else has said is told as he said it."""
    return write(at) if not at.microsecond else at.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def read(text: str) -> datetime | None:
    """A time as somebody else sent it, in UTC; ``None`` where it cannot be read."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, _, sign, hours, minutes = match.groups()
    micros = int((fraction or "0").ljust(6, "0")[:6])
    try:
        local = datetime(int(year), int(month), int(day), int(hour), int(minute), min(int(second or 0), 59), micros)
        return local.replace(tzinfo=_zone(sign, hours, minutes)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(sign: str | None, hours: str | None, minutes: str | None) -> timezone:
    if sign is None:
        return UTC
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return timezone(-offset if sign == "-" else offset)

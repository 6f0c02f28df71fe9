"""The one list of limits: each with its source; the minimum wins, and everybody can be told why this current."""

from msgspec import Struct

MINIMUM_OFFER_MA = 6_000
"""Nothing below 6 A can be offered by duty cycle (IEC 61851-1 Table A.7); less means no offer."""


class Limit(Struct, frozen=True):
    """Somebody's upper bound for the current of one EVSE, per phase."""

    source: str
    """What bounds it, in words for people: ``evse rating``, ``site fuse``, ``cable``, ``temperature``, ``permit``, ``failsafe`` ..."""
    limit_ma: int
    owner: str = ""
    """Who can change it: ``installer``, ``control``, ``driver`` (the cable), ``station`` (and behind it the CSMS)."""
    reason: str = ""
    """A sentence with the value that led to it."""
    since_s: float = 0.0
    """Monotonic time at which it took this value."""
    expires_s: float | None = None
    """Monotonic time at which it ends by itself, if nobody renews it."""


def offered_ma(limit_ma: int) -> int:
    """What a limit becomes on the pilot: itself, or 0 where it is below the minimum offer."""
    return limit_ma if limit_ma >= MINIMUM_OFFER_MA else 0

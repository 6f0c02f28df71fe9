"""The one list of limits: each with its source; the minimum wins, and everybody can be told why this current."""

from collections.abc import Iterable

from msgspec import Struct

MINIMUM_OFFER_MA = 6_000
"""Nothing below 6 A can be offered by duty cycle (IEC 61851-1 Table A.7); less means no offer."""


class Limit(Struct, frozen=True):
    """Somebody's upper bound for the current of one EVSE, per phase."""

    source: str
    """Who says so, in words for people: ``evse rating``, ``site fuse``, ``permit``, ``failsafe`` ..."""
    limit_ma: int


def lowest(limits: Iterable[Limit]) -> Limit:
    """The limit that counts; of equals the first in the list."""
    return min(limits, key=lambda limit: limit.limit_ma)


def offered_ma(limit_ma: int) -> int:
    """What a limit becomes on the pilot: itself, or 0 where it is below the minimum offer."""
    return limit_ma if limit_ma >= MINIMUM_OFFER_MA else 0

"""The station's bound for all EVSEs together: a lease, like a permit, that can only lower what the site fuse allows."""

from msgspec import Struct

from chargepoint.link.messages import SitePermit

SOURCE = 50
"""Longest name of a source that is taken over."""


class Ceiling(Struct, frozen=True):
    """A site permit and the moment at which it runs out."""

    source: str
    limit_ma: int
    """Of the sum over the EVSEs, per phase."""
    until_s: float


def accept(wish: SitePermit, now: float) -> Ceiling | None:
    """What holds from now on, whatever stood before."""
    return Ceiling(wish.source[:SOURCE], max(0, wish.limit_ma), now + wish.valid_for_s) if wish.valid_for_s > 0 else None

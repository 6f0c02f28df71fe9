"""What the installer decided, as control uses it. Hard limits: permits only ever lower them."""

from msgspec import Struct


class EvseSettings(Struct, frozen=True, kw_only=True):
    """One EVSE."""

    evse: int
    rating_ma: int
    """Per phase; bounded to what the pilot can say, 80 A. Below 6 A the EVSE never offers anything."""
    phases: int = 3
    ventilation: bool = False
    """May state D be served?"""
    sockets: frozenset[int] = frozenset()
    """Connectors with a socket and a plug lock; the others are fixed cables."""


class SiteSettings(Struct, frozen=True, kw_only=True):
    """What all EVSEs share."""

    fuse_ma: int
    """Bound of the sum over the EVSEs, per phase."""

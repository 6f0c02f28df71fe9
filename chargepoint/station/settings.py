"""What the station process is told by its configuration."""

from msgspec import Struct

from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.notifications import StationIdentity


class EvseSettings(Struct, frozen=True, kw_only=True):
    """One EVSE, as the station needs to know it."""

    evse: int
    connectors: tuple[ConnectorId, ...]
    sockets: frozenset[int] = frozenset()
    """Connectors with a socket and a lock; the others have fixed cables."""
    rating_ma: int
    failsafe_ma: int
    """What a running session falls back to without the station."""
    phases: int
    voltage_v: float


class StationSettings(Struct, frozen=True, kw_only=True):
    """The station."""

    identity: StationIdentity
    evses: tuple[EvseSettings, ...]
    resume_after_power_loss: bool = True
    free_token: IdToken | None = None
    """Not ``None``: every plug-in starts a session with it."""
    cards: tuple[IdToken, ...] = ()
    """May always charge."""
    has_csms: bool = True

    def evse(self, evse: int) -> EvseSettings | None:
        """One of them by its number."""
        return next((settings for settings in self.evses if settings.evse == evse), None)

"""A profile with the place it was set at; which ones a new one replaces, and which ones a request clears."""

from datetime import datetime

from msgspec import Struct

from chargepoint.domain.charging_profile import ChargingProfile
from chargepoint.domain.commands.charging import ClearChargingProfile

STATION = 0
"""The EVSE number that stands for the whole station."""


class Installed(Struct, frozen=True, kw_only=True):
    """One profile of the station."""

    profile: ChargingProfile
    evse: int
    """``STATION``: it bounds the whole station (STATION_MAX), or holds at every EVSE (TX_DEFAULT)."""
    connector: int | None = None
    """1.6 sets profiles at connectors; ``None``: whichever connector of the EVSE is in use."""
    transaction_id: str | None = None
    """Ours. Of TX profiles only."""
    set_at: datetime

    @property
    def slot(self) -> tuple[object, ...]:
        """There is at most one profile for it (1.6 §3.13.2, OCPP 2.0.1 K01.FR.06)."""
        where = (self.evse, self.connector) if self.transaction_id is None else (self.transaction_id,)
        return self.profile.purpose, self.profile.stack_level, *where


def replaces(new: Installed, old: Installed, *, ids_per_connector: bool) -> bool:
    """Does the old one go when the new one comes: the same slot, or the same id (1.6 §5.16.3, §5.16.4; OCPP 2.0.1 K01.FR.05)?

    ``ids_per_connector``: profiles of one id, one purpose and one stack level at two connectors are two profiles, and a default for all
    connectors ends only where one is given its own (1.6 §3.13.1). evcc numbers its profile per station, not per connector (by
    MaxChargingProfilesInstalled), others number every profile alike: with a single id for all, the limit of one connector would end
    whenever another one is given its own. One would see that this is no longer needed by different ids for different connectors.
    """
    if new.slot == old.slot:
        return True
    return new.profile.id == old.profile.id and not (ids_per_connector and _siblings(new, old))


def _siblings(new: Installed, old: Installed) -> bool:
    """At different places: those at the same one share a slot."""
    alike = (new.profile.purpose, new.profile.stack_level) == (old.profile.purpose, old.profile.stack_level)
    return alike and new.evse != STATION


def cleared_by(request: ClearChargingProfile, installed: Installed) -> bool:
    """An id alone decides; otherwise everything that is given has to match (1.6 errata 3.25, 3.26; OCPP 2.0.1 K10)."""
    profile = installed.profile
    if request.id is not None:
        return profile.id == request.id
    return (
        request.evse in (None, installed.evse)
        and request.connector in (None, installed.connector)
        and request.purpose in (None, profile.purpose)
        and request.stack_level in (None, profile.stack_level)
    )

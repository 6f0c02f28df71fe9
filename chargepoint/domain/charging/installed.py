"""A profile with the place it was set at; which ones a new one replaces, and which ones a request clears."""

from datetime import datetime

from msgspec import Struct

from chargepoint.domain.charging_profile import ChargingProfile, LimitSource, Purpose
from chargepoint.domain.commands.charging import ClearChargingProfile, GetChargingProfiles

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
    """Ours. Of TX profiles only. In 2.x it is what the CSMS knows as a transaction, from its TxStartPoint to its TxStopPoint; in 1.6 the
    one that somebody pays for."""
    set_at: datetime
    source: LimitSource = LimitSource.CSO
    sent: ChargingProfile | None = None
    """As it came, where it is carried out otherwise."""
    grid_critical: bool = False
    """Of an external limit: whoever set it says that the grid depends on it."""

    @property
    def as_sent(self) -> ChargingProfile:
        """For whoever asks what is installed."""
        return self.sent or self.profile

    @property
    def slot(self) -> tuple[object, ...]:
        """There is at most one profile for it (1.6 §3.13.2, OCPP 2.0.1 K01)."""
        if self.profile.purpose is Purpose.EXTERNAL:
            return self.profile.purpose, self.source, self.evse
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
    if old.profile.purpose is Purpose.EXTERNAL:  # no CSMS replaces it
        return False
    return new.profile.id == old.profile.id and not (ids_per_connector and _siblings(new, old))


def _siblings(new: Installed, old: Installed) -> bool:
    """At different places: those at the same one share a slot."""
    alike = (new.profile.purpose, new.profile.stack_level) == (old.profile.purpose, old.profile.stack_level)
    return alike and new.evse != STATION


def overlaps(new: Installed, old: Installed) -> bool:
    """2.x: is there another profile already where the new one shall be (K01.FR.06, K01.FR.52, K01.FR.53)?

    A TX profile wants its stack level for itself (K01.FR.39); a default for all EVSEs and one of a single EVSE never share one. Others may,
    one after the other.
    """
    mine, its = new.profile, old.profile
    if mine.id == its.id or (mine.purpose, mine.stack_level) != (its.purpose, its.stack_level):
        return False
    if mine.purpose is Purpose.TX:
        return new.transaction_id == old.transaction_id
    if mine.purpose is Purpose.TX_DEFAULT and (new.evse == STATION) != (old.evse == STATION):
        return True
    return new.evse == old.evse and _at_one_time(mine, its)


def _at_one_time(one: ChargingProfile, other: ChargingProfile) -> bool:
    return _begins_before_end_of(one, other) and _begins_before_end_of(other, one)


def _begins_before_end_of(one: ChargingProfile, other: ChargingProfile) -> bool:
    return one.valid_from is None or other.valid_to is None or one.valid_from < other.valid_to


def asked_for(request: GetChargingProfiles, installed: Installed) -> bool:
    """Everything that is given has to match (K09.FR.04, K09.FR.05, K09.FR.06). A default for all EVSEs is the station's own."""
    profile = installed.profile
    return (
        request.evse in (None, installed.evse)
        and (not request.ids or profile.id in request.ids)
        and request.purpose in (None, profile.purpose)
        and request.stack_level in (None, profile.stack_level)
        and (not request.sources or installed.source in request.sources)
    )


def cleared_by(request: ClearChargingProfile, installed: Installed) -> bool:
    """An id alone decides; otherwise everything that is given has to match (1.6 errata 3.25, 3.26; OCPP 2.0.1 K10.FR.03, K10.FR.04).

    What somebody else has set no CSMS clears (K10.FR.08, K10.FR.09).
    """
    profile = installed.profile
    if profile.purpose is Purpose.EXTERNAL:
        return False
    if request.id is not None:
        return profile.id == request.id
    return (
        request.evse in (None, installed.evse)
        and request.connector in (None, installed.connector)
        and request.purpose in (None, profile.purpose)
        and request.stack_level in (None, profile.stack_level)
    )

"""The charging profiles that are installed: what is taken, what it replaces, what goes (1.6 §5.5, §5.16; OCPP 2.0.1 K01, K05, K10)."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from chargepoint.domain.charging.checking import Maxima, objection, remote_start_objection
from chargepoint.domain.charging.installed import STATION, Installed, cleared_by, replaces
from chargepoint.domain.charging_profile import ChargingProfile, Purpose, RateUnit
from chargepoint.domain.commands import ClearChargingProfile, Outcome, SetChargingProfile, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.retiming import Correction
from chargepoint.domain.transaction import Transaction
from chargepoint.domain.variables import (
    ALLOWED_RATE_UNITS,
    MAX_PROFILES,
    PERIODS_PER_SCHEDULE,
    PROFILE_STACK_LEVEL,
    RATE_UNITS,
    SUPPORTED_FEATURE_PROFILES,
)
from chargepoint.station.clock import StationClock
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

EARLY = timedelta(seconds=2)
"""A schedule that begins so soon has begun: the clocks of CSMS and station differ by up to a second, and in between nothing would hold."""
KEY_UNITS = {"Current": RateUnit.AMPERE, "Power": RateUnit.WATT}
"""In the words of the 1.6 key."""
NOT_SUPPORTED = Outcome(Verdict.NOT_SUPPORTED, "NotEnabled", "smart charging is not among the feature profiles of this station")


class ProfileBook:
    """All profiles. Every change is on disk before it is answered."""

    def __init__(self, store: Store, model: DeviceModel, clock: StationClock, transacting: Transacting) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._transacting = transacting
        self._installed = store.profiles.load()
        self.changed: Callable[[], None] = lambda: None

    @property
    def supported(self) -> bool:
        """Does this station do smart charging at all?"""
        return "SmartCharging" in self._model.read(SUPPORTED_FEATURE_PROFILES)

    @property
    def installed(self) -> tuple[Installed, ...]:
        """All that count."""
        return tuple(self._installed.values()) if self.supported else ()

    @property
    def newest(self) -> datetime | None:
        """When one was set last."""
        return max((each.set_at for each in self._installed.values()), default=None)

    @property
    def units(self) -> frozenset[RateUnit]:
        """The units that are allowed: 1.6 and 2.x have a variable each."""
        by_key = {KEY_UNITS[word] for word in self._model.read(ALLOWED_RATE_UNITS)}
        return frozenset(by_key & {RateUnit(word) for word in self._model.read(RATE_UNITS)})

    @property
    def _taken(self) -> int:
        """Profiles that are installed, or promised room by a remote start whose car has not come."""
        return len(self._installed) + sum(session.profile is not None for session in self._transacting.sessions.values())

    def _maxima(self) -> Maxima:
        return Maxima(
            stack_level=self._model.read(PROFILE_STACK_LEVEL),
            periods=self._model.read(PERIODS_PER_SCHEDULE),
            profiles=self._model.read(MAX_PROFILES),
            units=self.units,
        )

    # What the CSMS wants

    def set(self, command: SetChargingProfile) -> Outcome:
        """K01; 1.6 §5.16."""
        if not self.supported:
            return NOT_SUPPORTED
        profile, evse, maxima = command.profile, command.evse, self._maxima()
        if evse != STATION and evse not in self._transacting.sessions:
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {evse}; there are {sorted(self._transacting.sessions)}")
        refused = objection(profile, evse, maxima)
        if refused is not None:
            return refused
        transaction = self._meant(command) if profile.purpose is Purpose.TX else None
        if profile.purpose is Purpose.TX and transaction is None:
            which = "running there" if profile.transaction_id is None else profile.transaction_id
            return Outcome(Verdict.REJECTED, "TxNotFound", f"EVSE {evse}: no transaction {which}")
        new = Installed(
            profile=_begun(profile, self._clock.now()),
            evse=evse,
            connector=command.connector,
            transaction_id=None if transaction is None else transaction.id,
            set_at=self._clock.now(),
        )
        apart = command.ids_per_connector
        gone = [number for number, old in self._installed.items() if replaces(new, old, ids_per_connector=apart)]
        if not gone and self._taken >= maxima.profiles:
            return _full(maxima)
        self._install(new, gone)
        return Outcome(Verdict.ACCEPTED)

    def unnamed(self, command: SetChargingProfile) -> bool:
        """1.6: does it name a transaction, and has the one that runs there no name yet?"""
        session = self._transacting.sessions.get(command.evse)
        if session is None or session.transaction is None or command.profile.transaction_id is None or not command.ids_per_connector:
            return False
        return command.profile.purpose is Purpose.TX and self._store.transactions.csms_id(session.transaction.id) is None

    def _meant(self, command: SetChargingProfile) -> Transaction | None:
        """The transaction that runs there, if it is the one that is named, or none is named (1.6 §7.8)."""
        session = self._transacting.sessions[command.evse]
        transaction, named = session.transaction, command.profile.transaction_id
        if transaction is None or transaction.stop is not None or command.connector not in (None, transaction.connector.connector):
            return None
        known = named in (None, transaction.id, self._store.transactions.csms_id(transaction.id))
        return transaction if known else None

    def _install(self, new: Installed, gone: list[int]) -> None:
        profile = new.profile
        with self._store.commit():
            self._drop(gone)
            self._installed[self._store.profiles.add(new)] = new
        log.info(
            "event=profile_set id=%d purpose=%s level=%d evse=%d replaces=%d",
            *(profile.id, profile.purpose, profile.stack_level, new.evse, len(gone)),
        )
        self.changed()

    def clear(self, command: ClearChargingProfile) -> Outcome:
        """K10; 1.6 §5.5."""
        if not self.supported:
            return NOT_SUPPORTED
        gone = [number for number, each in self._installed.items() if cleared_by(command, each)]
        if not gone:
            return Outcome(Verdict.UNKNOWN, "NotFound", "no profile matches")
        with self._store.commit():
            self._drop(gone)
        log.info("event=profiles_cleared count=%d", len(gone))
        self.changed()
        return Outcome(Verdict.ACCEPTED)

    # What transactions bring and take with them

    def check(self, evse: int | None, profile: ChargingProfile) -> Outcome | None:
        """Why a remote start with this profile has to be refused; ``evse`` ``None``: wherever there is room."""
        if not self.supported:
            return None
        maxima = self._maxima()
        if self._taken >= maxima.profiles:
            return _full(maxima)
        return remote_start_objection(profile, min(self._transacting.sessions) if evse is None else evse, maxima)

    def give(self, transaction: Transaction, profile: ChargingProfile) -> None:
        """The transaction of a remote start begins, with the profile that was asked for (K05; 1.6 §5.16.2). Inside its commit.

        It replaces nothing: its transaction has no other yet, and a CSMS that gives all of them one id means no other transaction's.
        """
        if not self.supported:  # the profile is to be ignored (1.6 §5.11)
            log.info("event=profile_ignored id=%d transaction=%s reason=no_smart_charging", profile.id, transaction.id)
            return
        now = self._clock.now()
        place = transaction.connector
        new = Installed(profile=_begun(profile, now), evse=place.evse, connector=place.connector, transaction_id=transaction.id, set_at=now)
        self._install(new, [])

    def ended(self, transaction: Transaction) -> None:
        """Its profiles end with it (1.6 §3.13.1, OCPP 2.0.1 K01.FR.33). Inside its commit."""
        self._drop([number for number, each in self._installed.items() if each.transaction_id == transaction.id])

    def correct(self, by: Correction) -> None:
        """The clock was set: profiles that count from when they were set have been set then. Inside its commit."""
        for number, old in self._installed.items():
            new = replace(old, set_at=by.of(old.set_at))
            if new != old:
                self._installed[number] = new
                self._store.profiles.save(number, new)

    def _drop(self, numbers: Iterable[int]) -> None:
        self._store.profiles.drop(numbers)
        for number in numbers:
            del self._installed[number]


def _full(maxima: Maxima) -> Outcome:
    return Outcome(Verdict.REJECTED, "OutOfStorage", f"{maxima.profiles} profiles are installed already; clear some first")


def _begun(profile: ChargingProfile, now: datetime) -> ChargingProfile:
    start, valid_from = profile.schedule.start, profile.valid_from
    if valid_from is not None and now < valid_from <= now + EARLY:
        profile = replace(profile, valid_from=now)
    if start is not None and now < start <= now + EARLY:
        profile = replace(profile, schedule=replace(profile.schedule, start=now))
    return profile

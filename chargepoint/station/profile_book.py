"""The charging profiles that are installed: what is taken, what it replaces, what goes (1.6 §5.5, §5.16; OCPP 2.0.1 K01, K05, K10)."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from math import inf

from msgspec.structs import replace

from chargepoint.domain.charging.installed import Installed, asked_for, cleared_by, overlaps, replaces
from chargepoint.domain.charging.timetable import ends_s, timetable
from chargepoint.domain.charging_profile import ChargingProfile, Kind, LimitSource, Purpose
from chargepoint.domain.commands import ClearChargingProfile, GetChargingProfiles, Outcome, SetChargingProfile, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.retiming import Correction
from chargepoint.domain.transaction import Transaction
from chargepoint.domain.variables.smart_charging import AVAILABLE, ENTRIES
from chargepoint.station.clock import StationClock
from chargepoint.station.profile_admission import ProfileAdmission
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

EARLY = timedelta(seconds=2)
"""A schedule that begins so soon has begun: the clocks of CSMS and station differ by up to a second, and in between nothing would hold."""
NOT_SUPPORTED = Outcome(Verdict.NOT_SUPPORTED, "NotEnabled", "smart charging is not among the feature profiles of this station")


class ProfileBook:
    """All profiles. Every change is on disk before it is answered. ``sliders``: is what Home Assistant sends for the station taken?"""

    def __init__(self, store: Store, model: DeviceModel, clock: StationClock, transacting: Transacting, sliders: bool = True) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._transacting = transacting
        self.admission = ProfileAdmission(model, transacting.sessions, sliders)
        self._installed = store.profiles.load()
        self.changed: Callable[[], None] = lambda: None
        model.show(AVAILABLE, lambda: "true" if self.admission.available else "false")
        model.show(ENTRIES, lambda: str(len(self._by_csms)))

    @property
    def supported(self) -> bool:
        """Is smart charging done?"""
        return self.admission.supported

    @property
    def installed(self) -> tuple[Installed, ...]:
        """All that count: the profiles of the CSMS where smart charging is done, and what others have set."""
        return (*(self._by_csms if self.supported else ()), *self.external)

    @property
    def _by_csms(self) -> tuple[Installed, ...]:
        return tuple(each for each in self._installed.values() if each.source is LimitSource.CSO)

    @property
    def external(self) -> tuple[Installed, ...]:
        """What others than the CSMS have set."""
        return tuple(each for each in self._installed.values() if each.source is not LimitSource.CSO)

    @property
    def newest(self) -> datetime | None:
        """When one was set last."""
        return max((each.set_at for each in self._installed.values()), default=None)

    @property
    def _taken(self) -> int:
        """Profiles that are installed, or promised room by a remote start whose car has not come."""
        return len(self._by_csms) + sum(session.profile is not None for session in self._transacting.sessions.values())

    # What the CSMS wants

    def set(self, command: SetChargingProfile) -> Outcome:
        """K01, K16.FR.01; 1.6 §5.16. A profile for a transaction wants one that runs there (K01.FR.09), of just this id (K01.FR.33)."""
        if not self.supported:
            return NOT_SUPPORTED
        slider, evse = self.admission.slider(command, self._clock.now()), command.evse
        refused = self.admission.refused(command) if slider is None else self.admission.refused_slider(slider)
        if refused is not None:
            return refused
        transaction_id = self._meant(command) if command.profile.purpose is Purpose.TX else None
        if command.profile.purpose is Purpose.TX and transaction_id is None:
            which = command.profile.transaction_id or "running there"
            return Outcome(Verdict.REJECTED, "TxNotFound", f"EVSE {evse}: no transaction {which}")
        new = Installed(
            profile=slider or command.profile,
            evse=evse,
            connector=command.connector,
            transaction_id=transaction_id,
            set_at=self._clock.now(),
            sent=None if slider is None else command.profile,
        )
        if slider is not None:
            log.info("event=profile_taken_from_now_on id=%d evse=%d because=ocpp.relative_station_profile", slider.id, evse)
        return self._add(_begun(new), ids_per_place=command.ids_per_connector or slider is not None)

    def _add(self, new: Installed, ids_per_place: bool) -> Outcome:
        """K01.FR.05: one of the same id goes. In 2.x any other that it would share its place with keeps it (K01.FR.06)."""
        if new.profile.strict and not ids_per_place:
            for old in self._installed.values():
                clash = new.profile.id == old.profile.id and old.source is not LimitSource.CSO
                if clash or overlaps(new, old):
                    return Outcome(Verdict.REJECTED, "DuplicateProfile", f"profile {old.profile.id} is there already, at EVSE {old.evse}")
            gone = self._alike(new)
        else:
            gone = [number for number, old in self._installed.items() if replaces(new, old, ids_per_connector=ids_per_place)]
        gone = gone or self._spare()
        if not gone and self._full:
            return self._no_room()
        self._install(new, gone)
        return Outcome(Verdict.ACCEPTED)

    def _alike(self, new: Installed) -> list[int]:
        """Those of its id. Remote starts may have brought one id to several transactions: then what its own transaction has is meant."""
        alike = [number for number, old in self._installed.items() if new.profile.id == old.profile.id]
        own = [number for number in alike if self._installed[number].transaction_id == new.transaction_id]
        return alike if new.transaction_id is None else own or alike

    @property
    def _full(self) -> bool:
        return self._taken >= self.admission.maxima.profiles

    def _spare(self) -> list[int]:
        """What goes where there is no room for one more: the oldest that never says anything again, as far as a CSMS has told the time."""
        if not self._full or not self._clock.told:
            return []
        ends = {number: ends_s(timetable(each.profile, inf)) for number, each in self._installed.items() if each.source is LimitSource.CSO}
        return [number for number, end_s in ends.items() if end_s <= self._clock.now_s()][:1]

    def _no_room(self) -> Outcome:
        return Outcome(
            Verdict.REJECTED, "OutOfStorage", f"{self.admission.maxima.profiles} profiles are installed already; clear some first"
        )

    def unnamed(self, command: SetChargingProfile) -> bool:
        """1.6: does it name a transaction, and has the one that runs there no name yet?"""
        session = self._transacting.sessions.get(command.evse)
        if session is None or session.transaction is None or command.profile.transaction_id is None or not command.ids_per_connector:
            return False
        return command.profile.purpose is Purpose.TX and self._store.transactions.csms_id(session.transaction.id) is None

    def _meant(self, command: SetChargingProfile) -> str | None:
        """The transaction that runs there, if it is the one that is named, or none is named (1.6 §7.8). In 2.x it is named, and may have
        begun before anybody pays (K01.FR.04)."""
        session = self._transacting.sessions[command.evse]
        transaction, named, span = session.transaction, command.profile.transaction_id, session.span
        if command.profile.strict and named is not None:
            named = named.lower()  # an identifierString has no case
        if command.profile.strict and span is not None:
            return span.id if span.stop is None and span.id == named else None
        if transaction is None or transaction.stop is not None or command.connector not in (None, transaction.connector.connector):
            return None
        known = named in (None, transaction.id, self._store.transactions.csms_id(transaction.id))
        return transaction.id if known else None

    def _install(self, new: Installed, gone: list[int]) -> None:
        """Whatever holds now is looked at anew (K01.FR.07, K03.FR.03), also for transactions that run (K01.FR.32)."""
        profile = new.profile
        with self._store.commit():
            self._drop(gone)
            self._installed[self._store.profiles.add(new)] = new
        log.info(
            "event=profile_set id=%d purpose=%s level=%d evse=%d replaces=%d",
            *(profile.id, profile.purpose, profile.stack_level, new.evse, len(gone)),
        )
        self.changed()

    def find(self, command: GetChargingProfiles) -> tuple[Installed, ...]:
        """K09: what is installed, whoever has set it."""
        return tuple(each for each in self._installed.values() if asked_for(command, each))

    def clear(self, command: ClearChargingProfile) -> Outcome:
        """K10; 1.6 §5.5. Whoever charges goes on with what is left (K10.FR.05, K10.FR.07); Unknown where nothing matches (K10.FR.01)."""
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

    # What others set

    def put_external(self, new: Installed) -> None:
        """It replaces what the same one has said of the same place."""
        self._install(new, [number for number, old in self._installed.items() if old.slot == new.slot])

    def drop_external(self, gone: Iterable[Installed]) -> None:
        """It is over, or taken back."""
        slots = {each.slot for each in gone}
        with self._store.commit():
            self._drop([number for number, each in self._installed.items() if each.slot in slots])
        self.changed()

    def free_id(self) -> int:
        """Below 0, where no CSMS takes ids from (K11.FR.06)."""
        return min([0, *(each.profile.id for each in self._installed.values())]) - 1

    # What transactions bring and take with them

    def check(self, evse: int | None, profile: ChargingProfile) -> Outcome | None:
        """Why a remote start with this profile has to be refused (K05.FR.05); ``evse`` ``None``: wherever there is room."""
        if not self.supported:  # it is not looked at (K05.FR.04)
            return None
        if self._full and not self._spare():
            return self._no_room()
        return self.admission.refused_remotely(evse, profile)

    def give(self, evse: int, profile: ChargingProfile) -> None:
        """What begins there by a remote start, or goes on, has the profile that was asked for (K05.FR.03; 1.6 §5.16.2). Inside the commit
        that makes it so.

        It replaces what this transaction has in the same place, and nothing else: a CSMS that gives all of them one id means no other
        transaction's.
        """
        session = self._transacting.sessions[evse]
        transaction, named = session.transaction, session.transaction_id
        if not self.supported:  # the profile is to be ignored (1.6 §5.11)
            log.info("event=profile_ignored id=%d transaction=%s reason=no_smart_charging", profile.id, named)
            return
        new = Installed(
            profile=profile,
            evse=evse,
            connector=None if transaction is None else transaction.connector.connector,
            transaction_id=named if profile.strict or transaction is None else transaction.id,
            set_at=self._clock.now(),
        )
        its = {number: old for number, old in self._installed.items() if old.transaction_id == new.transaction_id}
        gone = [number for number, old in its.items() if old.slot == new.slot or old.profile.id == profile.id]
        self._install(_begun(new), gone or self._spare())

    def ended(self, transaction: Transaction) -> None:
        """Its profiles end with it (1.6 §3.13.1, OCPP 2.0.1 K02.FR.05), unless the CSMS of 2.x knows that it goes on. Inside its commit."""
        span = self._transacting.sessions[transaction.connector.evse].span
        if span is None or span.stop is not None or span.id != transaction.id:
            self._drop([number for number, each in self._installed.items() if each.transaction_id == transaction.id])

    def tidy(self) -> None:
        """What goes on has changed: profiles of what is over are gone (K02.FR.05)."""
        sessions = self._transacting.sessions.values()
        on = {each.transaction_id for each in sessions} | {each.transaction.id for each in sessions if each.transaction is not None}
        over = [number for number, each in self._installed.items() if each.transaction_id is not None and each.transaction_id not in on]
        if over:
            with self._store.commit():
                self._drop(over)

    def correct(self, by: Correction) -> None:
        """The clock was set: profiles that count from when they were set have been set then. Inside its commit."""
        for number, old in self._installed.items():
            new = replace(old, set_at=by.of(old.set_at), profile=_moved(old, by))
            if new != old:
                self._installed[number] = new
                self._store.profiles.save(number, new)

    def _drop(self, numbers: Iterable[int]) -> None:
        self._store.profiles.drop(numbers)
        for number in numbers:
            del self._installed[number]


def _moved(old: Installed, by: Correction) -> ChargingProfile:
    """What this station's clock has dated: limits of others, and sliders. A CSMS dates its schedules by its own."""
    profile, start = old.profile, old.profile.schedule.start
    own = old.source is not LimitSource.CSO or (old.sent is not None and old.sent.kind is Kind.RELATIVE)
    return replace(profile, schedule=replace(profile.schedule, start=by.of(start))) if own and start is not None else profile


def _begun(new: Installed) -> Installed:
    profile, now = new.profile, new.set_at
    start, valid_from = profile.schedule.start, profile.valid_from
    if valid_from is not None and now < valid_from <= now + EARLY:
        profile = replace(profile, valid_from=now)
    if start is not None and now < start <= now + EARLY:
        profile = replace(profile, schedule=replace(profile.schedule, start=now))
    return new if profile == new.profile else replace(new, profile=profile, sent=new.as_sent)

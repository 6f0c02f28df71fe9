"""The installed profiles as timetables, by place: the stack for the transaction of an EVSE, and what bounds the EVSE or the station beside
it.

Everything is looked up anew when it is asked for; only what a schedule in watts of 2.x comes to in amperes is kept, until something
changes.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import floor, inf

from chargepoint.domain.charging.caution import cautious
from chargepoint.domain.charging.composite import schedule
from chargepoint.domain.charging.installed import STATION, Installed
from chargepoint.domain.charging.stacking import bounds, for_transaction, prevailing
from chargepoint.domain.charging.summing import Above, Stack, Tables, level, lines
from chargepoint.domain.charging.timetable import Timetable, next_change_s, timetable
from chargepoint.domain.charging.units import Wiring, amperes, by_number
from chargepoint.domain.charging_profile import ChargingProfile, RateUnit
from chargepoint.domain.commands import CompositeSchedule, GetCompositeSchedule, Outcome, Reply, Verdict
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.transaction import Transaction
from chargepoint.station.clock import StationClock
from chargepoint.station.phase_watch import PhaseWatch
from chargepoint.station.profile_book import NOT_SUPPORTED, ProfileBook
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting

LOCAL = frozenset({"cable", "temperature", "thermometer", "simplified pilot"})
"""Limits of control's list that are expected to last, as a composite schedule may have them (1.6 §5.7)."""


class Schedules:
    """What they say, where, and when."""

    def __init__(self, settings: StationSettings, clock: StationClock, transacting: Transacting, book: ProfileBook) -> None:
        self._settings = settings
        self._clock = clock
        self._transacting = transacting
        self._book = book
        self._began_s = clock.monotonic()
        self.phases = {evse: PhaseWatch(session.transaction) for evse, session in transacting.sessions.items()}
        self._converted: dict[tuple[int, Wiring], tuple[ChargingProfile, ChargingProfile]] = {}
        book.admission.wirings = self._wirings

    def changed(self) -> None:
        """Other profiles are installed."""
        self._converted.clear()

    # Stacks

    def of(self, evse: int) -> Tables:
        """For the transaction of an EVSE, at its connector in use."""
        return self._at(self._transacting.sessions[evse].place)

    def _at(self, place: ConnectorId) -> Tables:
        """The profiles for a transaction at a connector: the one that runs there, or one that would begin now (K08.FR.06). What is relative
        counts from when it began: its car was there, and somebody paid (K01.FR.42)."""
        return self._followed(self._written_at(place), place.evse, self.wiring(place.evse))

    def _written_at(self, place: ConnectorId) -> Tables:
        """Whatever the time is."""
        transaction = self._running(place)
        began_s = self._clock.now_s() if transaction is None else self._since_s(transaction.started)
        session = self._transacting.sessions[place.evse]
        going_on = session.transaction_id if session.place == place else None
        wanted = for_transaction(self._book.installed, place, going_on, None if transaction is None else transaction.id)
        wiring = self.wiring(place.evse)
        return tuple(timetable(self._amperes(each.profile, wiring), began_s) for each in wanted)

    def _running(self, place: ConnectorId) -> Transaction | None:
        transaction = self._transacting.sessions[place.evse].transaction
        return transaction if transaction is not None and transaction.connector == place else None

    def beside(self, evse: int) -> tuple[Tables, ...]:
        """The stacks that bound it whatever its transaction brings; 0: the station. What is relative counts from when it was set."""
        wiring = self._wiring_of(evse)
        return tuple(self._followed(tables, evse, wiring) for tables in self._written_beside(evse))

    def _written_beside(self, evse: int) -> tuple[Tables, ...]:
        """Whatever the time is."""
        wiring = self._wiring_of(evse)
        return tuple(tuple(self._bound(each, wiring) for each in stack) for stack in bounds(self._book.installed, evse))

    def next_change_s(self) -> float:
        """When something may change next, where somebody charges and for the station; infinite: never again."""
        now_s, running = self._clock.now_s(), self._transacting.running()
        stacks = [self._written_at(self._transacting.sessions[evse].place) for evse in running]
        stacks += [stack for evse in (STATION, *running) for stack in self._written_beside(evse)]
        return min((next_change_s(table, now_s) for tables in stacks for table in tables), default=inf)

    def _bound(self, each: Installed, wiring: Wiring) -> Timetable:
        return timetable(self._amperes(each.profile, wiring), self._since_s(each.set_at), each.source)

    @property
    def time_known(self) -> bool:
        """Has a CSMS told the time, or the network, since this process began?"""
        return self._clock.told or self._settings.synchronised()

    def _followed(self, tables: Tables, evse: int, wiring: Wiring) -> Tables:
        """As it is, or at its lowest while nobody knows the time. At the station's failsafe current each EVSE has its own."""
        if not tables or self.time_known:
            return tables
        floor_ma = sum(each.failsafe_ma for each in self._settings.evses if evse in (STATION, each.evse))
        return cautious(
            tables,
            self._clock.now_s(),
            self._began_s + self._clock.ahead_s,
            floor_ma / 1000,
            lambda period, unit: amperes(period.limit, unit, wiring.reckoned(period.phases), wiring.voltage_v),
        )

    def _since_s(self, at: datetime) -> float:
        """Never in the future, whatever became of the clock: a limit that counts from there holds."""
        return min(at.timestamp(), self._clock.now_s())

    def _amperes(self, profile: ChargingProfile, wiring: Wiring) -> ChargingProfile:
        """By numberPhases, where the profile is of 2.x. What was converted once is not converted again."""
        if not profile.strict or profile.schedule.unit is RateUnit.AMPERE:
            return profile
        key = id(profile), wiring
        known, converted = self._converted.get(key, (None, profile))
        if known is not profile:
            converted = by_number(profile, wiring)
            self._converted[key] = profile, converted
        return converted

    # Phases

    def wiring(self, evse: int) -> Wiring:
        """By what control says of the contactor and the meter, whatever was asked for."""
        sheet, watch = self._transacting.sheets[evse], self.phases[evse]
        if sheet.state is None:
            return Wiring(sheet.settings.phases, sheet.settings.voltage_v)
        switches = sheet.state.phase_switching and not sheet.state.phases_stay
        return Wiring(min(sheet.settings.phases, sheet.state.phases), sheet.settings.voltage_v, watch.seen, switches)

    def _wiring_of(self, evse: int) -> Wiring:
        """0: of the station."""
        return self._widest() if evse == STATION else self.wiring(evse)

    def _wirings(self, evse: int) -> Iterable[Wiring]:
        return [self.wiring(each) for each in self._transacting.sessions if evse in (STATION, each)]

    def _widest(self) -> Wiring:
        """Of the EVSEs, the one with the most phases: the power of all together stays below what was said."""
        return max(self._wirings(STATION), key=lambda wiring: (wiring.numbered(None), wiring.numbered(1)))

    # All of it, at a time or over time

    def expected_a(self, evse: int) -> float:
        """What a car at this EVSE is offered now if it asks, charging or not: all schedules and hard limits together."""
        now_s, stacks, above = self._clock.now_s(), self._stacks(evse), self._all_together()
        holding = [prevailing(line.tables, now_s) for line in lines(stacks, above)]
        return level(stacks, above, holding, RateUnit.AMPERE)[0]

    def composite(self, command: GetCompositeSchedule) -> Reply:
        """K08; 1.6 §5.7. From now on, counted from the second that has begun (K08.FR.02). An EVSE that is not there and a unit that is not
        allowed are refused (K08.FR.05, K08.FR.07)."""
        if not self._book.supported:
            return NOT_SUPPORTED
        if command.evse not in (STATION, *self._transacting.sessions):
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {command.evse}; there are {sorted(self._transacting.sessions)}")
        units = self._book.admission.units
        unit = command.unit or (RateUnit.AMPERE if RateUnit.AMPERE in units else RateUnit.WATT)
        if unit not in units:
            return Outcome(Verdict.REJECTED, "UnsupportedRateUnit", f"chargingRateUnit {unit}: not among those that are allowed here")
        if command.duration_s < 0:
            return Outcome(Verdict.REJECTED, "InvalidValue", f"duration {command.duration_s}: expected 0 or more")
        now_s, stacks = self._clock.now_s(), self._stacks(command.evse, command.connector)
        duration_s, periods = schedule(stacks, self._all_together(), now_s, command.duration_s, unit)
        return CompositeSchedule(command.evse, datetime.fromtimestamp(floor(now_s), UTC), duration_s, unit, periods)

    def _stacks(self, asked: int, connector: int | None = None) -> list[Stack]:
        """Of the EVSE that is asked for (0: all, K08.FR.03), at its connector in use unless one is named; and of all at which a car
        charges."""
        sessions, busy = self._transacting.sessions, self._transacting.running()
        counting = {asked, *busy} if asked else set(busy or sessions)
        stacks = []
        for evse, session in sessions.items():
            shown = asked in (STATION, evse)
            if shown or evse in counting:
                place = ConnectorId(evse, connector) if shown and connector is not None else session.place
                stacks.append(self._stack(place, evse in counting, shown))
        return stacks

    def _stack(self, place: ConnectorId, counts: bool, shown: bool) -> Stack:
        sheet = self._transacting.sheets[place.evse]
        known = () if sheet.state is None else sheet.state.limits
        hard_ma = min([sheet.settings.rating_ma, *(limit.limit_ma for limit in known if limit.source in LOCAL)])
        return Stack(self._at(place), self.wiring(place.evse), hard_ma / 1000, counts, shown, self.beside(place.evse))

    def _all_together(self) -> Above:
        """Whatever is installed, there is the fuse of the site (K04.FR.02)."""
        return Above((), self._settings.fuse_a, self.beside(STATION))

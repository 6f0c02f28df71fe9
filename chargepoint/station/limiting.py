"""Smart charging at work: permits as the schedules say, and at once when they say something else (1.6 §3.13; OCPP 2.0.1 K).

    SetChargingProfile ─▶ profile book ─▶ stacks ─▶ Permit      what holds for the transaction of an EVSE
                                             │ └──▶ SitePermit  what holds for all EVSEs together (ChargePointMaxProfile)
                                             └────▶ timer: the next change of any schedule

What bounds the whole station is granted to control apart, which shares it among the EVSEs. 0, and all below 6 A, is a pause: control
offers nothing, the transaction stays open and is SuspendedEVSE. A permit names the profile that it comes from. Nothing here outlives the
station: when permits are no longer renewed, each EVSE falls to the installer's failsafe current.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from math import floor, inf

from msgspec.structs import replace

from chargepoint.domain.charging.composite import schedule
from chargepoint.domain.charging.stacking import Holding, for_station, for_transaction, prevailing
from chargepoint.domain.charging.summing import Above, Stack, level
from chargepoint.domain.charging.timetable import Timetable, next_change_s, timetable
from chargepoint.domain.charging.units import Wiring, amperes, asked_phases
from chargepoint.domain.charging_profile import RateUnit
from chargepoint.domain.commands import (
    ClearChargingProfile,
    CompositeSchedule,
    GetCompositeSchedule,
    Outcome,
    Reply,
    SetChargingProfile,
    Verdict,
)
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.transaction import Transaction
from chargepoint.domain.variables import PHASES_3_TO_1
from chargepoint.link.messages import Down, EvseState, SitePermit
from chargepoint.station.allowance import Allowance
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.orders import Answered, Orders
from chargepoint.station.permits import PERMIT_S
from chargepoint.station.phase_watch import PhaseWatch
from chargepoint.station.profile_book import NOT_SUPPORTED, ProfileBook
from chargepoint.station.remote import Remote
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

NAMING_S = 2.0
"""A profile for a transaction may overtake the answer to its StartTransaction: so long the id that this brings is waited for."""
LOOK_AGAIN_S = 0.1
LOOK_S = 3600.0
"""So often at least the schedules are looked at, whatever they say."""
LATE_S = 0.01
"""So long after a change it is granted: times that are sums are off by less, and none must be looked at before it has come."""
JUMP_S = 0.5
"""A clock that was set by more than this is a reason to look again."""
MOST_A = 1_000.0
"""More than any EVSE has; a limit beyond it is told as this."""
LOCAL = frozenset({"cable", "temperature", "thermometer", "simplified pilot"})
"""Limits of control's list that are expected to last, as a composite schedule may have them (1.6 §5.7)."""


class Limiting:
    """What schedules leave of the current."""

    def __init__(
        self,
        settings: StationSettings,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        transacting: Transacting,
        to_control: Callable[[Down], None],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._transacting = transacting
        self._to_control = to_control
        self.book = ProfileBook(store, model, clock, transacting)
        self._ahead_s = clock.ahead_s
        self._phases = {evse: PhaseWatch(session.transaction) for evse, session in transacting.sessions.items()}
        self._wirings = {evse: self._wiring(evse) for evse in transacting.sheets}
        self._bounded = False
        self._wake = asyncio.Event()
        self.book.changed = self.apply
        model.show(PHASES_3_TO_1, lambda: "true" if self._switches_phases() else "false")

    def wire(self, remote: Remote) -> None:
        """Hooks of those who start and end transactions."""
        self._transacting.allowance = self.allowance
        self._transacting.before_permits = self.bound_all
        self._transacting.profile_given = self.book.give
        self._transacting.at_end.append(self.book.ended)
        remote.check_profile = self.book.check

    def orders(self) -> Orders:
        """What the CSMS may want."""
        return {
            SetChargingProfile: self._set,
            ClearChargingProfile: lambda command: (self.book.clear(command), None),
            GetCompositeSchedule: lambda command: (self.composite(command), None),
        }

    async def _set(self, command: SetChargingProfile) -> Answered:
        waited_s = 0.0
        while self.book.unnamed(command) and waited_s < NAMING_S:
            await pause(LOOK_AGAIN_S)
            waited_s += LOOK_AGAIN_S
        return self.book.set(command), None

    # What holds now

    def allowance(self, evse: int) -> Allowance:
        """For the transaction of an EVSE. Without a profile: its rating, and control's own limits below that."""
        now_s = self._clock.now_s()
        own, top = prevailing(self._tables(evse), now_s), prevailing(self._above(), now_s)
        phases = asked_phases(*(None if held is None else held.period.phases for held in (own, top)))
        if own is None:
            return Allowance(self._transacting.sheets[evse].settings.rating_ma, phases=phases)
        limit_a = amperes(own.period.limit, own.unit, self._reckoned(evse, own, top), self._voltage_v)
        return Allowance(_whole_ma(limit_a), own.name, phases)

    def bound_all(self) -> None:
        """Say what bounds all EVSEs together, or once that nothing does any longer. Before permits are granted."""
        top = prevailing(self._above(), self._clock.now_s())
        if top is not None:
            limit_a = amperes(top.period.limit, top.unit, self._most_phases(top), self._voltage_v)
            self._to_control(SitePermit(_whole_ma(limit_a), PERMIT_S, top.name))
        elif self._bounded:
            self._to_control(SitePermit(0, 0.0))
        self._bounded = top is not None

    def expected_ma(self, evse: int) -> int:
        """What a car at this EVSE is offered now if it asks, charging or not: all schedules and hard limits together."""
        now_s, stacks, above = self._clock.now_s(), self._stacks(evse), self._all_together()
        holding = [prevailing(tables, now_s) for tables in (above.tables, *(stack.tables for stack in stacks))]
        return _whole_ma(level(stacks, above, holding, RateUnit.AMPERE)[0])

    def _tables(self, evse: int) -> tuple[Timetable, ...]:
        return self._tables_at(self._transacting.sessions[evse].place)

    def _tables_at(self, place: ConnectorId) -> tuple[Timetable, ...]:
        """The profiles for a transaction at a connector: the one that runs there, or one that would begin now."""
        transaction = self._running(place)
        began_s = self._clock.now_s() if transaction is None else self._began_s(transaction.started)
        wanted = for_transaction(self.book.installed, place, None if transaction is None else transaction.id)
        return tuple(timetable(each.profile, began_s) for each in wanted)

    def _running(self, place: ConnectorId) -> Transaction | None:
        transaction = self._transacting.sessions[place.evse].transaction
        return transaction if transaction is not None and transaction.connector == place else None

    def _above(self) -> tuple[Timetable, ...]:
        """The profiles for the whole station. What is relative counts from when it was set: there is no transaction to count from."""
        bounding = for_station(self.book.installed)
        return tuple(timetable(each.profile, self._began_s(each.set_at)) for each in bounding)

    def _began_s(self, at: datetime) -> float:
        """Never in the future, whatever became of the clock: a limit that counts from there holds."""
        return min(at.timestamp(), self._clock.now_s())

    # Phases

    @property
    def _voltage_v(self) -> float:
        return self._settings.evses[0].voltage_v

    def _wiring(self, evse: int) -> Wiring:
        """By what control says of the contactor and the meter, whatever was asked for."""
        sheet, watch = self._transacting.sheets[evse], self._phases[evse]
        if sheet.state is None:
            return Wiring(sheet.settings.phases, sheet.settings.voltage_v)
        switches = sheet.state.phase_switching and not sheet.state.phases_stay
        return Wiring(min(sheet.settings.phases, sheet.state.phases), sheet.settings.voltage_v, watch.seen, switches)

    def _reckoned(self, evse: int, own: Holding | None, top: Holding | None) -> int:
        return self._wiring(evse).reckoned(*(None if held is None else held.period.phases for held in (own, top)))

    def _most_phases(self, top: Holding) -> int:
        """Of the EVSEs that charge; of all, if none does. So the power of all together stays below what was said."""
        now_s = self._clock.now_s()
        counting = self._busy() or self._transacting.sessions
        held = {evse: prevailing(self._tables(evse), now_s) for evse in counting}
        return max(max(self._reckoned(evse, own, top), self._closed_phases(evse)) for evse, own in held.items())

    def _closed_phases(self, evse: int) -> int:
        """On which a car may draw at this moment: more than are reckoned while the contactor is about to close fewer."""
        sheet, wiring = self._transacting.sheets[evse], self._wiring(evse)
        return 0 if sheet.state is None or not sheet.state.contactor_closed else wiring.seen or wiring.phases

    def _busy(self) -> list[int]:
        return [evse for evse, session in self._transacting.sessions.items() if session.transaction is not None]

    def _switches_phases(self) -> bool:
        states = [sheet.state for sheet in self._transacting.sheets.values()]
        return all(state is not None and state.phase_switching for state in states)

    def control_says(self, state: EvseState) -> None:
        """The car may draw on another number of phases, or the contactor close one."""
        watch = self._phases.get(state.evse)
        if watch is None:
            return
        watch.take(state, self._clock.monotonic())
        transaction = self._transacting.sessions[state.evse].transaction
        if transaction is not None and transaction.phases != watch.in_use:
            self._transacting.keep(state.evse, replace(transaction, phases=watch.in_use))
        wiring = self._wiring(state.evse)
        if self._wirings.get(state.evse) != wiring:
            self._wirings[state.evse] = wiring
            self.apply()

    # Over time

    def apply(self) -> None:
        """Something has changed: grant anew, and look when it changes next."""
        self._transacting.regrant()
        self.refresh()

    def refresh(self) -> None:
        """Sessions may have begun or ended: another change may be the next."""
        self._wake.set()

    def tick(self) -> None:
        """Once a second: has somebody set the clock?"""
        if abs(self._clock.ahead_s - self._ahead_s) > JUMP_S:
            self._ahead_s = self._clock.ahead_s
            self.apply()

    async def run(self) -> None:
        """For ever: grant anew whenever a schedule changes."""
        while True:
            self._wake.clear()
            change_s = self._next_change_s()
            await pause(min(max(change_s - self._clock.now_s(), 0.0) + LATE_S, LOOK_S), self._wake)
            if self._clock.now_s() >= change_s - LATE_S:
                self._transacting.regrant()

    def _next_change_s(self) -> float:
        now_s = self._clock.now_s()
        tables = (*self._above(), *(table for evse in self._busy() for table in self._tables(evse)))
        return min((next_change_s(table, now_s) for table in tables), default=inf)

    # What will hold

    def composite(self, command: GetCompositeSchedule) -> Reply:
        """K08; 1.6 §5.7. From now on, counted from the second that has begun."""
        if not self.book.supported:
            return NOT_SUPPORTED
        if command.evse not in (0, *self._transacting.sessions):
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {command.evse}; there are {sorted(self._transacting.sessions)}")
        units = self.book.units
        unit = command.unit or (RateUnit.AMPERE if RateUnit.AMPERE in units else RateUnit.WATT)
        if unit not in units:
            return Outcome(Verdict.REJECTED, "UnsupportedRateUnit", f"chargingRateUnit {unit}: not among those that are allowed here")
        if command.duration_s < 0:
            return Outcome(Verdict.REJECTED, "InvalidValue", f"duration {command.duration_s}: expected 0 or more")
        now_s, stacks = self._clock.now_s(), self._stacks(command.evse, command.connector)
        duration_s, periods = schedule(stacks, self._all_together(), now_s, command.duration_s, unit)
        return CompositeSchedule(command.evse, datetime.fromtimestamp(floor(now_s), UTC), duration_s, unit, periods)

    def _stacks(self, asked: int, connector: int | None = None) -> list[Stack]:
        """Of the EVSE that is asked for (0: all), at its connector in use unless one is named; and of all at which a car charges."""
        sessions, busy = self._transacting.sessions, self._busy()
        counting = {asked, *busy} if asked else set(busy or sessions)
        stacks = []
        for evse, session in sessions.items():
            shown = asked in (0, evse)
            if shown or evse in counting:
                place = ConnectorId(evse, connector) if shown and connector is not None else session.place
                stacks.append(self._stack(place, evse in counting, shown))
        return stacks

    def _stack(self, place: ConnectorId, counts: bool, shown: bool) -> Stack:
        sheet = self._transacting.sheets[place.evse]
        known = () if sheet.state is None else sheet.state.limits
        hard_ma = min([sheet.settings.rating_ma, *(limit.limit_ma for limit in known if limit.source in LOCAL)])
        return Stack(self._tables_at(place), self._wiring(place.evse), hard_ma / 1000, counts, shown)

    def _all_together(self) -> Above:
        return Above(self._above(), self._settings.fuse_a)


def _whole_ma(limit_a: float) -> int:
    return round(min(limit_a, MOST_A) * 1000)

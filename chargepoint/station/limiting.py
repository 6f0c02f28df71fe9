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

from msgspec.structs import replace

from chargepoint.domain.charging.installed import STATION
from chargepoint.domain.charging.stacking import Holding, prevailing
from chargepoint.domain.charging.summing import Tables
from chargepoint.domain.charging.units import amperes, asked_phases
from chargepoint.domain.commands import ClearChargingProfile, GetChargingProfiles, GetCompositeSchedule, SetChargingProfile
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import TransactionAnswer
from chargepoint.domain.transaction import TransactionEvent
from chargepoint.domain.variables.smart_charging import PHASES_3_TO_1
from chargepoint.link.messages import Down, EvseState, SitePermit
from chargepoint.station.allowance import Allowance
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.orders import Answered, Orders
from chargepoint.station.permits import PERMIT_S
from chargepoint.station.profile_book import ProfileBook
from chargepoint.station.profile_reports import report
from chargepoint.station.remote import Remote
from chargepoint.station.reports import Reports
from chargepoint.station.schedules import Schedules
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
SITE = "site fuse"
"""As control names what it shares among all EVSEs, where the station has said nothing of it."""


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
        self.book = ProfileBook(store, model, clock, transacting, settings.relative_station_profile)
        self._schedules = Schedules(settings, clock, transacting, self.book)
        self.composite = self._schedules.composite
        self._ahead_s = clock.ahead_s
        self._supported, self._time_known = self.book.supported, self._schedules.time_known
        self._wirings = {evse: self._schedules.wiring(evse) for evse in transacting.sheets}
        self._bounded = False
        self._wake = asyncio.Event()
        self.book.changed = self._changed
        model.show(PHASES_3_TO_1, lambda: "true" if self._switches_phases() else "false")

    def wire(self, remote: Remote) -> None:
        """Hooks of those who start and end transactions."""
        self._transacting.allowance = self.allowance
        self._transacting.before_permits = self.bound_all
        self._transacting.profile_given = self.book.give
        self._transacting.at_end.append(self.book.ended)
        remote.check_profile = self.book.check

    def orders(self, reports: Reports) -> Orders:
        """What the CSMS may want; ``reports``: the way of what is installed."""
        return {
            SetChargingProfile: self._set,
            ClearChargingProfile: lambda command: (self.book.clear(command), None),
            GetChargingProfiles: lambda command: report(self.book, command, reports),
            GetCompositeSchedule: lambda command: (self._schedules.composite(command), None),
        }

    async def _set(self, command: SetChargingProfile) -> Answered:
        waited_s = 0.0
        while self.book.unnamed(command) and waited_s < NAMING_S:
            await pause(LOOK_AGAIN_S)
            waited_s += LOOK_AGAIN_S
        return self.book.set(command), None

    # What holds now

    def allowance(self, evse: int) -> Allowance:
        """For the transaction of an EVSE (K04.FR.01): the lowest of its profile and whatever else bounds it (K11.FR.01). Without any: its
        rating, and control's own limits below that. The pilot says it once somebody has been authorised (K02.FR.02). A permit that needs
        nobody's word holds offline as well (K06.FR.01, K06.FR.02, K07.FR.01)."""
        held, tops = self._held(self._schedules.of(evse), *self._schedules.beside(evse)), self._tops()
        said = [each.period.phases for each in (*held, *tops)]
        if not held:
            return Allowance(self._transacting.sheets[evse].settings.rating_ma, phases=asked_phases(*said))
        reckoned = self._schedules.wiring(evse).reckoned(*said)
        limit_a, name = min((amperes(each.period.limit, each.unit, reckoned, self._voltage_v), each.name) for each in held)
        return Allowance(_whole_ma(limit_a), name, asked_phases(*said))

    def _held(self, *stacks: Tables) -> list[Holding]:
        """What each of the stacks says now, those that say something."""
        now_s = self._clock.now_s()
        return [held for tables in stacks if (held := prevailing(tables, now_s)) is not None]

    def _tops(self) -> list[Holding]:
        return self._held(*self._schedules.beside(STATION))

    def bound_all(self) -> None:
        """Say what bounds all EVSEs together, or once that nothing does any longer. Before permits are granted (K04.FR.05, K12.FR.01)."""
        tops = self._tops()
        if tops:
            phases = self._most_phases(tops)
            limit_a, name = min((amperes(top.period.limit, top.unit, phases, self._voltage_v), top.name) for top in tops)
            self._to_control(SitePermit(_whole_ma(limit_a), PERMIT_S, name))
        elif self._bounded:
            self._to_control(SitePermit(0, 0.0))
        self._bounded = bool(tops)

    def answered(self, event: TransactionEvent, answer: TransactionAnswer) -> None:
        """The CSMS may say how much a transaction matters, or its token."""
        evse = self._transacting.named(event.transaction_id)
        if evse is not None:
            self._transacting.prioritise(evse, answer.priority, None if answer.info is None else answer.info.priority)

    def expected_ma(self, evse: int) -> int:
        """What a car at this EVSE is offered now if it asks, charging or not: all schedules and hard limits together."""
        return _whole_ma(self._schedules.expected_a(evse))

    def rate_ma(self, evse: int) -> int:
        """The same as control says that it is left where all EVSEs share less than they want together."""
        state = self._transacting.sheets[evse].state
        whole = {SITE, *(top.name for top in self._tops())}
        told = () if state is None else state.limits
        return min([self.expected_ma(evse), *(limit.limit_ma for limit in told if limit.source in whole)])

    # Phases

    @property
    def _voltage_v(self) -> float:
        return self._settings.evses[0].voltage_v

    def _most_phases(self, tops: list[Holding]) -> int:
        """Of the EVSEs that charge; of all, if none does. So the power of all together stays below what was said."""
        counting = self._transacting.running() or self._transacting.sessions
        return max(max(self._reckoned(evse, tops), self._closed_phases(evse)) for evse in counting)

    def _reckoned(self, evse: int, tops: list[Holding]) -> int:
        held = self._held(self._schedules.of(evse), *self._schedules.beside(evse))
        return self._schedules.wiring(evse).reckoned(*(each.period.phases for each in (*held, *tops)))

    def _closed_phases(self, evse: int) -> int:
        """On which a car may draw at this moment: more than are reckoned while the contactor is about to close fewer."""
        sheet, wiring = self._transacting.sheets[evse], self._schedules.wiring(evse)
        return 0 if sheet.state is None or not sheet.state.contactor_closed else wiring.seen or wiring.phases

    def _switches_phases(self) -> bool:
        states = [sheet.state for sheet in self._transacting.sheets.values()]
        return all(state is not None and state.phase_switching for state in states)

    def control_says(self, state: EvseState) -> None:
        """The car may draw on another number of phases, or the contactor close one."""
        watch = self._schedules.phases.get(state.evse)
        if watch is None:
            return
        watch.take(state, self._clock.monotonic())
        transaction = self._transacting.sessions[state.evse].transaction
        if transaction is not None and transaction.phases != watch.in_use:
            self._transacting.keep(state.evse, replace(transaction, phases=watch.in_use))
        wiring = self._schedules.wiring(state.evse)
        if self._wirings.get(state.evse) != wiring:
            self._wirings[state.evse] = wiring
            self.apply()

    # Over time

    def _changed(self) -> None:
        self._schedules.changed()
        self.apply()

    def apply(self) -> None:
        """Something has changed: grant anew, and look when it changes next."""
        self._transacting.regrant()
        self.refresh()

    def refresh(self) -> None:
        """Sessions may have begun or ended: another change may be the next."""
        self.book.tidy()
        self._wake.set()

    def tick(self) -> None:
        """Once a second: has somebody set the clock or told the time, or switched smart charging on or off?"""
        supported, known = self.book.supported, self._schedules.time_known
        if abs(self._clock.ahead_s - self._ahead_s) > JUMP_S or (supported, known) != (self._supported, self._time_known):
            self._ahead_s, self._supported, self._time_known = self._clock.ahead_s, supported, known
            self.apply()

    async def run(self) -> None:
        """For ever: grant anew whenever a schedule changes."""
        while True:
            self._wake.clear()
            change_s = self._schedules.next_change_s()
            await pause(min(max(change_s - self._clock.now_s(), 0.0) + LATE_S, LOOK_S), self._wake)
            if self._clock.now_s() >= change_s - LATE_S:
                self._transacting.regrant()


def _whole_ma(limit_a: float) -> int:
    return round(min(limit_a, MOST_A) * 1000)

"""All that the judge knows of one EVSE: what the witness saw, its own books, and what was told."""

from collections.abc import Callable
from math import inf

from chargepoint.cli.scenarios.causes import DERATE_C, STOP_C, Circumstances, ampacity_ma
from chargepoint.cli.scenarios.fault_book import FaultBook
from chargepoint.cli.scenarios.ledger import VISIBLE_S, LockOuts, Permits, Plug
from chargepoint.cli.scenarios.trace import Highest, Trace
from chargepoint.cli.scenarios.witness import Witness
from chargepoint.control.settings import EvseSettings
from chargepoint.link.messages import EvseState
from simulators.electrics import Electrics

FOLLOW_S = 5.0
"""An EV has so long to follow a lower duty cycle, which is not changed sooner either."""
LOWERED_S = FOLLOW_S + 0.7
"""With the time in which a bound is seen."""
DERATING = ((STOP_C, 0), (68.0, 25), (DERATE_C, 50))
"""From this temperature on: this part of the rating, in per cent."""
UNSEEN_PERCENT = 50
"""With a thermometer that has fallen silent."""


WOKEN_S = 1.0
"""An X1 that is shorter belongs to the waking of an EV."""
BOUNCE_S = 0.05
"""What is on the pilot for less says nothing about a car."""
ARM_S = 3.1
"""A monitor that has not armed itself again after a test by then has failed it."""
UNSURE_S = 0.06
"""What has happened so shortly before a power cut may not have been kept."""
HELD_S = {
    "self-test": 8.0,
    "stop sequence": 6.2,
    "contactor rest": 10.2,
    "plug lock": 130.0,
    "phase switch": 80.0,
    "no meter reading": 5.5,
}
"""What keeps an offer back for a while only, and how long at most. A lock that has failed has a fault to say so."""
DANGERS: dict[str, Callable[[Witness], bool]] = {
    "residual current": lambda w: w.electrics.feed.rcm.tripped,
    "emergency stop": lambda w: bool(w.electrics.hardware.emergency_stop),
    "earth lost": lambda w: w.electrics.hardware.earth == "lost",
    "enclosure open": lambda w: w.electrics.hardware.enclosure == "open",
    "tilted": lambda w: bool(w.electrics.hardware.tilted),
}
"""With any of them no contact may be closed."""


def offered_ma(ppm: int) -> int:
    """What an EV reads from a duty cycle (IEC 61851-1 Table A.8); 0 without an oscillating pilot."""
    if not 0 < ppm < 1_000_000:
        return 0
    return ppm * 6 // 100 if ppm <= 850_000 else (ppm - 640_000) // 4


class Case:
    """One EVSE. ``held``: for a while nothing is offered because of these (``HELD``), told first of all limits."""

    def __init__(self, electrics: Electrics, settings: EvseSettings, now: float) -> None:
        self.settings = settings
        self.witness = Witness(electrics, now)
        self.permits, self.lock_outs, self.plug, self.faults = Permits(), LockOuts(), Plug(), FaultBook()
        self.circumstances = Circumstances(self.witness, settings)
        self.told = EvseState(evse=settings.evse, plug_known=False)
        self.told_fault = False
        """A fault is told that stops charging."""
        self.faulted_s = self.lock_broken_s = -inf
        """When one was told for the last time; when the lock was broken for the last time."""
        self.alive_s = now
        """When control started."""
        self.scanning = False
        """A scan has just run, and nothing else has happened since."""
        self.offer_ma = self.bound_ma = self.may_draw_ma = 0
        self.resting_s = -inf
        """When the command to close was last withdrawn."""
        self.rested_by_fault = False
        self.offered_s = self.woken_s = -inf
        """When an offer began after a rest; when the EV was last woken."""
        self.energised = False
        """The present car has had current."""
        self.lost_closings = 0
        """Closings that control may have forgotten in power cuts."""
        self.empty = Trace(True, now)
        """Seen empty: A on the wire, and control looks."""
        self.testing = Trace(False, now)
        """The test input of the residual current monitor."""
        self.held = Trace[str | None](None, now)
        self.dangers = {name: Trace(False, now) for name in DANGERS}
        self._bounds, self._offers = Highest(LOWERED_S), Highest(FOLLOW_S)
        self._integrated_s = now
        self._register_wh: int | None = None
        self._warmed_s = -inf

    def look(self, now: float) -> None:
        """Take in what is so now."""
        witness = self.witness
        witness.look(now)
        self.plug.look(witness.letter.value)
        self._follow_car(now)
        self._follow_offer(now)
        self._follow_temperature(now)
        self._follow_test(now)
        self._integrate(now)
        self.bound_ma = self._bounds.see(self._bound_now_ma(now), now)
        if witness.command.since_s == now and not witness.command.value and witness.command.was:
            self.resting_s, self.rested_by_fault = now, False
        for name, there in DANGERS.items():
            self.dangers[name].see(there(witness), now)
        self.faults.look(self.circumstances, now)

    def tell(self, state: EvseState, now: float) -> None:
        """This is told with the scan that has just run."""
        self.told = state
        self.permits.tell(state)
        self.lock_outs.tell(state, now)
        self.plug.tell(state, now)
        self.faults.tell(state, now)
        self.circumstances.closings_told = state.contactor.closings
        if state.plug_known and state.plug_in is None:  # nobody sees cars come and go behind F: the cable is that of the car that is told
            self.circumstances.first_ampacity_ma = None
        self.circumstances.too_hot_told = any(fault.name == "over_temperature" for fault in state.faults)
        if any(fault.name == "meter_frozen" for fault in self.faults.vanished):
            self.circumstances.unmetered_wh = 0.0
        self.told_fault = any(fault.stops_charging for fault in state.faults)
        if self.told_fault:
            self.faulted_s = now
        if self.resting_s == now:
            self.rested_by_fault = state.state in ("fault", "fault_f")
        first = state.limits[0] if state.limits else None
        waits = first is not None and first.limit_ma == 0 and first.source in HELD_S and self.witness.sees.value
        self.held.see(first.source if waits and first is not None else None, now)

    def power(self, on: bool, now: float) -> None:
        """Control ends, or starts anew."""
        self.witness.alive = on
        self.held.see(None, now)
        self.plug.start(on and self.witness.on_socket and self.witness.locked.value and self.witness.electrics.outputs.lock, now)
        if not on:
            self.lock_outs.cut(now, UNSURE_S)
            self.lost_closings += now - self.witness.command.since_s < UNSURE_S
            return
        self.alive_s, self.resting_s = now, -inf
        self.circumstances.test_failed = self.circumstances.arming = False
        self.circumstances.present, self.circumstances.first_ampacity_ma = False, None
        self.circumstances.celsius = None
        self.told = EvseState(evse=self.settings.evse, plug_known=False)
        self.permits.restart()
        self.faults.restart()

    def forgotten(self) -> None:
        """Control could not read what it had kept."""
        self.lock_outs.active.clear()
        self.lost_closings = self.witness.closings

    def _bound_now_ma(self, now: float) -> int:
        """Permit, rating, cable and temperature."""
        bounds = [self.permits.worth_ma(now), self.settings.rating_ma]
        celsius = self.circumstances.celsius
        if celsius is not None and self.circumstances.celsius_read and celsius >= DERATE_C:
            percent = next(percent for floor_c, percent in DERATING if celsius >= floor_c)
            bounds.append(max(6_000, self.settings.rating_ma * percent // 100) if percent else 0)
        if any(fault.name == "thermometer_silent" for fault in self.told.faults):
            bounds.append(max(6_000, self.settings.rating_ma * UNSEEN_PERCENT // 100))
        if self.witness.on_socket and self.circumstances.first_ampacity_ma is not None:
            bounds.append(self.circumstances.first_ampacity_ma)
        elif not self.witness.on_socket and self.settings.cable_ma is not None:
            bounds.append(self.settings.cable_ma)
        return min(bounds)

    def _follow_car(self, now: float) -> None:
        """Cars are told apart where the place was seen empty between them."""
        witness = self.witness
        empty = self.empty
        if empty.see(witness.letter.value == "A" and witness.sees.value, now) and not empty.value and now - empty.was_since_s >= VISIBLE_S:
            self.permits.another_car()
            self.energised, self.circumstances.first_ampacity_ma = False, None
        self.energised = self.energised or witness.command.value
        letter = witness.letter
        settled = (
            letter.value if letter.lasted_s(now) >= BOUNCE_S else letter.was if letter.since_s - letter.was_since_s >= BOUNCE_S else "?"
        )
        if not witness.sees.value or settled not in "ABCD":
            return
        self.circumstances.present = settled != "A"
        if settled == "A":
            self.circumstances.first_ampacity_ma = None
        if self.circumstances.present and self.circumstances.first_ampacity_ma is None:
            self.circumstances.first_ampacity_ma = ampacity_ma(witness.pp_ohm)

    def _follow_offer(self, now: float) -> None:
        """What the pilot says, and what the EV may still draw by it."""
        drive, closed = self.witness.drive, self.witness.closed.value
        self.offer_ma = self.circumstances.offer_ma = offered_ma(self.witness.duty_ppm.value)
        if drive.became("pwm", now) and (drive.was != "X1" or now - drive.was_since_s > WOKEN_S):
            self.offered_s = now
        if not closed and not self.offer_ma:
            self._offers, self.may_draw_ma = Highest(FOLLOW_S), 0
        else:
            self.may_draw_ma = self._offers.see(self.offer_ma or self.may_draw_ma, now)

    def _follow_temperature(self, now: float) -> None:
        """What the thermometer said last counts on. Whether a temperature that it showed for a moment was read, nobody knows."""
        hardware, there = self.witness.electrics.hardware, self.circumstances
        if self.witness.alive and hardware.board != "lost" and hardware.thermometer != "none":
            self._warmed_s = self._warmed_s if hardware.temperature_c == there.celsius else now
            there.celsius, there.celsius_read = hardware.temperature_c, True
        elif now - self._warmed_s < UNSURE_S:
            there.celsius_read = False

    def _follow_test(self, now: float) -> None:
        """A test of the monitor is failed if its input was driven and released without a trip, or if it does not arm again."""
        there, tripped = self.circumstances, self.witness.electrics.feed.rcm.tripped
        if self.testing.see(self.witness.electrics.outputs.rcd_test, now) and self.witness.sees.value:
            there.test_failed = not self.testing.value and not tripped and not self.witness.measured_closed
            there.arming = not self.testing.value and tripped
        there.arming = there.arming and tripped and self.witness.sees.value and not self.witness.measured_closed
        if there.arming and self.testing.lasted_s(now) > ARM_S:
            there.test_failed, there.arming = True, False

    def _integrate(self, now: float) -> None:
        """By the power that the meter shows, since its register moved."""
        reading = self.witness.reading
        passed_s, self._integrated_s = now - self._integrated_s, now
        if reading is None:
            return
        if reading.energy_wh != self._register_wh or not self.witness.command.value:
            self._register_wh, self.circumstances.unmetered_wh = reading.energy_wh, 0.0
        else:
            self.circumstances.unmetered_wh += (reading.power_w or 0) * passed_s / 3600

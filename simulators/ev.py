"""A car: what it wants, how it reacts to the pilot, and what that does to the pilot and to the current.

plugged ─▶ B ── offer seen for reaction_s ──▶ C or D (S2 closed), draws min(own, advertised)
           ▲                                   │ offer gone: current to 0, then S2 opens
           └───────────────────────────────────┘ driver pauses, battery full: at once

That is the ordinary one; ``garage`` has the others.
"""

from math import inf
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from hal.measured import PILOT_STEADY_PPM
from simulators import pilot
from simulators.alarm import Alarm
from simulators.draw import Draw
from simulators.manners import Manners
from simulators.s2 import S2
from simulators.sleep import Condition, Sleep, signal

BATTERY_WH = 50_000.0
FULL_PERCENT = 100.0
NEARLY = 1e-6
"""Per cent that rounding may leave between a battery and full."""


class Demand(Struct, frozen=True, kw_only=True):
    """What the car and its driver want, and what is broken."""

    current_ma: int = 32_000
    phases: int = 1
    request: bool = True
    """False: the car does not want to charge now."""
    ventilation: bool = False
    """State D in place of C."""
    diode_failed: bool = False
    pilot_shorted: bool = False
    """The car pulls the pilot to 0 V: state E."""


class Ev:
    """One car. ``see`` tells it what is on the wire; ``speed`` is how many times faster than a real one it lives."""

    def __init__(
        self,
        connector: int = 1,
        demand: Demand = Demand(),  # noqa: B008  (frozen)
        manners: Manners = Manners(),  # noqa: B008
        soc_percent: float | None = None,
        speed: float = 1.0,
    ) -> None:
        self.connector = connector
        self.demand = demand
        self.arrived_with = demand
        """What a changed demand is restored to."""
        self.manners = manners
        self.soc_percent = soc_percent
        """``None``: a battery without end."""
        self.next_event_s = inf
        """When it will do something by itself."""
        self._paced = manners.at_speed(speed)
        self._s2 = S2(self._paced)
        self._draw = Draw(self._paced, demand.phases)
        self._sleep = Sleep(self._paced.sleep)
        self._alarm = Alarm()
        self._stirred = True
        """Something changed beside what it sees."""
        self._seen = (PILOT_STEADY_PPM, 0)
        self._offer_ma = 0
        self._most_phases = 0
        """So many had voltage since it was last offered nothing."""
        self._arrived = False
        self._asks_s: float | None = None
        """Since when it asks for current."""
        self.load = self._loading()
        """What it hangs on the pilot."""

    @property
    def s2_closed(self) -> bool:
        """Does it ask for current?"""
        return self._s2.closed

    @property
    def current_ma(self) -> int:
        """What it draws per phase as soon as there is mains at its inlet."""
        return self._draw.current_ma

    @property
    def phases(self) -> int:
        """On how many phases it draws that."""
        return self._draw.phases

    @property
    def leaks(self) -> bool:
        """To earth, as soon as there is mains."""
        return self.manners.draw.leaks

    @property
    def condition(self) -> Condition:
        """Awake, asleep, or offended."""
        return self._sleep.condition

    @property
    def room_wh(self) -> float:
        """What the battery still takes."""
        return inf if self.soc_percent is None else max(0.0, (FULL_PERCENT - self.soc_percent) / 100 * BATTERY_WH)

    @property
    def filling(self) -> bool:
        """Does it draw, and has a battery that is not full?"""
        return self.current_ma > 0 and not self._full and self.soc_percent is not None

    def see(self, duty_ppm: int, live_phases: int, now: float) -> None:
        """React to pilot and mains; call it whenever something changed and when ``next_event_s`` is due."""
        seen = (duty_ppm, live_phases)
        if seen != self._seen or self._stirred or now >= self.next_event_s:
            self._seen, self._stirred = seen, False
            self._react(duty_ppm, live_phases, now)

    def change(self, **changes: Any) -> None:
        """Driver or car change their mind; a current that is flowing changes at once."""
        self.demand = replace(self.demand, **changes)
        self._stirred = True

    def take(self, energy_wh: float) -> None:
        """Energy arrives in the battery."""
        if self.soc_percent is not None:
            self.soc_percent = min(FULL_PERCENT, self.soc_percent + energy_wh / BATTERY_WH * 100)
            self._stirred = self._stirred or self._full

    def found(self, demand: Demand, condition: Condition) -> None:
        """It has been so since before anybody looked."""
        self.demand, self._sleep.condition, self._stirred = demand, condition, True

    def _react(self, duty_ppm: int, live_phases: int, now: float) -> None:
        offer_ma = 0 if self.demand.pilot_shorted else pilot.advertised_ma(duty_ppm)
        pulse = not self._arrived or (offer_ma > 0 and self._offer_ma == 0)
        self._arrived, self._offer_ma = True, offer_ma
        self._most_phases = max(self._most_phases, live_phases) if offer_ma else 0
        self._sleep.follow(signal(duty_ppm), now, mains=live_phases > 0)
        at_once = not self._wants or self.manners.s2.asks == "from_arrival"
        self._s2.follow(self._wants and self._asks(duty_ppm, live_phases), now, at_once=at_once, pulse=pulse)
        self._spoil(now)
        demand = self.demand
        self._draw.follow(demand.current_ma, demand.phases, offer_ma, now, asking=self._s2.closed, mains=live_phases > 0)
        self.load = self._loading()
        alarms = (self._alarm, self._sleep.alarm, self._s2.alarm, self._draw.alarm)
        self.next_event_s = now if self._stirred else min(alarm.rings_s for alarm in alarms)

    @property
    def _full(self) -> bool:
        return self.soc_percent is not None and self.soc_percent >= FULL_PERCENT - NEARLY

    @property
    def _wants(self) -> bool:
        return self.demand.request and self.condition == "awake" and not self._full

    def _asks(self, duty_ppm: int, live_phases: int) -> bool:
        match self.manners.s2.asks:
            case "from_arrival":
                return True
            case "for_ever" if self._s2.closed:
                return True
            case "until_mains_gone" if self._s2.closed and live_phases and duty_ppm == PILOT_STEADY_PPM:
                return True
        least = self.manners.draw.start_3p_ma if self._most_phases == 3 else self.manners.draw.start_ma
        return self._offer_ma > 0 and self._offer_ma >= least

    def _spoil(self, now: float) -> None:
        """Some short the pilot when they have asked for long enough."""
        self._alarm.clear()
        after_s = self._paced.s2.shorts_after_s
        if not self._s2.closed or self.demand.pilot_shorted or after_s is None:
            self._asks_s = None
            return
        self._asks_s = now if self._asks_s is None else self._asks_s
        if self._alarm.due(self._asks_s + after_s, now):
            self.change(pilot_shorted=True)

    def _loading(self) -> pilot.Load:
        demand, s2, ohm = self.demand, self._s2, self.manners.s2
        if demand.pilot_shorted:
            return pilot.SHORT
        return pilot.car_load(
            requests=s2.touching or s2.in_d,
            ventilation=demand.ventilation or s2.in_d,
            diode=not demand.diode_failed,
            plugged_ohm=ohm.plugged_ohm,
            request_ohm=ohm.request_ohm,
        )

"""A car: what it wants, how fast it reacts, and what that does to the pilot and to the current.

plugged ─▶ B ── offer seen for reaction_s ──▶ C or D (S2 closed), draws min(own, advertised)
           ▲                                   │ offer gone: current to 0, then S2 opens
           └───────────────────────────────────┘ driver pauses, battery full: at once
"""

from math import inf

from msgspec import Struct
from msgspec.structs import replace

from simulators.pilot import SHORT, Load, car_load

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


class Manners(Struct, frozen=True, kw_only=True):
    """How fast a car reacts, in seconds. Odd cars differ here."""

    reaction_s: float = 1.0
    """From an offer, or the wish to charge, to S2 closed."""
    release_s: float = 1.0
    """From the end of the offer to S2 open; 3 s are allowed (IEC 61851-1 Table A.6, sequence 10.1)."""
    follow_s: float = 0.5
    """From a changed duty to the changed current; 5 s are allowed."""

    @classmethod
    def reacting_in(cls, reaction_s: float) -> "Manners":
        """A car as brisk in letting go as in starting, between 0.2 and 1 s; its current is gone half-way, before S2 opens."""
        release_s = min(max(reaction_s, 0.2), 1.0)
        return cls(reaction_s=reaction_s, release_s=release_s, follow_s=release_s / 2)


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
        self.s2_closed = False
        self.current_ma = 0
        """What it draws per phase as soon as there is mains at its inlet."""
        self._speed = speed
        self._switches_s = inf
        self._follows_s = inf

    @property
    def load(self) -> Load:
        """What it hangs on the pilot."""
        if self.demand.pilot_shorted:
            return SHORT
        return car_load(requests=self.s2_closed, ventilation=self.demand.ventilation, diode=not self.demand.diode_failed)

    @property
    def next_event_s(self) -> float:
        """When it will do something by itself."""
        return min(self._switches_s, self._follows_s)

    @property
    def room_wh(self) -> float:
        """What the battery still takes."""
        return inf if self.soc_percent is None else max(0.0, (FULL_PERCENT - self.soc_percent) / 100 * BATTERY_WH)

    def see(self, advertised_ma: int, now: float) -> None:
        """React to what the pilot advertises; call it whenever something changed and when ``next_event_s`` is due."""
        offer_ma = 0 if self.demand.pilot_shorted else advertised_ma
        self._switch(offer_ma, now)
        self._follow(offer_ma, now)

    def change(self, now: float, advertised_ma: int, **changes: object) -> None:
        """Driver or car change their mind; a current that is flowing changes at once."""
        self.demand = replace(self.demand, **changes)
        if self.s2_closed:
            self.current_ma = self._target_ma(0 if self.demand.pilot_shorted else advertised_ma)
        self.see(advertised_ma, now)

    def take(self, energy_wh: float) -> None:
        """Energy arrives in the battery."""
        if self.soc_percent is not None:
            self.soc_percent = min(FULL_PERCENT, self.soc_percent + energy_wh / BATTERY_WH * 100)

    @property
    def _wants(self) -> bool:
        full = self.soc_percent is not None and self.soc_percent >= FULL_PERCENT - NEARLY
        return self.demand.request and not full

    def _target_ma(self, offer_ma: int) -> int:
        return min(self.demand.current_ma, offer_ma) if self._wants else 0

    def _switch(self, offer_ma: int, now: float) -> None:
        closed = self._wants and offer_ma > 0
        if closed == self.s2_closed:
            self._switches_s = inf
            return
        if not closed and not self._wants:
            self._switches_s = now
        elif self._switches_s == inf:
            self._switches_s = now + (self.manners.reaction_s if closed else self.manners.release_s) / self._speed
        if now >= self._switches_s:
            self._switches_s = inf
            self.s2_closed = closed
            self.current_ma = self._target_ma(offer_ma) if closed else 0

    def _follow(self, offer_ma: int, now: float) -> None:
        if not self.s2_closed or self.current_ma == self._target_ma(offer_ma):
            self._follows_s = inf
            return
        if self._follows_s == inf:
            self._follows_s = now + self.manners.follow_s / self._speed
        if now >= self._follows_s:
            self._follows_s = inf
            self.current_ma = self._target_ma(offer_ma)

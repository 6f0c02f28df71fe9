"""The judge's own books of one EVSE: which car may have how much, and what keeps it out of service. Control is not asked."""

from math import inf

from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import EvseState, HoldPlug, Permit, Revoke, Unlock

MINIMUM_MA = 6_000
STAYS_S = 59.5
"""So long after a start a plug stays locked for a station that may still come."""
VISIBLE_S = 0.2
"""A place that was empty for so long was seen empty: the next car is another one."""


class Permits:
    """``car`` counts the cars that can be told apart from outside."""

    def __init__(self) -> None:
        self.car = 0
        self.worth_s = -inf
        """When the permit was last worth 6 A, for the car that was there then."""
        self._permit: Permit | None = None
        self._until_s = 0.0
        self._cars: dict[PlugInId, int] = {}

    def give(self, wish: object, now: float) -> None:
        """Control hears this now."""
        if isinstance(wish, Permit) and self._cars.get(wish.plug_in) == self.car:
            self.worth_ma(now)
            self._permit, self._until_s = wish, now + wish.valid_for_s
        if isinstance(wish, Revoke) and self._permit is not None and self._permit.plug_in == wish.plug_in:
            self.worth_ma(now)
            self._permit = None

    def tell(self, state: EvseState) -> None:
        """Control has a name for the present car."""
        if state.plug_in is not None:
            self._cars.setdefault(state.plug_in, self.car)

    def another_car(self) -> None:
        """Nothing of what was permitted is for this one."""
        self.car += 1
        self._permit, self.worth_s = None, -inf

    def restart(self) -> None:
        """Control has forgotten its permits."""
        self._permit = None

    def worth_ma(self, now: float) -> int:
        """What the present car may have now."""
        if self._permit is None:
            return 0
        live = now < self._until_s
        if self._permit.limit_ma >= MINIMUM_MA:
            self.worth_s = now if live else max(self.worth_s, self._until_s)
        if not live and self._permit.then_ma >= MINIMUM_MA:
            self.worth_s = now
        return self._permit.limit_ma if live else self._permit.then_ma


class Plug:
    """Is it to stay locked because it was when control started? What the station says, or a car that leaves, decides otherwise."""

    def __init__(self) -> None:
        self.stays_s: float | None = None
        """It is, since then."""

    def start(self, locked: bool, now: float) -> None:
        """Control starts."""
        self.stays_s = now if locked else None

    def give(self, wish: object) -> None:
        """Control hears this now."""
        if isinstance(wish, Revoke | HoldPlug | Unlock):
            self.stays_s = None

    def look(self, letter: str) -> None:
        """On the wire, as far as it is sure."""
        if letter not in {"B", "C", "D"}:
            self.stays_s = None

    def tell(self, state: EvseState, now: float) -> None:
        """A dead station keeps no cable, nor does one that nobody speaks for."""
        dead = any(fault.latched or fault.kind == "connector_lock_failure" for fault in state.faults)
        if dead or now - (self.stays_s or now) > STAYS_S:
            self.stays_s = None


class LockOuts:
    """Faults that only a technician clears, since they were told. Power cuts change nothing about them."""

    def __init__(self) -> None:
        self.active: dict[str, float] = {}
        self.cleared: set[str] = set()
        """What technicians have cleared with the last scan, of any kind."""
        self._clearing: set[str] = set()

    def clear(self, fault: str) -> None:
        """A technician says so, with the next scan."""
        self._clearing.add(fault)

    def tell(self, state: EvseState, now: float) -> None:
        """What is told of it now."""
        told = {fault.name for fault in state.faults}
        self.cleared, self._clearing = self._clearing - told, set()
        self.active = {name: since_s for name, since_s in self.active.items() if name not in self.cleared}
        for fault in state.faults:
            if fault.row.clears == "service" and not fault.by_board:
                self.active.setdefault(fault.name, now)

    def cut(self, now: float, keep_s: float) -> None:
        """Control ends. What was told only just now may not be on disk yet."""
        self.active = {name: since_s for name, since_s in self.active.items() if now - since_s > keep_s}

"""What all EVSEs come to at one moment: what holds in the stack of each, the hard limits, and what bounds them together.

For one EVSE the lowest bound counts, for the station the sum of its EVSEs below what bounds them all: what is to be expected at the grid
connection (1.6 §5.7). It is reckoned as if a car charged at each EVSE that is asked for. A bound for the station in watts becomes amperes
by the EVSE that charges on the most phases, whether it is asked for or not: so control is told (``SitePermit``).
"""

from collections.abc import Sequence
from math import inf

from msgspec import Struct

from chargepoint.domain.charging.stacking import Holding
from chargepoint.domain.charging.timetable import Timetable
from chargepoint.domain.charging.units import Wiring
from chargepoint.domain.charging_profile import RateUnit, SchedulePeriod


class Stack(Struct, frozen=True):
    """One EVSE: the profiles for its transaction, the strongest first, and its hard limit."""

    tables: tuple[Timetable, ...]
    wiring: Wiring
    hard_a: float
    counts: bool = True
    """A car charges there, or it is reckoned so: its phases matter to a bound for the station in watts."""
    shown: bool = True
    """It is asked for; otherwise only its phases matter."""


class Above(Struct, frozen=True):
    """What bounds all EVSEs together: the station's profiles, the strongest first, and the fuse."""

    tables: tuple[Timetable, ...]
    fuse_a: float


Volts = tuple[tuple[float, ...], int]
"""What an ampere is in watts, by phases: of a bound for the station, and in each line; and the most phases that are shown."""


class Sum:
    """``put`` says what holds from now on: in the line of the station (0) or of one of the stacks (1, 2, ...)."""

    def __init__(self, stacks: Sequence[Stack], above: Above, unit: RateUnit) -> None:
        lines = 1 + len(stacks)
        self._periods: list[SchedulePeriod | None] = [None] * lines
        self._in_watts = [False] * lines
        self._limits_a = [inf] * lines
        self._said: list[int | None] = [None] * lines
        self._stacks = stacks
        self._shown = [(number, stack.hard_a) for number, stack in enumerate(stacks, start=1) if stack.shown]
        self._fuse_a = above.fuse_a
        self._wants_watts = unit is RateUnit.WATT
        self._switches = any(stack.wiring.switches for stack in stacks)
        self._known: dict[tuple[int | None, ...], Volts] = {}
        self._volts = self._by_phases()

    def _by_phases(self) -> Volts:
        """By what the schedules say of phases, where these are switched: a few cases that return."""
        said = tuple(self._said)
        volts = self._known.get(said)
        if volts is None:
            voltage_v = self._stacks[0].wiring.voltage_v
            phases = [stack.wiring.reckoned(own, said[0]) for stack, own in zip(self._stacks, said[1:], strict=True)]
            counted = max(number for number, stack in zip(phases, self._stacks, strict=True) if stack.counts)
            widest = max(number for number, stack in zip(phases, self._stacks, strict=True) if stack.shown)
            volts = self._known[said] = tuple([voltage_v * number for number in (counted, *phases)]), widest
        return volts

    def put(self, number: int, period: SchedulePeriod | None, in_watts: bool) -> None:
        """In this line holds that, or nothing."""
        self._periods[number], self._in_watts[number] = period, in_watts
        if self._switches:
            phases = None if period is None else period.phases
            if phases != self._said[number]:
                self._said[number] = phases
                self._rephase()
        if period is None:
            self._limits_a[number] = inf
        else:
            self._limits_a[number] = period.limit / self._volts[0][number] if in_watts else period.limit

    def _rephase(self) -> None:
        """Other phases, other amperes."""
        volts = self._by_phases()
        if volts is not self._volts:
            self._volts = volts
            for number, period in enumerate(self._periods):
                if period is not None and self._in_watts[number]:
                    self._limits_a[number] = period.limit / volts[0][number]

    def level(self) -> tuple[float, int]:
        """The limit, and on how many phases."""
        volts, widest = self._volts
        limits_a, most_a, total = self._limits_a, self._fuse_a, 0.0
        if limits_a[0] < most_a:
            most_a = limits_a[0]
        for number, limit_a in self._shown:
            if limits_a[number] < limit_a:
                limit_a = limits_a[number]
            if most_a < limit_a:
                limit_a = most_a
            total += limit_a * volts[number] if self._wants_watts else limit_a
        most = self._most_w(widest) if self._wants_watts else most_a
        return (total if total < most else most), widest

    def _most_w(self, widest: int) -> float:
        """Of all together, as power: what was said in watts needs no phases."""
        top, ampere_w = self._periods[0], self._stacks[0].wiring.voltage_v * widest
        top_w = inf if top is None else top.limit if self._in_watts[0] else top.limit * ampere_w
        return min(self._fuse_a * ampere_w, top_w)


def level(stacks: Sequence[Stack], above: Above, holding: Sequence[Holding | None], unit: RateUnit) -> tuple[float, int]:
    """The limit at one moment, and on how many phases: by what holds for the station, and then in each stack."""
    total = Sum(stacks, above, unit)
    for number, held in enumerate(holding):
        if held is not None:
            total.put(number, held.period, held.unit is RateUnit.WATT)
    return total.level()

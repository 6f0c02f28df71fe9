"""What all EVSEs come to at one moment: what holds in the stack of each, the hard limits, and what bounds them together.

For one EVSE the lowest bound counts (OCPP 2.0.1 K08.FR.04), for the station the sum of its EVSEs below what bounds them all: what is to be
expected at the grid connection (1.6 §5.7). It is reckoned as if a car charged at each EVSE that is asked for. A bound for the station in
watts becomes amperes by the EVSE that charges on the most phases, whether it is asked for or not: so control is told (``SitePermit``).
"""

from collections.abc import Sequence
from math import inf

from msgspec import Struct

from chargepoint.domain.charging.stacking import Holding
from chargepoint.domain.charging.timetable import Timetable
from chargepoint.domain.charging.units import Wiring
from chargepoint.domain.charging_profile import RateUnit, SchedulePeriod

Tables = tuple[Timetable, ...]
"""A stack of profiles, the strongest first."""


class Stack(Struct, frozen=True):
    """One EVSE: the profiles for its transaction, the strongest first, and its hard limit."""

    tables: Tables
    wiring: Wiring
    hard_a: float
    counts: bool = True
    """A car charges there, or it is reckoned so: its phases matter to a bound for the station in watts."""
    shown: bool = True
    """It is asked for; otherwise only its phases matter."""
    bounds: tuple[Tables, ...] = ()
    """What holds beside them."""


class Above(Struct, frozen=True):
    """What bounds all EVSEs together: the station's profiles, the strongest first, and the fuse."""

    tables: Tables
    fuse_a: float
    bounds: tuple[Tables, ...] = ()
    """What holds beside them."""


class Line(Struct, frozen=True):
    """One stack of profiles on its way through time."""

    owner: int
    """0: the station; else the place of its EVSE among those that are looked at, from 1 on."""
    tables: Tables


def lines(stacks: Sequence[Stack], above: Above) -> tuple[Line, ...]:
    """All of them: first the station's and one of each EVSE, then whatever holds beside them. What matters to nobody is empty."""
    first = [Line(0, above.tables)]
    beside = [Line(0, tables) for tables in above.bounds]
    for owner, stack in enumerate(stacks, start=1):
        matters = stack.shown or stack.wiring.switches
        first.append(Line(owner, stack.tables if matters else ()))
        beside += [Line(owner, tables) for tables in stack.bounds if matters]
    return (*first, *beside)


Volts = tuple[tuple[float, ...], int]
"""What an ampere is in watts, by phases: of a bound for the station, and in each line; and the most phases that are shown."""


class Sum:
    """``put`` says what holds from now on in a line, by its place among ``lines``."""

    def __init__(self, stacks: Sequence[Stack], above: Above, unit: RateUnit) -> None:
        self._owners = [line.owner for line in lines(stacks, above)]
        count = len(self._owners)
        self._periods: list[SchedulePeriod | None] = [None] * count
        self._in_watts = [False] * count
        self._limits_a = [inf] * count
        self._said: list[int | None] = [None] * count
        self._stacks = stacks
        self._top = [number for number, owner in enumerate(self._owners) if owner == 0]
        self._shown = [
            (owner, stack.hard_a, [number for number, its in enumerate(self._owners) if its == owner])
            for owner, stack in enumerate(stacks, start=1)
            if stack.shown
        ]
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
            phases = [
                stack.wiring.reckoned(*(each for each, its in zip(said, self._owners, strict=True) if its in (0, owner)))
                for owner, stack in enumerate(self._stacks, start=1)
            ]
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
            self._limits_a[number] = period.limit / self._volts[0][self._owners[number]] if in_watts else period.limit

    def _rephase(self) -> None:
        """Other phases, other amperes."""
        volts = self._by_phases()
        if volts is not self._volts:
            self._volts = volts
            for number, period in enumerate(self._periods):
                if period is not None and self._in_watts[number]:
                    self._limits_a[number] = period.limit / volts[0][self._owners[number]]

    def level(self) -> tuple[float, int]:
        """The limit, and on how many phases."""
        volts, widest = self._volts
        limits_a, most_a, total = self._limits_a, self._fuse_a, 0.0
        for number in self._top:
            if limits_a[number] < most_a:
                most_a = limits_a[number]
        for owner, limit_a, own in self._shown:
            for number in own:
                if limits_a[number] < limit_a:
                    limit_a = limits_a[number]
            if most_a < limit_a:
                limit_a = most_a
            total += limit_a * volts[owner] if self._wants_watts else limit_a
        most = self._most_w(widest) if self._wants_watts else most_a
        return (total if total < most else most), widest

    def _most_w(self, widest: int) -> float:
        """Of all together, as power: what was said in watts needs no phases."""
        ampere_w = self._stacks[0].wiring.voltage_v * widest
        said = [(self._periods[number], self._in_watts[number]) for number in self._top]
        tops_w = [top.limit if in_watts else top.limit * ampere_w for top, in_watts in said if top is not None]
        return min([self._fuse_a * ampere_w, *tops_w])


def level(stacks: Sequence[Stack], above: Above, holding: Sequence[Holding | None], unit: RateUnit) -> tuple[float, int]:
    """The limit at one moment, and on how many phases: by what holds in each of the lines."""
    total = Sum(stacks, above, unit)
    for number, held in enumerate(holding):
        if held is not None:
            total.put(number, held.period, held.unit is RateUnit.WATT)
    return total.level()

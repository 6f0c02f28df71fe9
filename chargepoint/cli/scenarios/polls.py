"""A meter that is polled once a second of virtual time, as ``control.meters`` does beside the scan.

Where it shows the same as at the last two polls, but for its register, all polls but the last before the next scan can be left out: no
scan sees them.
"""

from math import floor, inf

from msgspec import structs

from chargepoint.cli.scenarios.clock import Clock
from chargepoint.control.meters import PERIOD_S
from hal.errors import DeviceError, ImplausibleError
from hal.measured import MeterReading
from simulators.memory import MemoryMeter
from simulators.meter import Override
from simulators.world import World

WAKING_S = 0.0037
"""Until a woken poller has read. Readings lie neither on the grid of the scans nor on one another: each moment has one meaning."""
APART_S = 0.0007


class PolledMeter:
    """The latest reading of one EVSE's meter, and when the next is due. A woken poller keeps its pace."""

    def __init__(self, world: World, evse: int, clock: Clock) -> None:
        self.reading: MeterReading | None = None
        self.doubt = ""
        self._clock = clock
        self._evse = world.evses[evse]
        self._meter = MemoryMeter(world, evse, clock)
        self._waking_s = WAKING_S + evse * APART_S
        self._from_s = clock.now_s + self._waking_s
        self._polls = 0
        self._woken_s = inf
        self._confirmed = False
        self._doubted = True

    @property
    def due_s(self) -> float:
        """When it is read next."""
        return min(self._woken_s, self._from_s + self._polls * PERIOD_S)

    @property
    def steady(self) -> bool:
        """Would a poll tell nothing new?"""
        condition = self._evse.meter.condition
        if condition == "lost" or (condition == "nonsense" and self.doubt):
            return True
        sound = condition is None and self._evse.meter.override == Override()
        return sound and self._confirmed and _content(self._evse.meter.show(0.0)) == _content(self.reading)

    @property
    def doubted(self) -> bool:
        """May the age of the next reading matter, though it shows the same?"""
        return self._doubted and self._evse.meter.condition != "lost"

    @property
    def alive(self) -> bool:
        """Do its readings stay young?"""
        return self._evse.meter.condition != "lost" and self._confirmed

    def suspect(self) -> None:
        """Something has happened in control."""
        self._doubted = True

    def wake(self) -> None:
        """Read soon."""
        self._woken_s = self._clock.now_s + self._waking_s

    def skip_to(self, before_s: float) -> None:
        """Leave out all polls that are due up to ``before_s`` but the last."""
        self._polls += max(0, floor((before_s - self._from_s) / PERIOD_S) - self._polls)

    def poll(self) -> None:
        """Read it, if it answers."""
        if self._woken_s <= self._clock.now_s:
            self._woken_s = inf
        else:
            self._polls += 1
        self._doubted = False
        try:
            reading = self._meter.read()
        except DeviceError as error:
            self._confirmed = False
            self.doubt = str(error) if isinstance(error, ImplausibleError) else ""
            return
        self.doubt = ""
        self._confirmed = _content(reading) == _content(self.reading)
        self.reading = reading


def _content(reading: MeterReading | None) -> MeterReading | None:
    return None if reading is None else structs.replace(reading, at_s=0.0, energy_wh=0)

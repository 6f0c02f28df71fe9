"""The simulated drivers without a socket: the same world in the same process, under any clock. For tests and fast simulations."""

from collections.abc import Callable

from hal.boards.simulated import ABILITIES
from hal.errors import DeviceError
from hal.measured import BoardInputs, BoardOutputs, MeterReading
from hal.meters.simulated import believed
from simulators.world import World

Clock = Callable[[], float]


class MemoryBoard:
    """A ``hal.api.Board`` on one EVSE of the world."""

    abilities = ABILITIES

    def __init__(self, world: World, evse: int, clock: Clock) -> None:
        self._evse = world.evses[evse]
        self._clock = clock
        self._outputs: BoardOutputs | None = None
        self._inputs: BoardInputs | None = None

    def open(self) -> None:
        """Take the board in its safe state."""
        self._evse.attach(self._clock())

    def read(self) -> BoardInputs | None:
        """Measure now; a lost board shows the last measurement, growing old."""
        now = self._clock()
        self._evse.advance(now)
        self._inputs = self._evse.measure(now) or self._inputs
        return self._inputs

    def write(self, outputs: BoardOutputs) -> None:
        """Keep the outputs for the next kick."""
        self._outputs = outputs

    def kick(self) -> None:
        """Hand the outputs to the board, and feed its dead-man."""
        now = self._clock()
        self._evse.kick(self._outputs or self._evse.safe, now, now)

    def close(self) -> None:
        """Contactor open, no offer."""
        now = self._clock()
        self._evse.kick(self._evse.safe, now, now)


class MemoryMeter:
    """A ``hal.api.Meter`` on one EVSE of the world."""

    def __init__(self, world: World, evse: int, clock: Clock) -> None:
        self._world = world
        self._evse = world.evses[evse]
        self._clock = clock
        self._shown: MeterReading | None = None

    def open(self) -> None:
        """It is always there."""

    def read(self) -> MeterReading:
        """What it shows now; of a slow meter, what it showed when it was asked before. Raises DeviceError while it is lost."""
        if self._evse.meter.condition == "lost":
            raise DeviceError(
                f"meter.simulated evse {self._evse.plan.id}: no answer; the world has it as lost, mend it with PATCH hardware"
            )
        before, self._shown = self._shown, self._world.show(self._evse, self._clock())
        return believed(before if before is not None and self._evse.meter.condition == "slow" else self._shown, self._evse.plan.id)

    def close(self) -> None:
        """Nothing is held."""

"""The rig's plants behind the ports of ``hal.api``, for what is above a scan: cycle and loop."""

from collections.abc import Callable

from chargepoint.control.memory import SAFE
from chargepoint.control.settings import MODEST
from hal.api import Abilities
from hal.measured import BoardInputs, BoardOutputs, MeterReading
from tests.control.rig import Plant


class PlantBoard:
    """A board whose plant moves whenever it is read."""

    abilities: Abilities = MODEST

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.plant = Plant()
        self.outputs: BoardOutputs = SAFE
        self.calls: list[str] = []
        """Everything but reads, in order."""
        self.error: Exception | None = None
        """Raised by the next read."""
        self._now_s = now_s

    def open(self) -> None:
        self.calls.append("open")

    def read(self) -> BoardInputs | None:
        if self.error is not None:
            raise self.error
        self.plant.react(self.outputs, self._now_s())
        return self.plant.measure(self.outputs, self._now_s()).board

    def write(self, outputs: BoardOutputs) -> None:
        self.outputs = outputs
        self.calls.append("write")

    def kick(self) -> None:
        self.calls.append("kick")

    def close(self) -> None:
        self.outputs = SAFE
        self.calls.append("close")


class PlantMeter:
    """A poller without a thread: reads whenever it is looked at, if it may."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.woken = 0
        self.running = False
        self._now_s = now_s

    doubt = ""

    @property
    def reading(self) -> MeterReading | None:
        return MeterReading(at_s=self._now_s(), energy_wh=round(self._now_s()))

    def wake(self) -> None:
        self.woken += 1

    def start(self) -> None:
        self.running = True

    def leave(self) -> None:
        self.running = False

    def join(self, at_most_s: float) -> None:
        assert not self.running

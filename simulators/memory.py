"""The simulated drivers without a socket: the same world in the same process, under any clock. For tests and fast simulations."""

from collections.abc import Callable

from hal.boards.simulated import ABILITIES
from hal.bus.simulated import AskRecord
from hal.errors import DeviceError
from hal.measured import BoardInputs, BoardOutputs, MeterReading, SignedRecord
from hal.meters.simulated import believed
from simulators.electrics import Electrics
from simulators.recorder import FORGOTTEN, RecorderError
from simulators.world import World

Clock = Callable[[], float]


def ordered(world: World, evse: Electrics, order: AskRecord, now: float) -> str:
    """Have the meter of an EVSE begin a record, or end it; why it did not, if it did not."""
    recorder = evse.recorder
    told = (order.says, order.unix_s, order.from_utc_min)
    try:
        if order.act == "begin":
            recorder.begin(*told, world.show(evse, now).energy_wh, now)
        elif order.act == "end":
            if recorder.session.state == FORGOTTEN:
                recorder.tell(*told, now)
            recorder.end(world.show(evse, now).energy_wh, now)
    except RecorderError as error:
        return str(error)
    world.keep()
    return ""


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

    # What it signs: hal.api.SignedMeter

    def public_key(self) -> bytes:
        """What its signatures are verified with."""
        self._heard()
        return self._evse.recorder.public_key

    def open_record(self) -> str | None:
        """What the open record is to say."""
        self._heard()
        return self._evse.recorder.open_record

    def begin_record(self, says: str, unix_s: int, from_utc_min: int = 0) -> None:
        """A session begins."""
        self._order(AskRecord(0, "begin", says, unix_s, from_utc_min))

    def end_record(self, says: str, unix_s: int, from_utc_min: int = 0) -> SignedRecord:
        """It ends."""
        self._order(AskRecord(0, "end", says, unix_s, from_utc_min))
        record = self._evse.recorder.last_record
        if record is None:
            raise DeviceError(f"meter.simulated evse {self._evse.plan.id}: it signed, and the record is gone")
        return record

    def last_record(self) -> SignedRecord | None:
        """What was signed last."""
        self._heard()
        return self._evse.recorder.last_record

    def _order(self, order: AskRecord) -> None:
        self._heard()
        if error := ordered(self._world, self._evse, order, self._clock()):
            raise DeviceError(f"meter.simulated evse {self._evse.plan.id}: {error}")

    def _heard(self) -> None:
        if self._evse.meter.condition == "lost" or self._evse.recorder.fault == "silent":
            raise DeviceError(f"meter.simulated evse {self._evse.plan.id}: no answer about what it signs; mend it with PATCH hardware")

    def close(self) -> None:
        """Nothing is held."""

"""The meter of one EVSE of the simulated world."""

import time
from typing import Literal

from hal.bus.simulated import AskRecord, AttachMeter, Line, MeterShows, ReadMeter, RecordIs
from hal.errors import DeviceError, ImplausibleError
from hal.measured import MeterReading, SignedRecord

TIMEOUT_S = 1.0


def believed(reading: MeterReading, evse: int) -> MeterReading:
    """The reading, if it can be true. Raises ImplausibleError."""
    if reading.energy_wh < 0:
        raise ImplausibleError(
            f"meter.simulated evse {evse}: register at {reading.energy_wh} Wh, expected 0 or more; mend it with PATCH hardware"
        )
    return reading


class SimulatedMeter:
    """``hal.api.SignedMeter``. ``socket``: where the world listens; ``evse``: whose meter.

    ``start_wh`` and ``public_key`` stand in the same configuration entry and are the world's and the station's business.
    """

    def __init__(self, *, socket: str, evse: int, start_wh: int = 0, public_key: str = "") -> None:
        self._socket = socket
        self._evse = evse
        self._line = Line(socket, AttachMeter(evse))
        self._asked = 0
        self._records = Line(socket, AttachMeter(evse))
        """For the thread that has it sign."""

    def open(self) -> None:
        """Attach. Raises DeviceError or DriverError."""
        self._line.open()

    def read(self) -> MeterReading:
        """Ask and wait for the answer, at most a second. Raises DeviceError."""
        self._asked += 1
        ends_s = time.monotonic() + TIMEOUT_S
        asked = self._line.send(ReadMeter(self._asked))
        while asked and self._line.connected and time.monotonic() < ends_s:
            self._line.wait(ends_s - time.monotonic())
            for message in self._line.receive():
                if isinstance(message, MeterShows) and message.number == self._asked:
                    return believed(message.reading, self._evse)
        if not self._line.connected:
            raise DeviceError(f"{self._name}: the world is not there, or has no such EVSE; start it, or correct hal.sim.socket")
        raise DeviceError(
            f"{self._name}: no answer for {TIMEOUT_S} s; it is lost in the simulated world (PATCH hardware), or the world stands"
        )

    def public_key(self) -> bytes:
        """What its signatures are verified with. Raises DeviceError."""
        return self._ask("look").public_key

    def open_record(self) -> str | None:
        """What the record that is open is to say. Raises DeviceError."""
        return self._ask("look").open_record

    def last_record(self) -> SignedRecord | None:
        """What was signed last. Raises DeviceError."""
        return self._ask("look").last_record

    def begin_record(self, says: str, unix_s: int, from_utc_min: int = 0) -> None:
        """A session begins. Raises DeviceError."""
        self._ask("begin", says, unix_s, from_utc_min)

    def end_record(self, says: str, unix_s: int, from_utc_min: int = 0) -> SignedRecord:
        """It ends. Raises DeviceError."""
        record = self._ask("end", says, unix_s, from_utc_min).last_record
        if record is None:
            raise DeviceError(f"{self._name}: it signed, and the record is gone; mend it with PATCH hardware")
        return record

    def _ask(self, act: Literal["look", "begin", "end"], says: str = "", unix_s: int = 0, from_utc_min: int = 0) -> RecordIs:
        """Ask about what it signs, and wait for the answer, at most a second. Raises DeviceError."""
        number = time.monotonic_ns()
        ends_s = time.monotonic() + TIMEOUT_S
        asked = self._records.send(AskRecord(number, act, says, unix_s, from_utc_min))
        while asked and self._records.connected and time.monotonic() < ends_s:
            self._records.wait(ends_s - time.monotonic())
            for message in self._records.receive():
                if isinstance(message, RecordIs) and message.number == number:
                    if message.error:
                        raise DeviceError(f"{self._name}: {message.error}")
                    return message
        raise DeviceError(f"{self._name}: no answer about what it signs; start the world, or mend its meter with PATCH hardware")

    def close(self) -> None:
        """Hang up."""
        self._line.close()
        self._records.close()

    @property
    def _name(self) -> str:
        return f"meter.simulated evse {self._evse} on {self._socket}"

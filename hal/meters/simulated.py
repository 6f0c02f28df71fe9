"""The meter of one EVSE of the simulated world."""

import time

from hal.bus.simulated import AttachMeter, Line, MeterShows, ReadMeter
from hal.errors import DeviceError, ImplausibleError
from hal.measured import MeterReading

TIMEOUT_S = 1.0


def believed(reading: MeterReading, evse: int) -> MeterReading:
    """The reading, if it can be true. Raises ImplausibleError."""
    if reading.energy_wh < 0:
        raise ImplausibleError(
            f"meter.simulated evse {evse}: register at {reading.energy_wh} Wh, expected 0 or more; mend it with PATCH hardware"
        )
    return reading


class SimulatedMeter:
    """``hal.api.Meter``. ``socket``: where the world listens; ``evse``: whose meter.

    ``start_wh`` and ``public_key`` stand in the same configuration entry and are the world's and the station's business.
    """

    def __init__(self, *, socket: str, evse: int, start_wh: int = 0, public_key: str = "") -> None:
        self._socket = socket
        self._evse = evse
        self._line = Line(socket, AttachMeter(evse))
        self._asked = 0

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

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    @property
    def _name(self) -> str:
        return f"meter.simulated evse {self._evse} on {self._socket}"

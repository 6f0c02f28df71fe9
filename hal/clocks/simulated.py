"""The clock of the simulated world: the host's, and the offset that ``POST /v1/clock`` sets."""

import time

from hal.bus.simulated import AttachSite, Line, SiteIs

FIRST_WAIT_S = 0.5


class SimulatedClock:
    """``hal.api.WallClock``. ``socket``: where the world listens. The offset is pushed; asking for the time never waits for it."""

    def __init__(self, *, socket: str) -> None:
        self._line = Line(socket, AttachSite())
        self._offset_s = 0.0

    def open(self) -> None:
        """Learn the present offset, waiting a moment for it. Without this the first readings may lack it. Raises DeviceError."""
        self._line.open()
        self._line.wait(FIRST_WAIT_S)

    def now_s(self) -> float:
        """Seconds since 1970-01-01T00:00Z, as this site believes."""
        for message in self._line.receive():
            if isinstance(message, SiteIs):
                self._offset_s = message.clock_offset_s
        return time.time() + self._offset_s

    def close(self) -> None:
        """Hang up."""
        self._line.close()

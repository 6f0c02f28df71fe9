"""The indicator of one EVSE of the simulated world: ``GET /v1/state`` tells what it shows, the page paints it."""

import contextlib

from hal.api import Geometry
from hal.bus.simulated import AttachIndicator, Line, ShowLight, SoundBeeps
from hal.bus.worker import Worker
from hal.errors import DeviceError
from hal.measured import Beeps, Light

AGAIN_S = 0.5
REST_S = 60.0
JOIN_S = 0.3


class SimulatedIndicator:
    """``hal.api.Indicator``. ``socket``: where the world listens; ``evse``: which of its EVSEs."""

    geometry = Geometry(pixels=8, beeps=True)

    def __init__(self, *, socket: str, evse: int) -> None:
        self._line = Line(socket, AttachIndicator(evse))
        self._light = Light()
        self._sent: Light | None = None
        self._beeps: list[Beeps] = []
        self._worker = Worker(f"indicator simulated {evse}", self.turn)

    def open(self) -> None:
        """Begin; a world that is not there yet is looked for. Raises DriverError."""
        with contextlib.suppress(DeviceError):
            self._line.open()
        self._worker.start()

    def show(self, light: Light) -> None:
        """From now on."""
        if light != self._light:
            self._light = light
            self._worker.ring()

    def beep(self, beeps: Beeps) -> None:
        """Once."""
        self._beeps.append(beeps)
        self._worker.ring()

    def close(self) -> None:
        """The world finds it dark when the connection is gone."""
        self._worker.leave(JOIN_S)
        self._line.close()

    def turn(self) -> float:
        """Tell the world what is new; how long to rest then. A world that has come back is told all."""
        if not self._line.connected:
            self._sent = None
        light = self._light
        if light != self._sent:
            self._sent = light if self._line.send(ShowLight(light)) else None
        while self._beeps and self._line.send(SoundBeeps(self._beeps[0])):
            del self._beeps[0]
        return REST_S if self._sent is not None and not self._beeps else AGAIN_S

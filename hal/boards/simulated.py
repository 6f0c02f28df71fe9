"""The board of one EVSE of the simulated world: a thin client of ``simulators.server``.

The world measures, drops the coil when the kicks stop, and has every fault a board can have; here is only the wire to it.
"""

import time

from hal.api import Abilities
from hal.bus.simulated import AttachBoard, Kick, Line, Measured
from hal.measured import PILOT_STEADY_PPM, BoardInputs, BoardOutputs

ABILITIES = Abilities(
    safety="linux",
    rcm=True,
    coil_watchdog=True,
    rcd_test=True,
    phase_switching=True,
    pilot_off=True,
    shunt_trip=True,
    releases_plug=True,
)
"""The simulated board has every interlock that a board can have, and everything to try."""


class SimulatedBoard:
    """``hal.api.Board``. ``socket``: where the world listens; ``evse``: which of its EVSEs."""

    abilities = ABILITIES

    def __init__(self, *, socket: str, evse: int) -> None:
        self._line = Line(socket, AttachBoard(evse))
        self._outputs: BoardOutputs | None = None
        self._inputs: BoardInputs | None = None

    def open(self) -> None:
        """Attach; the world then puts the outputs in their safe state. Raises DeviceError or DriverError."""
        self._line.open()

    def read(self) -> BoardInputs | None:
        """The newest measurement that has arrived."""
        for message in self._line.receive():
            if isinstance(message, Measured):
                self._inputs = message
        return self._inputs

    def write(self, outputs: BoardOutputs) -> None:
        """Kept until the next kick carries it over."""
        self._outputs = outputs

    def kick(self) -> None:
        """One datagram with the outputs. The world answers with a measurement."""
        wanted = self._outputs
        self._line.send(_safe() if wanted is None else _kick(wanted))

    def close(self) -> None:
        """Contactor open, no offer; the lock stays, for its plug may still be in use."""
        self._line.send(_safe())
        self._line.close()


def _kick(wanted: BoardOutputs) -> Kick:
    return Kick(time.monotonic(), wanted.duty_ppm, wanted.contactor, wanted.lock, wanted.phases, wanted.rcd_test, wanted.shunt_trip)


def _safe() -> Kick:
    return Kick(time.monotonic(), PILOT_STEADY_PPM, contactor=False, lock=None)

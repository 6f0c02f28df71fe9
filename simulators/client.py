"""One driver at the world's socket, as the world sees it."""

import logging
import socket
from collections.abc import Callable

from msgspec.structs import asdict, replace

from hal.bus.simulated import FromWorld, Measured, encode
from hal.measured import BoardInputs
from simulators.electrics import Electrics

log = logging.getLogger(__name__)


class Client:
    """One driver. What it cannot take in at once it does not get: the next measurement is newer anyway."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.evse: Electrics | None = None
        self.drives_board = False
        self.wants_site = False
        self.last: BoardInputs | None = None
        """The last measurement that it was sent, with time 0."""
        self.leave: Callable[[], None] = lambda: None

    def send(self, message: FromWorld) -> None:
        """Hand over a message; a driver that does not read loses it."""
        try:
            self.line.send(encode(message))
        except BlockingIOError:
            log.debug("driver slow message=%s", type(message).__name__)
        except OSError as error:
            log.debug("driver gone error=%s", error)

    def measure(self, now: float, *, always: bool) -> None:
        """Send what its board measures, if that has changed or is wanted anyway."""
        inputs = None if self.evse is None else self.evse.measure(now)
        if inputs is None:
            return
        shown = replace(inputs, at_s=0.0)
        if always or shown != self.last:
            self.last = shown
            self.send(Measured(**asdict(inputs)))

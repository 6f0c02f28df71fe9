"""Meters are polled beside the scan: one thread each, at normal priority. The scan takes the latest reading, with its age in ``at_s``."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from chargepoint.control import realtime
from chargepoint.control.bell import Bell
from hal.api import Meter
from hal.errors import DeviceError, ImplausibleError
from hal.measured import MeterReading

log = logging.getLogger(__name__)

PERIOD_S = 1.0


class Latest(Protocol):
    """What the scan sees of a meter. Neither member blocks."""

    @property
    def reading(self) -> MeterReading | None:
        """The newest that could be believed, or ``None`` before the first."""

    @property
    def doubt(self) -> str:
        """Why what it answers now cannot be believed; empty when it can, or when it does not answer."""

    def wake(self) -> None:
        """Read soon: something worth measuring has just happened."""


class MeterPoller:
    """Owns one meter. A meter that fails is tried again every period; what it says about that is logged once per change."""

    def __init__(self, evse: int, meter: Meter) -> None:
        self.reading: MeterReading | None = None
        self.doubt = ""
        self._evse = evse
        self._meter = meter
        self._failing: type[Exception] | None = None
        self._be_exact: Callable[[], None] = getattr(meter, "be_exact", lambda: None)
        self._wanted = False
        """Somebody wants to know it now, and exactly."""
        self._leaving = False
        self._bell = Bell()
        self._thread = threading.Thread(target=self._run, name=f"meter-{evse}", daemon=True)

    def start(self) -> None:
        """Begin to poll."""
        self._thread.start()

    def wake(self) -> None:
        """Read at once instead of at the end of the period. A reading that has begun is not enough."""
        self._wanted = True
        self._bell.ring()

    def leave(self) -> None:
        """Stop polling, soon, and let go of the meter."""
        self._leaving = True
        self._bell.ring()

    def join(self, at_most_s: float) -> None:
        """Wait until it has left. A thread that is still reading after that is left behind; it ends with the process."""
        self._thread.join(at_most_s)

    def _run(self) -> None:
        realtime.at_ease()
        opened = False
        while not self._leaving:
            opened = self._poll(opened)
            self._bell.wait(PERIOD_S)
        if opened:
            self._let_go()

    def _poll(self, opened: bool) -> bool:
        """Read once, opening the meter before if need be; is it open afterwards?"""
        try:
            if not opened:
                self._meter.open()
                opened = True
            if self._wanted:
                self._wanted = False
                self._be_exact()
            self.reading = self._meter.read()
        except DeviceError as error:
            self.doubt = str(error) if isinstance(error, ImplausibleError) else ""
            if self._news(error):
                log.warning("event=meter_failed evse=%d error=%r", self._evse, str(error))
        except Exception as error:  # rim of the thread: the silent meter becomes a fault, the next period tries again
            self.doubt = ""
            if self._news(error):
                log.exception("event=meter_broken evse=%d", self._evse)
        else:
            self.doubt = ""
            if self._failing is not None:
                log.info("event=meter_back evse=%d", self._evse)
            self._failing = None
        return opened

    def _let_go(self) -> None:
        try:
            self._meter.close()
        except Exception:  # rim of the thread, which ends here
            log.exception("event=meter_not_closed evse=%d", self._evse)

    def _news(self, error: Exception) -> bool:
        """Does it fail otherwise than before?"""
        before, self._failing = self._failing, type(error)
        return before is not type(error)

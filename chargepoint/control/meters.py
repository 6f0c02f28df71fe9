"""Meters are polled beside the scan: one thread each, at normal priority. The scan takes the latest reading, with its age in ``at_s``."""

import logging
import threading
from typing import Protocol

from chargepoint.control import realtime
from hal.api import Meter
from hal.errors import DeviceError
from hal.measured import MeterReading

log = logging.getLogger(__name__)

PERIOD_S = 1.0
JOIN_S = 0.5
"""A thread still reading after that is left behind; it ends with the process."""


class Latest(Protocol):
    """What the scan sees of a meter. Neither member blocks."""

    @property
    def reading(self) -> MeterReading | None:
        """The newest, or ``None`` before the first."""

    def wake(self) -> None:
        """Read soon: something worth measuring has just happened."""


class MeterPoller:
    """Owns one meter. A meter that fails is tried again every period; what it says about that is logged once per change."""

    def __init__(self, evse: int, meter: Meter) -> None:
        self.reading: MeterReading | None = None
        self._evse = evse
        self._meter = meter
        self._failing = False
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"meter-{evse}", daemon=True)

    def start(self) -> None:
        """Begin to poll."""
        self._thread.start()

    def wake(self) -> None:
        """Read at once instead of at the end of the period."""
        self._wake.set()

    def stop(self) -> None:
        """Stop polling and let go of the meter."""
        self._ending.set()
        self._wake.set()
        self._thread.join(JOIN_S)

    def _run(self) -> None:
        realtime.at_ease()
        opened = False
        while not self._ending.is_set():
            opened = self._poll(opened)
            self._wake.wait(PERIOD_S)
            self._wake.clear()
        if opened:
            self._meter.close()

    def _poll(self, opened: bool) -> bool:
        """Read once, opening the meter before if need be; is it open afterwards?"""
        try:
            if not opened:
                self._meter.open()
                opened = True
            self.reading = self._meter.read()
        except DeviceError as error:
            if not self._failing:
                log.warning("event=meter_failed evse=%d error=%r", self._evse, str(error))
            self._failing = True
        except Exception:  # rim of the thread: the silent meter becomes a fault, the next period tries again
            log.exception("event=meter_broken evse=%d", self._evse)
        else:
            if self._failing:
                log.info("event=meter_back evse=%d", self._evse)
            self._failing = False
        return opened

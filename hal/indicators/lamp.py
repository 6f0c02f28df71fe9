"""An indicator that its host has to move: a thread beside the scan that paints the next picture when it is due.

A driver is ``Lamps``: something that takes a picture. ``Lamp`` makes ``hal.api.Indicator`` of it. A steady light costs nothing: the thread
sleeps until somebody shows another, and paints the same once a minute, for what may have been lost on the wire.
"""

import contextlib
import logging
import time
from collections.abc import Callable
from math import inf
from typing import Protocol

from hal.api import Geometry
from hal.bus.worker import Worker
from hal.errors import DeviceError, HalError
from hal.indicators.rhythm import Picture, picture, rest_s, sounds
from hal.measured import Beeps, Light

log = logging.getLogger(__name__)

AGAIN_S = 5.0
"""Lamps that are gone are looked for so often."""
REPAINT_S = 60.0
JOIN_S = 0.3


class Lamps(Protocol):
    """What lights up. Called by one thread; may block for some milliseconds."""

    name: str
    """For people: driver and place."""
    geometry: Geometry

    def open(self) -> None:
        """Take the lamps. Raises DeviceError or DriverError; may be called again after a DeviceError."""

    def paint(self, painted: Picture, sound: bool) -> None:
        """One colour for each pixel, and whether the sounder is on. Raises DeviceError."""

    def close(self) -> None:
        """Dark, and let go of them. Raises nothing but DeviceError."""


class Lamp:
    """``hal.api.Indicator`` over ``Lamps``."""

    def __init__(self, lamps: Lamps, clock: Callable[[], float] = time.monotonic) -> None:
        self.geometry = lamps.geometry
        self._lamps = lamps
        self._clock = clock
        self._shown = (Light(), 0.0)
        """With the time at which it began; the thread takes both at once."""
        self._sound: tuple[Beeps, float] = ((), 0.0)
        self._open = False
        self._failing = False
        self._painted: tuple[Picture, bool] | None = None
        self._painted_s = -inf
        self._worker = Worker(f"indicator {lamps.name}", self.turn)

    def open(self) -> None:
        """Begin. Lamps that are not there, or lack a package, are no reason not to charge: the thread says so, and goes on trying."""
        self._worker.start()

    def show(self, light: Light) -> None:
        """From now on."""
        if light != self._shown[0]:
            self._shown = (light, self._clock())
            self._worker.ring()

    def beep(self, beeps: Beeps) -> None:
        """Once. A newer one takes its place."""
        if self.geometry.beeps:
            self._sound = (beeps, self._clock())
            self._worker.ring()

    def close(self) -> None:
        """Dark."""
        self._worker.leave(JOIN_S)
        if self._open:
            with contextlib.suppress(DeviceError):
                self._lamps.close()
            self._open = False

    def turn(self) -> float:
        """Paint what is due; how long to rest then."""
        now = self._clock()
        (light, since_s), (beeps, began_s) = self._shown, self._sound
        age_s, pixels, dims = max(0.0, now - since_s), self.geometry.pixels, self.geometry.dims
        sound, sounds_s = sounds(beeps, max(0.0, now - began_s))
        try:
            self._paint(picture(light, age_s, pixels, dims=dims), sound, now)
        except HalError as error:
            return self._failed(str(error))
        except Exception as error:  # rim of the thread: what is broken stays dark, the next turn tries again
            if not self._failing:
                log.exception("event=indicator_broken indicator=%r", self._lamps.name)
            return self._failed(f"{type(error).__name__}: {error}")
        if self._failing:
            log.info("event=indicator_back indicator=%r", self._lamps.name)
        self._failing = False
        return min(rest_s(light, age_s, pixels, dims=dims), sounds_s, REPAINT_S)

    def _paint(self, painted: Picture, sound: bool, now: float) -> None:
        if not self._open:
            self._take()
        if (painted, sound) != self._painted or now - self._painted_s >= REPAINT_S:
            self._lamps.paint(painted, sound)
            self._painted, self._painted_s = (painted, sound), now

    def _take(self) -> None:
        self._lamps.open()
        self._open, self._painted = True, None

    def _failed(self, error: str) -> float:
        if not self._failing:
            log.warning("event=indicator_failed indicator=%r error=%r", self._lamps.name, error)
        self._failing = True
        if self._open:
            with contextlib.suppress(DeviceError):
                self._lamps.close()
        self._open = False
        return AGAIN_S

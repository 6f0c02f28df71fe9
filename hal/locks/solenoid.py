"""A plug lock with a solenoid: one output. While its coil is energised it holds one position; a spring takes it to the other.

It follows at once, and stays as it is while the main contacts are or may be closed. When this process dies the coil drops: a lock that is
held by its coil then gives the plug free.
"""

from math import inf

from hal.locks.port import Drive

MOVES_S = 1.0
"""A switch may say otherwise for so long."""


class SolenoidLock:
    """``hal.locks.port.PlugLock``. Its coil is the output ``lock``, active to lock; a coil that unlocks is an output ``active-low``."""

    def __init__(self) -> None:
        self.failed: str | None = None
        self._held = False
        self._moved_s = -inf

    def turn(self, wanted: bool | None, switch: bool | None, free: bool, now: float) -> Drive:
        """Hold the coil."""
        if wanted is not None and free and wanted != self._held:
            self._held, self._moved_s = wanted, now
        stays = switch is not None and switch != self._held and now - self._moved_s > MOVES_S
        self.failed = f"not {'locked' if self._held else 'unlocked'} for {MOVES_S:g} s" if stays else None
        return Drive(lock=self._held)

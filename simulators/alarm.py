"""When something wants to be looked at again. Asking whether a time has come sets the alarm for it, if it has not."""

from math import inf


class Alarm:
    """``rings_s`` is the earliest of what was asked for since the last ``clear``."""

    def __init__(self) -> None:
        self.rings_s = inf

    def clear(self) -> None:
        """Nothing is waited for."""
        self.rings_s = inf

    def due(self, at_s: float, now: float) -> bool:
        """Has this time come?"""
        if now >= at_s:
            return True
        self.rings_s = min(self.rings_s, at_s)
        return False

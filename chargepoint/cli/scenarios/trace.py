"""One thing that is watched: what it is now, since when, and what it was before."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Trace(Generic[T]):
    """``was`` held from ``was_since_s`` until ``since_s``."""

    def __init__(self, value: T, now: float) -> None:
        self.value = self.was = value
        self.since_s = self.was_since_s = now

    def see(self, value: T, now: float) -> bool:
        """It is so now; is that new?"""
        if value == self.value:
            return False
        self.was, self.was_since_s = self.value, self.since_s
        self.value, self.since_s = value, now
        return True

    def became(self, value: T, now: float) -> bool:
        """Did it become so right now?"""
        return self.value == value and self.since_s == now and self.was != value

    def lasted_s(self, now: float) -> float:
        """How long it has been so."""
        return now - self.since_s


class Highest:
    """The highest of a value over the last ``window_s``, a value being valid until the next one."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._values: list[tuple[float, int]] = []

    def see(self, value: int, now: float) -> int:
        """It is so now; the highest of late."""
        values = self._values
        if not values or values[-1][1] != value:
            values.append((now, value))
        while len(values) > 1 and values[1][0] <= now - self._window_s:
            values.pop(0)
        return max(value for _, value in values)

"""The virtual clock, and the grid on which scans lie.

Scans are due at ``ORIGIN_S + number * SCAN_PERIOD_S`` as in the real loop, whose deadlines are absolute as well; between them anything
may happen at any moment. The clock starts long after zero, so that no duration can be taken for a moment.
"""

from math import ceil

from chargepoint.control.loop import SCAN_PERIOD_S

ORIGIN_S = 10_000_000.0
NEARLY_S = 1e-6
"""What rounding may do to a moment. Far below a scan period, far above the resolution of a float at this origin."""


class Clock:
    """Seconds of a monotonic clock that somebody sets. Callable, as drivers want it."""

    def __init__(self, now_s: float = ORIGIN_S) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        """The time."""
        return self.now_s


def scan_s(number: int) -> float:
    """When the scan of this number is due."""
    return ORIGIN_S + number * SCAN_PERIOD_S


def scan_from(at_s: float) -> int:
    """The first scan at or after a moment."""
    return ceil((at_s - ORIGIN_S - NEARLY_S) / SCAN_PERIOD_S)


def shown(at_s: float) -> str:
    """For people: hours, minutes and seconds since the start."""
    passed_ms = round((at_s - ORIGIN_S) * 1000)
    seconds, milli = divmod(passed_ms, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milli:03}"

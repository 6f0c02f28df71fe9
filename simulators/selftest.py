"""How a board tests its residual current monitor: pull its test input until it trips, let go until it has re-armed."""

from typing import Literal

PULLS_S, CLEARS_S = 0.5, 6.0
"""A residual current monitor must trip by its test within the first, and must have re-armed within the second."""


class SelfTest:
    """One test. ``stage`` ``pulling``: its test input is driven."""

    def __init__(self, now: float) -> None:
        self.stage: Literal["pulling", "clearing"] = "pulling"
        self._began_s = now

    def follow(self, tripped: bool, now: float) -> Literal["running", "passed", "failed"]:
        """``tripped``: the monitor's output."""
        lasted_s = now - self._began_s
        if self.stage == "pulling":
            if tripped:
                self.stage, self._began_s = "clearing", now
            return "failed" if not tripped and lasted_s > PULLS_S else "running"
        if not tripped:
            return "passed"
        return "failed" if lasted_s > CLEARS_S else "running"

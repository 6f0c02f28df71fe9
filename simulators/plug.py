"""A plug on its way in or out. The pilot's pin is the last to touch and the first to part, and it may bounce.

pilot   touching        ┌──┐ ┌─────            ────┐ ┌─┐
        open      ──────┘  └─┘                     └─┘ └──────
power             ──────────────── touching    ─────────────┐
                                                            └─
"""

from math import inf

from simulators.ev import Ev
from simulators.manners import PlugManners


class Plug:
    """A plug that is being moved. ``car`` is at its other end."""

    def __init__(self, car: Ev, manners: PlugManners, now: float, *, leaving: bool) -> None:
        self.car = car
        self.touching = not leaving
        """Its pilot pin."""
        self.powering = leaving
        """Its power pins, on the way out."""
        self._edges_s = [now + after_s for after_s in (manners.leaving_s if leaving else manners.arriving_s)]
        self._parts_s = now + manners.power_parts_s

    @property
    def next_event_s(self) -> float:
        """When a pin touches or parts; infinite once it has come to rest."""
        edge_s = self._edges_s[0] if self._edges_s else inf
        return min(edge_s, self._parts_s) if self.powering else edge_s

    def move(self, now: float) -> None:
        """Be where it is at this time."""
        while self._edges_s and now >= self._edges_s[0]:
            self._edges_s.pop(0)
            self.touching = not self.touching
        self.powering = self.powering and now < self._parts_s

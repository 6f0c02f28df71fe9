"""The main contacts of one EVSE: a contactor for L1, a second for L2 and L3, so that a car can be charged on one phase.

Both are cut together. The second follows the number of phases at once, also under load, for nothing but control keeps it from that.
"""

from simulators.actuator import Actuator
from simulators.hardware import Hardware

CONTACTOR_TRAVEL_S = 0.015

Conducting = tuple[bool, bool, bool]


class Contacts:
    """``phases`` are wired, 1 or 3; on one phase there is no second contactor."""

    def __init__(self, phases: int) -> None:
        self.first = Actuator(CONTACTOR_TRAVEL_S)
        self.second = Actuator(CONTACTOR_TRAVEL_S)
        self._three = phases == 3
        self._missing: int | None = None

    @property
    def next_event_s(self) -> float:
        """When one of them arrives."""
        return min(self.first.arrives_s, self.second.arrives_s)

    @property
    def closed(self) -> bool:
        """Is any of them closed?"""
        return self.first.position or self.second.position

    @property
    def conducting(self) -> Conducting:
        """Which poles would carry current."""
        one, two = self.first.position, self.second.position
        missing = self._missing
        return one and missing != 1, two and missing != 2, two and missing != 3

    def drive(self, closed: bool, phases: int, now: float) -> None:
        """Energise the coils, or not."""
        self.first.drive(closed, now)
        self.second.drive(closed and self._three and phases == 3, now)

    def move(self, now: float) -> None:
        """Be where they are at this time."""
        self.first.move(now)
        self.second.move(now)

    def fit(self, hardware: Hardware, now: float) -> None:
        """They weld, stick, grow slow or lose a pole, or are mended."""
        self._missing = hardware.pole_missing
        self.first.travel_s = self.second.travel_s = hardware.contactor_travel_s or CONTACTOR_TRAVEL_S
        welded = {"welded": True, "stuck_open": False}.get(hardware.contactor or "")
        self.first.jam(True if hardware.contactor == "one_welded" else welded, now)
        if self._three:
            self.second.jam(welded, now)

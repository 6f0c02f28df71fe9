"""The way of the current through one EVSE: mains, meter, contacts, car; and the monitor that watches what is missing on its way back."""

from simulators import mains
from simulators.contacts import Contacts
from simulators.ev import Ev
from simulators.hardware import EvsePlan, Hardware
from simulators.mains import NOTHING, Triple
from simulators.meter import Meter
from simulators.rcm import Rcm


class Feed:
    """``flow_ma`` is what flows since the last ``carry``."""

    def __init__(self, plan: EvsePlan, register_wh: float, speed: float) -> None:
        self.meter = Meter(plan.phases, register_wh, speed)
        self.contacts = Contacts(plan.phases)
        self.rcm = Rcm()
        self.flow_ma = NOTHING
        self.supply_mv = NOTHING
        """Phase to neutral, upstream of everything."""
        self._plan = plan
        self._hardware = Hardware()
        self.fit(self._hardware, 0.0)

    @property
    def next_event_s(self) -> float:
        """When contacts or monitor move."""
        return min(self.contacts.next_event_s, self.rcm.next_event_s)

    @property
    def live_phases(self) -> int:
        """How many phases have voltage behind the contacts."""
        one, two, three = self.contacts.conducting
        first, second, third = self.supply_mv
        return (one and first > 0) + (two and second > 0) + (three and third > 0)

    def fit(self, hardware: Hardware, now: float) -> None:
        """Parts break, or are mended."""
        self._hardware = hardware
        self.supply_mv = mains.supply_mv(self._plan, hardware)
        self.contacts.fit(hardware, now)
        self.rcm.fit(hardware.rcd)
        if hardware.meter != self.meter.condition:
            self.meter.set_condition(hardware.meter, now)

    def move(self, closed: bool, phases: int, now: float) -> None:
        """Contacts go where the coils pull them, unless something cuts those."""
        cut = self.rcm.tripped or bool(self._hardware.emergency_stop)
        self.contacts.drive(closed and not cut, phases, now)
        self.contacts.move(now)

    def watch(self, car: Ev | None, test: bool, now: float) -> None:
        """The residual current monitor looks; ``test``: its test input is driven."""
        leaks = car is not None and car.leaks and self.live_phases > 0
        self.rcm.follow(test=test, residual=leaks, now=now)

    def carry(self, car: Ev | None) -> None:
        """Current flows as the car draws it, and the meter sees it."""
        voltage_mv, self.flow_ma = self.supply_mv, self._wanted_ma(car)
        if self._hardware.neutral == "lost":
            voltage_mv, self.flow_ma = mains.floating(voltage_mv, self.flow_ma, self._plan.voltage_v * 1000)
        if self._hardware.meter_place == "downstream":
            voltage_mv = _through(self.contacts.conducting, voltage_mv)
        self.meter.carry(self.flow_ma, voltage_mv, live=self.contacts.closed)

    def _wanted_ma(self, car: Ev | None) -> Triple:
        if car is None or car.current_ma == 0:
            return NOTHING
        one, two, three = (car.current_ma if volt else 0 for volt in self.supply_mv)
        return _through(self.contacts.conducting, (one, two if car.phases > 1 else 0, three if car.phases > 2 else 0))


def _through(conducting: tuple[bool, bool, bool], values: Triple) -> Triple:
    one, two, three = conducting
    return values[0] if one else 0, values[1] if two else 0, values[2] if three else 0

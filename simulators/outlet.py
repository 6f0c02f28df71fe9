"""The connectors of one EVSE: which has a car or a cable in it, and the lock that holds the plug."""

from math import inf

from simulators import pilot
from simulators.actuator import Actuator
from simulators.ev import Ev
from simulators.hardware import EvsePlan, Hardware
from simulators.plug import Plug

LOCK_TRAVEL_S = 0.300
CABLE_OHM = 220
"""A 32 A cable (IEC 61851-1 Annex B)."""
JAMMED: dict[str | None, bool] = {"stuck_closed": True, "stuck_open": False}
"""Position in which a broken lock stays."""


class Outlet:
    """One car at a time, at one of the connectors of ``plan``."""

    def __init__(self, plan: EvsePlan) -> None:
        self.plan = plan
        self.ev: Ev | None = None
        self.plug: Plug | None = None
        """While it is being moved."""
        self.cable: int | None = None
        """The connector whose socket has a cable in it."""
        self.cable_ohm = CABLE_OHM
        """Proximity resistor of that cable."""
        self.lock = Actuator(LOCK_TRAVEL_S)

    def arrive(self, ev: Ev, cable_ohm: int, now: float) -> None:
        """A car is plugged in."""
        self.ev, self.cable_ohm = ev, cable_ohm
        self.cable = None if self.fixed_cable else ev.connector
        self.plug = Plug(ev, ev.manners.plug, now, leaving=False)

    def leave(self, now: float, *, with_cable: bool) -> None:
        """The plug is pulled, locked or not; ``with_cable`` False: at the car. Without a car there may be a cable to take."""
        if self.ev is not None:
            self.plug = Plug(self.ev, self.ev.manners.plug, now, leaving=True)
        self.ev = None
        if with_cable:
            self.cable = None

    def fit(self, hardware: Hardware, now: float) -> None:
        """The lock sticks or grows slow, or is mended."""
        self.lock.travel_s = hardware.lock_travel_s or LOCK_TRAVEL_S
        self.lock.jam(JAMMED.get(hardware.lock), now)

    def move(self, lock: bool, now: float) -> None:
        """Plug and lock are where they are at this time; ``lock``: where that is driven to."""
        self.lock.drive(lock and not self.fixed_cable, now)
        self.lock.move(now)
        if self.plug is not None:
            self.plug.move(now)
            if self.plug.next_event_s == inf:
                self.plug = None

    @property
    def next_event_s(self) -> float:
        """When plug or lock arrive somewhere."""
        return self.lock.arrives_s if self.plug is None else min(self.lock.arrives_s, self.plug.next_event_s)

    @property
    def load(self) -> pilot.Load:
        """What hangs on the pilot."""
        car = self.ev if self.plug is None else self.plug.car if self.plug.touching else None
        return pilot.NOTHING if car is None else car.load

    @property
    def drawing(self) -> Ev | None:
        """The car at the power pins, which may be one whose pilot has parted already."""
        return self.plug.car if self.ev is None and self.plug is not None and self.plug.powering else self.ev

    @property
    def connector(self) -> int:
        """The one with the car, else with a cable in it, else the first."""
        if self.ev is not None:
            return self.ev.connector
        return self.plan.connectors[0].id if self.cable is None else self.cable

    @property
    def fixed_cable(self) -> bool:
        """Is that connector a cable fixed to the station? It has neither lock nor proximity resistor."""
        connector = self.plan.connector(self.connector)
        return connector is not None and connector.cable == "fixed"

    @property
    def locked(self) -> bool | None:
        """Position of the plug lock; ``None`` where there is none."""
        return None if self.fixed_cable else self.lock.position

"""What one EVSE is built of, and what can break in it."""

from typing import Literal

from msgspec import Struct

Cable = Literal["socket", "fixed"]


class ConnectorPlan(Struct, frozen=True):
    """A connector: a socket with a lock, or a cable that is fixed to the station."""

    id: int = 1
    cable: Cable = "socket"


class EvsePlan(Struct, frozen=True, kw_only=True):
    """An EVSE as it was installed."""

    id: int
    phases: Literal[1, 3] = 3
    voltage_v: float = 230.0
    connectors: tuple[ConnectorPlan, ...] = (ConnectorPlan(),)
    start_wh: int = 0
    """The meter's register when it is new."""

    def connector(self, number: int) -> ConnectorPlan | None:
        """The connector of this number, if there is one."""
        return next((one for one in self.connectors if one.id == number), None)


class Hardware(Struct, frozen=True, kw_only=True):
    """The condition of the parts; ``None`` everywhere is a sound EVSE."""

    lock: Literal["stuck_open", "stuck_closed"] | None = None
    contactor: Literal["welded", "stuck_open"] | None = None
    rcd: Literal["tripped", "selftest_fails"] | None = None
    meter: Literal["lost", "frozen"] | None = None
    board: Literal["lost"] | None = None
    temperature_c: float | None = None
    pp_ohm: int | None = None
    """Resistor of the plugged cable, in place of the usual one."""
    emergency_stop: bool | None = None


class Timing(Struct, kw_only=True):
    """When things happened last, by the host's monotonic clock in seconds; what reaction times are measured with."""

    pilot_left_c_s: float | None = None
    """The car left state C or D. Forgets the next three."""
    open_commanded_s: float | None = None
    """The first command to open after that, as stamped by the driver when it was sent."""
    open_heard_s: float | None = None
    """The same command, when it arrived here."""
    contacts_open_s: float | None = None
    last_kick_s: float | None = None
    """As stamped by the driver."""

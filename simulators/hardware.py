"""What one EVSE is built of, and what can break in it."""

from typing import Literal

from msgspec import Struct

from simulators.recorder import SigningFault

Cable = Literal["socket", "fixed"]
PilotFault = Literal["short", "short_behind_diode", "broken", "stuck_high", "stuck_low", "dead"]
MeterFault = Literal["lost", "frozen", "register_stands", "slow", "nonsense"]
Rule = Literal["phases_switched_closed", "unlocked_closed"]
RcdFault = Literal["tripped", "selftest_fails", "dead", "slow"]


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
    """The condition of the parts, as ``PATCH hardware`` sets it; ``None`` everywhere is a sound EVSE."""

    # Lock
    lock: Literal["stuck_open", "stuck_closed"] | None = None
    lock_travel_s: float | None = None
    """How long its motor runs, in place of 0.3 s."""
    lock_feedback: Literal["none"] | None = None
    """The board has no switch at the lock."""

    # Contactor
    contactor: Literal["welded", "one_welded", "stuck_open"] | None = None
    """``one_welded``: L1 alone stays closed."""
    contactor_feedback: Literal["none", "reads_open", "reads_closed"] | None = None
    """No mirror contact, or one that hangs."""
    contactor_travel_s: float | None = None
    """How long its contacts travel, in place of 15 ms."""
    pole_missing: Literal[1, 2, 3] | None = None
    """This pole never conducts, though the feedback says closed."""

    # Residual current
    rcd: RcdFault | None = None
    """``tripped``: by a residual current, until mended. ``selftest_fails``: the board diagnoses it, and the test input shows nothing.
    ``dead``: answers no test, reports nothing, never trips. ``slow``: re-arms after 5 s in place of 1.2, and after the supply has come
    reports a trip for 4.6 s while it tests itself."""

    # Meter
    meter: MeterFault | None = None
    """``register_stands``: all else is live. ``slow``: answers late. ``nonsense``: its register is below zero."""
    signing: SigningFault | None = None
    """What is wrong with how it signs sessions."""
    meter_place: Literal["downstream"] | None = None
    """Wired behind the contactor: no voltage while that is open."""

    # Board
    board: Literal["lost", "late"] | None = None
    """``late``: what it measured comes 120 ms later."""
    temperature_c: float | None = None
    thermometer: Literal["none"] | None = None
    emergency_stop: bool | None = None
    enclosure: Literal["open"] | None = None
    tilted: bool | None = None

    # Proximity
    pp_ohm: int | Literal["open"] | None = None
    """Resistor of the plugged cable in place of its own; ``open``: its contact does not touch."""
    proximity: Literal["none"] | None = None
    """The board does not measure it."""

    # Control pilot
    pilot: PilotFault | None = None
    """The wire: ``short`` to earth, ``short_behind_diode`` in the car, ``broken``. The generator: ``stuck_high`` at +12 V, ``stuck_low`` at
    -12 V, ``dead`` at 0 V."""
    pilot_ohm: int | None = None
    """A resistor without diode from the pilot to earth."""
    pilot_drift_percent: float | None = None
    """The generator's ±12 V are off by so much."""

    # Mains
    earth: Literal["lost", "none"] | None = None
    """``none``: nothing supervises it."""
    mains_v: tuple[float, float, float] | None = None
    """Voltages of the mains in place of the nominal ones; 0: that phase is missing."""
    neutral: Literal["lost"] | None = None
    breaker: Literal["tripped"] | None = None
    """Upstream, as the shunt trip leaves it: no mains, whatever the contactor does."""


class Violation(Struct, frozen=True):
    """What control must never do, and did."""

    at_s: float
    rule: Rule
    said: str
    """What happened, for people."""

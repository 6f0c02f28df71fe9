"""The monitors that a station comes with: of every fault, hard-wired; and of what says early that one is coming, preconfigured.

A fault is told as it is in the fault table: component and variable, its number in the catalogue, and how grave it is. Numbers of monitors
are made of their place and their row, so that they stay the same as long as the station does: ``1105`` is row 5 at EVSE 1, connector 1.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.entries import Entry, VariableKey
from chargepoint.domain.fault_table import FaultRow
from chargepoint.domain.faults import GRAVE, LIVE
from chargepoint.domain.monitors import Monitor, MonitorKind, Origin
from chargepoint.domain.variables import Variable, hardware

FIRST_CUSTOM = 100_000
"""Monitors of the CSMS have this number and above."""
ROWS = 100
FIRST_PRECONFIGURED = 80

OF_FAULTS: Sequence[tuple[str, str, int]] = (
    ("PowerContactor", "Tripped", 0),
    ("PowerContactor", "Problem", 0),
    ("ConnectorPlugRetentionLock", "Problem", 2),
    ("CPPWMController", "Problem", 2),
    ("Connector", "Problem", 2),
    ("RCD", "Tripped", 2),
    ("RCD", "Problem", 2),
    ("EmergencyStopSensor", "Active", 0),
    ("CaseAccessSensor", "Active", 0),
    ("TiltSensor", "Active", 0),
    ("ElectricalFeed", "Problem", 0),
    ("OverCurrentProtection", "Active", 2),
    ("TemperatureSensor", "Active", 5),
    ("TemperatureSensor", "Protecting", 2),
    ("TemperatureSensor", "Problem", 5),
    ("FiscalMetering", "Problem", 2),
    ("AcPhaseSelector", "Problem", 2),
    ("AreaVentilation", "Problem", 2),
    ("Controller", "Problem", 1),
    ("DataLink", "Problem", 6),
    ("TokenReader", "Problem", 6),
    ("LocalAuthListCtrlr", "Problem", 6),
    ("EVSE", "Problem", 2),
    ("PowerContactor", "Problem", 2),
    ("PowerContactor", "Problem", 6),
    ("ElectricalFeed", "Problem", 2),
    ("ElectricalFeed", "Problem", 3),
    ("FiscalMetering", "Problem", 3),
    ("FiscalMetering", "Problem", 6),
    ("Controller", "Problem", 2),
    ("Controller", "Problem", 3),
    ("Controller", "Problem", 6),
)
"""Variables that tell of a fault, and how grave one may be (N05): an event does not say it, its monitor does (N05.FR.03, N07.FR.15). The
place in this list is for ever: it is part of a number."""


class Preconfigured(Struct, frozen=True):
    """One row."""

    variable: Variable[Any]
    kind: MonitorKind
    value: float
    severity: int
    of_nominal: bool = False
    """The value is a part of the site's voltage."""


PRECONFIGURED: Sequence[Preconfigured] = (
    Preconfigured(hardware.TEMPERATURE, MonitorKind.UPPER, 70.0, 6),  # so warm that the current is about to be lowered
    Preconfigured(hardware.FEED_VOLTAGE, MonitorKind.UPPER, 1.1, 7, of_nominal=True),  # EN 50160: within 10 %
    Preconfigured(hardware.FEED_VOLTAGE, MonitorKind.LOWER, 0.9, 7, of_nominal=True),
    Preconfigured(hardware.CONTACTOR_COUNT, MonitorKind.DELTA, 1000.0, 8),  # for whoever plans its replacement
)

_SEVERITY: Mapping[str, int] = {"open": 2, "pause": 3, "limit": 5, "warn": 6}
"""By what a fault does to charging: system failure, critical, alert, warning (N05)."""


def severity(row: FaultRow) -> int:
    """How grave a fault is: what may kill is danger, what waits for a technician a failure of hardware."""
    if row.name in LIVE or row.name in GRAVE:
        return 0
    return 1 if row.clears == "service" and row.action == "open" else _SEVERITY[row.action]


def hard_wired(model: DeviceModel) -> Iterator[Monitor]:
    """Of each fault at each place."""
    for entry in model:
        for row, (component, variable, grave) in enumerate(OF_FAULTS):
            if (component, variable) == (entry.key.component, entry.key.variable):
                yield _made(entry, row, MonitorKind.DELTA, 1.0, grave, Origin.HARD_WIRED)


def preconfigured(model: DeviceModel, nominal_v: float) -> Iterator[Monitor]:
    """Of what announces itself."""
    for row, each in enumerate(PRECONFIGURED, start=FIRST_PRECONFIGURED):
        value = round(each.value * nominal_v, 1) if each.of_nominal else each.value
        for entry in model:
            if entry.variable is each.variable:
                phase = 0 if entry.key.instance is None else 4 * int(entry.key.instance[-1])
                yield _made(entry, row + phase, each.kind, value, each.severity, Origin.PRECONFIGURED)


def _made(entry: Entry, row: int, kind: MonitorKind, value: float, grave: int, origin: Origin) -> Monitor:
    place = (entry.key.evse or 0) * 10 + (entry.key.connector or 0)
    return Monitor(id=place * ROWS + row + 1, key=entry.key, kind=kind, value=value, severity=grave, origin=origin)


def place_of(model: DeviceModel, row: FaultRow, evse: int | None, connector: int) -> VariableKey:
    """Where a fault is told: at the connector, the EVSE or the station, wherever this station has its component (G05.FR.02)."""
    for place in ((evse, connector), (evse, None), (None, None)):
        key = VariableKey(component=row.component, variable=row.variable, evse=place[0], connector=place[1])
        found = model.entry(key)
        if found is not None:
            return found.key
    return VariableKey(component=row.component, variable=row.variable, evse=evse)

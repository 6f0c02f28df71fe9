"""Variables that are not kept but looked up when somebody asks (OCPP 2.0.1 B06, B07)."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.entries import Entry, VariableKey
from chargepoint.domain.fault_table import KINDS, OF_STATION, ROWS
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.status import availability_state
from chargepoint.domain.variables import hardware, parts
from chargepoint.domain.variables.device_data import CLOCK_DATE_TIME
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.desk import Sheet
from chargepoint.station.transacting import Transacting
from hal.measured import Phases

STRONGEST_FIRST = ("Faulted", "Occupied", "Reserved", "Available", "Unavailable")
PROBLEM = "Problem"
OF_FAULTS = frozenset((row.component, row.variable) for row in (*ROWS, *OF_STATION.values(), *KINDS.values()))
"""Components and variables that tell of a fault."""
PHASES = ("L1", "L2", "L3")


def show(model: DeviceModel, clock: StationClock, transacting: Transacting, availability: Availability) -> None:
    """Tell the device model where to look."""
    station = Showing(transacting, availability)
    model.show(CLOCK_DATE_TIME, lambda: clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"))
    model.show(parts.STATION_AVAILABILITY_STATE, station.station_state)
    model.show(parts.STATION_PROBLEM, lambda: told(station.unwell()))
    for entry in model:
        value = station.value_of(entry)
        if value is not None:
            model.show(entry.variable, value, entry.key.evse, entry.key.connector, entry.key.instance)


class Showing:
    """What takes more than one sheet to tell."""

    def __init__(self, transacting: Transacting, availability: Availability) -> None:
        self._transacting = transacting
        self._availability = availability

    def value_of(self, entry: Entry) -> Callable[[], str] | None:
        """Who knows the value of what changes by itself; ``None``: nobody but the table."""
        name, key = entry.variable.name, entry.key
        sheet = None if key.evse is None else self._transacting.sheets.get(key.evse)
        if sheet is not None and name in OF_SHEET:
            return partial(OF_SHEET[name], sheet, key)
        if sheet is not None and name == parts.EVSE_AVAILABILITY_STATE.name:
            return partial(self.evse_state, sheet)
        if key.evse is not None and key.connector is not None and name == parts.CONNECTOR_AVAILABILITY_STATE.name:
            return partial(self.connector_state, ConnectorId(key.evse, key.connector))
        tells = (key.component, key.variable) in OF_FAULTS
        return partial(self.of_fault, entry) if tells and (sheet is not None or key.evse is None) else None

    def station_state(self) -> str:
        """ChargingStation.AvailabilityState"""
        return availability_state(self._availability.station_facts)

    def connector_state(self, connector: ConnectorId) -> str:
        """The same as its StatusNotification would say."""
        return availability_state(self._availability.facts(connector))

    def evse_state(self, sheet: Sheet) -> str:
        """The strongest of its connectors; it is out of operation when they all are (G03.FR.06)."""
        return min(map(self.connector_state, sheet.settings.connectors), key=STRONGEST_FIRST.index)

    def unwell(self) -> bool:
        """Is anything wrong with the station as a whole, or can nobody charge at any of its EVSEs?"""
        return bool(self._availability.station_faults()) or all(sheet.faulty for sheet in self._transacting.sheets.values())

    def of_fault(self, entry: Entry) -> str:
        """Is there a fault that this variable tells of? Problem contains whatever trips (OCPP 2.0.1 part 2 appendix, Problem)."""
        key = entry.key
        names = (PROBLEM, "Tripped") if key.variable == PROBLEM else (key.variable,)
        faults = self._faults(key.evse, key.connector)
        return told(any(fault.row.component == key.component and fault.row.variable in names for fault in faults))

    def _faults(self, evse: int | None, connector: int | None) -> Iterable[Fault]:
        """Those at a place; what stands at the station tells of all."""
        if evse is None:
            return (*self._availability.station_faults(), *(fault for each in self._transacting.sheets.values() for fault in each.faults))
        sheet = self._transacting.sheets[evse]
        here = connector is None or sheet.state is None or sheet.state.connector == connector
        return sheet.faults if here else ()


def told(value: bool) -> str:
    """As a variable has it."""
    return "true" if value else "false"


def _power(sheet: Sheet, _: VariableKey) -> str:
    return "0" if sheet.reading is None or sheet.reading.power_w is None else str(sheet.reading.power_w)


def _register(sheet: Sheet, _: VariableKey) -> str:
    return "" if sheet.reading is None else str(sheet.reading.energy_wh)


def _temperature(sheet: Sheet, _: VariableKey) -> str:
    return "" if sheet.state is None or sheet.state.temperature_c is None else f"{sheet.state.temperature_c:.15g}"


def _current(sheet: Sheet, key: VariableKey) -> str:
    return "" if sheet.reading is None else _phase(sheet.reading.current_ma, key)


def _voltage(sheet: Sheet, key: VariableKey) -> str:
    return "" if sheet.reading is None else _phase(sheet.reading.voltage_mv, key)


def _phase(values: Phases, key: VariableKey) -> str:
    value = values[PHASES.index(key.instance or "L1")]
    return "" if value is None else f"{value / 1000:.15g}"


def _locked(sheet: Sheet, key: VariableKey) -> str:
    return told(sheet.state is not None and sheet.state.connector == key.connector and bool(sheet.state.locked))


OF_SHEET: Mapping[str, Callable[[Sheet, VariableKey], str]] = {
    parts.EVSE_POWER.name: _power,
    parts.EVSE_CURRENT.name: _current,
    parts.EVSE_PROBLEM.name: lambda sheet, _: told(sheet.faulty),
    hardware.FEED_VOLTAGE.name: _voltage,
    hardware.METER_REGISTER.name: _register,
    hardware.PILOT_STATE.name: lambda sheet, _: "" if sheet.state is None else sheet.state.cp,
    hardware.PHASE_SELECTOR_AVAILABLE.name: lambda sheet, _: told(sheet.state is not None and sheet.state.phase_switching),
    hardware.CONTACTOR_ACTIVE.name: lambda sheet, _: told(sheet.state is not None and sheet.state.contactor_closed),
    hardware.CONTACTOR_COUNT.name: lambda sheet, _: "0" if sheet.state is None else str(sheet.state.contactor.closings),
    hardware.LOCK_ACTIVE.name: _locked,
    hardware.TEMPERATURE.name: _temperature,
}
"""What control says of one EVSE, by the name of the row."""

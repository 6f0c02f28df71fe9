"""The station, its EVSEs and their connectors."""

from chargepoint.domain.values import BOOLEAN, DECIMAL, INTEGER, OPTION, STRING
from chargepoint.domain.variables.row import RO, Place, V, evse_of

STATES = ("Available", "Occupied", "Reserved", "Unavailable", "Faulted")


def _rated_w(at: Place) -> float:
    return evse_of(at).max_current_a * at.configuration.site.voltage_v * evse_of(at).phases


def _connector_type(at: Place) -> str:
    assert at.connector is not None
    return at.connector.type


def _phases(at: Place) -> tuple[str, ...]:
    return ("L1", "L2", "L3")[: evse_of(at).phases]


# fmt: off
STATION_AVAILABLE = V("ChargingStation.Available", BOOLEAN, "true", RO)
STATION_AVAILABILITY_STATE = V("ChargingStation.AvailabilityState", OPTION, "", RO, values=STATES)
STATION_PROBLEM = V("ChargingStation.Problem", BOOLEAN, "false", RO)
STATION_SUPPLY_PHASES = V("ChargingStation.SupplyPhases", INTEGER, lambda at: str(at.configuration.site.phases), RO, entry="site.phases")
STATION_MODEL = V("ChargingStation.Model", STRING, lambda at: at.configuration.station.model, RO, entry="station.model")
STATION_VENDOR_NAME = V("ChargingStation.VendorName", STRING, lambda at: at.configuration.station.vendor, RO, entry="station.vendor")
STATION_SERIAL_NUMBER = V("ChargingStation.SerialNumber", STRING, lambda at: at.configuration.station.serial, RO, entry="station.serial")
STATION_FIRMWARE = V("ChargingStation.FirmwareVersion", STRING, lambda at: at.configuration.station.firmware, RO, entry="station.firmware")
EVSE_AVAILABLE = V("EVSE.Available", BOOLEAN, "true", RO)
EVSE_AVAILABILITY_STATE = V("EVSE.AvailabilityState", OPTION, "", RO, values=STATES)
EVSE_ALLOW_RESET = V("EVSE.AllowReset", BOOLEAN, "true", RO)  # B11.FR.10
EVSE_PROBLEM = V("EVSE.Problem", BOOLEAN, "false", RO)
EVSE_CURRENT = V("EVSE.ACCurrent[*]", DECIMAL, "", RO, unit="A", instances=_phases)
EVSE_POWER = V("EVSE.Power", DECIMAL, "", RO, unit="W", maximum=_rated_w)
EVSE_SUPPLY_PHASES = V("EVSE.SupplyPhases", INTEGER, lambda at: str(evse_of(at).phases), RO, entry="evses[].phases")
CONNECTOR_AVAILABLE = V("Connector.Available", BOOLEAN, "true", RO)
CONNECTOR_AVAILABILITY_STATE = V("Connector.AvailabilityState", OPTION, "", RO, values=STATES)
CONNECTOR_PROBLEM = V("Connector.Problem", BOOLEAN, "false", RO)
CONNECTOR_PROTOCOL = V("Connector.ChargeProtocol", STRING, "CPPWM", RO)
CONNECTOR_TYPE = V("Connector.ConnectorType", STRING, _connector_type, RO, entry="evses[].connectors[].type")
CONNECTOR_SUPPLY_PHASES = V("Connector.SupplyPhases", INTEGER, lambda at: str(evse_of(at).phases), RO, entry="evses[].phases")
# fmt: on

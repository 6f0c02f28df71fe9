"""What the station is made of, as the standard calls it: contactor, lock, sensors, readers. ``station.showing`` serves the values.

A boolean that stands in the fault table (``component``, ``variable``) is true while such a fault is active.
"""

from chargepoint.domain.values import BOOLEAN, DECIMAL, INTEGER, OPTION
from chargepoint.domain.variables.row import RO, Place, V, evse_of

STATES = ("A", "B", "C", "D", "E", "F")


def _phases(at: Place) -> tuple[str, ...]:
    return ("L1", "L2", "L3")[: evse_of(at).phases]


def _socket(at: Place) -> bool:
    """A fixed cable has no lock."""
    return at.connector is not None and at.connector.cable == "socket"


def _reads_cards(at: Place) -> bool:
    return any(at.configuration.reads_cards(evse.id) for evse in at.configuration.evses)


def _shows_all(at: Place) -> bool:
    """Every display has its component where a report of the whole tells of it (O01.FR.21): one of all EVSEs at the station."""
    return any(display.evses is None for display in at.configuration.displays)


def _shows_one(at: Place) -> bool:
    """One of some EVSEs: at each of these."""
    return any(evse_of(at).id in (display.evses or ()) for display in at.configuration.displays)


# fmt: off
PHASE_SELECTOR_AVAILABLE = V("AcPhaseSelector.Available", BOOLEAN, "false", RO)
PHASE_SELECTOR_PROBLEM = V("AcPhaseSelector.Problem", BOOLEAN, "false", RO)
VENTILATION_AVAILABLE = V("AreaVentilation.Available", BOOLEAN, lambda at: str(evse_of(at).ventilation).lower(), RO,
                          entry="evses[].ventilation")
VENTILATION_PROBLEM = V("AreaVentilation.Problem", BOOLEAN, "false", RO)
PILOT_STATE = V("CPPWMController.State", OPTION, "", RO, values=STATES)
PILOT_PROBLEM = V("CPPWMController.Problem", BOOLEAN, "false", RO)
CASE_ACTIVE = V("CaseAccessSensor.Active", BOOLEAN, "false", RO)
TILT_ACTIVE = V("TiltSensor.Active", BOOLEAN, "false", RO)
EMERGENCY_STOP_ACTIVE = V("EmergencyStopSensor.Active", BOOLEAN, "false", RO)
INDICATOR_AVAILABLE = V("ChargingStatusIndicator.Available", BOOLEAN, "true", RO, there=lambda at: evse_of(at).indicator is not None)
CONTROLLER_PROBLEM = V("Controller.Problem", BOOLEAN, "false", RO)
CONTROLLER_OF_EVSE_PROBLEM = V("Controller.Problem", BOOLEAN, "false", RO, tier="evse")
DATA_LINK_PROBLEM = V("DataLink.Problem", BOOLEAN, "false", RO)
DISPLAY_AVAILABLE = V("Display.Available", BOOLEAN, "true", RO, there=_shows_all)
DISPLAY_OF_EVSE_AVAILABLE = V("Display.Available", BOOLEAN, "true", RO, there=_shows_one, tier="evse")
FEED_PROBLEM = V("ElectricalFeed.Problem", BOOLEAN, "false", RO)
FEED_VOLTAGE = V("ElectricalFeed.ACVoltage[*]", DECIMAL, "", RO, unit="V", instances=_phases)
METER_PROBLEM = V("FiscalMetering.Problem", BOOLEAN, "false", RO)
METER_REGISTER = V("FiscalMetering.EnergyImportRegister", DECIMAL, "", RO, unit="Wh", minimum=0)
LOCAL_LIST_PROBLEM = V("LocalAuthListCtrlr.Problem", BOOLEAN, "false", RO)
OVER_CURRENT_ACTIVE = V("OverCurrentProtection.Active", BOOLEAN, "false", RO)
CONTACTOR_ACTIVE = V("PowerContactor.Active", BOOLEAN, "false", RO)
CONTACTOR_COUNT = V("PowerContactor.Count", INTEGER, "0", RO, minimum=0)
CONTACTOR_PROBLEM = V("PowerContactor.Problem", BOOLEAN, "false", RO)
CONTACTOR_TRIPPED = V("PowerContactor.Tripped", BOOLEAN, "false", RO)
LOCK_ACTIVE = V("ConnectorPlugRetentionLock.Active", BOOLEAN, "false", RO, there=_socket)
LOCK_PROBLEM = V("ConnectorPlugRetentionLock.Problem", BOOLEAN, "false", RO, there=_socket)
RCD_PROBLEM = V("RCD.Problem", BOOLEAN, "false", RO)
RCD_TRIPPED = V("RCD.Tripped", BOOLEAN, "false", RO)
TEMPERATURE = V("TemperatureSensor.Temperature", DECIMAL, "", RO, unit="Celsius")
TEMPERATURE_ACTIVE = V("TemperatureSensor.Active", BOOLEAN, "false", RO)
TEMPERATURE_PROTECTING = V("TemperatureSensor.Protecting", BOOLEAN, "false", RO)
TEMPERATURE_PROBLEM = V("TemperatureSensor.Problem", BOOLEAN, "false", RO)
READER_PROBLEM = V("TokenReader.Problem", BOOLEAN, "false", RO, there=_reads_cards)
# fmt: on

"""Variables that are not kept but looked up when somebody asks (OCPP 2.0.1 B06, B07)."""

from functools import partial

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.status import availability_state
from chargepoint.domain.variables import (
    CLOCK_DATE_TIME,
    CONNECTOR_AVAILABILITY_STATE,
    EVSE_AVAILABILITY_STATE,
    EVSE_POWER,
    STATION_AVAILABILITY_STATE,
)
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.desk import Sheet
from chargepoint.station.transacting import Transacting

STRONGEST_FIRST = ("Faulted", "Occupied", "Unavailable", "Reserved", "Available")


def show(model: DeviceModel, clock: StationClock, transacting: Transacting, availability: Availability) -> None:
    """Tell the device model where to look."""

    def connector_state(connector: ConnectorId) -> str:
        return availability_state(availability.facts(connector))

    def evse_state(sheet: Sheet) -> str:
        states = [connector_state(connector) for connector in sheet.settings.connectors]
        return min(states, key=STRONGEST_FIRST.index)

    def power(sheet: Sheet) -> str:
        return "0" if sheet.reading is None or sheet.reading.power_w is None else str(sheet.reading.power_w)

    model.show(CLOCK_DATE_TIME, lambda: clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"))
    model.show(STATION_AVAILABILITY_STATE, lambda: "Available" if availability.station_operative else "Unavailable")
    for sheet in transacting.sheets.values():
        evse = sheet.settings.evse
        model.show(EVSE_AVAILABILITY_STATE, partial(evse_state, sheet), evse)
        model.show(EVSE_POWER, partial(power, sheet), evse)
        for connector in sheet.settings.connectors:
            model.show(CONNECTOR_AVAILABILITY_STATE, partial(connector_state, connector), evse, connector.connector)

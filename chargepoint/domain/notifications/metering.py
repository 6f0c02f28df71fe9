"""Meter values without a transaction (OCPP 2.0.1 J01; 1.6 §4.7)."""

from msgspec import Struct

from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.metering import MeterValue


class MeterValues(Struct, frozen=True, tag=True):
    """J01: meter values of an EVSE without a transaction; 1.6 §4.7. ``evse`` 0 is the station's main meter."""

    evse: int
    connector: ConnectorId
    values: tuple[MeterValue, ...]

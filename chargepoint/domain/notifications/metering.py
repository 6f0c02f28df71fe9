"""Meter values without a transaction (OCPP 2.0.1 J01; 1.6 §4.7)."""

from datetime import datetime

from msgspec import Struct

from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.metering import MeterValue


class MeterValues(Struct, frozen=True, tag=True):
    """J01: meter values of an EVSE without a transaction, one moment at least; 1.6 §4.7. ``evse`` 0 is the station's main meter.

    Kept in the outbox where QueueAllMessages wants it so.
    """

    evse: int
    connector: ConnectorId
    values: tuple[MeterValue, ...]

    @property
    def kind(self) -> str:
        """As people are told of it."""
        return "MeterValues"

    @property
    def at(self) -> datetime:
        """When they were measured."""
        return self.values[0].at

"""Connector status is no state of its own: it is a projection of facts. Each OCPP version has its own words for it."""

from datetime import datetime

from msgspec import Struct

from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.transaction import ChargingState


class ConnectorFacts(Struct, frozen=True, kw_only=True):
    """All that any version's status is made of."""

    connector: ConnectorId
    operative: bool = True
    """False: ChangeAvailability said so."""
    shut_out: bool = False
    """Another connector of its EVSE is in use. A 2.x CSMS knows that by itself (OCPP 2.0.1 G01.FR.08); 1.6 knows no EVSEs."""
    unheard: bool = False
    """Its board has not been measured since the start: nobody knows whether a car is there. Nothing to call Available."""
    plugged: bool = False
    fixed: bool = False
    """Its cable is fixed: what is unplugged at the car is unplugged altogether."""
    reserved: bool = False
    """For somebody who has not come yet."""
    preparing: bool = False
    """A user is acting: cable in, or a token waits for the cable; no transaction yet."""
    charging_state: ChargingState | None = None
    """Of the transaction; ``None`` without one."""
    finishing: bool = False
    """The transaction is over, the car is still there."""
    faults: tuple[Fault, ...] = ()
    note: str = ""
    """What people at the CSMS should know of it beside faults."""


class StatusNotification(Struct, frozen=True, kw_only=True, tag=True):
    """A connector's facts, told to the CSMS (OCPP 2.0.1 G01, 1.6 §4.9). ``connector`` ``None`` is the station itself, 1.6 only."""

    at: datetime
    facts: ConnectorFacts
    station: bool = False


def availability_state(facts: ConnectorFacts) -> str:
    """OCPP 2.x ConnectorStatusEnumType (G01.FR.01), the strongest fact first: a plug makes Occupied of Available (G01.FR.03, E02.FR.05),
    and without it is Available again or what was scheduled meanwhile (G01.FR.04, G01.FR.05). A token that waits for its cable occupies
    nothing yet (E03)."""
    if any(fault.stops_charging for fault in facts.faults):
        return "Faulted"
    if facts.charging_state is not None and not (facts.fixed and facts.charging_state is ChargingState.IDLE):
        return "Occupied"
    if not facts.operative:
        return "Unavailable"
    if facts.reserved:  # until its owner shows his token (G01.FR.06): a cable changes nothing (G01.FR.09, G03.FR.09)
        return "Reserved"
    if facts.plugged or facts.finishing:
        return "Occupied"
    return "Unavailable" if facts.unheard else "Available"

"""Where a transaction begins and ends (OCPP 2.0.1 E01, E06; TxStartPoint, TxStopPoint).

    EVConnected       a car is plugged in
    Authorized        a token was accepted, and nobody has withdrawn it
    PowerPathClosed   both, and nothing against it: the car may charge
    EnergyTransfer    energy flows

It begins with the first of its start points that holds. It ends with the first of its stop points that ceases to hold; and with whatever
ends it in any case: a fault, a reset, a power cut, a car that is gone for good.
"""

from collections.abc import Collection
from enum import StrEnum

from chargepoint.domain.transaction import StopReason


class TxPoint(StrEnum):
    """TxStartStopPointEnumType, those that this station can tell. There is no sensor at the parking bay."""

    EV_CONNECTED = "EVConnected"
    AUTHORIZED = "Authorized"
    POWER_PATH_CLOSED = "PowerPathClosed"
    ENERGY_TRANSFER = "EnergyTransfer"


POINTS = tuple(point.value for point in TxPoint)
OF_16_START, OF_16_STOP = (TxPoint.POWER_PATH_CLOSED.value,), (TxPoint.AUTHORIZED.value,)
"""1.6 §4.8, §4.10: from both to the end of the authorisation, and StopTransactionOnEVSideDisconnect says whether unplugging ends that."""

AUTHORISATION_OVER = frozenset(
    {StopReason.LOCAL, StopReason.REMOTE, StopReason.DE_AUTHORIZED, StopReason.MASTER_PASS, StopReason.LOCAL_OUT_OF_CREDIT}
)
_WITH_AUTHORISATION = frozenset({TxPoint.AUTHORIZED, TxPoint.POWER_PATH_CLOSED, TxPoint.ENERGY_TRANSFER})
_WITH_CAR = frozenset({TxPoint.EV_CONNECTED, TxPoint.POWER_PATH_CLOSED, TxPoint.ENERGY_TRANSFER})


def held(*, connected: bool, authorized: bool, closed: bool, flows: bool) -> frozenset[TxPoint]:
    """The points that hold now."""
    facts = (connected, authorized, closed, flows)
    return frozenset(point for point, holds in zip(TxPoint, facts, strict=True) if holds)


def begins(now: Collection[TxPoint], starts: Collection[str]) -> bool:
    """Does a transaction begin, where none runs? (E01.FR.02, E01.FR.03, E01.FR.05, E01.FR.06, E02.FR.06)"""
    return any(point in starts for point in now)


def ends(reason: StopReason, stops: Collection[str]) -> bool:
    """Does a transaction end by this, or does it go on without an authorisation? (E05.FR.09, E05.FR.10, C15.FR.04, E06.FR.03,
    E06.FR.04, E06.FR.06)

    Where no cable came in time it ends whatever its stop points are (E03.FR.05, F02.FR.07): nothing else would end it.
    """
    return reason not in AUTHORISATION_OVER or any(point in stops for point in _WITH_AUTHORISATION)


def outlasts_unplugging(stops: Collection[str]) -> bool:
    """Does a transaction go on when its car is unplugged at the car, as far as its stop points go? (E06.FR.02, E06.FR.06, E10)"""
    return not any(point in stops for point in _WITH_CAR)

"""Reservation: 046 to 053. Connector 0 stands for whichever is free."""

from datetime import UTC, datetime, timedelta

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import CARD, OTHER_CARD, Lab
from tests.conformance.v16.sites import CABLE, SOCKET, keys, no_reservations

NUMBER = 17
THIRD_CARD = "04778899"
HOUR_S = 3600.0


async def reserve(lab: Lab, wanted: str, connector: int = SOCKET, *, seconds: float = HOUR_S, parent: str | None = None) -> None:
    """ReserveNow for CARD."""
    expires = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    group = {} if parent is None else {"parentIdTag": parent}
    await lab.says(wanted, "ReserveNow", connectorId=connector, expiryDate=expires, idTag=CARD, reservationId=NUMBER, **group)


async def on_all(lab: Lab, connectors: tuple[int, ...], status: str) -> None:
    """Wait until each of them has this status."""
    for connector in connectors:
        await lab.hears("StatusNotification", connectorId=connector, status=status)


async def fault(lab: Lab, *connectors: int) -> None:
    """All of these out of order."""
    for connector in connectors:
        await lab.ask("PUT", f"/evses/{connector}/faults/test", kind="internal_error")
    await on_all(lab, connectors, "Faulted")


async def close(lab: Lab, *connectors: int) -> None:
    """All of these out of operation."""
    for connector in connectors:
        await lab.says("Accepted", "ChangeAvailability", connectorId=connector, type="Inoperative")
    await on_all(lab, connectors, "Unavailable")


@case("046_1")
async def test_a_reserved_connector_is_for_the_reserved_card(lab: Lab) -> None:
    await reserve(lab, "Accepted")
    await lab.status("Reserved")
    await lab.card(OTHER_CARD)
    await lab.card(CARD)
    await lab.status("Preparing")
    await lab.plug()
    await lab.hears("StartTransaction", connectorId=SOCKET, idTag=CARD, reservationId=NUMBER)
    await lab.status("Charging")
    assert lab.heard("Authorize", idTag=OTHER_CARD) == []
    await lab.says("Rejected", "CancelReservation", reservationId=NUMBER)


@case("046_2")
async def test_a_reserved_connector_starts_remotely_for_the_reserved_id_only(lab: Lab) -> None:
    await reserve(lab, "Accepted")
    await lab.status("Reserved")
    await lab.says("Rejected", "RemoteStartTransaction", idTag=OTHER_CARD, connectorId=SOCKET)
    await lab.says("Accepted", "RemoteStartTransaction", idTag=CARD, connectorId=SOCKET)
    await lab.plug()
    await lab.hears("StartTransaction", connectorId=SOCKET, idTag=CARD, reservationId=NUMBER)


@case("047")
async def test_a_reservation_expires(lab: Lab) -> None:
    await reserve(lab, "Accepted", seconds=2)
    reserved = await lab.status("Reserved")
    available = await lab.status("Available")
    assert (available.at - reserved.at).total_seconds() > 0.5
    await lab.charge(token=OTHER_CARD)


@case("048_1")
async def test_a_faulted_connector_cannot_be_reserved(lab: Lab) -> None:
    await fault(lab, SOCKET)
    await reserve(lab, "Faulted")


@case("048_2")
async def test_an_occupied_connector_cannot_be_reserved(lab: Lab) -> None:
    await lab.charge()
    await reserve(lab, "Occupied")


@case("048_3")
async def test_a_connector_out_of_operation_cannot_be_reserved(lab: Lab) -> None:
    await close(lab, SOCKET)
    await reserve(lab, "Unavailable")


@case("048_4", no_reservations)
async def test_a_station_that_takes_no_reservations_rejects_them(lab: Lab) -> None:
    await reserve(lab, "Rejected")


@case("049", ReserveConnectorZeroSupported="true")
async def test_of_a_reserved_station_one_connector_is_kept_for_the_reserved_card(lab: Lab) -> None:
    await reserve(lab, "Accepted", 0)
    await lab.charge(CABLE, token=OTHER_CARD)
    await lab.plug()
    await lab.card(THIRD_CARD)
    await lab.card(CARD)
    await lab.hears("StartTransaction", connectorId=SOCKET, idTag=CARD, reservationId=NUMBER)
    await lab.hears("StatusNotification", connectorId=SOCKET, status="Charging")
    assert len(lab.heard("StartTransaction", connectorId=SOCKET)) == 1
    await lab.says("Rejected", "CancelReservation", reservationId=NUMBER)


@case("050_1", ReserveConnectorZeroSupported="true")
async def test_a_station_whose_connectors_are_all_faulted_cannot_be_reserved(lab: Lab) -> None:
    await fault(lab, SOCKET, CABLE)
    await reserve(lab, "Faulted", 0)


@case("050_2", ReserveConnectorZeroSupported="true")
async def test_a_station_whose_connectors_are_all_occupied_cannot_be_reserved(lab: Lab) -> None:
    await lab.charge(SOCKET)
    await lab.charge(CABLE, token=OTHER_CARD)
    await reserve(lab, "Occupied", 0)


@case("050_3", ReserveConnectorZeroSupported="true")
async def test_a_station_whose_connectors_are_all_out_of_operation_cannot_be_reserved(lab: Lab) -> None:
    await close(lab, SOCKET, CABLE)
    await reserve(lab, "Unavailable", 0)


@case("050_4", keys(ReserveConnectorZeroSupported="false"))
async def test_a_station_that_only_knows_reservations_of_connectors_rejects_those_of_itself(lab: Lab) -> None:
    await reserve(lab, "Rejected", 0)
    await reserve(lab, "Accepted", SOCKET)


@case("051")
async def test_a_cancelled_reservation_makes_the_connector_free(lab: Lab) -> None:
    await reserve(lab, "Accepted")
    await lab.status("Reserved")
    await lab.says("Accepted", "CancelReservation", reservationId=NUMBER)
    await lab.status("Available")
    await lab.charge(token=OTHER_CARD)


@case("052")
async def test_an_unknown_reservation_cannot_be_cancelled(lab: Lab) -> None:
    await reserve(lab, "Accepted")
    await lab.status("Reserved")
    await lab.says("Rejected", "CancelReservation", reservationId=NUMBER + 1)
    assert lab.station.connectors[str(SOCKET)] == "Reserved"


async def with_a_family(lab: Lab) -> None:
    """Two cards of one parent, and the connector is reserved for one of them and the parent."""
    lab.tokens({token: {"status": "Accepted", "group": "FAMILY"} for token in (CARD, OTHER_CARD)})
    await reserve(lab, "Accepted", parent="FAMILY")
    await lab.status("Reserved")


@case("053_1")
async def test_a_card_of_the_same_parent_may_use_the_reservation(lab: Lab) -> None:
    await with_a_family(lab)
    await lab.plug()
    await lab.card(OTHER_CARD)
    await lab.hears("Authorize", idTag=OTHER_CARD)
    await lab.hears("StartTransaction", connectorId=SOCKET, idTag=OTHER_CARD, reservationId=NUMBER)


@case("053_2", AuthorizeRemoteTxRequests="true")
async def test_an_id_of_the_same_parent_may_use_the_reservation_remotely(lab: Lab) -> None:
    await with_a_family(lab)
    await lab.plug()
    await lab.says("Accepted", "RemoteStartTransaction", idTag=OTHER_CARD, connectorId=SOCKET)
    await lab.hears("Authorize", idTag=OTHER_CARD)
    await lab.hears("StartTransaction", connectorId=SOCKET, idTag=OTHER_CARD, reservationId=NUMBER)

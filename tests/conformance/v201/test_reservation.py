"""Block H: reservations. Where a case speaks of a station with one EVSE, the other one is out of operation."""

from typing import Any

import pytest

from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, OTHER_CARD, Lab
from tests.conformance.v201.sites import CABLE, SOCKET, variables
from tests.conformance.v201.states import token

EVSES = (SOCKET, CABLE)
GROUP = {"idToken": "FAMILY", "type": "Central"}
FAMILY = {text: {"status": "Accepted", "group": "FAMILY"} for text in (CARD, OTHER_CARD)}


async def reserve(lab: Lab, status: str, *, evse: int | None = SOCKET, text: str = CARD, number: int = 1, **more: object) -> None:
    """ReserveNow for five minutes, and what it is answered with."""
    place = {} if evse is None else {"evseId": evse}
    await lab.says(status, "ReserveNow", id=number, expiryDateTime=lab.in_s(300), idToken=token(text), **place, **more)


async def charges(lab: Lab, text: str, number: int | None, *, evse: int = SOCKET) -> None:
    """Authorized, then EnergyTransferStarted. ``number``: the reservation that the transaction tells of (H01.FR.15)."""
    await states.authorized(lab, text=text, evse=evse)
    if number is not None:
        await lab.status("Available", evse=evse)
    await states.energy_transfer_started(lab, evse=evse)
    events = lab.events(states.ongoing(lab, evse) or "")
    assert [event["reservationId"] for event in events if "reservationId" in event] == ([] if number is None else [number])


@case("TC_H_01")
async def test_a_reserved_evse_is_there_for_its_owner(lab: Lab) -> None:
    """H01.FR.15, H01.FR.23, H03.FR.01, H03.FR.09, H03.FR.10."""
    await states.reserved(lab, number=7)
    await charges(lab, CARD, 7)


@case("TC_H_02")
async def test_a_reserved_evse_is_there_for_nobody_else(lab: Lab) -> None:
    """F01.FR.21, F02.FR.23, G01.FR.09, G03.FR.09, H03.FR.01."""
    await states.reserved(lab)
    await lab.plug(SOCKET)
    await lab.logs("kind='plugged_in'")
    await lab.card(OTHER_CARD, evse=SOCKET)
    await lab.hears("Authorize", idToken=token(OTHER_CARD))
    await lab.logs("event=token_without_place")
    await lab.says("Rejected", "RequestStartTransaction", idToken=token(OTHER_CARD), evseId=SOCKET, remoteStartId=1)
    charging = [each for each in lab.heard("TransactionEvent") if each.payload["transactionInfo"].get("chargingState") == "Charging"]
    assert not charging
    told = [each.payload["connectorStatus"] for each in lab.heard("StatusNotification", evseId=SOCKET)]
    assert told == ["Reserved"], "it stays so until its owner has come"
    await lab.card(CARD, evse=SOCKET)
    await lab.status("Occupied")
    await states.energy_transfer_started(lab, plugged=True)
    assert [each.payload["idToken"] for each in lab.heard("TransactionEvent") if "idToken" in each.payload] == [token(CARD)]


@case("TC_H_03")
async def test_what_is_reserved_cannot_be_reserved_again(lab: Lab) -> None:
    """H01.FR.11."""
    await states.reserved(lab)
    await reserve(lab, "Occupied", text=OTHER_CARD, number=2)


@case("TC_H_04")
async def test_what_is_used_cannot_be_reserved(lab: Lab) -> None:
    """H01.FR.11."""
    await states.charging(lab)
    await reserve(lab, "Occupied", text=OTHER_CARD)


@case("TC_H_06")
async def test_what_is_out_of_operation_cannot_be_reserved(lab: Lab) -> None:
    """H01.FR.14."""
    await states.unavailable(lab, evse=SOCKET)
    await reserve(lab, "Unavailable", text=OTHER_CARD)


@case("TC_H_07")
async def test_a_reservation_that_nobody_uses_expires(lab: Lab) -> None:
    """H04.FR.01, H04.FR.02, H04.FR.03."""
    await states.reserved(lab, number=7, within_s=1)
    await lab.status("Available")
    update = await lab.hears("ReservationStatusUpdate")
    assert update.payload == {"reservationId": 7, "reservationUpdateStatus": "Expired"}
    await charges(lab, OTHER_CARD, None)


@case("TC_H_22")
async def test_a_station_that_takes_no_reservations_rejects_them(lab: Lab) -> None:
    """H01.FR.01."""
    await lab.configure({"ReservationCtrlr.Enabled": "false"})
    await reserve(lab, "Rejected")


@case("TC_H_23")
async def test_the_same_id_replaces_a_reservation(lab: Lab) -> None:
    """H01.FR.02."""
    await states.reserved(lab)
    await reserve(lab, "Accepted", text=OTHER_CARD)
    await charges(lab, OTHER_CARD, 1)


@case("TC_H_19")
async def test_somebody_of_the_group_uses_the_reservation(lab: Lab) -> None:
    """H03.FR.04, H03.FR.08."""
    lab.tokens(FAMILY)
    await states.reserved(lab, groupIdToken=GROUP)
    await charges(lab, OTHER_CARD, 1)


async def last_one_left(lab: Lab) -> None:
    """Only the socket is left."""
    await states.unavailable(lab, evse=CABLE)


@pytest.mark.parametrize(
    "more", [pytest.param({}, marks=case("TC_H_08")), pytest.param({"connectorType": "sType2"}, marks=case("TC_H_15"))]
)
async def test_an_evse_that_is_not_named_is_kept_free(lab: Lab, more: Any) -> None:
    """H01.FR.04, H01.FR.06, H01.FR.07, H01.FR.09, H01.FR.18, H01.FR.24, H03.FR.02, H03.FR.03."""
    await last_one_left(lab)
    await reserve(lab, "Accepted", evse=None, **more)
    await lab.status("Reserved")
    await lab.card(OTHER_CARD, evse=SOCKET)
    await charges(lab, CARD, 1)


@case("TC_H_09")
async def test_no_evse_is_left_where_all_are_reserved(lab: Lab) -> None:
    """H01.FR.11."""
    for evse in EVSES:
        await states.reserved(lab, evse=evse, number=evse)
    await reserve(lab, "Occupied", evse=None, number=3)


@case("TC_H_10")
async def test_no_evse_is_left_where_all_are_used(lab: Lab) -> None:
    """H01.FR.11."""
    for evse, text in zip(EVSES, (CARD, OTHER_CARD), strict=True):
        await states.charging(lab, evse=evse, text=text)
    await reserve(lab, "Occupied", evse=None)


@case("TC_H_12")
async def test_no_evse_is_left_where_the_station_is_out_of_operation(lab: Lab) -> None:
    """H01.FR.14."""
    await states.unavailable(lab)
    await reserve(lab, "Unavailable", evse=None)


@case("TC_H_13", change=variables(**{"ReservationCtrlr.NonEvseSpecific": "false"}))
async def test_an_evse_has_to_be_named_where_the_station_wants_it(lab: Lab) -> None:
    """H01.FR.19."""
    await reserve(lab, "Rejected", evse=None)


@case("TC_H_14")
async def test_as_many_reservations_as_evses_reserve_them_all(lab: Lab) -> None:
    """H01.FR.20, H02.FR.05, H02.FR.06."""
    await reserve(lab, "Accepted", evse=None, text=CARD, number=1)
    await reserve(lab, "Accepted", evse=None, text=OTHER_CARD, number=2)
    for evse in EVSES:
        await lab.status("Reserved", evse=evse)
    await lab.says("Accepted", "CancelReservation", reservationId=1)
    for evse in EVSES:
        await lab.status("Available", evse=evse)


@case("TC_H_24")
async def test_somebody_of_the_group_uses_any_evse(lab: Lab) -> None:
    """H03.FR.06."""
    lab.tokens(FAMILY)
    await last_one_left(lab)
    await reserve(lab, "Accepted", evse=None, groupIdToken=GROUP)
    await lab.status("Reserved")
    await charges(lab, OTHER_CARD, 1)


@case("TC_H_16")
async def test_no_connector_of_a_type_is_left(lab: Lab) -> None:
    """H01.FR.11, and what no connector is of."""
    for evse in EVSES:
        await states.reserved(lab, evse=evse, number=evse)
    await reserve(lab, "Occupied", evse=None, number=3, connectorType="sType2")
    await reserve(lab, "Rejected", evse=None, number=3, connectorType="cCCS2")


@case("TC_H_17")
async def test_a_reservation_is_cancelled(lab: Lab) -> None:
    """H02.FR.02, H02.FR.03, H02.FR.04."""
    await states.reserved(lab, number=7)
    await lab.says("Accepted", "CancelReservation", reservationId=7)
    await lab.status("Available")


@case("TC_H_18")
async def test_what_is_not_reserved_cannot_be_cancelled(lab: Lab) -> None:
    """H02.FR.01."""
    await lab.says("Rejected", "CancelReservation", reservationId=1)


@case("TC_H_21")
async def test_a_reservation_ends_with_the_operation(lab: Lab) -> None:
    """H01.FR.17."""
    await states.reserved(lab, number=7)
    await states.unavailable(lab, evse=SOCKET)
    update = await lab.hears("ReservationStatusUpdate")
    assert update.payload == {"reservationId": 7, "reservationUpdateStatus": "Removed"}
    await lab.says("Accepted", "ChangeAvailability", operationalStatus="Operative", evse={"id": SOCKET})
    await lab.status("Available")
    await charges(lab, OTHER_CARD, None)

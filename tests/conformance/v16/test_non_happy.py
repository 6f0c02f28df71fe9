"""What goes wrong on the spot: 023, 024, 041."""

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import CARD, OTHER_CARD, Lab
from tests.conformance.v16.sites import SOCKET

ONE_CARD = {CARD: "Accepted", OTHER_CARD: "Invalid"}


@case("023_4", LocalPreAuthorize="true")
async def test_an_invalid_card_starts_nothing(lab: Lab) -> None:
    lab.tokens(ONE_CARD)
    await lab.card(OTHER_CARD)
    await lab.hears("Authorize", idTag=OTHER_CARD)
    await lab.plug()
    await lab.status("Preparing")
    await lab.card(OTHER_CARD)
    await lab.card(CARD)
    await lab.started(idTag=CARD)
    assert lab.heard("StartTransaction", idTag=OTHER_CARD) == []


@case("023_5", AuthorizeRemoteTxRequests="true")
async def test_an_invalid_id_starts_nothing_remotely(lab: Lab) -> None:
    lab.tokens(ONE_CARD)
    await lab.plug()
    await lab.status("Preparing")
    await lab.says("Accepted", "RemoteStartTransaction", idTag=OTHER_CARD, connectorId=SOCKET)
    await lab.hears("Authorize", idTag=OTHER_CARD)
    await lab.says("Accepted", "RemoteStartTransaction", idTag=CARD, connectorId=SOCKET)
    await lab.started(idTag=CARD)
    assert lab.heard("StartTransaction", idTag=OTHER_CARD) == []


@case("024", AuthorizeRemoteTxRequests="true")
async def test_a_plug_that_does_not_lock_is_a_fault_and_starts_nothing(lab: Lab) -> None:
    await lab.hardware(lock="stuck_open")
    await lab.says("Accepted", "RemoteStartTransaction", idTag=CARD, connectorId=SOCKET)
    await lab.hears("Authorize", idTag=CARD)
    await lab.status("Preparing")
    await lab.plug()
    fault = await lab.hears("StatusNotification", connectorId=SOCKET, status="Faulted")
    assert fault.payload["errorCode"] == "ConnectorLockFailure"
    assert (await lab.evse())["contactor"] == "open"
    assert lab.heard("StartTransaction") == []
    await lab.hardware(lock="ok")
    await lab.unplug()
    await lab.hears("StatusNotification", connectorId=SOCKET, status="Available")


@case("041")
async def test_a_fault_is_told_with_its_code_and_nothing_starts_before_it_has_gone(lab: Lab) -> None:
    await lab.ask("PUT", f"/evses/{SOCKET}/faults/earth", kind="ground_failure", vendor_code="E7", info="test")
    fault = await lab.status("Faulted")
    assert fault.payload["errorCode"] == "GroundFailure"
    await lab.plug()
    await lab.card()
    await lab.says("Rejected", "RemoteStartTransaction", idTag=OTHER_CARD, connectorId=SOCKET)
    await lab.ask("DELETE", f"/evses/{SOCKET}/faults/earth")
    again = await lab.status("Preparing")
    assert again.payload["errorCode"] == "NoError"
    assert lab.heard("StartTransaction") == []
    await lab.card()
    await lab.started(idTag=CARD)
    await lab.status("Charging")

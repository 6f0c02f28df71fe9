"""UnlockConnector: 017, 018, 030, 031."""

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import Lab
from tests.conformance.v16.sites import CABLE, SOCKET


@case("017_1")
async def test_a_socket_without_session_unlocks(lab: Lab) -> None:
    await lab.plug()
    await lab.status("Preparing")
    await lab.says("Unlocked", "UnlockConnector", connectorId=SOCKET)
    await lab.shows(lock="unlocked")
    await lab.unplug()
    await lab.status("Available")


@case("017_2")
async def test_a_fixed_cable_without_session_cannot_be_unlocked(lab: Lab) -> None:
    await lab.says("NotSupported", "UnlockConnector", connectorId=CABLE)


@case("018_1")
async def test_a_socket_with_a_session_ends_it_and_unlocks(lab: Lab) -> None:
    number = await lab.charge()
    await lab.says("Unlocked", "UnlockConnector", connectorId=SOCKET)
    await lab.hears("StopTransaction", transactionId=number, reason="UnlockCommand")
    await lab.status("Finishing")
    await lab.shows(lock="unlocked", contactor="open")
    await lab.unplug()
    await lab.status("Available")


@case("018_2")
async def test_a_fixed_cable_with_a_session_cannot_be_unlocked_and_charges_on(lab: Lab) -> None:
    await lab.charge(CABLE)
    await lab.says("NotSupported", "UnlockConnector", connectorId=CABLE)
    assert (await lab.evse(CABLE))["status"] == "Charging"
    assert lab.heard("StopTransaction") == []


@case("030")
async def test_a_lock_that_is_stuck_fails_to_unlock(lab: Lab) -> None:
    number = await lab.charge()
    await lab.hardware(lock="stuck_closed")
    await lab.card()
    await lab.hears("StopTransaction", transactionId=number)
    await lab.says("UnlockFailed", "UnlockConnector", connectorId=SOCKET)
    assert (await lab.evse())["lock"] == "locked"


@case("031")
async def test_an_unknown_connector_cannot_be_unlocked(lab: Lab) -> None:
    await lab.says("NotSupported", "UnlockConnector", connectorId=9)

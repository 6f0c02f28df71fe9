"""Remote start and stop: 010, 011, 012, and what must be refused: 026, 027, 028."""

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import CARD, OTHER_CARD, Lab, in_order
from tests.conformance.v16.sites import CABLE, SOCKET


@case("010", AuthorizeRemoteTxRequests="true")
async def test_cable_first_then_the_remote_start(lab: Lab) -> None:
    await lab.plug()
    await lab.status("Preparing")
    await lab.says("Accepted", "RemoteStartTransaction", idTag=CARD, connectorId=SOCKET)
    authorize = await lab.hears("Authorize", idTag=CARD)
    start = await lab.hears("StartTransaction", connectorId=SOCKET, idTag=CARD)
    charging = await lab.status("Charging")
    assert in_order(authorize, start, charging)


@case("011_1", AuthorizeRemoteTxRequests="false")
async def test_remote_start_first_then_the_cable(lab: Lab) -> None:
    await lab.says("Accepted", "RemoteStartTransaction", idTag=CARD, connectorId=CABLE)
    await lab.status("Preparing", connector=CABLE)
    await lab.plug(CABLE)
    await lab.started(connectorId=CABLE, idTag=CARD)
    await lab.status("Charging", connector=CABLE)
    assert lab.heard("Authorize") == []


@case("011_2", ConnectionTimeOut="2")
async def test_remote_start_and_no_cable_until_the_connection_time_out(lab: Lab) -> None:
    await lab.says("Accepted", "RemoteStartTransaction", idTag=CARD, connectorId=SOCKET)
    preparing = await lab.status("Preparing")
    available = await lab.status("Available")
    assert (available.at - preparing.at).total_seconds() > 1.5
    assert lab.heard("StartTransaction") == []


@case("012")
async def test_remote_stop(lab: Lab) -> None:
    number = await lab.charge()
    await lab.says("Accepted", "RemoteStopTransaction", transactionId=number)
    stop = await lab.hears("StopTransaction", transactionId=number, reason="Remote")
    assert "idTag" not in stop.payload
    await lab.status("Finishing")
    await lab.unplug()
    await lab.status("Available")


@case("026")
async def test_no_remote_start_where_somebody_charges(lab: Lab) -> None:
    await lab.charge()
    await lab.says("Rejected", "RemoteStartTransaction", idTag=OTHER_CARD, connectorId=SOCKET)
    assert len(lab.heard("StartTransaction")) == 1


@case("027")
async def test_no_remote_start_at_connector_0(lab: Lab) -> None:
    await lab.plug()
    await lab.status("Preparing")
    await lab.says("Rejected", "RemoteStartTransaction", idTag=CARD, connectorId=0)
    assert lab.heard("StartTransaction") == []


@case("028")
async def test_no_remote_stop_of_an_unknown_transaction(lab: Lab) -> None:
    number = await lab.charge()
    await lab.says("Rejected", "RemoteStopTransaction", transactionId=number + 1)
    assert (await lab.evse())["status"] == "Charging"
    assert lab.heard("StopTransaction") == []

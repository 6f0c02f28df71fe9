"""End of a transaction: 005, 068, 069. The socket lets go or holds on as configured; a cable of ours has no lock."""

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import CARD, OTHER_CARD, Lab, in_order
from tests.conformance.v16.sites import SOCKET


@case("005_1", StopTransactionOnEVSideDisconnect="true", UnlockConnectorOnEVSideDisconnect="true")
async def test_pulled_at_the_car_the_transaction_ends_and_the_plug_is_free(lab: Lab) -> None:
    number = await lab.charge()
    await lab.unplug(side="ev")
    stop = await lab.hears("StopTransaction", transactionId=number, reason="EVDisconnected")
    finishing = await lab.status("Finishing")
    await lab.shows(lock="unlocked")
    await lab.unplug()
    available = await lab.status("Available")
    assert in_order(stop, available)
    assert in_order(finishing, available)
    assert "idTag" not in stop.payload


@case("005_2", StopTransactionOnEVSideDisconnect="true", UnlockConnectorOnEVSideDisconnect="false")
async def test_pulled_at_the_car_the_transaction_ends_and_the_plug_stays_until_it_is_unlocked(lab: Lab) -> None:
    number = await lab.charge()
    await lab.unplug(side="ev")
    await lab.hears("StopTransaction", transactionId=number, reason="EVDisconnected")
    await lab.status("Finishing")
    assert (await lab.evse())["lock"] == "locked"
    await lab.says("Unlocked", "UnlockConnector", connectorId=SOCKET)
    await lab.shows(lock="unlocked")
    await lab.unplug()
    await lab.status("Available")
    assert len(lab.heard("StartTransaction")) == len(lab.heard("StopTransaction")) == 1


@case("005_3", StopTransactionOnEVSideDisconnect="false", UnlockConnectorOnEVSideDisconnect="false")
async def test_pulled_at_the_car_the_transaction_goes_on_until_it_is_stopped(lab: Lab) -> None:
    number = await lab.charge()
    await lab.unplug(side="ev")
    await lab.status("SuspendedEV")
    assert (await lab.evse())["lock"] == "locked"
    await lab.plug()
    await lab.status("Charging")
    await lab.unplug(side="ev")
    await lab.status("SuspendedEV")
    assert lab.heard("StopTransaction") == []
    await lab.says("Accepted", "RemoteStopTransaction", transactionId=number)
    await lab.hears("StopTransaction", transactionId=number, reason="Remote")
    await lab.status("Finishing")
    assert len(lab.heard("StartTransaction")) == len(lab.heard("StopTransaction")) == 1


@case("068")
async def test_the_same_card_stops_without_being_asked_about_and_another_one_does_nothing(lab: Lab) -> None:
    number = await lab.charge()
    await lab.card(OTHER_CARD)
    await lab.card()
    stop = await lab.hears("StopTransaction", transactionId=number, idTag=CARD)
    assert stop.payload.get("reason", "Local") == "Local"
    await lab.status("Finishing")
    await lab.unplug()
    await lab.status("Available")
    assert [message.payload["idTag"] for message in lab.heard("Authorize")] == [CARD]


@case("069")
async def test_another_card_of_the_same_parent_stops(lab: Lab) -> None:
    lab.tokens({token: {"status": "Accepted", "group": "FAMILY"} for token in (CARD, OTHER_CARD)})
    number = await lab.charge()
    await lab.card(OTHER_CARD)
    authorize = await lab.hears("Authorize", idTag=OTHER_CARD)
    stop = await lab.hears("StopTransaction", transactionId=number, idTag=OTHER_CARD)
    await lab.status("Finishing")
    await lab.unplug(SOCKET)
    await lab.status("Available")
    assert in_order(authorize, stop)

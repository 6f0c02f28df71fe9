"""Without the CSMS: 036 to 039. Everything that happened is told afterwards, in order, with the time at which it happened."""

from datetime import datetime

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import CARD, OTHER_CARD, Lab, in_order
from tests.conformance.v16.sites import SOCKET


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def start_offline(lab: Lab, token: str) -> None:
    """A car that charges, and nobody at the CSMS knows."""
    await lab.network("down")
    await lab.plug()
    await lab.shows(status="Preparing")
    await lab.card(token)
    await lab.shows(contactor="closed")


@case("036", MeterValueSampleInterval="1")
async def test_meter_values_of_a_lost_connection_come_when_it_is_back(lab: Lab) -> None:
    number = await lab.charge()
    await lab.hears("MeterValues", transactionId=number)
    await lab.network("down")
    lost = lab.csms.messages[-1]
    await lab.waiting(3)
    lab.passed()
    await lab.network("up")
    sample = await lab.hears("MeterValues", transactionId=number, connectorId=SOCKET)
    assert -1 < (at(sample.payload["meterValue"][0]["timestamp"]) - lost.at).total_seconds() < 10
    assert lab.heard("BootNotification") == []
    assert (await lab.evse())["status"] == "Charging"


@case("037_1", AllowOfflineTxForUnknownId="true")
async def test_a_valid_id_that_started_offline_charges_on(lab: Lab) -> None:
    await start_offline(lab, CARD)
    await lab.network("up")
    start = await lab.hears("StartTransaction", idTag=CARD, connectorId=SOCKET)
    assert at(start.payload["timestamp"]) <= start.at
    await lab.status("Charging")
    assert (await lab.evse())["contactor"] == "closed"


@case("037_2", AllowOfflineTxForUnknownId="true", StopTransactionOnInvalidId="false", MaxEnergyOnInvalidId="0")
async def test_an_invalid_id_that_started_offline_gets_no_more_energy_but_keeps_its_transaction(lab: Lab) -> None:
    lab.tokens({OTHER_CARD: "Invalid"})
    await start_offline(lab, OTHER_CARD)
    await lab.network("up")
    await lab.hears("StartTransaction", idTag=OTHER_CARD)
    await lab.hears("StatusNotification", connectorId=SOCKET, status="SuspendedEVSE")
    await lab.shows(contactor="open")
    assert lab.heard("StopTransaction") == []


@case("037_3", AllowOfflineTxForUnknownId="true", StopTransactionOnInvalidId="true")
async def test_an_invalid_id_that_started_offline_is_stopped(lab: Lab) -> None:
    lab.tokens({OTHER_CARD: "Invalid"})
    await start_offline(lab, OTHER_CARD)
    await lab.network("up")
    number = await lab.started(idTag=OTHER_CARD)
    await lab.hears("StopTransaction", transactionId=number, reason="DeAuthorized")
    await lab.hears("StatusNotification", connectorId=SOCKET, status="Finishing")
    assert (await lab.evse())["contactor"] == "open"


@case("038")
async def test_a_stop_without_connection_is_told_with_its_time(lab: Lab) -> None:
    number = await lab.charge()
    await lab.network("down")
    lost = lab.csms.messages[-1]
    await lab.card()
    await lab.shows(contactor="open")
    await lab.network("up")
    stop = await lab.hears("StopTransaction", transactionId=number)
    assert -2 < (at(stop.payload["timestamp"]) - lost.at).total_seconds() < 20
    await lab.hears("StatusNotification", connectorId=SOCKET, status="Finishing")


@case("039", AllowOfflineTxForUnknownId="true", MeterValueSampleInterval="1")
async def test_a_whole_transaction_without_connection_is_told_in_order_with_the_id_it_gets(lab: Lab) -> None:
    await start_offline(lab, CARD)
    await lab.waiting(3)
    await lab.card()
    await lab.shows(contactor="open")
    await lab.unplug()
    await lab.shows(status="Available")
    await lab.network("up")
    start = await lab.hears("StartTransaction", idTag=CARD)
    number = (await lab.answer(start))["transactionId"]
    sample = await lab.hears("MeterValues", transactionId=number)
    stop = await lab.hears("StopTransaction", transactionId=number, idTag=CARD)
    assert in_order(start, sample, stop)
    assert at(start.payload["timestamp"]) < at(sample.payload["meterValue"][0]["timestamp"]) <= at(stop.payload["timestamp"])
    assert lab.heard("StatusNotification", connectorId=SOCKET) == []

"""Triggered messages: 054, 055; data transfer: 062."""

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import Lab
from tests.conformance.v16.sites import CABLE, SOCKET


@case("054")
async def test_every_message_that_can_be_triggered_follows_its_answer(lab: Lab) -> None:
    lab.passed()
    for message in ("Heartbeat", "FirmwareStatusNotification", "DiagnosticsStatusNotification"):
        await lab.says("Accepted", "TriggerMessage", requestedMessage=message)
        await lab.hears(message)
    await lab.says("Accepted", "TriggerMessage", requestedMessage="StatusNotification", connectorId=CABLE)
    await lab.status("Available", connector=CABLE)
    await lab.says("Accepted", "TriggerMessage", requestedMessage="StatusNotification")
    for connector in (0, SOCKET, CABLE):
        await lab.status("Available", connector=connector)
    await lab.says("Accepted", "TriggerMessage", requestedMessage="MeterValues", connectorId=SOCKET)
    values = await lab.hears("MeterValues", connectorId=SOCKET)
    assert {sample["context"] for value in values.payload["meterValue"] for sample in value["sampledValue"]} == {"Trigger"}
    assert lab.heard("FirmwareStatusNotification")[-1].payload == {"status": "Idle"}
    assert lab.heard("DiagnosticsStatusNotification")[-1].payload == {"status": "Idle"}


@case("055")
async def test_a_message_of_an_unknown_connector_is_not_triggered(lab: Lab) -> None:
    lab.passed()
    await lab.says("Rejected", "TriggerMessage", requestedMessage="MeterValues", connectorId=CABLE + 1)
    await lab.says("Rejected", "TriggerMessage", requestedMessage="StatusNotification", connectorId=CABLE + 1)
    assert lab.heard("MeterValues") == []


@case("062")
async def test_data_for_nobody_names_what_is_not_known(lab: Lab) -> None:
    await lab.says("UnknownVendorId", "DataTransfer", vendorId="com.example.nobody", messageId="hello", data="{}")
    await lab.says("UnknownMessageId", "DataTransfer", vendorId="org.openchargealliance.costmsg", messageId="hello")

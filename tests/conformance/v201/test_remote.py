"""Block F: remote control."""

from typing import Any
from uuid import uuid4

import pytest

from simulators.csms.message_log import Message
from tests.campaigns.bench import Json
from tests.conformance import files
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, OTHER_CARD, Lab, in_order
from tests.conformance.v201.sites import CABLE, SOCKET
from tests.conformance.v201.states import START, token
from tests.conformance.v201.test_firmware import updating
from tests.conformance.v201.test_logs import asked

ASKS = "AuthCtrlr.AuthorizeRemoteStart"


# Start and stop


@case("TC_F_01")
async def test_a_remote_start_for_a_car_that_is_plugged_in(lab: Lab) -> None:
    """F01.FR.02, F01.FR.04, F01.FR.13, F01.FR.18, F01.FR.19, F01.FR.25."""
    await lab.configure({START: "EVConnected,Authorized"})
    started = await states.ev_connected_pre_session(lab)
    assert started is not None
    await states.authorized_remotely(lab)
    await states.energy_transfer_started(lab, plugged=True)
    assert states.ongoing(lab) == states.transaction_of(started)


@pytest.mark.parametrize("asks", [pytest.param(True, marks=case("TC_F_02")), pytest.param(False, marks=case("TC_F_03"))])
async def test_a_remote_start_before_the_car_comes(lab: Lab, asks: bool) -> None:
    """F01.FR.01, F02.FR.01, F02.FR.05, F02.FR.09, F02.FR.10, F02.FR.21."""
    await lab.configure({ASKS: "true" if asks else "false"})
    await states.authorized_remotely(lab, asks=asks)
    await states.energy_transfer_started(lab)
    assert asks or not lab.heard("Authorize")
    first = lab.events(states.ongoing(lab) or "")[0]
    assert (first["triggerReason"], first["transactionInfo"]["remoteStartId"]) == ("RemoteStart", states.REMOTE_START_ID)


@case("TC_F_04")
async def test_a_remote_start_whose_car_does_not_come(lab: Lab) -> None:
    """F02.FR.07."""
    await lab.configure({START: "Authorized", "TxCtrlr.EVConnectionTimeOut": "1"})
    await states.authorized_remotely(lab)
    await lab.event("Ended", triggerReason="EVConnectTimeout", stoppedReason="Timeout")
    await states.authorized_remotely(lab, number=2)


@case("TC_F_08")
async def test_a_remote_stop(lab: Lab) -> None:
    """F03.FR.03, F03.FR.07, F03.FR.09."""
    transaction = await states.charging(lab)
    await states.stop_authorized_remotely(lab, transaction)


@case("TC_F_09")
async def test_no_remote_stop_of_an_unknown_transaction(lab: Lab) -> None:
    """F03.FR.08."""
    transaction = await states.charging(lab)
    await lab.says("Rejected", "RequestStopTransaction", transactionId=str(uuid4()))
    assert states.ongoing(lab) == transaction


# Unlock


async def unlock(lab: Lab, wanted: str, connector: int = 1) -> None:
    await lab.says(wanted, "UnlockConnector", evseId=SOCKET, connectorId=connector)


@case("TC_F_05")
async def test_a_plug_stays_locked_while_somebody_charges(lab: Lab) -> None:
    """F05.FR.02. Nor can the EVSE be used for somebody else (F01.FR.24, F02.FR.26)."""
    transaction = await states.charging(lab)
    await unlock(lab, "OngoingAuthorizedTransaction")
    await lab.says("Rejected", "RequestStartTransaction", idToken=token(OTHER_CARD), evseId=SOCKET, remoteStartId=1)
    assert states.ongoing(lab) == transaction


@case("TC_F_06")
async def test_a_plug_is_unlocked_where_nobody_charges(lab: Lab) -> None:
    """F05.FR.04."""
    await states.ev_connected_pre_session(lab)
    await unlock(lab, "Unlocked")
    await lab.shows(SOCKET, lock="unlocked")


@case("TC_F_07")
async def test_a_socket_without_a_cable_is_unlocked(lab: Lab) -> None:
    """F05.FR.06."""
    await unlock(lab, "Unlocked")


@case("TC_F_10")
async def test_an_unknown_connector_is_not_unlocked(lab: Lab) -> None:
    """F05.FR.03."""
    await unlock(lab, "UnknownConnector", 999)


# Trigger


async def trigger(lab: Lab, message: str, wanted: str = "Accepted", **evse: int) -> None:
    """TriggerMessage, of an EVSE (``id``, ``connectorId``) or of none in particular."""
    await lab.says(wanted, "TriggerMessage", requestedMessage=message, **({"evse": evse} if evse else {}))


def context(message: Message) -> str:
    """Why the first sample was taken."""
    samples: list[Json] = message.payload["meterValue"][0]["sampledValue"]
    assert {sample["measurand"] for sample in samples} == {"Energy.Active.Import.Register"}, "all that is configured"
    return str(samples[0]["context"])


@case("TC_F_11")
async def test_meter_values_of_one_evse_when_told_to(lab: Lab) -> None:
    """F06.FR.06."""
    await trigger(lab, "MeterValues", id=SOCKET)
    told = await lab.hears("MeterValues")
    assert (told.payload["evseId"], context(told)) == (SOCKET, "Trigger")
    await trigger(lab, "MeterValues", "Rejected", id=7)


@case("TC_F_12")
async def test_meter_values_of_every_evse_when_told_to(lab: Lab) -> None:
    """F06.FR.11."""
    await trigger(lab, "MeterValues")
    for evse in (SOCKET, CABLE):
        assert context(await lab.hears("MeterValues", evseId=evse)) == "Trigger"


@case("TC_F_13")
async def test_an_event_of_one_transaction_when_told_to(lab: Lab) -> None:
    """F06.FR.07."""
    transaction = await states.charging(lab)
    await trigger(lab, "TransactionEvent", id=SOCKET)
    told = await lab.event(triggerReason="Trigger", chargingState="Charging", transactionId=transaction)
    assert told.payload.get("evse", {}).get("id") in (None, SOCKET)
    assert context(told) == "Trigger"
    await trigger(lab, "TransactionEvent", "Rejected", id=CABLE)


@case("TC_F_14")
async def test_an_event_of_every_transaction_when_told_to(lab: Lab) -> None:
    """F06.FR.07, F06.FR.11."""
    transactions = {evse: await states.charging(lab, evse=evse, text=text) for evse, text in ((SOCKET, CARD), (CABLE, OTHER_CARD))}
    await trigger(lab, "TransactionEvent")
    for evse, transaction in transactions.items():
        told = await lab.event(triggerReason="Trigger", chargingState="Charging", transactionId=transaction, evse=evse)
        assert context(told) == "Trigger"


@case("TC_F_15")
async def test_the_state_of_a_log_when_told_to(lab: Lab) -> None:
    """F06.FR.15."""
    await trigger(lab, "LogStatusNotification")
    assert (await lab.hears("LogStatusNotification")).payload["status"] == "Idle"


@case("TC_F_16")
async def test_the_state_of_a_log_that_is_on_its_way_when_told_to(lab: Lab) -> None:
    """F06.FR.14."""
    async with files.serving() as server:
        server.free.clear()
        await asked(lab, "Accepted", server, "DiagnosticsLog", 5)
        began = await lab.hears("LogStatusNotification", status="Uploading", requestId=5)
        await trigger(lab, "LogStatusNotification")
        again = await lab.hears("LogStatusNotification", status="Uploading", requestId=5)
        assert in_order(began, again)
        server.free.set()
        await lab.hears("LogStatusNotification", status="Uploaded", requestId=5)


@pytest.mark.parametrize("evse", [pytest.param({"id": SOCKET}, marks=case("TC_F_17")), pytest.param({}, marks=case("TC_F_18"))])
async def test_the_state_of_firmware_when_told_to(lab: Lab, evse: Any) -> None:
    """F06.FR.03, F06.FR.16."""
    await trigger(lab, "FirmwareStatusNotification", **evse)
    assert (await lab.hears("FirmwareStatusNotification")).payload == {"status": "Idle"}


@case("TC_F_19", fresh=True)
async def test_the_state_of_firmware_that_is_on_its_way_when_told_to(lab: Lab) -> None:
    async with updating(lab) as update:
        update.server.free.clear()
        await update.asked("Accepted")
        await update.goes("Downloading")
        await trigger(lab, "FirmwareStatusNotification")
        await update.goes("Downloading")
        update.server.free.set()
        await update.goes("Downloaded")


@case("TC_F_20")
async def test_a_heartbeat_when_told_to(lab: Lab) -> None:
    """F06.FR.10."""
    await trigger(lab, "Heartbeat")
    await lab.hears("Heartbeat")


@case("TC_F_23")
async def test_the_status_of_a_free_connector_when_told_to(lab: Lab) -> None:
    await trigger(lab, "StatusNotification", id=SOCKET, connectorId=1)
    await lab.status("Available")
    await trigger(lab, "StatusNotification", "Rejected", id=SOCKET, connectorId=9)
    await trigger(lab, "StatusNotification", "Rejected", id=0)


@case("TC_F_24")
async def test_the_status_of_a_connector_with_a_car_when_told_to(lab: Lab) -> None:
    await states.ev_connected_pre_session(lab)
    await trigger(lab, "StatusNotification", id=SOCKET, connectorId=1)
    await lab.status("Occupied")


@case("TC_F_26")
async def test_no_boot_notification_once_it_was_accepted(lab: Lab) -> None:
    """F06.FR.17."""
    await trigger(lab, "BootNotification", "Rejected")


@case("TC_F_27")
async def test_a_message_that_the_station_does_not_have(lab: Lab) -> None:
    """F06.FR.08."""
    await trigger(lab, "SignCombinedCertificate", "NotImplemented")

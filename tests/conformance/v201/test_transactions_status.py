"""Block E: GetTransactionStatus."""

import pytest

from tests.campaigns.bench import Json
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, Lab
from tests.conformance.v201.sites import SOCKET

SAMPLES = {"SampledDataCtrlr.TxUpdatedInterval": "1"}
LATER = {"OCPPCommCtrlr.OfflineThreshold": "60"}


async def asked_first(lab: Lab, **which: str) -> Json:
    """The answer before the queue is empty: the CSMS answers no event until then."""
    lab.csms.behaviour = type(lab.csms.behaviour)(delay_s=0.5)
    await lab.network("up")
    return await lab.call("GetTransactionStatus", **which)


async def offline_samples(lab: Lab) -> str:
    """A transaction that goes on while the connection is down."""
    await lab.configure(SAMPLES)
    transaction = await states.charging(lab)
    await lab.network("down")
    await lab.waiting(1)
    lab.passed()
    return transaction


async def told_late(lab: Lab) -> None:
    """What waited is meter values that were taken offline."""
    event = await lab.event("Updated", triggerReason="MeterValuePeriodic", offline=True)
    assert event.payload["meterValue"]


@case("TC_E_28")
async def test_of_one_that_nobody_knows(lab: Lab) -> None:
    answer = await lab.call("GetTransactionStatus", transactionId="b3b1c7f0-nobody")
    assert answer == {"ongoingIndicator": False, "messagesInQueue": False}


@case("TC_E_29")
async def test_of_one_that_goes_on_with_messages_in_the_queue(lab: Lab) -> None:
    transaction = await offline_samples(lab)
    answer = await asked_first(lab, transactionId=transaction)
    assert answer == {"ongoingIndicator": True, "messagesInQueue": True}
    await told_late(lab)


@case("TC_E_30")
async def test_of_one_that_goes_on(lab: Lab) -> None:
    transaction = await states.charging(lab)
    await lab.answer(lab.heard("TransactionEvent")[-1])
    answer = await lab.call("GetTransactionStatus", transactionId=transaction)
    assert answer == {"ongoingIndicator": True, "messagesInQueue": False}


STOPPED_BY_CARD: list[Json] = [
    {"triggerReason": "StopAuthorized", "idToken": {CARD, None}},
    {"triggerReason": "ChargingStateChanged", "chargingState": "EVConnected"},
    {"triggerReason": "EVCommunicationLost", "chargingState": "Idle", "eventType": "Ended", "stoppedReason": {"Local", None}},
]
STOPPED_BY_CAR: list[Json] = [
    {"triggerReason": "ChargingStateChanged", "chargingState": {"SuspendedEV", "EVConnected"}},
    {"triggerReason": "EVCommunicationLost", "chargingState": "Idle", "eventType": "Ended"},
]


@case("TC_E_31")
@pytest.mark.parametrize("remote", [False, True], ids=["card", "remote"])
async def test_of_one_that_has_ended_with_messages_in_the_queue(lab: Lab, remote: bool) -> None:
    """The transaction ends with the cable, so that every step of the end has to be told."""
    await lab.configure({states.STOP: "EVConnected", "OCPPCommCtrlr.UnlockOnEVSideDisconnect": "true", **SAMPLES, **LATER})
    transaction = await charging(lab, remote)
    await lab.event("Updated", triggerReason="MeterValuePeriodic")
    await lab.shows(SOCKET, contactor="closed")
    await lab.answer(lab.heard("TransactionEvent")[-1])
    await lab.network("down")
    lab.passed()
    if remote:
        await lab.ask("PATCH", f"/evses/{SOCKET}/ev", request=False)
        await lab.shows(SOCKET, contactor="open")
        await lab.unplug(side="ev")
        await lab.shows(SOCKET, lock="unlocked")
    else:
        await lab.card()
        await lab.shows(SOCKET, contactor="open")
    await lab.unplug()
    await lab.shows(SOCKET, status="Available")
    answer = await asked_first(lab, transactionId=transaction)
    assert answer == {"ongoingIndicator": False, "messagesInQueue": True}
    for step in STOPPED_BY_CAR if remote else STOPPED_BY_CARD:
        await lab.event(**{"kind": None, "transactionId": transaction, "offline": True, **step})
    assert lab.told(transaction)[-1] == ("Ended", "EVCommunicationLost")


async def charging(lab: Lab, remote: bool) -> str:
    """A transaction that goes on, authorised from afar or with a card; its id."""
    if not remote:
        return await states.charging(lab)
    await states.ev_connected_pre_session(lab)
    await states.authorized_remotely(lab, plugged=True)
    return states.transaction_of(await states.energy_transfer_started(lab, plugged=True))


@case("TC_E_32")
async def test_of_one_that_has_ended(lab: Lab) -> None:
    transaction = await states.charging(lab)
    ended = await states.stop_authorized(lab)
    await states.ev_disconnected(lab)
    await lab.answer(ended)
    answer = await lab.call("GetTransactionStatus", transactionId=transaction)
    assert answer == {"ongoingIndicator": False, "messagesInQueue": False}


@case("TC_E_33")
async def test_of_all_with_messages_in_the_queue(lab: Lab) -> None:
    await offline_samples(lab)
    assert await asked_first(lab) == {"messagesInQueue": True}
    await told_late(lab)


@case("TC_E_34")
async def test_of_all(lab: Lab) -> None:
    assert await lab.call("GetTransactionStatus") == {"messagesInQueue": False}

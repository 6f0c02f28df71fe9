"""Block E: where transactions end (TxStopPoint)."""

import pytest

from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, Lab
from tests.conformance.v201.sites import CABLE, SOCKET

ASKED_ABOUT = {"AuthCacheCtrlr.Enabled": "false", "AuthCtrlr.LocalPreAuthorize": "false"}
STAYS = {"TxCtrlr.StopTxOnEVSideDisconnect": "false"}


async def stopping_at(lab: Lab, point: str, **more: str) -> None:
    """With this stop point."""
    await lab.configure({states.STOP: point, **ASKED_ABOUT, **more})


def whole(lab: Lab, transaction: str) -> None:
    """It has been told from its start to its end, which came last."""
    kinds = [kind for kind, _ in lab.told(transaction)]
    assert (kinds[0], kinds[-1]) == ("Started", "Ended")
    assert (kinds.count("Started"), kinds.count("Ended")) == (1, 1)


@case("TC_E_14")
@pytest.mark.parametrize("remote", [False, True], ids=["card", "remote"])
async def test_when_the_plug_is_pulled(lab: Lab, remote: bool) -> None:
    await stopping_at(lab, "EVConnected")
    transaction = await states.charging(lab)
    stopped = await (states.stop_authorized_remotely(lab, transaction) if remote else states.stop_authorized(lab))
    assert stopped.payload["eventType"] == "Updated"
    await lab.event("Updated", triggerReason="ChargingStateChanged", chargingState="EVConnected")
    await lab.unplug()
    await lab.status("Available")
    reasons = {"Remote"} if remote else {"Local", "EVDisconnected", None}
    await lab.event("Ended", triggerReason="EVCommunicationLost", chargingState="Idle", stoppedReason=reasons)
    whole(lab, transaction)


@case("TC_E_20")
async def test_when_the_car_is_unplugged_at_the_car(lab: Lab) -> None:
    await stopping_at(lab, "EVConnected", **STAYS)
    transaction = await states.charging(lab)
    await states.energy_transfer_suspended(lab)
    await lab.unplug(side="ev")
    await lab.event("Ended", triggerReason="EVCommunicationLost", chargingState="Idle", stoppedReason="EVDisconnected")
    whole(lab, transaction)


@case("TC_E_15")
@pytest.mark.parametrize("evse", [SOCKET, CABLE])
async def test_with_the_card(lab: Lab, evse: int) -> None:
    await stopping_at(lab, "Authorized")
    transaction = await states.charging(lab, evse=evse)
    await lab.card(CARD, evse=evse)
    ended = await lab.event("Ended", triggerReason="StopAuthorized", stoppedReason="Local", idToken=CARD)
    assert ended.payload["meterValue"]
    whole(lab, transaction)


@case("TC_E_21")
async def test_from_afar(lab: Lab) -> None:
    await stopping_at(lab, "Authorized")
    transaction = await states.charging(lab)
    await lab.says("Accepted", "RequestStopTransaction", transactionId=transaction)
    await lab.event("Ended", triggerReason="RemoteStop", stoppedReason="Remote")
    whole(lab, transaction)


@case("TC_E_16")
@pytest.mark.parametrize("point", ["Authorized", "PowerPathClosed"])
async def test_when_the_csms_does_not_accept_the_token(lab: Lab, point: str) -> None:
    allowed = {"AuthCtrlr.OfflineTxForUnknownIdEnabled": "true", "TxCtrlr.StopTxOnInvalidId": "true"}
    await lab.prepare({"AuthCtrlr.Enabled": "true", "AuthCtrlr.DisableRemoteAuthorization": "false"})
    await lab.configure({states.STOP: point, **allowed})
    await states.id_token_cached(lab)
    await states.id_token_in_local_list(lab)
    await lab.network("down")
    await lab.card(CARD)
    await lab.plug()
    await lab.shows(SOCKET, contactor="closed")
    lab.tokens({CARD: {"status": "Invalid"}})
    await lab.network("up")
    started = await lab.event("Started", idToken=CARD, offline=True)
    transaction = states.transaction_of(started)
    await lab.event("Ended", triggerReason="Deauthorized", stoppedReason="DeAuthorized", transactionId=transaction)
    *waited, _ = lab.events(transaction)
    assert all(event.get("offline") for event in waited), waited
    whole(lab, transaction)


@case("TC_E_17")
async def test_when_unplugging_at_the_car_deauthorises(lab: Lab) -> None:
    keeps = {"TxCtrlr.StopTxOnEVSideDisconnect": "true", "OCPPCommCtrlr.UnlockOnEVSideDisconnect": "false"}
    await lab.prepare({"AuthCtrlr.Enabled": "true", "AuthCtrlr.DisableRemoteAuthorization": "false"})
    await lab.configure({states.STOP: "Authorized", **keeps})
    transaction = await states.charging(lab)
    await lab.unplug(side="ev")
    await lab.event("Ended", triggerReason="EVCommunicationLost", chargingState="Idle", stoppedReason="EVDisconnected")
    await lab.card(CARD)
    await lab.shows(SOCKET, lock="unlocked")
    await lab.unplug()
    await lab.status("Available")
    whole(lab, transaction)


@case("TC_E_39")
async def test_when_no_cable_came_in_time(lab: Lab) -> None:
    await lab.configure({states.START: "Authorized", states.STOP: "Authorized", "TxCtrlr.EVConnectionTimeOut": "1", **ASKED_ABOUT})
    started = await states.authorized(lab)
    assert started is not None
    await lab.event("Ended", triggerReason="EVConnectTimeout", stoppedReason="Timeout")
    whole(lab, states.transaction_of(started))
    await lab.plug()
    await lab.status("Occupied")
    assert (await lab.evse(SOCKET))["contactor"] == "open"
    assert {states.transaction_of(event) for event in lab.heard("TransactionEvent")} == {states.transaction_of(started)}


@case("TC_E_07")
async def test_with_the_card_when_the_power_path_opens(lab: Lab) -> None:
    await stopping_at(lab, "PowerPathClosed")
    transaction = await states.charging(lab)
    stopped = await states.stop_authorized(lab)
    assert stopped.payload["eventType"] == "Ended"
    whole(lab, transaction)


@case("TC_E_35")
async def test_from_afar_when_the_power_path_opens(lab: Lab) -> None:
    await stopping_at(lab, "PowerPathClosed")
    transaction = await states.charging(lab)
    await lab.says("Accepted", "RequestStopTransaction", transactionId=transaction)
    await lab.event("Ended", triggerReason="RemoteStop", stoppedReason="Remote")
    whole(lab, transaction)


@case("TC_E_37")
async def test_when_unplugging_at_the_car_opens_the_power_path(lab: Lab) -> None:
    await stopping_at(lab, "PowerPathClosed", **STAYS)
    transaction = await states.charging(lab)
    await states.energy_transfer_suspended(lab)
    await lab.unplug(side="ev")
    reasons = {"EVDisconnected", "StoppedByEV"}
    await lab.event("Ended", triggerReason="EVCommunicationLost", chargingState="Idle", stoppedReason=reasons)
    whole(lab, transaction)


@case("TC_E_08")
@pytest.mark.parametrize("remote", [False, True], ids=["card", "remote"])
async def test_when_somebody_ends_the_flow_of_energy(lab: Lab, remote: bool) -> None:
    await stopping_at(lab, "EnergyTransfer")
    transaction = await states.charging(lab)
    stopped = await (states.stop_authorized_remotely(lab, transaction) if remote else states.stop_authorized(lab))
    assert stopped.payload["eventType"] == "Ended"
    whole(lab, transaction)


@case("TC_E_22")
async def test_when_the_car_ends_the_flow_of_energy(lab: Lab) -> None:
    await stopping_at(lab, "EnergyTransfer")
    transaction = await states.charging(lab)
    await lab.ask("PATCH", f"/evses/{SOCKET}/ev", request=False)
    await lab.event("Ended", triggerReason="ChargingStateChanged", chargingState="EVConnected", stoppedReason="StoppedByEV")
    whole(lab, transaction)

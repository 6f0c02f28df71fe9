"""Block E: where transactions start (TxStartPoint)."""

import pytest

from simulators.csms.message_log import Message
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, Lab
from tests.conformance.v201.sites import CABLE, SOCKET

ASKED_ABOUT = {"AuthCacheCtrlr.Enabled": "false", "AuthCtrlr.LocalPreAuthorize": "false"}


async def starting_at(lab: Lab, point: str, stop: str = "Authorized") -> None:
    """With these points, and every card asked about."""
    await lab.configure({states.START: point, states.STOP: stop, **ASKED_ABOUT})


def first(lab: Lab, event: Message) -> None:
    """It is the first of its transaction, and the only one that is Started."""
    told = lab.told(states.transaction_of(event))
    assert told[0] == (event.payload["eventType"], event.payload["triggerReason"])
    assert [kind for kind, _ in told].count("Started") == 1


@case("TC_E_09")
@pytest.mark.parametrize("evse", [SOCKET, CABLE])
async def test_with_the_cable(lab: Lab, evse: int) -> None:
    await starting_at(lab, "EVConnected")
    await lab.plug(evse)
    await lab.status("Occupied", evse=evse)
    started = await lab.event("Started", triggerReason="CablePluggedIn", evse=evse, connector=1, chargingState="EVConnected", idToken=None)
    authorized = await states.authorized(lab, evse=evse)
    assert authorized is not None
    assert states.transaction_of(authorized) == states.transaction_of(started)
    charging = await states.energy_transfer_started(lab, evse=evse, plugged=True)
    assert (charging.payload["eventType"], states.transaction_of(charging)) == ("Updated", states.transaction_of(started))
    first(lab, started)
    assert {value["context"] for each in started.payload["meterValue"] for value in each["sampledValue"]} == {"Transaction.Begin"}


@case("TC_E_10")
async def test_with_the_card(lab: Lab) -> None:
    await starting_at(lab, "Authorized")
    await lab.card(CARD)
    await lab.hears("Authorize", idToken=states.token())
    started = await lab.event("Started", triggerReason="Authorized", idToken=CARD, chargingState="Idle", connector=None)
    await states.ev_connected_pre_session(lab)
    charging = await lab.event("Updated", chargingState="Charging", idToken=None)
    assert states.transaction_of(charging) == states.transaction_of(started)
    first(lab, started)


@case("TC_E_13")
async def test_from_afar(lab: Lab) -> None:
    await starting_at(lab, "Authorized")
    await lab.configure({"AuthCtrlr.AuthorizeRemoteStart": "true"})
    await lab.says("Accepted", "RequestStartTransaction", idToken=states.token(), evseId=SOCKET, remoteStartId=5)
    await lab.hears("Authorize", idToken=states.token())
    started = await lab.event("Started", triggerReason="RemoteStart", idToken=CARD, remoteStartId=5, evse=SOCKET)
    await states.ev_connected_pre_session(lab)
    charging = await lab.event("Updated", chargingState="Charging", remoteStartId=None)
    assert states.transaction_of(charging) == states.transaction_of(started)


@case("TC_E_01")
async def test_when_the_power_path_closes(lab: Lab) -> None:
    await starting_at(lab, "PowerPathClosed")
    assert await states.authorized(lab) is None
    started = await states.ev_connected_pre_session(lab, paid=True)
    assert started is not None
    assert (started.payload["eventType"], started.payload["idToken"]) == ("Started", states.token())
    charging = await states.energy_transfer_started(lab, plugged=True)
    assert (charging.payload["eventType"], states.transaction_of(charging)) == ("Updated", states.transaction_of(started))
    first(lab, started)


@case("TC_E_02")
@pytest.mark.parametrize("remote", [False, True], ids=["card", "remote"])
async def test_when_energy_flows(lab: Lab, remote: bool) -> None:
    await starting_at(lab, "EnergyTransfer")
    told = await (states.authorized_remotely(lab) if remote else states.authorized(lab))
    assert told is None
    await lab.plug()
    await lab.status("Occupied")
    reason = "RemoteStart" if remote else "ChargingStateChanged"
    started = await lab.event("Started", triggerReason=reason, idToken=CARD, evse=SOCKET, connector=1, chargingState="Charging")
    first(lab, started)
    await lab.card(CARD)
    ended = await lab.event("Ended", triggerReason="StopAuthorized", stoppedReason="Local")
    assert ended.payload["transactionInfo"]["timeSpentCharging"] >= 0

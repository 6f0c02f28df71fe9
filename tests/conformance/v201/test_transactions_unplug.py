"""Block E: cars that are unplugged at their own side."""

import pytest

from tests.campaigns.bench import Json
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, Lab
from tests.conformance.v201.sites import CABLE, SOCKET

LOST: Json = {"triggerReason": "EVCommunicationLost", "chargingState": "Idle"}


async def unplugging(lab: Lab, *, stops: bool, unlocks: bool, point: str = "PowerPathClosed") -> None:
    """What it does to the transaction and to the plug."""
    words = {True: "true", False: "false"}
    keys = {"TxCtrlr.StopTxOnEVSideDisconnect": words[stops], "OCPPCommCtrlr.UnlockOnEVSideDisconnect": words[unlocks]}
    await lab.configure({states.STOP: point, **keys})


@case("TC_E_24")
async def test_it_deauthorises_and_lets_the_plug_go(lab: Lab) -> None:
    await unplugging(lab, stops=True, unlocks=True)
    await states.charging(lab)
    await states.energy_transfer_suspended(lab)
    await lab.unplug(side="ev")
    await lab.event(**LOST)
    await lab.shows(SOCKET, lock="unlocked")
    await lab.unplug()
    await lab.status("Available")


@case("TC_E_25")
async def test_it_deauthorises_and_the_plug_waits_for_the_card(lab: Lab) -> None:
    await unplugging(lab, stops=True, unlocks=False)
    await states.charging(lab)
    await states.energy_transfer_suspended(lab)
    await lab.unplug(side="ev")
    await lab.event(**LOST)
    assert (await lab.evse(SOCKET))["lock"] == "locked"
    await lab.card(CARD)
    await lab.shows(SOCKET, lock="unlocked")
    await lab.unplug()
    await lab.status("Available")


@case("TC_E_26")
@pytest.mark.parametrize("evse", [SOCKET, CABLE])
async def test_the_transaction_waits_for_the_car(lab: Lab, evse: int) -> None:
    await unplugging(lab, stops=False, unlocks=False, point="Authorized")
    transaction = await states.charging(lab, evse=evse)
    await lab.unplug(evse, side="ev")
    await lab.event("Updated", evse=evse, **LOST)
    if evse == CABLE:
        await lab.status("Available", evse=evse)
    else:
        assert (await lab.evse(SOCKET))["lock"] == "locked"
    await lab.plug(evse)
    await lab.event("Updated", triggerReason="CablePluggedIn", chargingState="EVConnected", evse=evse)
    charging = await lab.event("Updated", triggerReason="ChargingStateChanged", evse=evse)
    assert charging.payload["transactionInfo"]["chargingState"] == "Charging"
    assert states.transaction_of(charging) == transaction


@case("TC_E_27")
async def test_a_car_does_not_come_back_to_the_fixed_cable(lab: Lab) -> None:
    await unplugging(lab, stops=False, unlocks=False, point="Authorized")
    await lab.configure({"TxCtrlr.EVConnectionTimeOut": "1"})
    transaction = await states.charging(lab, evse=CABLE)
    await states.energy_transfer_suspended(lab, evse=CABLE)
    await lab.unplug(CABLE, side="ev")
    await lab.event("Updated", evse=CABLE, **LOST)
    await lab.status("Available", evse=CABLE)
    await lab.event("Ended", triggerReason="EVConnectTimeout", stoppedReason="Timeout", transactionId=transaction)
    assert lab.told(transaction)[-1] == ("Ended", "EVConnectTimeout")

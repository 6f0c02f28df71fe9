"""Block B: cold boot, and what is told after being offline (B01 to B04)."""

import asyncio

import pytest

from simulators.csms.behaviour import Behaviour, BootStatus
from simulators.csms.message_log import Message
from simulators.csms.server import Csms
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, WAIT_S, Lab
from tests.conformance.v201.naming import read
from tests.conformance.v201.sites import CABLE, SOCKET

OFFLINE_THRESHOLD = "OCPPCommCtrlr.OfflineThreshold"
EVERY = {f"{SOCKET}.1": "Available", f"{CABLE}.1": "Available"}


async def opened(lab: Lab, boot: BootStatus, interval_s: int) -> Message:
    """The station runs, and its first boot, which is returned, is answered so."""
    csms = Csms(versions=("2.0.1",))
    csms.behaviour = Behaviour(boot=boot, interval_s=interval_s)
    await lab.open(csms=csms, boots=False)
    first = await lab.hears("BootNotification")
    await csms.until(lambda: lab.station.registration == boot.lower(), WAIT_S)
    return first


@case("TC_B_01", fresh=True)
async def test_a_cold_boot_is_followed_by_the_state_of_every_connector(lab: Lab) -> None:
    boot = next(message for message in lab.csms.messages if message.action == "BootNotification")
    assert boot.payload == {
        "reason": "PowerUp",
        "chargingStation": {"vendorName": "Acme", "model": "One", "serialNumber": "0001", "firmwareVersion": "1.2.3"},
    }
    assert lab.station.connectors == EVERY
    await lab.hears("SecurityEventNotification", type="StartupOfTheDevice")


@case("TC_B_02", opens=False)
async def test_a_pending_station_can_be_configured_and_asked_and_boots_when_it_is_told_to(lab: Lab) -> None:
    first = await opened(lab, "Pending", 60)
    assert (await lab.write({OFFLINE_THRESHOLD: "300"}))[OFFLINE_THRESHOLD]["attributeStatus"] == "Accepted"
    assert await lab.variable(OFFLINE_THRESHOLD) == "300"
    await lab.says("Accepted", "GetBaseReport", requestId=1, reportBase="FullInventory")
    part = await lab.hears("NotifyReport", requestId=1, seqNo=0)
    for number in range(1, 100):
        if not part.payload.get("tbc", False):
            break
        part = await lab.hears("NotifyReport", requestId=1, seqNo=number)
    token = {"idToken": CARD, "type": "ISO14443"}
    await lab.says("Rejected", "RequestStartTransaction", idToken=token, evseId=SOCKET, remoteStartId=1)
    told = {
        message.action for message in lab.csms.messages.after(first.number) if message.direction == "received" and message.frame[0] == 2
    }
    assert told <= {"NotifyReport"}
    lab.csms.behaviour = Behaviour(interval_s=60)
    await lab.says("Accepted", "TriggerMessage", requestedMessage="BootNotification")
    assert (await lab.booted()).payload["reason"] == "Triggered"
    assert lab.station.connectors == EVERY


@case("TC_B_03", opens=False)
async def test_a_rejected_station_says_nothing_until_the_interval_is_over(lab: Lab) -> None:
    first = await opened(lab, "Rejected", 1)
    lab.csms.behaviour = Behaviour(interval_s=60)
    second = await lab.hears("BootNotification")
    assert (second.at - first.at).total_seconds() >= 1
    between = [m for m in lab.csms.messages.after(first.number) if m.direction == "received" and m.number < second.number]
    assert between == []
    await lab.csms.until(lambda: lab.station.connectors == EVERY, WAIT_S)


@case("TC_B_30", opens=False)
async def test_whoever_rejects_the_station_is_not_answered(lab: Lab) -> None:
    await opened(lab, "Rejected", 60)
    await lab.refuses("SecurityError", "GetBaseReport", requestId=1, reportBase="FullInventory")
    await lab.refuses("SecurityError", "GetVariables", getVariableData=[read(OFFLINE_THRESHOLD)])


@pytest.mark.parametrize(
    ("threshold", "told"),
    [
        pytest.param("0", {SOCKET, CABLE}, id="longer", marks=case("TC_B_51")),
        pytest.param("300", {SOCKET}, id="shorter", marks=case("TC_B_52")),
    ],
)
async def test_what_is_told_after_being_offline_for_longer_or_shorter_than_the_threshold(lab: Lab, threshold: str, told: set[int]) -> None:
    await lab.configure({OFFLINE_THRESHOLD: threshold})
    await lab.network("down")
    await lab.plug(SOCKET)
    await lab.shows(SOCKET, status="Occupied")
    lab.passed()
    back = lab.csms.messages.last
    await lab.network("up")
    for evse in sorted(told):
        await lab.status("Occupied" if evse == SOCKET else "Available", evse=evse)
    await asyncio.sleep(0.2)
    statuses = lab.heard("StatusNotification", after=back)
    assert sorted(message.payload["evseId"] for message in statuses) == sorted(told)
    assert not lab.heard("BootNotification", after=back)

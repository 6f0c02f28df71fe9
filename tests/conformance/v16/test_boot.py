"""Boot: 001, 002."""

from simulators.csms.behaviour import Behaviour
from simulators.csms.server import Csms
from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import CARD, WAIT_S, Lab
from tests.conformance.v16.sites import CABLE, SOCKET


@case("001", opens=False)
async def test_a_cold_boot_that_is_rejected_once_is_told_again_then_connectors_then_heartbeats(lab: Lab) -> None:
    csms = Csms(versions=("1.6",))
    csms.behaviour = Behaviour(boot="Rejected", interval_s=2)
    await lab.open(csms=csms, boots=False)
    first = await lab.hears("BootNotification")
    boot = first.payload
    assert (boot["chargePointVendor"], boot["chargePointModel"], boot["firmwareVersion"]) == ("Acme", "One", "1.2.3")
    await csms.until(lambda: lab.station.registration == "rejected", WAIT_S)
    csms.behaviour = Behaviour(interval_s=1)
    second = await lab.hears("BootNotification")
    assert (second.at - first.at).total_seconds() > 1.8
    for connector in (0, SOCKET, CABLE):
        await lab.status("Available", connector=connector)
    await beats(lab)


async def beats(lab: Lab) -> None:
    """Heartbeats come every second, as the boot was answered."""
    first = await lab.hears("Heartbeat")
    second = await lab.hears("Heartbeat")
    assert (second.at - first.at).total_seconds() > 0.5
    assert await lab.key("HeartbeatInterval") == "1"


@case("002", opens=False)
async def test_a_pending_station_answers_and_boots_again_but_says_nothing_of_itself(lab: Lab) -> None:
    csms = Csms(versions=("1.6",))
    csms.behaviour = Behaviour(boot="Pending", interval_s=2)
    await lab.open(csms=csms, boots=False)
    first = await lab.hears("BootNotification")
    await csms.until(lambda: lab.station.registration == "pending", WAIT_S)
    assert await lab.key("HeartbeatInterval") is not None
    await lab.configure(MeterValueSampleInterval="7")
    await lab.says("Rejected", "RemoteStartTransaction", idTag=CARD, connectorId=SOCKET)
    await lab.says("Accepted", "TriggerMessage", requestedMessage="StatusNotification", connectorId=SOCKET)
    await lab.status("Available")
    second = await lab.hears("BootNotification")
    assert (second.at - first.at).total_seconds() > 1.8
    csms.behaviour = Behaviour(interval_s=1)
    await lab.booted()
    assert lab.station.registration == "accepted"
    await beats(lab)

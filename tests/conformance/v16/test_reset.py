"""Reset: 013 to 016."""

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import WAIT_S, Lab, in_order
from tests.conformance.v16.sites import CABLE, SOCKET


async def resets(lab: Lab, kind: str) -> None:
    """The station restarts and tells how it is; a connector that was made unavailable still is."""
    await lab.says("Accepted", "ChangeAvailability", connectorId=SOCKET, type="Inoperative")
    await lab.status("Unavailable")
    lab.passed()
    await lab.says("Accepted", "Reset", type=kind)
    await lab.booted()
    assert lab.station.connectors == {"0": "Available", str(SOCKET): "Unavailable", str(CABLE): "Available"}
    await lab.says("Accepted", "ChangeAvailability", connectorId=SOCKET, type="Operative")
    await lab.status("Available")


async def told_after_boot(lab: Lab) -> None:
    """The cable is still there, and nobody charges."""
    await lab.csms.until(lambda: lab.station.connectors[str(SOCKET)] in ("Preparing", "Finishing"), WAIT_S)
    await lab.shows(contactor="open", transaction=None)
    assert lab.station.connectors["0"] == lab.station.connectors[str(CABLE)] == "Available"
    assert len(lab.heard("StopTransaction")) == 1


@case("013")
async def test_hard_reset_without_transaction(lab: Lab) -> None:
    await resets(lab, "Hard")


@case("014")
async def test_soft_reset_without_transaction(lab: Lab) -> None:
    await resets(lab, "Soft")


@case("015")
async def test_hard_reset_with_a_transaction(lab: Lab) -> None:
    number = await lab.charge()
    await lab.says("Accepted", "Reset", type="Hard")
    await lab.hears("BootNotification")
    await lab.hears("StopTransaction", transactionId=number, reason="HardReset")
    await told_after_boot(lab)


@case("016")
async def test_soft_reset_with_a_transaction(lab: Lab) -> None:
    number = await lab.charge()
    await lab.says("Accepted", "Reset", type="Soft")
    stop = await lab.hears("StopTransaction", transactionId=number, reason="SoftReset")
    boot = await lab.hears("BootNotification")
    assert in_order(stop, boot)
    await told_after_boot(lab)

"""Reset: 013 to 016."""

from tests.conformance.cases import case
from tests.conformance.lab import Lab, in_order


async def resets(lab: Lab, kind: str) -> None:
    """The station restarts and tells how it is."""
    lab.passed()
    await lab.says("Accepted", "Reset", type=kind)
    await lab.booted()
    assert set(lab.station.connectors.values()) == {"Available"}


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
    await lab.shows(contactor="open", transaction=None)
    assert len(lab.heard("StopTransaction")) == 1


@case("016")
async def test_soft_reset_with_a_transaction(lab: Lab) -> None:
    number = await lab.charge()
    await lab.says("Accepted", "Reset", type="Soft")
    stop = await lab.hears("StopTransaction", transactionId=number, reason="SoftReset")
    boot = await lab.hears("BootNotification")
    assert in_order(stop, boot)
    assert len(lab.heard("StopTransaction")) == 1

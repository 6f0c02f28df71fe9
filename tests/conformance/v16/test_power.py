"""Power failure: 032_2, 034."""

from datetime import datetime

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import WAIT_S, Lab, in_order
from tests.conformance.v16.sites import CABLE, SOCKET, after_power_loss

ALL = (0, SOCKET, CABLE)


@case("032_2", after_power_loss("end"))
async def test_a_transaction_that_the_power_ended_is_stopped_after_boot_with_a_time_before_it(lab: Lab) -> None:
    number = await lab.charge()
    await lab.power("off")
    await lab.offline()
    gone = lab.csms.messages[-1].at
    lab.passed()
    await lab.power("on")
    boot = await lab.booted()
    stop = await lab.hears("StopTransaction", transactionId=number, reason="PowerLoss")
    assert in_order(boot, stop)
    assert (datetime.fromisoformat(stop.payload["timestamp"]) - gone).total_seconds() < 5
    await lab.csms.until(lambda: lab.station.connectors[str(SOCKET)] in ("Preparing", "Finishing"), WAIT_S)
    assert lab.station.connectors[str(CABLE)] == lab.station.connectors["0"] == "Available"
    assert len(lab.heard("StopTransaction")) == len(lab.heard("StartTransaction")) == 1


@case("034")
async def test_a_station_that_was_made_unavailable_still_is_after_a_power_cut(lab: Lab) -> None:
    await lab.says("Accepted", "ChangeAvailability", connectorId=0, type="Inoperative")
    for connector in ALL:
        await lab.status("Unavailable", connector=connector)
    await lab.power("off")
    await lab.offline()
    lab.passed()
    await lab.power("on")
    await lab.booted()
    assert lab.station.connectors == dict.fromkeys(map(str, ALL), "Unavailable")
    await lab.says("Accepted", "ChangeAvailability", connectorId=0, type="Operative")
    for connector in ALL:
        await lab.status("Available", connector=connector)

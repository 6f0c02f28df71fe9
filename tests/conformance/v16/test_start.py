"""Start of a transaction: 003, 004."""

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import CARD, Lab, in_order
from tests.conformance.v16.sites import SOCKET


@case("003")
async def test_cable_first_then_the_card(lab: Lab) -> None:
    register_wh = (await lab.evse())["meter"]["energy_wh"]
    await lab.plug()
    preparing = await lab.status("Preparing")
    await lab.card()
    authorize = await lab.hears("Authorize", idTag=CARD)
    start = await lab.hears("StartTransaction", connectorId=SOCKET, idTag=CARD, meterStart=round(register_wh))
    charging = await lab.status("Charging")
    assert in_order(preparing, authorize, start, charging)


@case("004_1")
async def test_card_first_then_the_cable(lab: Lab) -> None:
    await lab.card()
    authorize = await lab.hears("Authorize", idTag=CARD)
    preparing = await lab.status("Preparing")
    await lab.plug()
    start = await lab.hears("StartTransaction", connectorId=SOCKET, idTag=CARD)
    charging = await lab.status("Charging")
    assert in_order(authorize, preparing, start, charging)


@case("004_2", ConnectionTimeOut="2")
async def test_card_and_no_cable_until_the_connection_time_out(lab: Lab) -> None:
    await lab.card()
    await lab.hears("Authorize", idTag=CARD)
    preparing = await lab.status("Preparing")
    available = await lab.status("Available")
    assert (available.at - preparing.at).total_seconds() > 1.5
    await lab.plug()
    await lab.status("Preparing")
    assert lab.heard("StartTransaction") == []

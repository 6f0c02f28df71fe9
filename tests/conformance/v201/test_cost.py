"""Block I: tariff and cost, as a driver reads them."""

import pytest

from simulators.csms.behaviour import Behaviour
from tests.campaigns.bench import Json, until_true
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import LOOK_S, WAIT_S, Lab
from tests.conformance.v201.sites import SOCKET


def text(content: str) -> Json:
    """MessageContentType."""
    return {"format": "UTF8", "content": content}


async def reads(lab: Lab, **wanted: object) -> None:
    """Wait until the driver at the socket reads this of price and cost."""
    seen: Json = {}

    async def shown() -> bool:
        document = await lab.document()
        seen.update(next(each for each in document["evses"] if each["id"] == SOCKET)["display"])
        return all(seen.get(name) == value for name, value in wanted.items())

    await until_true(shown, WAIT_S, lambda: f"expected {wanted}, got {seen}", LOOK_S)


@pytest.mark.parametrize("by_answer", [pytest.param(False, marks=case("TC_I_01")), pytest.param(True, marks=case("TC_I_07"))])
async def test_the_running_cost_is_shown(lab: Lab, by_answer: bool) -> None:
    await lab.configure({"AuthCtrlr.LocalPreAuthorize": "false", "SampledDataCtrlr.TxUpdatedInterval": "1"})
    await lab.configure({"TariffCostCtrlr.Currency": "EUR"})
    tariff = {"status": "Accepted", "personalMessage": text("0.30 per kWh")}
    lab.csms.behaviour = Behaviour(answers={"Authorize": {"idTokenInfo": tariff}})
    await states.ev_connected_pre_session(lab)
    await states.authorized(lab, plugged=True)
    await reads(lab, text="0.30 per kWh")
    event = await states.energy_transfer_started(lab, plugged=True)
    transaction = states.transaction_of(event)
    for price, cost in (("0.35 per kWh", 1.25), ("0.40 per kWh", 2.5)):
        answers: Json = {"TransactionEvent": {"updatedPersonalMessage": text(price)} | ({"totalCost": cost} if by_answer else {})}
        lab.csms.behaviour = Behaviour(answers=answers)
        await lab.event("Updated", triggerReason="MeterValuePeriodic")
        if not by_answer:
            assert await lab.call("CostUpdated", totalCost=cost, transactionId=transaction) == {}
        await reads(lab, text=price, cost=f"{cost:.2f}", cost_is="reckoned", currency="EUR")


@case("TC_I_02")
async def test_the_total_cost_is_shown(lab: Lab) -> None:
    await states.charging(lab)
    lab.csms.behaviour = Behaviour(answers={"TransactionEvent": {"totalCost": 3.31}})
    await states.stop_authorized(lab)
    await reads(lab, phase="after", cost="3.31", cost_is="final")
    await states.ev_disconnected(lab)

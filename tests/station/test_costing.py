"""Tariff and cost as 2.x tells them, and what a driver reads where nobody tells them."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import CostUpdated, SetVariables
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.display import Display
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.notifications import Notification, TransactionAnswer
from chargepoint.domain.transaction import EventKind, TransactionEvent
from tests.station.rig import Game, PlayedCsms, play
from tests.station.words_201 import BOTH, call, second, token


@pytest.fixture(autouse=True)
def _version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


def reads(game: Game, evse: int = 1) -> Display:
    shown = game.station.vendors.costs.display(evse)
    assert shown is not None
    return shown


async def configure(game: Game, component: str = "TariffCostCtrlr", **values: str) -> None:
    for name, value in values.items():
        variable, _, instance = name.partition("__")
        key = VariableKey(component=component, variable=variable, instance=instance or None)
        await game.station.obey(SetVariables(((key, value),)))


def answers(game: Game, **said: Any) -> None:
    """What the CSMS answers to events of transactions from now on."""
    kindly = game.csms.kindly

    def answer(notification: Notification) -> Any:
        return TransactionAnswer(**said) if isinstance(notification, TransactionEvent) else kindly(notification)

    game.csms.answer = answer


async def charge(game: Game) -> str:
    game.control.plug()
    await game.swipe()
    game.control.charge()
    await asyncio.sleep(2)
    return game.csms.events[0].transaction_id


async def stop(game: Game) -> None:
    await game.swipe()
    game.control.open(3340)
    await asyncio.sleep(2)


def test_the_tariff_of_a_driver_is_shown_as_soon_as_he_is_accepted_and_as_it_changes(tmp_path: Path) -> None:
    """I01.FR.03, I04.FR.01, I06.FR.03."""

    async def script(game: Game) -> None:
        await configure(game, TariffFallbackMessage="Ask at the desk")
        assert reads(game).text == "Ask at the desk"
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED, message="0.30 per kWh", languages=("de",))
        await charge(game)
        assert (reads(game).text, dict(reads(game).texts)) == ("0.30 per kWh", {"de": "0.30 per kWh"})
        answers(game, message="0.40 per kWh")
        game.control.change(contactor_closed=False, state="B2", cp="B")
        await game.until(lambda: reads(game).text == "0.40 per kWh", 20)
        await configure(game, Enabled__Tariff="false")
        assert reads(game).text is None

    play(script, tmp_path / "store")


def test_costs_are_shown_as_told_until_the_end_and_kept_with_the_transaction(tmp_path: Path) -> None:
    """I02.FR.02, I02.FR.03, I03.FR.03."""

    async def script(game: Game) -> None:
        await configure(game, Currency="EUR")
        transaction = await charge(game)
        await game.station.obey(CostUpdated(transaction, Decimal("1.25")))
        assert (reads(game).cost, reads(game).cost_is, reads(game).currency) == ("1.25", "reckoned", "EUR")
        await game.station.obey(CostUpdated("another", Decimal("99")))
        assert reads(game).cost == "1.25"
        await configure(game, Enabled__Cost="false")
        assert reads(game).cost is None
        await configure(game, Enabled__Cost="true")
        answers(game, total_cost=Decimal("3.31"))
        await stop(game)
        assert game.csms.events[-1].kind is EventKind.ENDED
        assert (reads(game).cost, reads(game).cost_is) == ("3.31", "final")
        (record,) = game.store.transactions.page(None, 5)
        assert record.cost == "3.31"

    play(script, tmp_path / "store")


def test_a_running_cost_in_an_answer_is_shown_as_well_and_goes_on_from_the_next(tmp_path: Path) -> None:
    """I02.FR.04."""

    async def script(game: Game) -> None:
        await charge(game)
        answers(game, total_cost=Decimal("0.75"))
        game.control.change(contactor_closed=False, state="B2", cp="B")
        await game.until(lambda: reads(game).cost == "0.75", 20)
        answers(game, total_cost=Decimal("1.50"))
        game.control.charge()
        await game.until(lambda: reads(game).cost == "1.50", 20)
        assert reads(game).cost_is == "reckoned"

    play(script, tmp_path / "store")


@pytest.mark.parametrize("comes_to", [1, 2])
def test_a_tariff_that_is_told_while_the_car_has_yet_to_come_goes_with_its_driver(comes_to: int) -> None:
    """I06.FR.03: the first that the CSMS hears of him is the transaction."""

    async def script(game: Game) -> None:
        second(game)
        await configure(game, "TxCtrlr", TxStartPoint="Authorized")
        answers(game, message="0.30 per kWh")
        await call(game, "RequestStartTransaction", idToken=token("APP"), remoteStartId=1)
        assert (reads(game).phase, reads(game).text) == ("authorized", "0.30 per kWh")
        answers(game)
        if comes_to == 1:
            game.control.plug()
        else:
            second(game, plug_in=PlugInId("boot-1", 9), cp="B", state="B1")
        await asyncio.sleep(2)
        assert (reads(game, comes_to).phase, reads(game, comes_to).text) == ("during", "0.30 per kWh")

    play(script, evses=BOTH, keys={"AuthorizeRemoteTxRequests": "false"})


def test_costs_are_shown_as_told_until_the_csms_hears_of_the_end() -> None:
    """I02.FR.03, I02.FR.04, I06.FR.03: nobody charges any longer, and the car stands there."""

    async def script(game: Game) -> None:
        await configure(game, "TxCtrlr", TxStartPoint="EVConnected", TxStopPoint="EVConnected")
        transaction = await charge(game)
        await stop(game)
        assert reads(game).phase == "after"
        assert await call(game, "CostUpdated", transactionId=transaction, totalCost=4.25) == {}
        assert (reads(game).cost, reads(game).cost_is) == ("4.25", "reckoned")
        answers(game, total_cost=Decimal("4.75"), message="Parking: 1.00 per hour")
        await call(game, "TriggerMessage", requestedMessage="TransactionEvent")
        assert (reads(game).cost, reads(game).text) == ("4.75", "Parking: 1.00 per hour")
        answers(game, total_cost=Decimal("5.00"))
        game.control.unplug(3340)
        await game.until(lambda: reads(game).cost_is == "final", 10)
        assert await call(game, "CostUpdated", transactionId=transaction, totalCost=9) == {}
        assert reads(game).cost == "5.00"

    play(script)


def test_a_free_session_costs_nothing_which_is_not_the_same_as_not_being_told(tmp_path: Path) -> None:
    """I03, requirement 4."""

    async def script(game: Game) -> None:
        await charge(game)
        answers(game, total_cost=Decimal(0))
        await stop(game)
        assert (reads(game).cost, reads(game).cost_is) == ("0.00", "final")

    play(script, tmp_path / "store")


def test_who_stops_while_nobody_can_say_what_it_costs_is_told_so(tmp_path: Path) -> None:
    """I05.FR.02."""

    async def script(game: Game) -> None:
        await configure(game, TotalCostFallbackMessage="Your bill comes by mail")
        await charge(game)
        game.csms.lose()
        await stop(game)
        assert (reads(game).text, reads(game).note) == ("Your bill comes by mail",) * 2
        answers(game, total_cost=Decimal("3.31"))
        game.csms.connect()
        await game.until(lambda: reads(game).cost == "3.31", 10)
        assert reads(game).note == ""

    play(script, tmp_path / "store")

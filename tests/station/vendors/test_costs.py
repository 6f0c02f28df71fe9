"""Price and cost from the CSMS to the driver's eyes: before, during and after a transaction, on line and off (pricing note, chapter 3)."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.commands import DataTransfer, Outcome, SetVariables
from chargepoint.domain.device_model import VariableKey, VariableStatus
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.metering import MeterValue, ReadingContext
from chargepoint.domain.notifications import ConnectorUnplugged, MeterValues
from chargepoint.domain.transaction import EventKind
from chargepoint.ocpp.v16.status import status_word
from hal.measured import TokenSeen
from tests import virtual_time
from tests.station.rig import CARD, MIDNIGHT, Game, PlayedControl, play
from tests.station.test_reserving_several import second, two

KEYS = {"SupportedLanguages": "en,de,nl", "MeterValueSampleInterval": "0"}
DEFAULT_PRICE = {"priceText": "0.15 $/kWh", "priceTextOffline": "offline: 0.15 $/kWh", "chargingPrice": {"kWhPrice": 0.15, "hourPrice": 0}}
USER_PRICE = {
    "idToken": "04a1",
    "priceText": "GBP 0.12/kWh, no idle fee",
    "priceTextExtra": [
        {"format": "UTF8", "language": "nl", "content": "€0.12/kWh, geen idle fee"},
        {"format": "UTF8", "language": "fr", "content": "0,12 €/kWh"},
        {"format": "HTML", "language": "de", "content": "<b>0,12 €/kWh</b>"},
    ],
}
FINAL_COST = {
    "transactionId": 17,
    "cost": 3.305,
    "priceText": "TOTAL COST: GBP 3.31",
    "qrCodeText": "https://www.cpo.example/invoices/13546",
}
ALONE = {"transactionId": 17}


def at(seconds: float) -> str:
    return (MIDNIGHT + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def running_cost(**fields: Any) -> dict[str, Any]:
    prices = {"chargingPrice": {"kWhPrice": 0.123, "hourPrice": 0.0, "flatFee": 0}, "idlePrice": {"graceMinutes": 30, "hourPrice": 1.00}}
    told = {"transactionId": 17, "timestamp": at(virtual_time.now_s()), "meterValue": 1000, "cost": 0.00, "state": "Charging"}
    return told | prices | fields


async def say(game: Game, message: str, data: Any) -> Outcome:
    """As a CSMS does: JSON in a text."""
    text = data if isinstance(data, str) or data is None else json.dumps(data)
    reply, _ = await game.station.obey(DataTransfer("org.openchargealliance.costmsg", message, text))
    assert isinstance(reply, Outcome)
    return reply


async def charge(game: Game, card: TokenSeen = CARD) -> None:
    """A car, a card, a transaction that the CSMS calls 17."""
    game.csms.status_word = status_word  # type: ignore[method-assign]
    game.control.plug()
    await game.swipe(card)
    game.control.charge()
    await game.until(lambda: game.station.store.transactions.csms_id(game.transaction.id))


async def stop(game: Game, energy_wh: int = 11_000) -> None:
    await game.swipe()
    game.control.open(energy_wh)
    await game.until(lambda: game.transaction is None)


def display(game: Game) -> dict[str, Any]:
    shown = game.station.document()["evses"][0]["display"]
    assert isinstance(shown, dict)
    return shown


def asked(game: Game) -> list[MeterValue]:
    """Meter values told with the context of those that a running cost asks for."""
    values = [value for event in game.csms.events if event.kind is EventKind.UPDATED for value in event.values]
    values += [value for told in game.csms.of(MeterValues) if isinstance(told, MeterValues) for value in told.values]
    return [value for value in values if value.context is ReadingContext.OTHER]


def configure(game: Game, **values: str) -> Any:
    keys = tuple((VariableKey(component="", variable=name.replace("__", ",")), value) for name, value in values.items())
    return game.station.obey(SetVariables(keys))


# --- prices ------------------------------------------------------------------------------------------------------------------------------


def test_the_default_price_is_shown_until_the_driver_has_one_of_his_own() -> None:
    async def script(game: Game) -> None:
        assert (display(game)["phase"], display(game)["text"]) == ("before", None)
        reply, _ = await configure(game, DefaultPrice=json.dumps(DEFAULT_PRICE), DefaultPriceText__de=json.dumps({"priceText": "0,15 $"}))
        assert {result.status for result in reply} == {VariableStatus.ACCEPTED}
        assert display(game)["texts"] == {"en": "0.15 $/kWh", "de": "0,15 $"}
        game.csms.lose()
        assert display(game)["texts"] == {"en": "offline: 0.15 $/kWh", "de": "0,15 $"}
        game.csms.connect()
        await game.swipe()
        assert (display(game)["phase"], display(game)["text"]) == ("authorized", "0.15 $/kWh")
        assert (await say(game, "SetUserPrice", USER_PRICE)).verdict == "Accepted"
        assert display(game)["texts"] == {"en": "GBP 0.12/kWh, no idle fee", "nl": "€0.12/kWh, geen idle fee"}
        game.control.plug()
        await asyncio.sleep(1)
        assert (display(game)["phase"], display(game)["text"]) == ("during", "GBP 0.12/kWh, no idle fee")

    play(script, keys=KEYS)


def test_a_price_that_comes_before_its_driver_waits_for_him_and_for_nobody_else() -> None:
    async def script(game: Game) -> None:
        assert (await say(game, "SetUserPrice", USER_PRICE)).verdict == "Accepted"
        await game.swipe(TokenSeen("0BAD"))
        assert display(game)["text"] is None
        await asyncio.sleep(61)
        await game.swipe()
        assert display(game)["text"] == "GBP 0.12/kWh, no idle fee"
        await asyncio.sleep(61)
        assert (display(game)["phase"], display(game)["text"]) == ("before", None)
        await game.swipe()
        assert display(game)["text"] is None

    play(script, keys=KEYS)


def test_where_nothing_is_shown_nobody_is_there() -> None:
    async def script(game: Game) -> None:
        assert (await say(game, "SetUserPrice", USER_PRICE)).verdict == "UnknownVendorId"
        assert game.station.document()["evses"][0]["display"] is None

    play(script, keys=KEYS | {"CustomDisplayCostAndPrice": "false"})


# --- running cost ------------------------------------------------------------------------------------------------------------------------


def test_the_cost_grows_with_the_meter_between_two_words_of_the_csms() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        assert (await say(game, "RunningCost", running_cost())).verdict == "Accepted"
        game.control.measure(2000)
        await asyncio.sleep(1)
        assert (display(game)["cost"], display(game)["cost_is"], display(game)["energy_wh"]) == ("0.12", "reckoned", 1000)
        await say(game, "RunningCost", running_cost(meterValue=2000, cost=1.23))
        assert display(game)["cost"] == "1.23"
        game.csms.lose()
        game.control.measure(12_000)
        await asyncio.sleep(60)
        assert display(game)["cost"] == "2.46"

    play(script, keys=KEYS)


def test_a_running_cost_may_overtake_the_id_of_its_transaction() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        game.csms.lose()
        await configure(game, AllowOfflineTxForUnknownId="true")
        await game.swipe()
        game.csms.connect()
        said = asyncio.create_task(say(game, "RunningCost", running_cost()))
        assert (await said).verdict == "Accepted"
        assert (await say(game, "RunningCost", running_cost(transactionId=game.transaction.id))).verdict == "Accepted"
        assert (await say(game, "RunningCost", running_cost(transactionId=99))).verdict == "Rejected"

    play(script, keys=KEYS)


def test_an_id_that_the_csms_uses_twice_means_who_charges_now_and_a_final_cost_who_is_done() -> None:
    """Some CSMSs count from 1 again after each restart, or call every transaction 0."""

    async def script(game: Game) -> None:
        await charge(game)
        await stop(game)
        await say(game, "FinalCost", FINAL_COST)
        second(game, plug_in=PlugInId("boot-1", 2), cp="B", state="B1")
        await asyncio.sleep(0.5)
        await game.swipe(TokenSeen("04B2"))
        await asyncio.sleep(1)
        assert (await say(game, "RunningCost", running_cost(cost=2))).verdict == "Accepted"
        await say(game, "FinalCost", FINAL_COST | {"cost": 4})
        shown = [each["display"] for each in game.station.document()["evses"]]
        assert [(each["cost"], each["cost_is"]) for each in shown] == [("4.00", "final"), ("2.00", "reckoned")]

    two(script, keys=KEYS)


def test_idling_costs_after_its_grace_and_prices_change_at_their_time() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        change = {"atTime": at(virtual_time.now_s() + 7200), "chargingPrice": {"kWhPrice": 0.1}, "idlePrice": {"hourPrice": "2.00"}}
        await say(game, "RunningCost", running_cost(cost=1, state="Idle", nextPeriod=change))
        await asyncio.sleep(1800)
        assert (display(game)["cost"], display(game)["state"]) == ("1.00", "Idle")
        assert display(game)["next_prices"]["idle_hour"] == "2.00"
        await asyncio.sleep(5400)
        assert (display(game)["cost"], display(game)["next_prices"], display(game)["prices"]["kwh"]) == ("2.50", {}, "0.1")
        await asyncio.sleep(3600)
        assert display(game)["cost"] == "4.50"

    play(script, keys=KEYS)


def test_who_starts_while_nobody_can_be_asked_pays_the_default_price() -> None:
    async def script(game: Game) -> None:
        await configure(game, DefaultPrice=json.dumps(DEFAULT_PRICE), AllowOfflineTxForUnknownId="true")
        game.csms.lose()
        game.control.plug()
        await game.swipe()
        game.control.measure(11_000)
        await asyncio.sleep(1)
        assert (display(game)["text"], display(game)["cost"]) == ("offline: 0.15 $/kWh", "1.50")

    play(script, keys=KEYS)


@pytest.mark.parametrize(
    ("message", "data"),
    [
        ("SetUserPrice", None),
        ("SetUserPrice", "0.12"),
        ("SetUserPrice", {"priceText": "for nobody"}),
        ("SetUserPrice", {"idToken": "", "priceText": "for nobody"}),
        ("SetUserPrice", {"idToken": "04A1", "priceText": "x", "priceTextExtra": [{"language": "de"}]}),
        ("RunningCost", ALONE),
        ("RunningCost", "{" + '"transactionId": 17, ' * 3),
        ("RunningCost", {"state": "Waiting"}),
        ("RunningCost", {"timestamp": "noon"}),
        ("RunningCost", {"timestamp": None}),
        ("RunningCost", {"cost": "NaN"}),
        ("RunningCost", {"cost": 1e300}),
        ("RunningCost", {"cost": "sNaN"}),
        ("RunningCost", {"timestamp": "9999-12-31T23:59:59Z"}),
        ("RunningCost", {"idlePrice": {"graceMinutes": 1e11, "hourPrice": 1}}),
        ("RunningCost", {"triggerMeterValue": {"atEnergykWh": "1e999999"}}),
        ("RunningCost", {"triggerMeterValue": {"atEnergykWh": "sNaN"}}),
        ("RunningCost", {"meterValue": -1}),
        ("RunningCost", {"meterValue": "Infinity"}),
        ("RunningCost", {"chargingPrice": {"kWhPrice": "cheap"}}),
        ("RunningCost", {"nextPeriod": {"chargingPrice": {}}}),
        ("RunningCost", {"triggerMeterValue": {"atPowerkW": "NaN"}}),
        ("RunningCost", {"triggerMeterValue": {"atTime": "later"}}),
        ("RunningCost", {"transactionId": 18}),
        ("FinalCost", {"transactionId": 18, "cost": 1}),
        ("FinalCost", {"transactionId": 17, "cost": "1e13"}),
        ("FinalCost", {"transactionId": 17}),
    ],
)
def test_what_cannot_be_meant_is_rejected_with_a_reason_and_changes_nothing(message: str, data: Any) -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await say(game, "RunningCost", running_cost(cost=1))
        before = display(game)
        whole = running_cost() if message == "RunningCost" and data != ALONE else {}
        outcome = await say(game, message, whole | data if isinstance(data, dict) else data)
        assert (outcome.verdict, bool(outcome.info)) == ("Rejected", True)
        assert display(game)["cost"] == before["cost"]

    play(script, keys=KEYS)


# --- meter values that a running cost asks for -------------------------------------------------------------------------------------------


def test_meter_values_are_told_at_the_time_the_energy_the_power_and_the_status_that_are_asked_for() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.measure(1000, 3000)
        await asyncio.sleep(1)
        trigger = {"atTime": at(600), "atEnergykWh": 5.0, "atPowerkW": 0.1, "atCPStatus": ["SuspendedEV", "Finishing"]}
        await say(game, "RunningCost", running_cost(triggerMeterValue=trigger))
        await asyncio.sleep(590 - virtual_time.now_s())
        assert asked(game) == []
        await asyncio.sleep(12)
        assert len(asked(game)) == 1
        game.control.measure(6000, 3000)
        await asyncio.sleep(2)
        assert len(asked(game)) == 2
        game.control.measure(6000, 50)
        await asyncio.sleep(2)
        assert len(asked(game)) == 3
        await say(game, "RunningCost", running_cost(triggerMeterValue=trigger))
        await asyncio.sleep(2)
        assert len(asked(game)) == 3, "the same conditions have been met, and the power has not been crossed again"
        game.control.change(cp="B", state="B2", contactor_closed=False)
        await asyncio.sleep(12)
        assert len(asked(game)) == 4
        await stop(game)
        await asyncio.sleep(2)
        assert len(asked(game)) == 5
        assert {sample.measurand for value in asked(game) for sample in value.samples} == {"Energy.Active.Import.Register"}

    play(script, keys=KEYS)


def test_a_condition_met_while_offline_is_told_later_and_a_new_running_cost_replaces_the_old_conditions() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await say(game, "RunningCost", running_cost(triggerMeterValue={"atTime": at(600)}))
        game.csms.lose()
        await asyncio.sleep(700)
        game.csms.connect()
        await game.until(lambda: asked(game))
        await say(game, "RunningCost", running_cost(triggerMeterValue={"atTime": at(1000)}))
        await say(game, "RunningCost", running_cost())
        await asyncio.sleep(1000)
        assert len(asked(game)) == 1

    play(script, keys=KEYS)


# --- the end -----------------------------------------------------------------------------------------------------------------------------


def test_the_final_cost_comes_after_the_stop_and_stays_until_the_car_has_left_for_five_minutes() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await say(game, "RunningCost", running_cost(chargingPrice={"hourPrice": 60}))
        await stop(game)
        reckoned = display(game)["cost"]
        await asyncio.sleep(60)
        assert (display(game)["phase"], display(game)["cost"]) == ("after", reckoned)
        assert (await say(game, "FinalCost", FINAL_COST)).verdict == "Accepted"
        shown = display(game)
        assert (shown["cost"], shown["cost_is"], shown["text"]) == ("3.31", "final", "TOTAL COST: GBP 3.31")
        assert shown["qr_text"] == FINAL_COST["qrCodeText"]
        assert (await say(game, "RunningCost", running_cost())).verdict == "Rejected"
        game.control.unplug(11_000)
        await asyncio.sleep(299)
        assert display(game)["cost"] == "3.31"
        await asyncio.sleep(2)
        assert (display(game)["phase"], display(game)["cost"]) == ("before", None)

    play(script, keys=KEYS)


def test_a_final_cost_that_comes_too_early_waits_for_the_end() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        assert (await say(game, "FinalCost", FINAL_COST)).verdict == "Accepted"
        assert display(game)["cost"] is None
        assert (await say(game, "RunningCost", running_cost(cost=2))).verdict == "Accepted"
        assert (display(game)["cost"], display(game)["cost_is"]) == ("2.00", "reckoned")
        await stop(game)
        assert (display(game)["cost"], display(game)["cost_is"]) == ("3.31", "final")

    play(script, keys=KEYS)


def test_a_final_cost_that_comes_when_somebody_else_is_there_is_heard_but_not_shown() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await stop(game)
        game.control.unplug(11_000)
        await asyncio.sleep(1)
        await game.swipe(TokenSeen("0BAD"))
        assert (await say(game, "FinalCost", FINAL_COST)).verdict == "Accepted"
        assert (display(game)["phase"], display(game)["cost"]) == ("authorized", None)

    play(script, keys=KEYS)


def test_where_idling_costs_after_the_stop_the_csms_is_told_of_the_unplugging_however_long_it_was_away() -> None:
    async def script(game: Game) -> None:
        await configure(game, CustomIdleFeeAfterStop="true")
        await charge(game)
        await say(game, "RunningCost", running_cost())
        await stop(game)
        ours = game.csms.events[0].transaction_id
        idle = {"state": "Idle", "cost": 3.50, "meterValue": 11_000, "idlePrice": {"graceMinutes": 30, "hourPrice": 1}}
        told = {key: value for key, value in running_cost(**idle).items() if key != "chargingPrice"}
        assert (await say(game, "RunningCost", told)).verdict == "Accepted"
        await asyncio.sleep(3600)
        assert display(game)["cost"] == "4.00"
        game.csms.lose()
        game.control.unplug(11_000)
        await asyncio.sleep(1)
        left = MIDNIGHT + timedelta(seconds=virtual_time.now_s())
        await asyncio.sleep(120)
        game.csms.connect()
        await game.until(lambda: game.csms.of(ConnectorUnplugged))
        await asyncio.sleep(10)
        (unplugged,) = game.csms.of(ConnectorUnplugged)
        assert isinstance(unplugged, ConnectorUnplugged)
        assert unplugged.transaction_id == ours
        assert abs(unplugged.at - left) < timedelta(seconds=2)
        assert display(game)["cost"] == "4.00"

    play(script, keys=KEYS)


def test_a_stay_that_becomes_another_transaction_is_over_too_and_without_the_key_nothing_is_said() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await stop(game)
        await game.swipe()
        await game.until(lambda: game.transaction)
        await configure(game, CustomIdleFeeAfterStop="true")
        await stop(game, 12_000)
        await game.swipe()
        await game.until(lambda: game.csms.of(ConnectorUnplugged))
        told = [notice.transaction_id for notice in game.csms.of(ConnectorUnplugged) if isinstance(notice, ConnectorUnplugged)]
        assert told == [game.csms.events[-2].transaction_id]

    play(script, keys=KEYS)


# --- restart and clock -------------------------------------------------------------------------------------------------------------------


def test_a_restart_shows_what_was_shown_and_asks_for_what_was_asked_for(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        await charge(game)
        await say(game, "SetUserPrice", USER_PRICE)
        await say(game, "RunningCost", running_cost(cost=2, triggerMeterValue={"atEnergykWh": 5}))

    async def later(game: Game) -> None:
        assert (display(game)["text"], display(game)["cost"]) == ("GBP 0.12/kWh, no idle fee", "2.00")
        game.control.measure(6000)
        await game.until(lambda: asked(game))
        assert display(game)["cost"] == "2.62"
        await stop(game)
        await say(game, "FinalCost", FINAL_COST)

    async def last(game: Game) -> None:
        assert display(game)["cost"] == "3.31"

    path = tmp_path / "store.sqlite"
    control: PlayedControl = play(before, path, keys=KEYS).control
    again = PlayedControl()
    again.state = control.state
    kept = play(later, path, again, keys=KEYS).control
    third = PlayedControl()
    third.state = kept.state
    play(last, path, third, keys=KEYS)


def test_a_csms_without_prices_costs_no_writes(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(60)
        await stop(game)
        assert game.station.store.bills.load(1).transaction_id is None

    play(script, tmp_path / "store.sqlite", keys=KEYS)


def test_local_time_changes_when_it_was_set_to_and_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"

    async def script(game: Game) -> None:
        await configure(game, TimeOffset="-05:00", TimeOffsetNextTransition="-04:00", NextTimeOffsetTransitionDateTime=at(600))
        assert display(game)["local_time"].endswith("-05:00")
        await asyncio.sleep(602 - virtual_time.now_s())
        assert datetime.fromisoformat(display(game)["local_time"]).utcoffset() == timedelta(hours=-4)

    async def later(game: Game) -> None:
        assert display(game)["local_time"].endswith("-04:00")

    play(script, path, keys=KEYS)
    play(later, path, keys=KEYS)

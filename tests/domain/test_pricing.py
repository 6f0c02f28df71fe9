"""Money to the cent: what charging costs between two words of the CSMS, and what the driver reads of it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chargepoint.domain.device_model import DeviceModel, VariableKey, VariableStatus
from chargepoint.domain.display import Phase, Situation, project
from chargepoint.domain.languages import known
from chargepoint.domain.local_time import local, moment
from chargepoint.domain.money import BadAmount, amount, shown
from chargepoint.domain.price_triggers import PriceTriggers, Watched, look
from chargepoint.domain.pricing import (
    ChargingPrice,
    CostState,
    DefaultPrice,
    FinalCost,
    IdlePrice,
    NextPrices,
    Prices,
    RunningCost,
    cost_at,
    idle_since,
    rolled,
)
from tests.domain.examples import configuration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = Prices(ChargingPrice(kwh=Decimal("0.123"), hour=Decimal("0.50")), IdlePrice(hour=Decimal("1.00"), grace_min=30))
NIGHT = Prices(ChargingPrice(kwh=Decimal("0.100")))


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def told(state: CostState = CostState.CHARGING, **fields: Any) -> RunningCost:
    given: dict[str, Any] = {"at": NOON, "meter_wh": 1_234_000, "cost": Decimal("1.00"), "prices": DAY, "state": state}
    return RunningCost(**given | fields)


# --- amounts -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [("3.305", 2, "3.31"), ("3.304", 2, "3.30"), ("-0.004", 2, "0.00"), ("-1.5", 0, "-2"), ("1E+3", 2, "1000.00"), ("0.1", 3, "0.100")],
)
def test_an_amount_is_shown_with_the_decimals_that_are_asked_for(value: str, decimals: int, text: str) -> None:
    assert shown(Decimal(value), decimals) == text


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "sNaN", "1E+9", "1E+999999"])
def test_what_cannot_be_reckoned_with_is_no_amount(value: str) -> None:
    with pytest.raises(BadAmount, match="cost"):
        amount(Decimal(value), "cost")


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.30000000000000004", "0.3"), ("-3.3000000000000003", "-3.3"), ("100.00000000000001", "100"), ("1E-13", "0"), ("0.310", "0.310")],
)
def test_what_a_program_makes_of_binary_fractions_is_rounded(value: str, text: str) -> None:
    assert str(amount(Decimal(value), "cost")) == text


# --- running cost ------------------------------------------------------------------------------------------------------------------------


def test_while_charging_energy_and_time_are_added_without_losing_a_digit() -> None:
    assert cost_at(told(), None, 1_234_001, NOON) == Decimal("1.000123")
    assert cost_at(told(), None, 1_244_000, after(30)) == Decimal("1.00") + Decimal("1.23") + Decimal("0.25")


def test_a_register_or_a_clock_behind_the_last_word_takes_nothing_away() -> None:
    assert cost_at(told(), None, 1_000_000, after(-60)) == Decimal("1.00")


def test_idling_costs_nothing_until_the_grace_is_over_and_no_energy_is_sold_then() -> None:
    idle = told(CostState.IDLE)
    assert cost_at(idle, NOON, 1_299_000, after(30)) == Decimal("1.00")
    assert cost_at(idle, NOON, 1_299_000, after(90)) == Decimal("2.00")
    assert cost_at(told(CostState.IDLE, prices=NIGHT), NOON, 1_299_000, after(90)) == Decimal("1.00")


def test_the_grace_counts_from_the_first_idle_message_not_from_each() -> None:
    first = told(CostState.IDLE)
    since = idle_since(told(), None, first)
    again = told(CostState.IDLE, at=after(20), cost=Decimal("1.00"))
    assert (since, idle_since(first, since, again)) == (NOON, NOON)
    assert cost_at(again, NOON, 0, after(90)) == Decimal("2.00")
    assert idle_since(again, NOON, told()) is None


def test_new_prices_count_from_their_moment_on() -> None:
    cost = told(following=NextPrices(after(60), NIGHT))
    assert rolled(cost, None, 1_244_000, after(59)) is cost
    night = rolled(cost, None, 1_244_000, after(61))
    assert (night.at, night.cost, night.following) == (after(60), Decimal("2.73"), None)
    assert cost_at(night, None, 1_254_000, after(120)) == Decimal("3.73")


# --- meter values that are asked for -----------------------------------------------------------------------------------------------------


def looks(asked: PriceTriggers, *moments: dict[str, Any]) -> list[tuple[str, ...]]:
    """What fires, look by look, one minute apart."""
    before: Watched | None = None
    above: bool | None = None
    fired = []
    for number, fields in enumerate(moments):
        watched = Watched(now=after(number), above=above, **fields)
        found = look(asked, before, watched)
        asked, above, before = found.left, found.above, watched
        fired.append(found.causes)
    return fired


def powers(*watts: int | None, at: int = 1000) -> list[bool]:
    return [bool(causes) for causes in looks(PriceTriggers(at_power_w=at), *({"power_w": each} for each in watts))]


def test_time_and_energy_fire_once() -> None:
    asked = PriceTriggers(at_time=after(1), at_consumed_wh=5000)
    moments = [{"consumed_wh": wh} for wh in (0, 4999, 5000, 6000)]
    assert looks(asked, *moments) == [(), ("time",), ("energy",), ()]


def test_a_power_fires_at_each_crossing_but_not_at_the_first_look_nor_within_its_hysteresis() -> None:
    assert powers(3000, 1040, 960, 951, 950, 1049, 1050, 3000, 0) == [False, False, False, False, True, False, True, False, True]
    assert powers(0, 0, 5, 0, at=0) == [False, False, False, False]
    assert powers(None, 3000, None, 0, None) == [False, False, False, True, False]


def test_a_status_fires_when_it_is_entered() -> None:
    asked = PriceTriggers(at_status=("SuspendedEV", "Finishing"))
    words = ("SuspendedEV", "Charging", "SuspendedEV", "SuspendedEV", "Finishing")
    assert [bool(each) for each in looks(asked, *({"status": word} for word in words))] == [False, False, True, False, True]


# --- what the driver reads ---------------------------------------------------------------------------------------------------------------

DEFAULT = DefaultPrice(
    texts={"en": "0.30 EUR/kWh", "de": "0,30 EUR/kWh"},
    offline_texts={"en": "offline: 0.35 EUR/kWh"},
    charging=ChargingPrice(kwh=Decimal("0.35")),
)


def situation(phase: Phase, **fields: Any) -> Situation:
    given: dict[str, Any] = {
        "now": NOON,
        "online": True,
        "language": "en",
        "utc_offset": "+01:00",
        "decimals": 2,
        "default": DEFAULT,
        "phase": phase,
    }
    return Situation(**given | fields)


def test_before_charging_the_default_price_is_shown_and_the_offline_one_without_csms() -> None:
    shows = project(situation(Phase.BEFORE, texts={"en": "somebody else's"}, running=told(), language="de"))
    assert (shows.text, shows.texts, shows.cost) == ("0,30 EUR/kWh", DEFAULT.texts, None)
    assert shows.local_time == "2026-03-01T13:00:00+01:00"
    assert project(situation(Phase.BEFORE, online=False)).text == "offline: 0.35 EUR/kWh"
    assert project(situation(Phase.BEFORE, default=DefaultPrice())).text is None


def test_during_charging_own_price_cost_unit_prices_and_the_next_ones_are_shown() -> None:
    running = told(following=NextPrices(after(60), NIGHT))
    shows = project(
        situation(Phase.DURING, texts={"nl": "mijn prijs"}, running=running, now=after(30), meter_wh=1_244_000, energy_wh=10_000)
    )
    assert (shows.text, shows.cost, shows.cost_is, shows.state, shows.energy_wh) == ("mijn prijs", "2.48", "reckoned", "Charging", 10_000)
    assert shows.prices == {"kwh": "0.123", "hour": "0.50", "idle_hour": "1.00", "idle_grace_min": "30"}
    assert shows.next_prices == {"at": "2026-03-01T14:00:00+01:00", "kwh": "0.100"}


def test_after_the_end_nothing_is_added_and_the_final_cost_replaces_what_was_reckoned() -> None:
    over = situation(Phase.AFTER, running=told(), until=after(30), now=after(300), meter_wh=1_234_000, energy_wh=0)
    assert project(over).cost == "1.25"
    final = FinalCost(cost=Decimal("3.305"), texts={"en": "paid"}, qr_text="https://cpo.example/1")
    shows = project(situation(Phase.AFTER, running=told(), final=final, now=after(300)))
    assert (shows.text, shows.cost, shows.cost_is, shows.qr_text, shows.prices) == ("paid", "3.31", "final", "https://cpo.example/1", {})


# --- the keys ----------------------------------------------------------------------------------------------------------------------------


def key(name: str) -> VariableKey:
    return VariableKey(component="", variable=name)


def model(**keys: str) -> DeviceModel:
    return DeviceModel(configuration(keys={"SupportedLanguages": "en, de,nb_NO"} | keys))


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("DefaultPrice", '{"priceText":"0.15 $/kWh","chargingPrice":{"kWhPrice":0.15,"hourPrice":0.00,"flatFee":0}}', "Accepted"),
        ("DefaultPrice", "", "Accepted"),
        ("DefaultPrice", "0.15 $/kWh", "Rejected"),
        ("DefaultPrice", "[]", "Rejected"),
        ("DefaultPrice", '{"priceTextOffline":"?"}', "Rejected"),
        ("DefaultPrice", '{"priceText":"x","chargingPrice":{"kWhPrice":"NaN"}}', "Rejected"),
        ("DefaultPrice", '{"priceText":' + "[" * 400, "Rejected"),
        ("DefaultPriceText,de", '{"priceText":"0,15 €/kWh","priceTextOffline":"offline"}', "Accepted"),
        ("defaultpricetext,NB_no", '{"priceText":"pris"}', "Accepted"),
        ("DefaultPriceText,fr", '{"priceText":"prix"}', "UnknownVariable"),
        ("Language", "DE", "Accepted"),
        ("Language", "fr", "Rejected"),
        ("TimeOffset", "-05:00", "Accepted"),
        ("TimeOffset", "02:00", "Accepted"),
        ("TimeOffset", "+15:00", "Rejected"),
        ("TimeOffset", "CET", "Rejected"),
        ("NextTimeOffsetTransitionDateTime", "2026-03-29T02:00:00+01:00", "Accepted"),
        ("NextTimeOffsetTransitionDateTime", "soon", "Rejected"),
        ("CustomIdleFeeAfterStop", "true", "Accepted"),
        ("CustomDisplayCostAndPrice", "false", "Rejected"),
        ("NumberOfDecimalsForCostValues", "3", "Rejected"),
        ("SupportedLanguages", "en", "Rejected"),
    ],
)
def test_a_key_takes_what_it_can_do_and_nothing_else(name: str, value: str, status: str) -> None:
    assert model().set(key(name), value).status is VariableStatus(status)


def test_there_is_a_text_for_each_language_that_the_configuration_names() -> None:
    names = {result.key.variable: result.value for result in model().keys_16()}
    assert {name for name in names if name.startswith("DefaultPriceText")} == {
        "DefaultPriceText,en",
        "DefaultPriceText,de",
        "DefaultPriceText,nb_NO",
    }
    assert (names["SupportedLanguages"], names["Language"]) == ("en,de,nb_NO", "en")
    assert model(NumberOfDecimalsForCostValues="0").get(key("NumberOfDecimalsForCostValues")).value == "0"


@pytest.mark.parametrize(("tag", "found"), [("de", "de"), ("DE-at", "de"), ("nb-no", "nb_NO"), ("fr", None), ("", None)])
def test_a_language_is_found_however_it_is_written(tag: str, found: str | None) -> None:
    assert known(tag, ("en", "de", "nb_NO")) == found


def test_moments_are_read_as_others_write_them_and_shown_as_a_clock_on_the_wall() -> None:
    assert moment("2026-03-01t12:00:00.5z") == NOON + timedelta(seconds=0.5)
    assert moment("2026-03-01T14:00:00+02:00") == moment("2026-03-01T12:00:00") == NOON
    assert moment("yesterday") is None
    assert moment("0001-01-01T00:00:00+14:00") is None
    assert local(NOON, "-05:30") == "2026-03-01T06:30:00-05:30"

"""Whatever stands in a field, a message is understood or refused with a reason: nothing else can happen."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.domain.bill import Bill, charged
from chargepoint.domain.display import Phase, Situation, project
from chargepoint.domain.pricing import DefaultPrice
from chargepoint.station.vendors import costmsg
from chargepoint.station.vendors.payloads import BadData, decoded

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUNNING: dict[str, Any] = {
    "transactionId": 12345,
    "timestamp": "2021-03-19T12:00:00Z",
    "meterValue": 1234000,
    "cost": 1.00,
    "state": "Charging",
    "chargingPrice": {"kWhPrice": 0.123, "hourPrice": 0.00, "flatFee": 0.00},
    "idlePrice": {"graceMinutes": 30, "hourPrice": 1.00},
    "nextPeriod": {
        "atTime": "2021-03-19T19:00:00Z",
        "chargingPrice": {"kWhPrice": 0.100, "hourPrice": 0.00, "flatFee": 0.00},
        "idlePrice": {"hourPrice": 0.00},
    },
    "triggerMeterValue": {
        "atTime": "2021-03-19T23:00:00Z",
        "atEnergykWh": 50.0,
        "atPowerkW": 0.1,
        "atCPStatus": ["SuspendedEV", "SuspendedEVSE"],
    },
}
SPACE = {key: value for key, value in RUNNING.items() if isinstance(value, dict)}
PLACES = [(key,) for key in RUNNING] + [(key, inner) for key, value in SPACE.items() for inner in value]

numbers = st.one_of(st.integers(), st.floats(), st.decimals().map(str), st.sampled_from(["1e999999", "-1e-999999", "sNaN", "9" * 5000]))
times = st.one_of(
    st.text(max_size=30), st.datetimes().map(lambda at: at.isoformat()), st.datetimes().map(lambda at: f"{at.isoformat()}-14:00")
)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, times),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


def mutated(place: tuple[str, ...], value: Any) -> str:
    told = json.loads(json.dumps(RUNNING))
    inner = told
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return json.dumps(told)


@settings(max_examples=400, deadline=None)
@given(place=st.sampled_from(PLACES), value=anything, register=st.integers(0, 10**9), minutes=st.integers(0, 10**6), idle=st.booleans())
def test_a_running_cost_is_shown_or_refused(place: tuple[str, ...], value: Any, register: int, minutes: int, idle: bool) -> None:
    data = mutated(place, value)
    if idle:
        data = data.replace('"Charging"', '"Idle"')
    try:
        told = decoded(data, costmsg.Running)
        bill = charged(Bill(evse=1), costmsg.running_cost(told))
        costmsg.name(told)
    except BadData:
        return
    now = NOON + timedelta(minutes=minutes)
    shows = project(
        Situation(
            phase=Phase.DURING,
            now=now,
            online=True,
            language="en",
            utc_offset="+14:00",
            decimals=6,
            default=DefaultPrice(),
            running=bill.running,
            idle_since=bill.idle_since,
            meter_wh=register,
        )
    )
    assert shows.cost is not None


@pytest.mark.parametrize("kind", [costmsg.SetUserPrice, costmsg.Running, costmsg.Final])
@given(data=anything)
def test_any_other_json_is_refused(kind: type, data: Any) -> None:
    with pytest.raises(BadData):
        decoded(json.dumps(data), kind)


def test_the_full_example_of_the_note_is_understood() -> None:
    cost = costmsg.running_cost(decoded(json.dumps(RUNNING), costmsg.Running))
    assert (str(cost.cost), cost.meter_wh, str(cost.prices.charging.kwh)) == ("1.0", 1_234_000, "0.123")
    assert cost.following is not None
    assert cost.prices.idle is not None
    assert cost.prices.idle.grace_min == 30
    assert (cost.triggers.at_consumed_wh, cost.triggers.at_power_w) == (50_000, 100)
    assert cost.triggers.at_status == ("SuspendedEV", "SuspendedEVSE")


def test_what_the_note_writes_in_its_diagrams_is_understood_too() -> None:
    text = (
        '{"transactionId":"7","time":"2021-03-19T15:30:00Z","meterValue":"1260100","cost":3.50,"state":"Idle","idlePrice":{"hourPrice":1}}'
    )
    told = decoded(text, costmsg.Running)
    assert (costmsg.name(told), str(costmsg.running_cost(told).cost)) == ("7", "3.50")

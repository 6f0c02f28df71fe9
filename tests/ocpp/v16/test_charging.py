"""Charging profiles in 1.6: how they are understood, which are refused how, and how a composite schedule is told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chargepoint.domain.charging_profile import (
    ChargingProfile,
    ChargingSchedule,
    Kind,
    Purpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)
from chargepoint.domain.commands import (
    ClearChargingProfile,
    Command,
    CompositeSchedule,
    GetCompositeSchedule,
    Outcome,
    SetChargingProfile,
    Verdict,
)
from chargepoint.ocpp.dialect import Settled
from chargepoint.ocpp.errors import Refusal, RpcError
from tests.ocpp.rig import dialect

V16 = dialect("1.6")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

EVCC: dict[str, Any] = {
    "chargingProfileId": 100,
    "stackLevel": 99,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {
        "startSchedule": "2026-03-01T12:00:00Z",
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.1}],
    },
}
"""As evcc sends it."""
UNDERSTOOD = ChargingProfile(
    id=100,
    stack_level=99,
    purpose=Purpose.TX_DEFAULT,
    kind=Kind.ABSOLUTE,
    schedule=ChargingSchedule(unit=RateUnit.AMPERE, periods=(SchedulePeriod(0, 16.1),), start=NOON),
)
WHOLE: dict[str, Any] = {
    "chargingProfileId": -7,
    "transactionId": 0,
    "stackLevel": 1,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Weekly",
    "validFrom": "2026-03-01T13:00:00+01:00",
    "validTo": "2026-03-01t12:00:00.1234567",
    "chargingSchedule": {
        "duration": 60,
        "startSchedule": "2026-03-01T12:00:00+0000",
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 0}, {"startPeriod": 30, "limit": 11000, "numberPhases": 3}],
        "minChargingRate": 1380.5,
    },
}

WANTED: list[tuple[str, dict[str, Any], Command]] = [
    ("SetChargingProfile", {"connectorId": 0, "csChargingProfiles": EVCC}, SetChargingProfile(0, UNDERSTOOD, ids_per_connector=True)),
    ("SetChargingProfile", {"connectorId": 2, "csChargingProfiles": EVCC}, SetChargingProfile(1, UNDERSTOOD, 2, ids_per_connector=True)),
    ("ClearChargingProfile", {}, ClearChargingProfile()),
    ("ClearChargingProfile", {"id": 8}, ClearChargingProfile(id=8)),
    ("ClearChargingProfile", {"id": 8, "connectorId": 9}, ClearChargingProfile(id=8, evse=9)),
    ("ClearChargingProfile", {"connectorId": 0, "stackLevel": 0}, ClearChargingProfile(evse=0, stack_level=0)),
    (
        "ClearChargingProfile",
        {"connectorId": 3, "chargingProfilePurpose": "ChargePointMaxProfile"},
        ClearChargingProfile(evse=2, connector=1, purpose=Purpose.STATION_MAX),
    ),
    ("GetCompositeSchedule", {"connectorId": 0, "duration": 60}, GetCompositeSchedule(0, 60)),
    (
        "GetCompositeSchedule",
        {"connectorId": 2, "duration": 60, "chargingRateUnit": "W"},
        GetCompositeSchedule(1, 60, RateUnit.WATT, 2),
    ),
]


def test_a_profile_with_everything_is_understood_whatever_way_its_times_are_written() -> None:
    payload = {"connectorId": 3, "csChargingProfiles": WHOLE}
    assert V16.schemas.check_request("SetChargingProfile", payload) is None
    command = V16.decode_command("SetChargingProfile", payload)
    assert isinstance(command, SetChargingProfile)
    assert (command.evse, command.connector) == (2, 1)
    assert command.profile == ChargingProfile(
        id=-7,
        stack_level=1,
        purpose=Purpose.TX,
        kind=Kind.RECURRING,
        schedule=ChargingSchedule(
            unit=RateUnit.WATT,
            periods=(SchedulePeriod(0, 0.0), SchedulePeriod(30, 11000.0, 3)),
            start=NOON,
            duration_s=60,
            minimum_rate=1380.5,
        ),
        recurrency=Recurrency.WEEKLY,
        valid_from=NOON,
        valid_to=NOON.replace(microsecond=123456),
        transaction_id="0",
    )


def changed(**fields: Any) -> dict[str, Any]:
    schedule = EVCC["chargingSchedule"] | fields.pop("schedule", {})
    return {"connectorId": 1, "csChargingProfiles": EVCC | fields | {"chargingSchedule": schedule}}


@pytest.mark.parametrize(
    ("payload", "what"),
    [
        ({"connectorId": 4, "csChargingProfiles": EVCC}, "no connector 4"),
        ({"connectorId": -1, "csChargingProfiles": EVCC}, "no connector -1"),
        (changed(validFrom="soon"), "validFrom: not a date and time"),
        (changed(schedule={"startSchedule": ""}), "startSchedule: not a date and time"),
        (changed(schedule={"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10**400}]}), "limit: beyond"),
        (changed(stackLevel=10**30), "stackLevel: beyond 64 bits"),
    ],
)
def test_what_no_station_could_understand_is_a_property_constraint_violation(payload: dict[str, Any], what: str) -> None:
    with pytest.raises(Refusal, match=what) as refusal:
        V16.decode_command("SetChargingProfile", payload)
    assert refusal.value.error is RpcError.PROPERTY


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("SetChargingProfile", changed(schedule={"chargingRateUnit": "kW"})),
        ("SetChargingProfile", changed(chargingProfileKind="Sometimes")),
        ("SetChargingProfile", changed(schedule={"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.15}]})),
        ("GetCompositeSchedule", {"connectorId": 1, "duration": 60, "chargingRateUnit": "V"}),
    ],
)
def test_a_value_outside_its_enumeration_is_one_too(action: str, payload: dict[str, Any]) -> None:
    """Errata 3.24, 3.38."""
    violation = V16.schemas.check_request(action, payload)
    assert violation is not None
    assert violation.error is RpcError.PROPERTY


@pytest.mark.parametrize(
    ("action", "payload", "status"),
    [
        ("GetCompositeSchedule", {"connectorId": 4, "duration": 60}, "Rejected"),
        ("ClearChargingProfile", {"connectorId": 4}, "Unknown"),
        ("ClearChargingProfile", {"connectorId": -1, "stackLevel": 0}, "Unknown"),
    ],
)
def test_an_unknown_connector_settles_the_other_two(action: str, payload: dict[str, Any], status: str) -> None:
    assert V16.decode_command(action, payload) == Settled({"status": status})
    assert V16.schemas.check_response(action, {"status": status}) is None


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_is_narrowed_and_without_smart_charging_it_is_a_call_error(verdict: Verdict) -> None:
    commands = {"SetChargingProfile": "Rejected", "ClearChargingProfile": "Unknown", "GetCompositeSchedule": "Rejected"}
    for action, otherwise in commands.items():
        if verdict is Verdict.NOT_SUPPORTED:
            with pytest.raises(Refusal) as refusal:
                V16.encode_reply(action, GetCompositeSchedule(1, 60), Outcome(verdict))
            assert refusal.value.error is RpcError.NOT_SUPPORTED
            continue
        payload = V16.encode_reply(action, GetCompositeSchedule(1, 60), Outcome(verdict))
        taken = verdict is Verdict.ACCEPTED and action != "GetCompositeSchedule"
        assert payload == {"status": "Accepted" if taken else otherwise}
        assert V16.schemas.check_response(action, payload) is None


def test_a_composite_schedule_is_told_with_one_decimal_and_without_a_start_of_its_own() -> None:
    """Errata 3.57."""
    periods = (SchedulePeriod(0, 0.1 + 0.2, 3), SchedulePeriod(30, 16.0, 1))
    reply = CompositeSchedule(1, NOON, 60, RateUnit.AMPERE, periods)
    payload = V16.encode_reply("GetCompositeSchedule", GetCompositeSchedule(1, 60, None, 2), reply)
    assert payload == {
        "status": "Accepted",
        "connectorId": 2,
        "scheduleStart": "2026-03-01T12:00:00Z",
        "chargingSchedule": {
            "duration": 60,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 0.3, "numberPhases": 3},
                {"startPeriod": 30, "limit": 16, "numberPhases": 1},
            ],
        },
    }
    assert V16.schemas.check_response("GetCompositeSchedule", payload) is None
    assert V16.encode_reply("GetCompositeSchedule", GetCompositeSchedule(0, 60), reply)["connectorId"] == 0

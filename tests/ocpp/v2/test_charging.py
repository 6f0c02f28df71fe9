"""Charging profiles and reservations in 2.0.1: what the CSMS wants, how it is answered, and what it is told."""

from datetime import timedelta
from typing import Any

import pytest

from chargepoint.domain.charging_profile import (
    ChargingProfile,
    ChargingSchedule,
    Kind,
    LimitSource,
    Purpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)
from chargepoint.domain.commands import (
    CancelReservation,
    ClearChargingProfile,
    Command,
    CompositeSchedule,
    GetChargingProfiles,
    GetCompositeSchedule,
    Outcome,
    RequestStart,
    ReserveNow,
    SetChargingProfile,
    Verdict,
)
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import (
    ClearedChargingLimit,
    Notification,
    NotifyChargingLimit,
    ReportChargingProfiles,
    ReservationStatusUpdate,
)
from chargepoint.domain.notifications.reservation import ReservationEnd
from chargepoint.ocpp.errors import Refusal
from tests.ocpp.examples import NOON
from tests.ocpp.rig import dialect

V201 = dialect("2.0.1")
AT = "2026-03-01T12:00:00Z"
EXACT = NOON.replace(microsecond=0)
CARD = {"idToken": "04A1", "type": "ISO14443"}

SCHEDULE = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.1}]}
PLAIN_SCHEDULE = ChargingSchedule(id=1, unit=RateUnit.AMPERE, periods=(SchedulePeriod(0, 16.1),))
PLAIN = {
    "id": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": [SCHEDULE],
}
PLAIN_PROFILE = ChargingProfile(id=1, stack_level=0, purpose=Purpose.TX, kind=Kind.RELATIVE, schedule=PLAIN_SCHEDULE, strict=True)
DAILY = {
    "id": 7,
    "stackLevel": 3,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily",
    "validFrom": AT,
    "validTo": "2026-03-01T13:00:00Z",
    "chargingSchedule": [
        {
            "id": 2,
            "chargingRateUnit": "W",
            "startSchedule": AT,
            "duration": 86400,
            "minChargingRate": 1380,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 3680, "numberPhases": 1, "phaseToUse": 2}],
        },
        SCHEDULE,
    ],
}
DAILY_PROFILE = ChargingProfile(
    id=7,
    stack_level=3,
    purpose=Purpose.TX_DEFAULT,
    kind=Kind.RECURRING,
    recurrency=Recurrency.DAILY,
    valid_from=EXACT,
    valid_to=EXACT + timedelta(hours=1),
    schedule=ChargingSchedule(
        id=2,
        unit=RateUnit.WATT,
        start=EXACT,
        duration_s=86400,
        minimum_rate=1380,
        periods=(SchedulePeriod(0, 3680, phases=1, phase_to_use=2),),
    ),
    others=(PLAIN_SCHEDULE,),
    strict=True,
)

COMPOSITE = CompositeSchedule(1, EXACT, 300, RateUnit.AMPERE, (SchedulePeriod(0, 16.0, 3), SchedulePeriod(60, 6.04, 1)))

WANTED: list[tuple[str, dict[str, Any], Command]] = [
    ("SetChargingProfile", {"evseId": 0, "chargingProfile": PLAIN}, SetChargingProfile(0, PLAIN_PROFILE)),
    ("SetChargingProfile", {"evseId": 2, "chargingProfile": DAILY}, SetChargingProfile(2, DAILY_PROFILE)),
    (
        "RequestStartTransaction",
        {"idToken": CARD, "remoteStartId": 5, "chargingProfile": PLAIN},
        RequestStart(IdToken("04A1"), 5, profile=PLAIN_PROFILE),
    ),
    ("GetChargingProfiles", {"requestId": 9, "chargingProfile": {}}, GetChargingProfiles(request_id=9)),
    (
        "GetChargingProfiles",
        {
            "requestId": 9,
            "evseId": 1,
            "chargingProfile": {
                "chargingProfilePurpose": "TxProfile",
                "stackLevel": 2,
                "chargingProfileId": [3, 4],
                "chargingLimitSource": ["EMS", "CSO"],
            },
        },
        GetChargingProfiles(
            request_id=9, evse=1, ids=(3, 4), purpose=Purpose.TX, stack_level=2, sources=(LimitSource.EMS, LimitSource.CSO)
        ),
    ),
    ("ClearChargingProfile", {"chargingProfileId": 7}, ClearChargingProfile(id=7)),
    (
        "ClearChargingProfile",
        {"chargingProfileCriteria": {"evseId": 1, "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 3}},
        ClearChargingProfile(evse=1, purpose=Purpose.TX_DEFAULT, stack_level=3),
    ),
    ("GetCompositeSchedule", {"evseId": 1, "duration": 300}, GetCompositeSchedule(1, 300)),
    ("GetCompositeSchedule", {"evseId": 0, "duration": 300, "chargingRateUnit": "W"}, GetCompositeSchedule(0, 300, RateUnit.WATT)),
    ("ReserveNow", {"id": 4, "expiryDateTime": AT, "idToken": CARD}, ReserveNow(id=4, token=IdToken("04A1"), expires=EXACT)),
    (
        "ReserveNow",
        {"id": 4, "expiryDateTime": AT, "idToken": CARD, "evseId": 2, "connectorType": "sType2", "groupIdToken": CARD | {"idToken": "G"}},
        ReserveNow(id=4, token=IdToken("04A1"), expires=EXACT, group=IdToken("G"), evse=2, connector_type="sType2"),
    ),
    ("CancelReservation", {"reservationId": 4}, CancelReservation(4)),
]

SAID: list[tuple[Notification, str, dict[str, Any]]] = [
    (
        ReportChargingProfiles(
            request_id=9, evse=2, source=LimitSource.CSO, profiles=(PLAIN_PROFILE, DAILY_PROFILE), to_be_continued=False
        ),
        "ReportChargingProfiles",
        {"requestId": 9, "evseId": 2, "chargingLimitSource": "CSO", "chargingProfile": [PLAIN, DAILY], "tbc": False},
    ),
    (NotifyChargingLimit(evse=0, source=LimitSource.SO), "NotifyChargingLimit", {"chargingLimit": {"chargingLimitSource": "SO"}}),
    (
        NotifyChargingLimit(evse=2, source=LimitSource.EMS, grid_critical=True, schedules=(PLAIN_SCHEDULE,)),
        "NotifyChargingLimit",
        {"evseId": 2, "chargingLimit": {"chargingLimitSource": "EMS", "isGridCritical": True}, "chargingSchedule": [SCHEDULE]},
    ),
    (ClearedChargingLimit(evse=0, source=LimitSource.EMS), "ClearedChargingLimit", {"chargingLimitSource": "EMS"}),
    (ClearedChargingLimit(evse=1, source=LimitSource.OTHER), "ClearedChargingLimit", {"chargingLimitSource": "Other", "evseId": 1}),
    (
        ReservationStatusUpdate(4, ReservationEnd.EXPIRED),
        "ReservationStatusUpdate",
        {"reservationId": 4, "reservationUpdateStatus": "Expired"},
    ),
]


@pytest.mark.parametrize(("action", "payload", "command"), WANTED)
def test_a_command_is_understood(action: str, payload: dict[str, Any], command: Command) -> None:
    assert V201.schemas.check_request(action, payload) is None
    assert V201.decode_command(action, payload) == command


@pytest.mark.parametrize(("notification", "action", "payload"), SAID)
def test_a_notification_is_said(notification: Notification, action: str, payload: dict[str, Any]) -> None:
    request = V201.encode(notification)
    assert request is not None
    assert (request.action, request.payload) == (action, payload)
    assert V201.schemas.check_request(action, payload) is None


def test_what_cannot_be_read_is_refused() -> None:
    for payload in (PLAIN | {"validFrom": "tomorrow"}, PLAIN | {"chargingSchedule": [SCHEDULE | {"minChargingRate": 1e400}]}):
        with pytest.raises(Refusal):
            V201.decode_command("SetChargingProfile", {"evseId": 1, "chargingProfile": payload})
    with pytest.raises(Refusal):
        V201.decode_command("ReserveNow", {"id": 4, "expiryDateTime": "tomorrow", "idToken": CARD})


@pytest.mark.parametrize("action", ["SetChargingProfile", "GetChargingProfiles", "ClearChargingProfile", "GetCompositeSchedule"])
def test_a_station_without_smart_charging_says_so(action: str) -> None:
    """K01.FR.29."""
    command = next(command for each, _, command in WANTED if each == action)
    with pytest.raises(Refusal, match="no smart charging"):
        V201.encode_reply(action, command, Outcome(Verdict.NOT_SUPPORTED))


@pytest.mark.parametrize(
    ("action", "verdict", "status"),
    [
        ("SetChargingProfile", Verdict.REJECTED, "Rejected"),
        ("GetChargingProfiles", Verdict.EMPTY, "NoProfiles"),
        ("GetChargingProfiles", Verdict.REJECTED, "NoProfiles"),
        ("ClearChargingProfile", Verdict.NOT_FOUND, "Unknown"),
        ("GetCompositeSchedule", Verdict.REJECTED, "Rejected"),
        ("ReserveNow", Verdict.OCCUPIED, "Occupied"),
        ("ReserveNow", Verdict.NOT_FOUND, "Rejected"),
        ("CancelReservation", Verdict.NOT_FOUND, "Rejected"),
    ],
)
def test_a_command_that_is_not_done_says_why(action: str, verdict: Verdict, status: str) -> None:
    command = next(command for each, _, command in WANTED if each == action)
    answer = V201.encode_reply(action, command, Outcome(verdict, "UnknownEvse", "EVSE 9"))
    assert answer == {"status": status, "statusInfo": {"reasonCode": "UnknownEvse", "additionalInfo": "EVSE 9"}}
    assert V201.schemas.check_response(action, answer) is None


def test_a_composite_schedule_is_told_with_its_beginning_and_unit() -> None:
    """K08.FR.02."""
    answer = V201.encode_reply("GetCompositeSchedule", GetCompositeSchedule(1, 300), COMPOSITE)
    periods = [{"startPeriod": 0, "limit": 16.0, "numberPhases": 3}, {"startPeriod": 60, "limit": 6.0, "numberPhases": 1}]
    schedule = {"evseId": 1, "duration": 300, "scheduleStart": AT, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    assert answer == {"status": "Accepted", "schedule": schedule}
    assert V201.schemas.check_response("GetCompositeSchedule", answer) is None

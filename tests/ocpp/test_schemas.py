import subprocess
import sys
from typing import Any

import pytest

from chargepoint.ocpp.errors import RpcError
from chargepoint.ocpp.schemas import Schemas
from tests.ocpp.rig import dialect

V16, V201 = Schemas("v16", ""), Schemas("v201", "Request")


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({}, RpcError.OCCURRENCE),
        ({"key": "A"}, RpcError.OCCURRENCE),
        ({"key": 1, "value": "1"}, RpcError.TYPE),
        ({"key": None, "value": "1"}, RpcError.TYPE),
        ({"key": "A" * 51, "value": "1"}, RpcError.PROPERTY),
        ({"key": "A", "value": "1", "more": 1}, RpcError.FORMAT),
    ],
)
def test_each_kind_of_violation_has_its_error(payload: dict[str, Any], error: RpcError) -> None:
    violation = V16.check_request("ChangeConfiguration", payload)
    assert violation is not None
    assert violation.error is error


@pytest.mark.parametrize(
    ("error", "in_16", "in_201"),
    [
        (RpcError.FORMAT, "FormationViolation", "FormatViolation"),
        (RpcError.OCCURRENCE, "OccurenceConstraintViolation", "OccurrenceConstraintViolation"),
        (RpcError.PROPERTY, "PropertyConstraintViolation", "PropertyConstraintViolation"),
        (RpcError.TYPE, "TypeConstraintViolation", "TypeConstraintViolation"),
    ],
)
def test_each_version_spells_errors_as_its_standard_does(error: RpcError, in_16: str, in_201: str) -> None:
    assert dialect("1.6").code(error) == in_16
    assert dialect("2.0.1").code(error) == in_201


def test_a_violation_never_shows_the_value() -> None:
    violation = V16.check_request("ChangeConfiguration", {"key": "AuthorizationKey", "value": "secret" * 100})
    assert violation is not None
    assert "secret" not in violation.description
    assert violation.description.startswith("value: ")


def test_a_list_that_the_text_lets_be_empty_may_be() -> None:
    """C01.FR.21 (no EVSE is named: all of them), D01.FR.04, D01.FR.05."""
    info = {"status": "Accepted", "evseId": []}
    assert V201.check_response("Authorize", {"idTokenInfo": info}) is None
    assert V201.check_response("TransactionEvent", {"idTokenInfo": info}) is None
    update = {"versionNumber": 1, "updateType": "Full"}
    assert V201.check_request("SendLocalList", update | {"localAuthorizationList": []}) is None
    entry = {"idToken": {"idToken": "A", "type": "Central"}, "idTokenInfo": info}
    assert V201.check_request("SendLocalList", update | {"localAuthorizationList": [entry]}) is None
    assert V201.check_request("GetVariables", {"getVariableData": []}) is not None, "any other may not"


def test_times_are_left_to_the_reader_of_times() -> None:
    assert V16.check_response("BootNotification", {"status": "Accepted", "currentTime": "2026-03-01T12:00:00+0000", "interval": 5}) is None


def test_a_decimal_is_a_multiple_of_a_tenth_as_written() -> None:
    def request(limit: float) -> dict[str, Any]:
        schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}
        profile = {"chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative"}
        return {"idTag": "A", "chargingProfile": profile | {"chargingSchedule": schedule}}

    assert all(V16.check_request("RemoteStartTransaction", request(tenths / 10)) is None for tenths in range(2000))
    assert V16.check_request("RemoteStartTransaction", request(0.1 + 0.2)) is not None


def test_data_nested_beyond_reason_is_refused_or_taken_but_breaks_nothing() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    V201.check_request("DataTransfer", {"vendorId": "x", "data": deep})


def test_every_schema_of_both_versions_compiles() -> None:
    assert len(V16.actions) == 39
    assert len(V201.actions) == 64
    for schemas in (V16, V201):
        for action in schemas.actions:
            schemas.check_request(action, {})
            schemas.check_response(action, {})


def test_the_ocpp_package_itself_and_the_other_dialect_are_not_imported() -> None:
    code = (
        "import sys; from chargepoint.ocpp.client import OcppClient; from chargepoint.ocpp.dialect import Site, load; load('1.6', Site());"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('ocpp', 'jsonschema') or 'ocpp.v2' in name))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"

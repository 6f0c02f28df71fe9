"""What the CSMS wants in 2.0.1, action by action, and how it is answered."""

from typing import Any

import pytest

from chargepoint.domain.commands import (
    ChangeAvailability,
    ClearCache,
    Command,
    DataTransfer,
    GetBaseReport,
    GetVariables,
    Outcome,
    Reply,
    RequestStart,
    RequestStop,
    Reset,
    ResetKind,
    SetVariables,
    Trigger,
    TriggerMessage,
    UnlockConnector,
    Verdict,
)
from chargepoint.domain.device_model import GetResult, SetResult, VariableKey, VariableStatus
from chargepoint.domain.ids import IdToken
from tests import virtual_time
from tests.ocpp.examples import SECOND
from tests.ocpp.rig import Talk, dialect

V201 = dialect("2.0.1")

CARD = {"idToken": "04A1", "type": "ISO14443"}
TIMEOUT = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "MessageTimeout", "instance": "Default"}}
TIMEOUT_KEY = VariableKey(component="OCPPCommCtrlr", variable="MessageTimeout", instance="Default")
TYPE = {
    "component": {"name": "Connector", "instance": "i", "evse": {"id": 1, "connectorId": 2}},
    "variable": {"name": "ConnectorType"},
    "attributeType": "Target",
}
TYPE_KEY = VariableKey(component="Connector", component_instance="i", evse=1, connector=2, variable="ConnectorType", attribute="Target")
EMPTY_INSTANCE = {"component": {"name": "A", "instance": "", "evse": {"id": 1}}, "variable": {"name": "B", "instance": ""}}
EMPTY_INSTANCE_KEY = VariableKey(component="A", evse=1, variable="B")

WANTED: list[tuple[str, dict[str, Any], Command]] = [
    ("RequestStartTransaction", {"idToken": CARD, "remoteStartId": 5}, RequestStart(IdToken("04A1"), 5)),
    (
        "RequestStartTransaction",
        {"idToken": {"idToken": "x", "type": "Central"}, "remoteStartId": 5, "evseId": 2, "groupIdToken": CARD},
        RequestStart(IdToken("x", "Central"), 5, 2),
    ),
    ("RequestStopTransaction", {"transactionId": "t-1"}, RequestStop("t-1")),
    ("Reset", {"type": "Immediate"}, Reset(ResetKind.IMMEDIATE)),
    ("Reset", {"type": "OnIdle", "evseId": 2}, Reset(ResetKind.ON_IDLE, 2)),
    ("TriggerMessage", {"requestedMessage": "TransactionEvent", "evse": {"id": 1}}, TriggerMessage(Trigger.TRANSACTION_EVENT, 1)),
    (
        "TriggerMessage",
        {"requestedMessage": "StatusNotification", "evse": {"id": 1, "connectorId": 2}},
        TriggerMessage(Trigger.STATUS_NOTIFICATION, 1, 2),
    ),
    ("TriggerMessage", {"requestedMessage": "MeterValues"}, TriggerMessage(Trigger.METER_VALUES)),
    ("TriggerMessage", {"requestedMessage": "SignCombinedCertificate"}, TriggerMessage(None)),
    ("GetVariables", {"getVariableData": [TIMEOUT, TYPE, EMPTY_INSTANCE]}, GetVariables((TIMEOUT_KEY, TYPE_KEY, EMPTY_INSTANCE_KEY))),
    (
        "SetVariables",
        {"setVariableData": [TIMEOUT | {"attributeValue": "30"}, TYPE | {"attributeValue": ""}]},
        SetVariables(((TIMEOUT_KEY, "30"), (TYPE_KEY, ""))),
    ),
    ("GetBaseReport", {"requestId": 9, "reportBase": "FullInventory"}, GetBaseReport(9, "FullInventory")),
    ("UnlockConnector", {"evseId": 1, "connectorId": 2}, UnlockConnector(SECOND, ends_transaction=False)),
    ("ChangeAvailability", {"operationalStatus": "Operative"}, ChangeAvailability(True)),
    ("ChangeAvailability", {"operationalStatus": "Inoperative", "evse": {"id": 1, "connectorId": 2}}, ChangeAvailability(False, 1, 2)),
    ("ClearCache", {}, ClearCache()),
    ("DataTransfer", {"vendorId": "com.acme", "messageId": "m", "data": {"a": 1}}, DataTransfer("com.acme", "m", {"a": 1})),
    ("DataTransfer", {"vendorId": "com.acme", "customData": {"vendorId": "x"}}, DataTransfer("com.acme")),
]


@pytest.mark.parametrize(("action", "payload", "command"), WANTED)
def test_a_command_is_understood(action: str, payload: dict[str, Any], command: Command) -> None:
    assert V201.schemas.check_request(action, payload) is None
    assert V201.decode_command(action, payload) == command


def test_a_charging_profile_is_ignored_without_smart_charging() -> None:
    """F01.FR.12, F02.FR.20."""
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.1}]}
    profile = {"id": 1, "stackLevel": 0, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative"}
    payload = {"idToken": CARD, "remoteStartId": 5, "chargingProfile": profile | {"chargingSchedule": [schedule]}}
    assert V201.schemas.check_request("RequestStartTransaction", payload) is None
    assert V201.decode_command("RequestStartTransaction", payload) == RequestStart(IdToken("04A1"), 5)


def words(action: str, **narrowed: str) -> list[tuple[str, Verdict, str]]:
    """Every verdict whatever: what is not named is the word under ``other``."""
    other = narrowed.pop("other")
    return [(action, verdict, narrowed.get(verdict.name, other)) for verdict in Verdict]


@pytest.mark.parametrize(
    ("action", "verdict", "status"),
    [
        *words("RequestStartTransaction", ACCEPTED="Accepted", other="Rejected"),
        *words("RequestStopTransaction", ACCEPTED="Accepted", other="Rejected"),
        *words("ClearCache", ACCEPTED="Accepted", other="Rejected"),
        *words("Reset", ACCEPTED="Accepted", SCHEDULED="Scheduled", other="Rejected"),
        *words("ChangeAvailability", ACCEPTED="Accepted", SCHEDULED="Scheduled", other="Rejected"),
        *words("TriggerMessage", ACCEPTED="Accepted", NOT_IMPLEMENTED="NotImplemented", other="Rejected"),
        *words("GetBaseReport", ACCEPTED="Accepted", NOT_SUPPORTED="NotSupported", EMPTY="EmptyResultSet", other="Rejected"),
        *words(
            "UnlockConnector",
            UNLOCKED="Unlocked",
            ACCEPTED="Unlocked",
            ONGOING="OngoingAuthorizedTransaction",
            UNKNOWN_CONNECTOR="UnknownConnector",
            other="UnlockFailed",
        ),
        *words(
            "DataTransfer",
            ACCEPTED="Accepted",
            UNKNOWN_VENDOR="UnknownVendorId",
            UNKNOWN_MESSAGE="UnknownMessageId",
            other="Rejected",
        ),
    ],
)
def test_a_verdict_is_narrowed_and_its_reason_told(action: str, verdict: Verdict, status: str) -> None:
    bare = V201.encode_reply(action, ClearCache(), Outcome(verdict))
    told = V201.encode_reply(action, ClearCache(), Outcome(verdict, "InternalError", "why"))
    assert bare == {"status": status}
    assert told == {"status": status, "statusInfo": {"reasonCode": "InternalError", "additionalInfo": "why"}}
    assert V201.schemas.check_response(action, told) is None


def test_a_start_names_the_transaction_that_is_already_there() -> None:
    reply = Outcome(Verdict.ACCEPTED, transaction_id="t-1")
    payload = V201.encode_reply("RequestStartTransaction", ClearCache(), reply)
    assert payload == {"status": "Accepted", "transactionId": "t-1"}
    assert V201.schemas.check_response("RequestStartTransaction", payload) is None


GOT = (
    GetResult(TIMEOUT_KEY, VariableStatus.ACCEPTED, "30", "ReadOnly"),
    GetResult(TYPE_KEY, VariableStatus.NOT_SUPPORTED_ATTRIBUTE),
    GetResult(EMPTY_INSTANCE_KEY, VariableStatus.ACCEPTED, None),
    GetResult(EMPTY_INSTANCE_KEY, VariableStatus.REJECTED, None, "WriteOnly"),
)


def test_variables_are_told_with_their_attribute_always_named() -> None:
    payload = V201.encode_reply("GetVariables", GetVariables(()), GOT)
    bare = {"component": {"name": "A", "evse": {"id": 1}}, "variable": {"name": "B"}, "attributeType": "Actual"}
    assert payload["getVariableResult"] == [
        TIMEOUT | {"attributeType": "Actual", "attributeStatus": "Accepted", "attributeValue": "30"},
        TYPE | {"attributeStatus": "NotSupportedAttributeType"},
        bare | {"attributeStatus": "Accepted", "attributeValue": ""},
        bare | {"attributeStatus": "Rejected", "attributeStatusInfo": {"reasonCode": "WriteOnly"}},
    ]
    assert V201.schemas.check_response("GetVariables", payload) is None


def test_each_variable_set_has_its_own_result() -> None:
    reply = (
        SetResult(TIMEOUT_KEY, VariableStatus.REBOOT_REQUIRED),
        SetResult(TYPE_KEY, VariableStatus.REJECTED, "ReadOnly", "cannot be set"),
    )
    payload = V201.encode_reply("SetVariables", SetVariables(()), reply)
    assert payload["setVariableResult"] == [
        TIMEOUT | {"attributeType": "Actual", "attributeStatus": "RebootRequired"},
        TYPE
        | {
            "attributeStatus": "Rejected",
            "attributeStatusInfo": {"reasonCode": "ReadOnly", "additionalInfo": "cannot be set"},
        },
    ]
    assert V201.schemas.check_response("SetVariables", payload) is None


def test_every_action_that_is_obeyed_is_in_the_table() -> None:
    assert {action for action, _, _ in WANTED} == set(V201.obeyed)


def test_every_action_of_the_standard_gets_the_right_class_of_answer() -> None:
    examples = {action: payload for action, payload, _ in WANTED}

    async def reply(command: Command) -> Reply:
        match command:
            case GetVariables():
                return GOT
            case SetVariables():
                return (SetResult(TIMEOUT_KEY, VariableStatus.ACCEPTED),)
            case _:
                return Outcome(Verdict.ACCEPTED)

    async def main() -> None:
        async with Talk("2.0.1") as talk:
            talk.station.reply = reply
            for action in sorted(V201.schemas.actions):
                answer = await talk.call("x", action, examples.get(action, {}))
                expected = [3, "x"] if action in V201.obeyed else [4, "x", "NotSupported"]
                assert answer[: len(expected)] == expected, action
            for unknown in ("ChangeConfiguration", "reset", "", "X" * 500):
                assert (await talk.call("x", unknown, {}))[:3] == [4, "x", "NotImplemented"]

    virtual_time.run(main())

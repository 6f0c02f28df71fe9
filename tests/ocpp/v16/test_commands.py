"""What the CSMS wants in 1.6, action by action, and how it is answered."""

from typing import Any

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.charging_profile import Purpose
from chargepoint.domain.commands import (
    CancelReservation,
    ChangeAvailability,
    ClearCache,
    Command,
    DataTransfer,
    GetInstalledCertificateIds,
    GetLocalListVersion,
    GetVariables,
    InstalledCertificates,
    LocalListEntry,
    LocalListVersion,
    Outcome,
    Reply,
    RequestStart,
    RequestStop,
    ReserveNow,
    Reset,
    ResetKind,
    SendLocalList,
    SetVariables,
    Trigger,
    TriggerMessage,
    UnlockConnector,
    Verdict,
)
from chargepoint.domain.device_model import GetResult, SetResult, VariableKey, VariableStatus
from chargepoint.domain.ids import ANY, IdToken
from chargepoint.ocpp.dialect import Settled
from chargepoint.ocpp.errors import Refusal
from tests import virtual_time
from tests.ocpp.examples import NOON, SECOND
from tests.ocpp.rig import Talk, dialect
from tests.ocpp.v16 import test_charging, test_firmware, test_security

V16 = dialect("1.6")


def key(name: str) -> VariableKey:
    return VariableKey(component="", variable=name)


LISTED = [
    {"idTag": "04A1", "idTagInfo": {"status": "Accepted", "expiryDate": "2026-03-01T12:00:00.25Z", "parentIdTag": "FAMILY"}},
    {"idTag": "04B2", "idTagInfo": {"status": "Blocked"}},
    {"idTag": "04C3"},
]
LIST = SendLocalList(
    8,
    full=False,
    entries=(
        LocalListEntry(IdToken("04A1", ANY), TokenInfo(AuthorizationStatus.ACCEPTED, IdToken("FAMILY", ANY), NOON)),
        LocalListEntry(IdToken("04B2", ANY), TokenInfo(AuthorizationStatus.BLOCKED)),
        LocalListEntry(IdToken("04C3", ANY), None),
    ),
)
ANYWHERE = {"connectorId": 0, "expiryDate": "2026-03-01T13:00:00.25+01:00", "idTag": "04A1", "reservationId": -1}
RESERVED = ReserveNow(id=5, token=IdToken("04A1", ANY), expires=NOON, evse=1, connector=2)

WANTED: list[tuple[str, dict[str, Any], Command]] = [
    *test_security.WANTED,
    *test_charging.WANTED,
    *test_firmware.WANTED,
    ("RemoteStartTransaction", {"idTag": "04A1"}, RequestStart(IdToken("04A1", ANY))),
    ("RemoteStartTransaction", {"idTag": "04A1", "connectorId": 3}, RequestStart(IdToken("04A1", ANY), evse=2, connector=1)),
    ("RemoteStopTransaction", {"transactionId": 17}, RequestStop("17")),
    ("Reset", {"type": "Soft"}, Reset(ResetKind.IMMEDIATE)),
    ("Reset", {"type": "Hard"}, Reset(ResetKind.IMMEDIATE, graceful=False)),
    ("TriggerMessage", {"requestedMessage": "BootNotification"}, TriggerMessage(Trigger.BOOT_NOTIFICATION)),
    ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 2}, TriggerMessage(Trigger.SAMPLES, 1, 2)),
    ("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 0}, TriggerMessage(Trigger.STATUS_NOTIFICATION, 0)),
    ("TriggerMessage", {"requestedMessage": "Heartbeat"}, TriggerMessage(Trigger.HEARTBEAT)),
    ("TriggerMessage", {"requestedMessage": "Heartbeat", "connectorId": 9}, TriggerMessage(Trigger.HEARTBEAT)),
    ("TriggerMessage", {"requestedMessage": "FirmwareStatusNotification", "connectorId": 9}, TriggerMessage(Trigger.FIRMWARE_STATUS)),
    ("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"}, TriggerMessage(Trigger.DIAGNOSTICS_STATUS)),
    ("ExtendedTriggerMessage", {"requestedMessage": "BootNotification"}, TriggerMessage(Trigger.BOOT_NOTIFICATION)),
    ("ExtendedTriggerMessage", {"requestedMessage": "Heartbeat"}, TriggerMessage(Trigger.HEARTBEAT)),
    ("ExtendedTriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 3}, TriggerMessage(Trigger.SAMPLES, 2, 1)),
    ("ExtendedTriggerMessage", {"requestedMessage": "StatusNotification"}, TriggerMessage(Trigger.STATUS_NOTIFICATION)),
    ("ExtendedTriggerMessage", {"requestedMessage": "FirmwareStatusNotification"}, TriggerMessage(Trigger.SIGNED_FIRMWARE_STATUS)),
    ("ExtendedTriggerMessage", {"requestedMessage": "LogStatusNotification"}, TriggerMessage(Trigger.LOG_STATUS)),
    (
        "ExtendedTriggerMessage",
        {"requestedMessage": "SignChargePointCertificate"},
        TriggerMessage(Trigger.SIGN_CHARGING_STATION_CERTIFICATE),
    ),
    ("GetConfiguration", {}, GetVariables(())),
    ("GetConfiguration", {"key": []}, GetVariables(())),
    ("GetConfiguration", {"key": ["A", "B"]}, GetVariables((key("A"), key("B")))),
    ("ChangeConfiguration", {"key": "A", "value": ""}, SetVariables(((key("A"), ""),))),
    ("UnlockConnector", {"connectorId": 2}, UnlockConnector(SECOND, ends_transaction=True)),
    ("ChangeAvailability", {"connectorId": 2, "type": "Operative"}, ChangeAvailability(True, 1, 2, cascades=True)),
    ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}, ChangeAvailability(False, cascades=True)),
    ("ClearCache", {}, ClearCache()),
    ("GetLocalListVersion", {}, GetLocalListVersion()),
    ("SendLocalList", {"listVersion": 7, "updateType": "Full"}, SendLocalList(7, full=True)),
    ("SendLocalList", {"listVersion": 8, "updateType": "Differential", "localAuthorizationList": LISTED}, LIST),
    ("ReserveNow", {"connectorId": 2, "expiryDate": "2026-03-01T12:00:00.25Z", "idTag": "04A1", "reservationId": 5}, RESERVED),
    (
        "ReserveNow",
        ANYWHERE | {"parentIdTag": "FAMILY"},
        ReserveNow(id=-1, token=IdToken("04A1", ANY), expires=NOON, group=IdToken("FAMILY", ANY)),
    ),
    ("ReserveNow", ANYWHERE | {"parentIdTag": ""}, ReserveNow(id=-1, token=IdToken("04A1", ANY), expires=NOON)),
    ("CancelReservation", {"reservationId": 5}, CancelReservation(5)),
    ("DataTransfer", {"vendorId": "com.acme", "messageId": "m", "data": "d"}, DataTransfer("com.acme", "m", "d")),
    ("DataTransfer", {"vendorId": "com.acme"}, DataTransfer("com.acme")),
]


@pytest.mark.parametrize(("action", "payload", "command"), WANTED)
def test_a_command_is_understood(action: str, payload: dict[str, Any], command: Command) -> None:
    assert V16.schemas.check_request(action, payload) is None
    assert V16.decode_command(action, payload) == command


@pytest.mark.parametrize(
    ("action", "payload", "answer"),
    [
        ("RemoteStartTransaction", {"idTag": "04A1", "connectorId": 0}, "Rejected"),
        ("RemoteStartTransaction", {"idTag": "04A1", "connectorId": 4}, "Rejected"),
        ("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 4}, "Rejected"),
        ("UnlockConnector", {"connectorId": 4}, "NotSupported"),
        ("UnlockConnector", {"connectorId": 0}, "NotSupported"),
        ("ChangeAvailability", {"connectorId": -1, "type": "Operative"}, "Rejected"),
        ("ReserveNow", ANYWHERE | {"connectorId": 4}, "Rejected"),
    ],
)
def test_a_connector_that_does_not_exist_settles_it(action: str, payload: dict[str, Any], answer: str) -> None:
    assert V16.decode_command(action, payload) == Settled({"status": answer})
    assert V16.schemas.check_response(action, {"status": answer}) is None


def test_a_number_beyond_reason_is_refused() -> None:
    with pytest.raises(Refusal, match="64 bits"):
        V16.decode_command("RemoteStopTransaction", {"transactionId": 10**30})


def test_a_remote_start_brings_the_profile_of_its_transaction_along() -> None:
    """§5.16.2."""
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.1}]}
    profile = {"chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative"}
    payload = {"idTag": "04A1", "chargingProfile": profile | {"chargingSchedule": schedule}}
    assert V16.schemas.check_request("RemoteStartTransaction", payload) is None
    command = V16.decode_command("RemoteStartTransaction", payload)
    assert isinstance(command, RequestStart)
    assert command.profile is not None
    assert (command.profile.id, command.profile.purpose, command.profile.schedule.periods[0].limit) == (1, Purpose.TX, 16.1)


def outcome(verdict: Verdict) -> Outcome:
    return Outcome(verdict, "SomeReason", "told by 2.x only")


def words(action: str, **narrowed: str) -> list[tuple[str, Verdict, str]]:
    """Every verdict whatever: what is not named is the word under ``other``."""
    other = narrowed.pop("other")
    return [(action, verdict, narrowed.get(verdict.name, other)) for verdict in Verdict]


@pytest.mark.parametrize(
    ("action", "verdict", "status"),
    [
        *words("RemoteStartTransaction", ACCEPTED="Accepted", SCHEDULED="Accepted", other="Rejected"),
        *words("RemoteStopTransaction", ACCEPTED="Accepted", SCHEDULED="Accepted", other="Rejected"),
        *words("Reset", ACCEPTED="Accepted", SCHEDULED="Accepted", other="Rejected"),
        *words("ClearCache", ACCEPTED="Accepted", SCHEDULED="Accepted", other="Rejected"),
        *words("CancelReservation", ACCEPTED="Accepted", SCHEDULED="Accepted", other="Rejected"),
        *words("ReserveNow", ACCEPTED="Accepted", FAULTED="Faulted", OCCUPIED="Occupied", UNAVAILABLE="Unavailable", other="Rejected"),
        *words("SendLocalList", ACCEPTED="Accepted", NOT_SUPPORTED="NotSupported", VERSION_MISMATCH="VersionMismatch", other="Failed"),
        *words("TriggerMessage", ACCEPTED="Accepted", NOT_IMPLEMENTED="NotImplemented", other="Rejected"),
        *words("ChangeAvailability", ACCEPTED="Accepted", SCHEDULED="Scheduled", other="Rejected"),
        *words(
            "UnlockConnector",
            UNLOCKED="Unlocked",
            ACCEPTED="Unlocked",
            NOT_SUPPORTED="NotSupported",
            UNKNOWN_CONNECTOR="NotSupported",
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
def test_a_verdict_is_narrowed(action: str, verdict: Verdict, status: str) -> None:
    payload = V16.encode_reply(action, ClearCache(), outcome(verdict))
    assert payload == {"status": status}
    assert V16.schemas.check_response(action, payload) is None


def test_data_of_a_data_transfer_is_text() -> None:
    assert V16.encode_reply("DataTransfer", ClearCache(), Outcome(Verdict.ACCEPTED, data=[1])) == {"status": "Accepted", "data": "[1]"}


CONFIGURATION: tuple[GetResult, ...] = (
    GetResult(key("HeartbeatInterval"), VariableStatus.ACCEPTED, "300"),
    GetResult(key("NumberOfConnectors"), VariableStatus.ACCEPTED, "3", "ReadOnly"),
    GetResult(key("AuthorizationKey"), VariableStatus.REJECTED, None, "WriteOnly"),
    GetResult(key("StopTxnSampledData"), VariableStatus.ACCEPTED, ""),
    GetResult(key("Long"), VariableStatus.ACCEPTED, "x" * 600),
    GetResult(key("Foo"), VariableStatus.UNKNOWN_VARIABLE),
)


def test_the_configuration_is_told_with_what_is_read_only_write_only_and_unknown() -> None:
    payload = V16.encode_reply("GetConfiguration", GetVariables(()), CONFIGURATION)
    assert payload == {
        "configurationKey": [
            {"key": "HeartbeatInterval", "readonly": False, "value": "300"},
            {"key": "NumberOfConnectors", "readonly": True, "value": "3"},
            {"key": "AuthorizationKey", "readonly": False},
            {"key": "StopTxnSampledData", "readonly": False, "value": ""},
            {"key": "Long", "readonly": False, "value": "x" * 500},
        ],
        "unknownKey": ["Foo"],
    }
    assert V16.schemas.check_response("GetConfiguration", payload) is None
    assert V16.encode_reply("GetConfiguration", GetVariables(()), ()) == {}


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (VariableStatus.ACCEPTED, "Accepted"),
        (VariableStatus.REBOOT_REQUIRED, "RebootRequired"),
        (VariableStatus.REJECTED, "Rejected"),
        (VariableStatus.UNKNOWN_VARIABLE, "NotSupported"),
        (VariableStatus.UNKNOWN_COMPONENT, "NotSupported"),
        (VariableStatus.NOT_SUPPORTED_ATTRIBUTE, "NotSupported"),
    ],
)
def test_a_changed_key_is_answered(status: VariableStatus, word: str) -> None:
    payload = V16.encode_reply("ChangeConfiguration", SetVariables(()), (SetResult(key("A"), status, "ReadOnly"),))
    assert payload == {"status": word}
    assert V16.schemas.check_response("ChangeConfiguration", payload) is None


def test_every_action_that_is_obeyed_is_in_the_table() -> None:
    assert {action for action, _, _ in WANTED} == set(V16.obeyed)


def test_every_action_of_the_standard_gets_the_right_class_of_answer() -> None:
    examples = {action: payload for action, payload, _ in WANTED}

    async def reply(command: Command) -> Reply:
        match command:
            case GetVariables():
                return CONFIGURATION
            case SetVariables():
                return (SetResult(key("A"), VariableStatus.ACCEPTED),)
            case GetLocalListVersion():
                return LocalListVersion(7)
            case GetInstalledCertificateIds():
                return InstalledCertificates()
            case _:
                return Outcome(Verdict.ACCEPTED)

    async def main() -> None:
        async with Talk("1.6") as talk:
            talk.station.reply = reply
            for action in sorted(V16.schemas.actions):
                answer = await talk.call("x", action, examples.get(action, {}))
                expected = [3, "x"] if action in V16.obeyed else [4, "x", "NotSupported"]
                assert answer[: len(expected)] == expected, action
            for unknown in ("TransactionEvent", "reset", "", "X" * 500):
                assert (await talk.call("x", unknown, {}))[:3] == [4, "x", "NotImplemented"]

    virtual_time.run(main())

"""What the CSMS wants in 2.0.1, action by action, and how it is answered."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.certificates import CertificateHash, CertificateUse, HashAlgorithm
from chargepoint.domain.commands import (
    CertificateSigned,
    ChangeAvailability,
    ClearCache,
    ClearDisplayMessage,
    ClearVariableMonitoring,
    Command,
    CostUpdated,
    DataTransfer,
    DeleteCertificate,
    GetBaseReport,
    GetDisplayMessages,
    GetInstalledCertificateIds,
    GetLocalListVersion,
    GetMonitoringReport,
    GetReport,
    GetTransactionStatus,
    GetVariables,
    InstallCertificate,
    InstalledCertificates,
    LocalListEntry,
    LocalListVersion,
    Outcome,
    RequestStart,
    RequestStop,
    Reset,
    ResetKind,
    SendLocalList,
    SetDisplayMessage,
    SetMonitoringBase,
    SetMonitoringLevel,
    SetNetworkProfile,
    SetVariableMonitoring,
    SetVariables,
    Trigger,
    TriggerMessage,
    UnlockConnector,
    Verdict,
    WantedMonitor,
)
from chargepoint.domain.device_model import GetResult, SetResult, VariableKey, VariableStatus
from chargepoint.domain.display_messages import DisplayMessage, MessagePriority
from chargepoint.domain.ids import AdditionalInfo, IdToken
from chargepoint.domain.monitors import MonitorKind
from chargepoint.domain.network import NetworkProfile
from chargepoint.domain.reports import Wanted
from tests.ocpp.examples import NOON, SECOND
from tests.ocpp.rig import dialect

V201 = dialect("2.0.1")
AT = "2026-03-01T12:00:00Z"
EXACT = NOON.replace(microsecond=0)

HASH = CertificateHash(HashAlgorithm.SHA384, "n", "k", "1")
HASH_DATA = {"hashAlgorithm": "SHA384", "issuerNameHash": "n", "issuerKeyHash": "k", "serialNumber": "1"}
NETWORK = {
    "ocppCsmsUrl": "wss://csms/ocpp",
    "messageTimeout": 30,
    "ocppVersion": "OCPP20",
    "ocppTransport": "JSON",
    "ocppInterface": "Wireless0",
    "securityProfile": 2,
}
PROFILE = NetworkProfile(url="wss://csms/ocpp", security_profile=2, message_timeout_s=30, version="OCPP20", interface="Wireless0")

CARD = {"idToken": "04A1", "type": "ISO14443"}
TIMEOUT = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "MessageTimeout", "instance": "Default"}}
TIMEOUT_KEY = VariableKey(component="OCPPCommCtrlr", variable="MessageTimeout", instance="Default")
TYPE = {
    "component": {"name": "Connector", "instance": "i", "evse": {"id": 1, "connectorId": 2}},
    "variable": {"name": "ConnectorType"},
    "attributeType": "Target",
}
TYPE_KEY = VariableKey(component="Connector", component_instance="i", evse=1, connector=2, variable="ConnectorType", attribute="Target")
FOB = {"idToken": "E004", "type": "ISO15693", "additionalInfo": [{"additionalIdToken": "17", "type": "milk"}]}
MILK = (AdditionalInfo("17", "milk"),)
FRIEND = {
    "status": "Accepted",
    "cacheExpiryDateTime": "2026-03-01T12:00:00.250Z",
    "groupIdToken": {"idToken": "FAMILY", "type": "Central"},
    "evseId": [2, 1, 2],
    "language1": "de",
    "language2": "en-GB",
    "personalMessage": {"format": "UTF8", "content": "0.30 a kWh today"},
}
BEFRIENDED = TokenInfo(AuthorizationStatus.ACCEPTED, IdToken("FAMILY", "Central"), NOON, (1, 2), ("de", "en-GB"), "0.30 a kWh today")
LISTED = [{"idToken": CARD, "idTokenInfo": FRIEND}, {"idToken": FOB}]
KEPT = (LocalListEntry(IdToken("04A1"), BEFRIENDED), LocalListEntry(IdToken("E004", "ISO15693", MILK), None))
EMPTY_INSTANCE = {"component": {"name": "A", "instance": "", "evse": {"id": 1}}, "variable": {"name": "B", "instance": ""}}
EMPTY_INSTANCE_KEY = VariableKey(component="A", evse=1, variable="B")

WANTED: list[tuple[str, dict[str, Any], Command]] = [
    ("RequestStartTransaction", {"idToken": CARD, "remoteStartId": 5}, RequestStart(IdToken("04A1"), 5)),
    (
        "RequestStartTransaction",
        {"idToken": {"idToken": "x", "type": "Central"}, "remoteStartId": 5, "evseId": 2, "groupIdToken": CARD},
        RequestStart(IdToken("x", "Central"), 5, 2, group=IdToken("04A1")),
    ),
    ("RequestStopTransaction", {"transactionId": "t-1"}, RequestStop("t-1")),
    ("GetTransactionStatus", {"transactionId": "T-1"}, GetTransactionStatus("t-1")),
    ("GetTransactionStatus", {}, GetTransactionStatus()),
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
    ("GetReport", {"requestId": 9, "componentCriteria": ["Active", "Problem"]}, GetReport(9, ("Active", "Problem"))),
    (
        "GetReport",
        {
            "requestId": 9,
            "componentVariable": [
                {"component": TYPE["component"], "variable": {"name": "V", "instance": "j"}},
                {"component": {"name": "EVSE"}},
            ],
        },
        GetReport(
            9,
            wanted=(
                Wanted(component="Connector", component_instance="i", evse=1, connector=2, variable="V", instance="j"),
                Wanted(component="EVSE"),
            ),
        ),
    ),
    ("UnlockConnector", {"evseId": 1, "connectorId": 2}, UnlockConnector(SECOND, ends_transaction=False)),
    ("ChangeAvailability", {"operationalStatus": "Operative"}, ChangeAvailability(True)),
    ("ChangeAvailability", {"operationalStatus": "Inoperative", "evse": {"id": 1, "connectorId": 2}}, ChangeAvailability(False, 1, 2)),
    ("ClearCache", {}, ClearCache()),
    ("SendLocalList", {"versionNumber": 3, "updateType": "Full"}, SendLocalList(3, True, empty_is_none=False)),
    (
        "SendLocalList",
        {"versionNumber": 4, "updateType": "Differential", "localAuthorizationList": LISTED},
        SendLocalList(4, False, KEPT, empty_is_none=False),
    ),
    ("GetLocalListVersion", {}, GetLocalListVersion()),
    ("DataTransfer", {"vendorId": "com.acme", "messageId": "m", "data": {"a": 1}}, DataTransfer("com.acme", "m", {"a": 1})),
    ("DataTransfer", {"vendorId": "com.acme", "customData": {"vendorId": "x"}}, DataTransfer("com.acme")),
    ("SetMonitoringBase", {"monitoringBase": "All"}, SetMonitoringBase("All")),
    ("SetMonitoringLevel", {"severity": 3}, SetMonitoringLevel(3)),
    (
        "GetMonitoringReport",
        {"requestId": 9, "monitoringCriteria": ["DeltaMonitoring"], "componentVariable": [{"component": {"name": "EVSE"}}]},
        GetMonitoringReport(9, ("DeltaMonitoring",), (Wanted(component="EVSE"),), size=108),
    ),
    (
        "SetVariableMonitoring",
        {"setMonitoringData": [TIMEOUT | {"value": 5, "type": "UpperThreshold", "severity": 4, "id": 7, "transaction": True}]},
        SetVariableMonitoring(
            (WantedMonitor(key=TIMEOUT_KEY, kind=MonitorKind.UPPER, value=5.0, severity=4, id=7, transaction=True),), size=193
        ),
    ),
    ("ClearVariableMonitoring", {"id": [3, 4]}, ClearVariableMonitoring((3, 4), size=12)),
    (
        "SetDisplayMessage",
        {"message": {"id": 1, "priority": "AlwaysFront", "endDateTime": AT, "message": {"format": "URI", "content": "x"}}},
        SetDisplayMessage(DisplayMessage(id=1, priority=MessagePriority.ALWAYS_FRONT, end=EXACT, format="URI", content="x")),
    ),
    (
        "SetDisplayMessage",
        {
            "message": {
                "id": 2,
                "priority": "InFront",
                "transactionId": "T-1",
                "display": {"name": "Display", "instance": "left", "evse": {"id": 1}},
                "message": {"format": "UTF8", "content": "x", "language": "de"},
            }
        },
        SetDisplayMessage(
            DisplayMessage(
                id=2,
                priority=MessagePriority.IN_FRONT,
                transaction_id="t-1",
                component="Display.left",
                evse=1,
                format="UTF8",
                language="de",
                content="x",
            )
        ),
    ),
    ("GetDisplayMessages", {"requestId": 9, "state": "Idle"}, GetDisplayMessages(request_id=9, state="Idle")),
    ("ClearDisplayMessage", {"id": 1}, ClearDisplayMessage(1)),
    ("CostUpdated", {"totalCost": 1.25, "transactionId": "T-1"}, CostUpdated("t-1", Decimal("1.25"))),
    (
        "CertificateSigned",
        {"certificateChain": "PEM", "certificateType": "V2GCertificate"},
        CertificateSigned("PEM", CertificateUse.V2G),
    ),
    ("CertificateSigned", {"certificateChain": "PEM"}, CertificateSigned("PEM", CertificateUse.CHARGING_STATION)),
    ("DeleteCertificate", {"certificateHashData": HASH_DATA}, DeleteCertificate(HASH)),
    ("GetInstalledCertificateIds", {}, GetInstalledCertificateIds()),
    (
        "GetInstalledCertificateIds",
        {"certificateType": ["MORootCertificate", "V2GCertificateChain"]},
        GetInstalledCertificateIds((CertificateUse.MO_ROOT, CertificateUse.V2G_CHAIN)),
    ),
    (
        "InstallCertificate",
        {"certificateType": "CSMSRootCertificate", "certificate": "PEM"},
        InstallCertificate(CertificateUse.CSMS_ROOT, "PEM"),
    ),
    ("SetNetworkProfile", {"configurationSlot": 2, "connectionData": NETWORK}, SetNetworkProfile(2, PROFILE)),
    (
        "SetNetworkProfile",
        {"configurationSlot": 2, "connectionData": NETWORK | {"apn": {"apn": "x", "apnAuthentication": "NONE"}}},
        SetNetworkProfile(2, replace(PROFILE, apn=True)),
    ),
]


@pytest.mark.parametrize(("action", "payload", "command"), WANTED)
def test_a_command_is_understood(action: str, payload: dict[str, Any], command: Command) -> None:
    assert V201.schemas.check_request(action, payload) is None
    told = V201.decode_command(action, payload)
    if isinstance(told, GetVariables | SetVariables | GetReport | SendLocalList):
        assert 0 < told.size == len(msgspec.json.encode(payload))
        told = replace(told, size=0)
    assert told == command


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
        *words("CertificateSigned", ACCEPTED="Accepted", other="Rejected"),
        *words("InstallCertificate", ACCEPTED="Accepted", FAILED="Failed", other="Rejected"),
        *words("DeleteCertificate", ACCEPTED="Accepted", NOT_FOUND="NotFound", other="Failed"),
        *words("SetNetworkProfile", ACCEPTED="Accepted", FAILED="Failed", other="Rejected"),
        *words("SendLocalList", ACCEPTED="Accepted", VERSION_MISMATCH="VersionMismatch", other="Failed"),
        *words("Reset", ACCEPTED="Accepted", SCHEDULED="Scheduled", other="Rejected"),
        *words("ChangeAvailability", ACCEPTED="Accepted", SCHEDULED="Scheduled", other="Rejected"),
        *words("TriggerMessage", ACCEPTED="Accepted", NOT_IMPLEMENTED="NotImplemented", other="Rejected"),
        *words("GetBaseReport", ACCEPTED="Accepted", NOT_SUPPORTED="NotSupported", EMPTY="EmptyResultSet", other="Rejected"),
        *words("GetReport", ACCEPTED="Accepted", NOT_SUPPORTED="NotSupported", EMPTY="EmptyResultSet", other="Rejected"),
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
    """B06.FR.13: one without a value has an empty one."""
    payload = V201.encode_reply("GetVariables", GetVariables(()), GOT)
    bare = {"component": {"name": "A", "evse": {"id": 1}}, "variable": {"name": "B"}, "attributeType": "Actual"}
    assert payload["getVariableResult"] == [
        TIMEOUT | {"attributeType": "Actual", "attributeStatus": "Accepted", "attributeValue": "30"},
        TYPE | {"attributeStatus": "NotSupportedAttributeType"},
        bare | {"attributeStatus": "Accepted", "attributeValue": ""},
        bare | {"attributeStatus": "Rejected", "attributeStatusInfo": {"reasonCode": "WriteOnly"}},
    ]
    assert V201.schemas.check_response("GetVariables", payload) is None


def test_installed_certificates_are_told_with_those_above_them() -> None:
    """M03.FR.05."""
    above = CertificateHash(HashAlgorithm.SHA256, "n2", "k2", "2")
    reply = InstalledCertificates(((CertificateUse.V2G_CHAIN, HASH), (CertificateUse.MO_ROOT, above)), {HASH: (above,)})
    payload = V201.encode_reply("GetInstalledCertificateIds", GetInstalledCertificateIds(), reply)
    other = {"hashAlgorithm": "SHA256", "issuerNameHash": "n2", "issuerKeyHash": "k2", "serialNumber": "2"}
    assert payload == {
        "status": "Accepted",
        "certificateHashDataChain": [
            {"certificateType": "V2GCertificateChain", "certificateHashData": HASH_DATA, "childCertificateHashData": [other]},
            {"certificateType": "MORootCertificate", "certificateHashData": other},
        ],
    }
    assert V201.schemas.check_response("GetInstalledCertificateIds", payload) is None


def test_of_a_longer_chain_as_many_are_told_as_there_is_room_for() -> None:
    """M03.FR.05: four children; an answer that breaks the schema is none."""
    above = tuple(CertificateHash(HashAlgorithm.SHA256, "n2", "k2", str(number)) for number in range(6))
    reply = InstalledCertificates(((CertificateUse.V2G_CHAIN, HASH),), {HASH: above})
    payload = V201.encode_reply("GetInstalledCertificateIds", GetInstalledCertificateIds(), reply)
    (chain,) = payload["certificateHashDataChain"]
    assert [each["serialNumber"] for each in chain["childCertificateHashData"]] == ["0", "1", "2", "3"]
    assert V201.schemas.check_response("GetInstalledCertificateIds", payload) is None


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


def test_the_version_of_the_list_is_that_of_the_last_update_whatever_it_has_left_in_it() -> None:
    """D01.FR.04, D01.FR.05."""
    assert V201.encode_reply("GetLocalListVersion", GetLocalListVersion(), LocalListVersion(0, sent=4)) == {"versionNumber": 4}


@pytest.mark.parametrize(
    ("named", "kept"),
    [([2, 1, 2], (1, 2)), ([], ()), ([0, -1, 10**30], (0,)), (list(range(10_000)), tuple(range(1, 201)))],
    ids=["some", "none", "none of ours", "too many"],
)
def test_a_token_that_is_good_nowhere_here_is_not_good_everywhere(named: list[int], kept: tuple[int, ...]) -> None:
    """C01.FR.21."""
    entry = {"idToken": CARD, "idTokenInfo": {"status": "Accepted", "evseId": named}}
    told = V201.decode_command("SendLocalList", {"versionNumber": 1, "updateType": "Full", "localAuthorizationList": [entry]})
    assert isinstance(told, SendLocalList)
    assert [each.info and each.info.evses for each in told.entries] == [kept]

"""What the station says in 2.0.1, message by message, and how it understands the answers."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.certificates import CertificateHash, CertificateUse, HashAlgorithm
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.display_messages import DisplayMessage, MessagePriority, MessageState
from chargepoint.domain.ids import ANY, AdditionalInfo, IdToken
from chargepoint.domain.monitors import EventTrigger, Monitor, MonitorKind
from chargepoint.domain.notifications import (
    Authorize,
    AuthorizeAnswer,
    BootAnswer,
    BootNotification,
    BootReason,
    DataTransferAnswer,
    DataTransferOut,
    GetCertificateStatus,
    Heartbeat,
    HeartbeatAnswer,
    MeterValues,
    MonitorEvent,
    Notification,
    NotifyDisplayMessages,
    NotifyEvent,
    NotifyMonitoringReport,
    NotifyReport,
    Received,
    Registration,
    SecurityEvent,
    SignCertificate,
    TransactionAnswer,
)
from chargepoint.domain.reports import VariableReport
from chargepoint.domain.status import ConnectorFacts, StatusNotification
from chargepoint.domain.transaction import ChargingState, EventKind, StopReason, TransactionEvent, TriggerReason
from tests.ocpp.examples import CARD, FIRST, LONG, NOON, NOTHING, SECOND, SIGNED, SIGNED_TYPE, STATION, THIRD, VALUES, fault
from tests.ocpp.rig import dialect

V201 = dialect("2.0.1")
AT = "2026-03-01T12:00:00Z"

SAMPLED = [  # one time for all samples of a moment (J01.FR.17, J02.FR.18)
    {
        "timestamp": AT,
        "sampledValue": [
            {
                "value": 1234567,
                "context": "Sample.Periodic",
                "measurand": "Energy.Active.Import.Register",
                "unitOfMeasure": {"unit": "Wh"},
            },
            {"value": 0.3, "context": "Sample.Periodic", "measurand": "Current.Import", "phase": "L1", "unitOfMeasure": {"unit": "A"}},
            {"value": 229.872, "context": "Sample.Periodic", "measurand": "Voltage", "phase": "L1-N", "unitOfMeasure": {"unit": "V"}},
            {"value": 49.98, "context": "Sample.Periodic", "measurand": "Frequency", "unitOfMeasure": {"unit": "Hz"}},
        ],
    }
]


def event(kind: EventKind, trigger: TriggerReason = TriggerReason.AUTHORIZED, **more: Any) -> TransactionEvent:
    return TransactionEvent(transaction_id="t-1", connector=THIRD, kind=kind, trigger=trigger, seq_no=7, at=NOON, **more)


def told(kind: str, trigger: str, info: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "eventType": kind,
        "timestamp": AT,
        "triggerReason": trigger,
        "seqNo": 7,
        "transactionInfo": {"transactionId": "t-1"} | info,
        "evse": {"id": 2, "connectorId": 1},
    } | more


SAID: list[tuple[Notification, str, dict[str, Any]]] = [
    (
        BootNotification(STATION, BootReason.REMOTE_RESET),
        "BootNotification",
        {
            "reason": "RemoteReset",
            "chargingStation": {"vendorName": "Acme", "model": "One", "serialNumber": "0001", "firmwareVersion": "1.2.3"},
        },
    ),
    (
        BootNotification(LONG, BootReason.POWER_UP),
        "BootNotification",
        {"reason": "PowerUp", "chargingStation": {"vendorName": "V" * 50, "model": "M" * 20}},
    ),
    (Heartbeat(), "Heartbeat", {}),
    (Authorize(CARD), "Authorize", {"idToken": {"idToken": "04A1B2C3", "type": "ISO14443"}}),
    (Authorize(IdToken("", "NoAuthorization")), "Authorize", {"idToken": {"idToken": "", "type": "NoAuthorization"}}),
    (Authorize(IdToken("free", "NoAuthorization")), "Authorize", {"idToken": {"idToken": "", "type": "NoAuthorization"}}),  # C02.FR.01
    (Authorize(IdToken("1234", ANY)), "Authorize", {"idToken": {"idToken": "1234", "type": "ISO14443"}}),
    (
        Authorize(IdToken("E004", "ISO15693", (AdditionalInfo("17", "milk"),))),
        "Authorize",
        {"idToken": {"idToken": "E004", "type": "ISO15693", "additionalInfo": [{"additionalIdToken": "17", "type": "milk"}]}},
    ),
    (
        event(EventKind.STARTED, id_token=CARD, meter_wh=1000, charging_state=ChargingState.EV_CONNECTED, remote_start_id=5, values=VALUES),
        "TransactionEvent",
        told(
            "Started",
            "Authorized",
            {"chargingState": "EVConnected", "remoteStartId": 5},
            idToken={"idToken": "04A1B2C3", "type": "ISO14443"},
            meterValue=SAMPLED,
        ),
    ),
    (
        event(
            EventKind.UPDATED,
            TriggerReason.CHARGING_STATE_CHANGED,
            charging_state=ChargingState.CHARGING,
            offline=True,
            phases=3,
            cable_a=32,
        ),
        "TransactionEvent",
        told("Updated", "ChargingStateChanged", {"chargingState": "Charging"}, offline=True, numberOfPhasesUsed=3, cableMaxCurrent=32),
    ),
    (
        event(EventKind.ENDED, TriggerReason.STOP_AUTHORIZED, stop_reason=StopReason.LOCAL, id_token=CARD, values=NOTHING),
        "TransactionEvent",
        told("Ended", "StopAuthorized", {"stoppedReason": "Local"}, idToken={"idToken": "04A1B2C3", "type": "ISO14443"}),
    ),
    (
        event(EventKind.ENDED, TriggerReason.STOP_AUTHORIZED, stop_reason=StopReason.LOCAL, values=SIGNED),
        "TransactionEvent",
        told(
            "Ended",
            "StopAuthorized",
            {"stoppedReason": "Local"},
            meterValue=[
                {
                    "timestamp": AT,
                    "sampledValue": [
                        {
                            "value": 1500,
                            "context": "Transaction.End",
                            "measurand": "Energy.Active.Import.Register",
                            "unitOfMeasure": {"unit": "Wh"},
                            "signedMeterValue": SIGNED_TYPE,
                        }
                    ],
                }
            ],
        ),
    ),
    (MeterValues(1, SECOND, VALUES), "MeterValues", {"evseId": 1, "meterValue": SAMPLED}),
    (MeterValues(0, FIRST, VALUES), "MeterValues", {"evseId": 0, "meterValue": SAMPLED}),
    (
        StatusNotification(at=NOON, facts=ConnectorFacts(connector=SECOND, plugged=True)),
        "StatusNotification",
        {"timestamp": AT, "connectorStatus": "Occupied", "evseId": 1, "connectorId": 2},
    ),
    (
        NotifyReport(
            9,
            1,
            True,
            NOON,
            (
                VariableReport(
                    key=VariableKey(component="Connector", evse=1, connector=2, variable="ConnectorType", component_instance="i"),
                    value="sType2",
                    access="ReadOnly",
                    data_type="OptionList",
                    values=("sType2", "cType2"),
                ),
                VariableReport(
                    key=VariableKey(component="OCPPCommCtrlr", variable="MessageTimeout", instance="Default"),
                    value="30",
                    access="ReadWrite",
                    persistent=True,
                    data_type="integer",
                    unit="s",
                    minimum=0.0,
                    maximum=600.0,
                ),
                VariableReport(
                    key=VariableKey(component="SecurityCtrlr", variable="BasicAuthPassword"),
                    value="secret",
                    access="WriteOnly",
                    data_type="string",
                ),
            ),
        ),
        "NotifyReport",
        {
            "requestId": 9,
            "generatedAt": AT,
            "seqNo": 1,
            "tbc": True,
            "reportData": [
                {
                    "component": {"name": "Connector", "instance": "i", "evse": {"id": 1, "connectorId": 2}},
                    "variable": {"name": "ConnectorType"},
                    "variableAttribute": [{"type": "Actual", "mutability": "ReadOnly", "value": "sType2"}],
                    "variableCharacteristics": {"dataType": "OptionList", "supportsMonitoring": False, "valuesList": "sType2,cType2"},
                },
                {
                    "component": {"name": "OCPPCommCtrlr"},
                    "variable": {"name": "MessageTimeout", "instance": "Default"},
                    "variableAttribute": [{"type": "Actual", "mutability": "ReadWrite", "persistent": True, "value": "30"}],
                    "variableCharacteristics": {
                        "dataType": "integer",
                        "supportsMonitoring": False,
                        "unit": "s",
                        "minLimit": 0.0,
                        "maxLimit": 600.0,
                    },
                },
                {
                    "component": {"name": "SecurityCtrlr"},
                    "variable": {"name": "BasicAuthPassword"},
                    "variableAttribute": [{"type": "Actual", "mutability": "WriteOnly"}],
                    "variableCharacteristics": {"dataType": "string", "supportsMonitoring": False},
                },
            ],
        },
    ),
    (NotifyReport(9, 0, False, NOON, ()), "NotifyReport", {"requestId": 9, "generatedAt": AT, "seqNo": 0, "tbc": False}),
    (
        NotifyEvent(
            at=NOON,
            events=(
                MonitorEvent(
                    id=8,
                    at=NOON,
                    key=VariableKey(component="EVSE", variable="Power", evse=1),
                    trigger=EventTrigger.ALERTING,
                    origin="CustomMonitor",
                    value="7360",
                    monitor_id=3,
                    transaction_id="t-1",
                ),
                MonitorEvent(
                    id=9,
                    at=NOON,
                    key=VariableKey(component="RCD", variable="Tripped", evse=1),
                    trigger=EventTrigger.DELTA,
                    origin="HardWiredNotification",
                    value="false",
                    cleared=True,
                    cause=8,
                    tech_code="CP-201",
                    tech_info="6 mA",
                ),
            ),
        ),
        "NotifyEvent",
        {
            "generatedAt": AT,
            "tbc": False,
            "seqNo": 0,  # N07.FR.07, N08.FR.04
            "eventData": [
                {
                    "eventId": 8,
                    "timestamp": AT,
                    "trigger": "Alerting",
                    "actualValue": "7360",
                    "eventNotificationType": "CustomMonitor",
                    "component": {"name": "EVSE", "evse": {"id": 1}},
                    "variable": {"name": "Power"},
                    "variableMonitoringId": 3,
                    "transactionId": "t-1",
                },
                {
                    "eventId": 9,
                    "timestamp": AT,
                    "trigger": "Delta",
                    "actualValue": "false",
                    "eventNotificationType": "HardWiredNotification",
                    "component": {"name": "RCD", "evse": {"id": 1}},
                    "variable": {"name": "Tripped"},
                    "cleared": True,
                    "cause": 8,
                    "techCode": "CP-201",
                    "techInfo": "6 mA",
                },
            ],
        },
    ),
    (
        NotifyMonitoringReport(
            9,
            1,
            False,
            NOON,
            (
                Monitor(id=3, key=VariableKey(component="A", variable="B"), kind=MonitorKind.UPPER, value=7.5, severity=4),
                Monitor(id=4, key=VariableKey(component="A", variable="B"), kind=MonitorKind.DELTA, value=1.0, severity=8),
            ),
        ),
        "NotifyMonitoringReport",
        {
            "requestId": 9,
            "generatedAt": AT,
            "seqNo": 1,
            "tbc": False,
            "monitor": [
                {
                    "component": {"name": "A"},
                    "variable": {"name": "B"},
                    "variableMonitoring": [
                        {"id": 3, "transaction": False, "value": 7.5, "type": "UpperThreshold", "severity": 4},
                        {"id": 4, "transaction": False, "value": 1, "type": "Delta", "severity": 8},
                    ],
                }
            ],
        },
    ),
    (
        NotifyDisplayMessages(
            9,
            False,
            (
                DisplayMessage(id=1, priority=MessagePriority.IN_FRONT, format="UTF8", content="Hello"),
                DisplayMessage(
                    id=2,
                    priority=MessagePriority.NORMAL_CYCLE,
                    state=MessageState.IDLE,
                    start=NOON,
                    end=NOON,
                    transaction_id="t-1",
                    evse=1,
                    component="Display",
                    format="ASCII",
                    language="en",
                    content="Hi",
                ),
            ),
        ),
        "NotifyDisplayMessages",
        {
            "requestId": 9,
            "tbc": False,
            "messageInfo": [
                {"id": 1, "priority": "InFront", "message": {"format": "UTF8", "content": "Hello"}},
                {
                    "id": 2,
                    "priority": "NormalCycle",
                    "state": "Idle",
                    "startDateTime": AT,
                    "endDateTime": AT,
                    "transactionId": "t-1",
                    "display": {"name": "Display", "evse": {"id": 1}},
                    "message": {"format": "ASCII", "content": "Hi", "language": "en"},
                },
            ],
        },
    ),
    (
        SecurityEvent("InvalidCentralSystemCertificate", NOON, "why"),
        "SecurityEventNotification",
        {"type": "InvalidCsmsCertificate", "timestamp": AT, "techInfo": "why"},
    ),
    (SignCertificate("PEM"), "SignCertificate", {"csr": "PEM", "certificateType": "ChargingStationCertificate"}),
    # A02.FR.13, A03.FR.13
    (SignCertificate("PEM", CertificateUse.V2G), "SignCertificate", {"csr": "PEM", "certificateType": "V2GCertificate"}),
    (
        GetCertificateStatus(CertificateHash(HashAlgorithm.SHA256, "n", "k", "1"), "http://ocsp"),
        "GetCertificateStatus",
        {
            "ocspRequestData": {
                "hashAlgorithm": "SHA256",
                "issuerNameHash": "n",
                "issuerKeyHash": "k",
                "serialNumber": "1",
                "responderURL": "http://ocsp",
            }
        },
    ),
    (DataTransferOut("com.acme", "m", {"a": [1]}), "DataTransfer", {"vendorId": "com.acme", "messageId": "m", "data": {"a": [1]}}),
]


@pytest.mark.parametrize(("notification", "action", "payload"), SAID)
def test_a_notification_is_said(notification: Notification, action: str, payload: dict[str, Any]) -> None:
    request = V201.encode(notification)
    assert request is not None
    assert (request.action, request.payload) == (action, payload)
    assert V201.schemas.check_request(action, payload) is None


def test_the_station_itself_has_no_status() -> None:
    assert V201.encode(StatusNotification(at=NOON, facts=ConnectorFacts(connector=FIRST), station=True)) is None


@pytest.mark.parametrize("reason", StopReason)
def test_every_reason_to_stop_has_a_word(reason: StopReason) -> None:
    request = V201.encode(event(EventKind.ENDED, stop_reason=reason))
    assert request is not None
    assert V201.schemas.check_request("TransactionEvent", request.payload) is None
    narrowed = {StopReason.SOFT_RESET: "ImmediateReset", StopReason.UNLOCK_COMMAND: "Other"}
    assert request.payload["transactionInfo"]["stoppedReason"] == narrowed.get(reason, reason.value)


@pytest.mark.parametrize("trigger", TriggerReason)
def test_every_trigger_has_a_word(trigger: TriggerReason) -> None:
    request = V201.encode(event(EventKind.UPDATED, trigger))
    assert request is not None
    assert V201.schemas.check_request("TransactionEvent", request.payload) is None


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, "Available"),
        ({"preparing": True}, "Available"),
        ({"plugged": True}, "Occupied"),
        ({"plugged": True, "finishing": True}, "Occupied"),
        ({"charging_state": ChargingState.IDLE}, "Occupied"),
        ({"plugged": True, "operative": False, "charging_state": ChargingState.CHARGING}, "Occupied"),
        ({"plugged": True, "operative": False}, "Unavailable"),
        ({"faults": (fault("weak_signal"),)}, "Available"),
        ({"faults": (fault("ev_communication_error"),), "plugged": True}, "Faulted"),
        ({"faults": (fault("other"),), "operative": False}, "Faulted"),
    ],
)
def test_facts_have_a_status(facts: dict[str, Any], status: str) -> None:
    assert V201.status_word(ConnectorFacts(connector=FIRST, **facts)) == status


NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
BOOT = BootNotification(STATION, BootReason.POWER_UP)
GROUP = {"idToken": "G", "type": "Central"}

UNDERSTOOD: list[tuple[Notification, dict[str, Any], Any]] = [
    (
        BOOT,
        {"status": "Accepted", "currentTime": "2027-01-01T00:00:00.000Z", "interval": 300},
        BootAnswer(Registration.ACCEPTED, 300, NEW_YEAR),
    ),
    (
        BOOT,
        {"status": "Pending", "currentTime": "2027-01-01T00:00:00+0000", "interval": -5, "statusInfo": {"reasonCode": "wait"}},
        BootAnswer(Registration.PENDING, 0, NEW_YEAR),
    ),
    (Heartbeat(), {"currentTime": "later"}, HeartbeatAnswer(None)),
    (
        Authorize(CARD),
        {"idTokenInfo": {"status": "NotAtThisTime", "groupIdToken": GROUP, "cacheExpiryDateTime": "2027-01-01T00:00:00Z"}},
        AuthorizeAnswer(TokenInfo(AuthorizationStatus.NOT_AT_THIS_TIME, IdToken("G", "Central"), NEW_YEAR)),
    ),
    (
        event(EventKind.STARTED),
        {"totalCost": 1.5, "idTokenInfo": {"status": "Invalid"}},
        TransactionAnswer(TokenInfo(AuthorizationStatus.INVALID), total_cost=Decimal("1.5")),
    ),
    (event(EventKind.UPDATED), {}, TransactionAnswer()),
    (event(EventKind.UPDATED), {"totalCost": 0.1 + 0.2}, TransactionAnswer(total_cost=Decimal("0.3"))),
    (
        event(EventKind.ENDED),  # nobody pays as much, but the event has been taken
        {"totalCost": 1e12, "idTokenInfo": {"status": "Accepted"}},
        TransactionAnswer(TokenInfo(AuthorizationStatus.ACCEPTED)),
    ),
    (
        event(EventKind.UPDATED),
        {"totalCost": 0, "updatedPersonalMessage": {"format": "UTF8", "content": "0.30 per kWh"}},
        TransactionAnswer(total_cost=Decimal(0), message="0.30 per kWh"),
    ),
    (event(EventKind.UPDATED), {"updatedPersonalMessage": {"format": "HTML", "content": "<b>0.30</b>"}}, TransactionAnswer()),
    (MeterValues(1, FIRST, VALUES), {}, Received()),
    (StatusNotification(at=NOON, facts=ConnectorFacts(connector=FIRST)), {}, Received()),
    (NotifyReport(9, 0, False, NOON, ()), {"customData": {"vendorId": "x", "more": 1}}, Received()),
    (DataTransferOut("x"), {"status": "Accepted", "data": [1]}, DataTransferAnswer("Accepted", [1])),
]


@pytest.mark.parametrize(("notification", "payload", "answer"), UNDERSTOOD)
def test_an_answer_is_understood(notification: Notification, payload: dict[str, Any], answer: Any) -> None:
    request = V201.encode(notification)
    assert request is not None
    assert V201.schemas.check_response(request.action, payload) is None
    assert V201.decode_answer(notification, payload) == answer


@pytest.mark.parametrize("status", AuthorizationStatus)
def test_every_authorization_status_is_understood(status: AuthorizationStatus) -> None:
    payload = {"idTokenInfo": {"status": status.value}}
    assert V201.schemas.check_response("Authorize", payload) is None
    assert V201.decode_answer(Authorize(CARD), payload) == AuthorizeAnswer(TokenInfo(status))


def test_a_record_that_no_csms_would_take_takes_no_end_of_a_transaction_with_it(caplog: pytest.LogCaptureFixture) -> None:
    signed = replace(SIGNED[0].signed, data=b"x" * 1_876) if SIGNED[0].signed else None
    ended = event(EventKind.ENDED, stop_reason=StopReason.LOCAL, values=(replace(SIGNED[0], signed=signed),))
    request = V201.encode(ended)
    assert request is not None
    assert "signedMeterValue" not in request.payload["meterValue"][0]["sampledValue"][0]
    assert "event=signed_value_too_long characters=2504 longest=2500" in caplog.text

"""What the station says in 1.6, message by message, and how it understands the answers."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.ids import ANY, ConnectorId, IdToken
from chargepoint.domain.metering import MeterValue, ReadingContext, Sample
from chargepoint.domain.notifications import (
    Authorize,
    AuthorizeAnswer,
    BootAnswer,
    BootNotification,
    BootReason,
    ConnectorUnplugged,
    DataTransferAnswer,
    DataTransferOut,
    Heartbeat,
    HeartbeatAnswer,
    MeterValues,
    Notification,
    NotifyReport,
    Received,
    Registration,
    TransactionAnswer,
)
from chargepoint.domain.status import ConnectorFacts, StatusNotification
from chargepoint.domain.transaction import ChargingState, EventKind, StopReason, TransactionEvent, TriggerReason
from tests.ocpp.examples import BEGIN_AND_END, CARD, FIRST, LONG, NOON, NOTHING, SECOND, SIGNED, SIGNED_TYPE, STATION, THIRD, VALUES, fault
from tests.ocpp.rig import dialect
from tests.ocpp.v16 import test_firmware, test_security

V16 = dialect("1.6", {"known": "4711"})
AT = "2026-03-01T12:00:00Z"

SAMPLED = [
    {
        "timestamp": AT,
        "sampledValue": [
            {"value": "1234567", "context": "Sample.Periodic", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {"value": "0.3", "context": "Sample.Periodic", "measurand": "Current.Import", "phase": "L1", "unit": "A"},
            {"value": "229.872", "context": "Sample.Periodic", "measurand": "Voltage", "phase": "L1-N", "unit": "V"},
            {"value": "49.98", "context": "Sample.Periodic", "measurand": "Frequency"},
        ],
    }
]

INSIDE = (
    MeterValue(NOON, ReadingContext.TRIGGER, (Sample("Temperature", 31.5, "Celsius", location="Body"), Sample("Power.Factor", 0.98, ""))),
)
TOLD_INSIDE = [
    {
        "timestamp": AT,
        "sampledValue": [
            {"value": "31.5", "context": "Trigger", "measurand": "Temperature", "unit": "Celcius", "location": "Body"},
            {"value": "0.98", "context": "Trigger", "measurand": "Power.Factor"},
        ],
    }
]
"""Units as every CSMS takes them (1.6-J errata 2.1)."""


def event(kind: EventKind, transaction: str = "known", **more: Any) -> TransactionEvent:
    trigger = TriggerReason.AUTHORIZED
    return TransactionEvent(transaction_id=transaction, connector=THIRD, kind=kind, trigger=trigger, seq_no=0, at=NOON, **more)


SAID: list[tuple[Notification, str, dict[str, Any]]] = [
    *test_security.SAID,
    *test_firmware.SAID,
    (
        BootNotification(STATION, BootReason.POWER_UP),
        "BootNotification",
        {"chargePointVendor": "Acme", "chargePointModel": "One", "chargePointSerialNumber": "0001", "firmwareVersion": "1.2.3"},
    ),
    (BootNotification(LONG, BootReason.WATCHDOG), "BootNotification", {"chargePointVendor": "V" * 20, "chargePointModel": "M" * 20}),
    (Heartbeat(), "Heartbeat", {}),
    (Authorize(CARD), "Authorize", {"idTag": "04A1B2C3"}),
    (
        event(EventKind.STARTED, id_token=CARD, meter_wh=1000, charging_state=ChargingState.EV_CONNECTED, values=VALUES),
        "StartTransaction",
        {"connectorId": 3, "idTag": "04A1B2C3", "meterStart": 1000, "timestamp": AT},
    ),
    (
        event(EventKind.STARTED, id_token=CARD, meter_wh=1000, reservation_id=5),
        "StartTransaction",
        {"connectorId": 3, "idTag": "04A1B2C3", "meterStart": 1000, "timestamp": AT, "reservationId": 5},
    ),
    (event(EventKind.UPDATED, values=VALUES), "MeterValues", {"connectorId": 3, "transactionId": 4711, "meterValue": SAMPLED}),
    (event(EventKind.UPDATED, "new", values=VALUES), "MeterValues", {"connectorId": 3, "transactionId": -1, "meterValue": SAMPLED}),
    (
        event(EventKind.ENDED, meter_wh=1500, stop_reason=StopReason.LOCAL, id_token=CARD),
        "StopTransaction",
        {"transactionId": 4711, "meterStop": 1500, "timestamp": AT, "reason": "Local", "idTag": "04A1B2C3"},
    ),
    (
        event(EventKind.ENDED, "new", meter_wh=1500, stop_reason=StopReason.SOFT_RESET, values=BEGIN_AND_END),
        "StopTransaction",
        {
            "transactionId": -1,
            "meterStop": 1500,
            "timestamp": AT,
            "reason": "SoftReset",
            "transactionData": [
                {
                    "timestamp": AT,
                    "sampledValue": [
                        {"value": value, "context": context, "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
                    ],
                }
                for value, context in [("1000", "Transaction.Begin"), ("1500", "Transaction.End")]
            ],
        },
    ),
    (
        event(EventKind.ENDED, meter_wh=1500, stop_reason=StopReason.LOCAL, values=SIGNED),
        "StopTransaction",
        {
            "transactionId": 4711,
            "meterStop": 1500,
            "timestamp": AT,
            "reason": "Local",
            "transactionData": [
                {
                    "timestamp": AT,
                    "sampledValue": [
                        {"value": "1500", "context": "Transaction.End", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
                        {
                            "value": json.dumps(SIGNED_TYPE, separators=(",", ":")),
                            "context": "Transaction.End",
                            "format": "SignedData",
                            "measurand": "Energy.Active.Import.Register",
                            "location": "Outlet",
                            "unit": "Wh",
                        },
                    ],
                }
            ],
        },
    ),
    (MeterValues(1, SECOND, VALUES), "MeterValues", {"connectorId": 2, "meterValue": SAMPLED}),
    (MeterValues(1, SECOND, INSIDE), "MeterValues", {"connectorId": 2, "meterValue": TOLD_INSIDE}),
    (MeterValues(0, FIRST, VALUES), "MeterValues", {"connectorId": 0, "meterValue": SAMPLED}),
    (
        StatusNotification(at=NOON, facts=ConnectorFacts(connector=SECOND)),
        "StatusNotification",
        {"connectorId": 2, "errorCode": "NoError", "status": "Available", "timestamp": AT},
    ),
    (
        StatusNotification(
            at=NOON, facts=ConnectorFacts(connector=FIRST, faults=(fault("ground_failure", info="RCD " + "x" * 60, vendor_code="E7"),))
        ),
        "StatusNotification",
        {
            "connectorId": 1,
            "errorCode": "GroundFailure",
            "status": "Faulted",
            "timestamp": AT,
            "info": "CP-290 RCD " + "x" * 39,
            "vendorErrorCode": "E7",
        },
    ),
    (
        StatusNotification(at=NOON, facts=ConnectorFacts(connector=SECOND, charging_state=ChargingState.IDLE, note="EV side disconnected")),
        "StatusNotification",
        {"connectorId": 2, "errorCode": "NoError", "status": "SuspendedEV", "timestamp": AT, "info": "EV side disconnected"},
    ),
    (
        StatusNotification(at=NOON, facts=ConnectorFacts(connector=FIRST, operative=False), station=True),
        "StatusNotification",
        {"connectorId": 0, "errorCode": "NoError", "status": "Unavailable", "timestamp": AT},
    ),
    (
        ConnectorUnplugged("known", NOON),
        "DataTransfer",
        {
            "vendorId": "org.openchargealliance.costmsg",
            "messageId": "ConnectorUnplugged",
            "data": f'{{"transactionId":4711,"timestamp":"{AT}"}}',
        },
    ),
    (DataTransferOut("com.acme"), "DataTransfer", {"vendorId": "com.acme"}),
    (DataTransferOut("com.acme", "m", {"a": [1]}), "DataTransfer", {"vendorId": "com.acme", "messageId": "m", "data": '{"a":[1]}'}),
]


@pytest.mark.parametrize(("notification", "action", "payload"), SAID)
def test_a_notification_is_said(notification: Notification, action: str, payload: dict[str, Any]) -> None:
    request = V16.encode(notification)
    assert request is not None
    assert (request.action, request.payload) == (action, payload)
    assert V16.schemas.check_request(action, payload) is None


def test_every_kind_of_notification_is_in_the_table() -> None:
    assert {type(notification) for notification, _, _ in SAID} == set(V16.said)


@pytest.mark.parametrize(
    "notification",
    [
        event(EventKind.UPDATED, charging_state=ChargingState.CHARGING),
        event(EventKind.UPDATED, values=NOTHING),
        MeterValues(1, FIRST, NOTHING),
        Authorize(IdToken("A" * 21)),
        NotifyReport(1, 0, False, NOON, ()),
    ],
)
def test_16_has_no_message_for_it(notification: Notification) -> None:
    assert V16.encode(notification) is None


OTHER_WORDS = {
    StopReason.IMMEDIATE_RESET: "HardReset",
    StopReason.GROUND_FAULT: "Other",
    StopReason.LOCAL_OUT_OF_CREDIT: "Other",
    StopReason.MASTER_PASS: "Local",
    StopReason.OVERCURRENT_FAULT: "Other",
    StopReason.POWER_QUALITY: "Other",
    StopReason.STOPPED_BY_EV: "Other",
    StopReason.TIMEOUT: "Other",
}


@pytest.mark.parametrize(
    ("reason", "word"),
    [(reason, OTHER_WORDS.get(reason, reason.value)) for reason in StopReason],
)
def test_every_reason_to_stop_has_a_word(reason: StopReason, word: str) -> None:
    request = V16.encode(event(EventKind.ENDED, stop_reason=reason))
    assert request is not None
    assert request.payload["reason"] == word
    assert V16.schemas.check_request("StopTransaction", request.payload) is None


NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
ACCEPTED = TokenInfo(AuthorizationStatus.ACCEPTED)

UNDERSTOOD: list[tuple[Notification, dict[str, Any], Any]] = [
    *test_security.UNDERSTOOD,
    (
        BootNotification(STATION, BootReason.POWER_UP),
        {"status": "Accepted", "currentTime": "2027-01-01T01:00:00.0000000+01:00", "interval": 300},
        BootAnswer(Registration.ACCEPTED, 300, NEW_YEAR),
    ),
    (
        BootNotification(STATION, BootReason.POWER_UP),
        {"status": "Pending", "currentTime": "soon", "interval": 0},
        BootAnswer(Registration.PENDING, 0, None),
    ),
    (
        BootNotification(STATION, BootReason.POWER_UP),
        {"status": "Rejected", "currentTime": "2027-01-01T00:00:00", "interval": 10**30},
        BootAnswer(Registration.REJECTED, 366 * 86400, NEW_YEAR),
    ),
    (Heartbeat(), {"currentTime": "2027-01-01T00:00:00Z"}, HeartbeatAnswer(NEW_YEAR)),
    (
        Authorize(CARD),
        {"idTagInfo": {"status": "Blocked", "parentIdTag": "G", "expiryDate": "2027-01-01T00:00:00Z"}},
        AuthorizeAnswer(TokenInfo(AuthorizationStatus.BLOCKED, IdToken("G", ANY), NEW_YEAR)),
    ),
    (Authorize(CARD), {"idTagInfo": {"status": "Accepted", "parentIdTag": "", "expiryDate": ""}}, AuthorizeAnswer(ACCEPTED)),
    (event(EventKind.STARTED), {"idTagInfo": {"status": "Accepted"}, "transactionId": 17}, TransactionAnswer(ACCEPTED, "17")),
    (event(EventKind.UPDATED), {}, TransactionAnswer()),
    (event(EventKind.ENDED), {}, TransactionAnswer()),
    (
        event(EventKind.ENDED),
        {"idTagInfo": {"status": "ConcurrentTx"}},
        TransactionAnswer(TokenInfo(AuthorizationStatus.CONCURRENT_TX)),
    ),
    (MeterValues(1, FIRST, VALUES), {}, Received()),
    (StatusNotification(at=NOON, facts=ConnectorFacts(connector=FIRST)), {}, Received()),
    (DataTransferOut("x"), {"status": "UnknownVendorId"}, DataTransferAnswer("UnknownVendorId")),
    (DataTransferOut("x"), {"status": "Accepted", "data": "d"}, DataTransferAnswer("Accepted", "d")),
]


@pytest.mark.parametrize(("notification", "payload", "answer"), UNDERSTOOD)
def test_an_answer_is_understood(notification: Notification, payload: dict[str, Any], answer: Any) -> None:
    request = V16.encode(notification)
    action = "MeterValues" if request is None else request.action
    assert V16.schemas.check_response(action, payload) is None
    assert V16.decode_answer(notification, payload) == answer


def test_the_transaction_id_is_taken_when_the_message_is_made() -> None:
    ids: dict[str, str] = {}
    late = dialect("1.6", ids)
    stop = event(EventKind.ENDED, "ours")
    before = late.encode(stop)
    ids["ours"] = "99"
    after = late.encode(stop)
    assert before is not None
    assert after is not None
    assert (before.payload["transactionId"], after.payload["transactionId"]) == (-1, 99)


@pytest.mark.parametrize(("connector", "number"), [(ConnectorId(2, 2), 4), (ConnectorId(3, 1), 4), (ConnectorId(1, 3), 3)])
def test_what_was_kept_of_a_connector_that_is_no_longer_configured_is_told_under_the_number_it_had(
    connector: ConnectorId, number: int
) -> None:
    request = V16.encode(replace(event(EventKind.STARTED, id_token=CARD, meter_wh=1), connector=connector))
    assert request is not None
    assert request.payload["connectorId"] == number

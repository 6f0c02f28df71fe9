"""Firmware, logs and customers in 2.0.1: what the CSMS wants, how it is answered, and what it is told."""

from datetime import timedelta
from typing import Any

import pytest

from chargepoint.domain.certificates import CertificateHash, HashAlgorithm
from chargepoint.domain.commands import (
    Command,
    CustomerInformation,
    GetLog,
    Outcome,
    PublishFirmware,
    Trigger,
    TriggerMessage,
    UnpublishFirmware,
    UpdateFirmware,
    Verdict,
)
from chargepoint.domain.firmware import FirmwareStatus
from chargepoint.domain.ids import IdToken
from chargepoint.domain.logs import LogKind, LogStatus
from chargepoint.domain.notifications import (
    FirmwareStatusNotification,
    LogStatusNotification,
    Notification,
    NotifyCustomerInformation,
    PublishFirmwareStatusNotification,
)
from chargepoint.domain.publishing import PublishStatus
from chargepoint.ocpp.errors import Refusal
from tests.ocpp.examples import NOON
from tests.ocpp.rig import dialect

V201 = dialect("2.0.1")
AT = "2026-03-01T12:00:00Z"
EXACT = NOON.replace(microsecond=0)
LATER = EXACT + timedelta(hours=1)
FIRMWARE = {"location": "https://files/fw.bin", "retrieveDateTime": AT}
SIGNED = {"installDateTime": "2026-03-01T14:00:00+01:00", "signingCertificate": "PEM", "signature": "c2ln"}
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "1"}
LOG = {"remoteLocation": "ftp://files/", "oldestTimestamp": AT, "latestTimestamp": "2026-03-01T13:00:00Z"}
CARD = {"idToken": "04A1", "type": "ISO14443"}

MD5 = "0123456789abcdef" * 2

WANTED: list[tuple[str, dict[str, Any], Command]] = [
    (
        "UpdateFirmware",
        {"requestId": 7, "retries": 2, "retryInterval": 30, "firmware": FIRMWARE | SIGNED},
        UpdateFirmware(
            request_id=7,
            location="https://files/fw.bin",
            retrieve_at=EXACT,
            install_at=LATER,
            signing_certificate="PEM",
            signature="c2ln",
            retries=2,
            retry_interval_s=30,
        ),
    ),
    (
        "UpdateFirmware",
        {"requestId": 7, "retries": -1, "firmware": FIRMWARE | {"signature": ""}},
        UpdateFirmware(request_id=7, location="https://files/fw.bin", retrieve_at=EXACT, retries=0),
    ),
    (
        "GetLog",
        {"requestId": 5, "logType": "SecurityLog", "log": LOG, "retries": 1},
        GetLog(request_id=5, kind=LogKind.SECURITY, location="ftp://files/", oldest=EXACT, newest=LATER, retries=1),
    ),
    (
        "CustomerInformation",
        {"requestId": 9, "report": True, "clear": False, "idToken": CARD},
        CustomerInformation(request_id=9, report=True, clear=False, token=IdToken("04A1")),
    ),
    (
        "CustomerInformation",
        {"requestId": 9, "report": False, "clear": True, "customerCertificate": HASH, "customerIdentifier": "Anna"},
        CustomerInformation(
            request_id=9,
            report=False,
            clear=True,
            identifier="Anna",
            certificate=CertificateHash(HashAlgorithm.SHA256, "aa", "bb", "1"),
        ),
    ),
    ("TriggerMessage", {"requestedMessage": "FirmwareStatusNotification"}, TriggerMessage(Trigger.SIGNED_FIRMWARE_STATUS)),
    ("TriggerMessage", {"requestedMessage": "PublishFirmwareStatusNotification"}, TriggerMessage(Trigger.PUBLISH_STATUS)),
    (
        "PublishFirmware",
        {"requestId": 4, "location": "https://files/fw.bin", "checksum": MD5, "retries": 2, "retryInterval": 30},
        PublishFirmware(request_id=4, location="https://files/fw.bin", checksum=MD5, retries=2, retry_interval_s=30),
    ),
    (
        "PublishFirmware",
        {"requestId": 4, "location": "ftp://files/fw.bin", "checksum": MD5},
        PublishFirmware(request_id=4, location="ftp://files/fw.bin", checksum=MD5),
    ),
    ("UnpublishFirmware", {"checksum": MD5}, UnpublishFirmware(MD5)),
]


SAID: list[tuple[Notification, str, dict[str, Any]]] = [
    (FirmwareStatusNotification(FirmwareStatus.IDLE), "FirmwareStatusNotification", {"status": "Idle"}),
    (
        FirmwareStatusNotification(FirmwareStatus.INSTALL_SCHEDULED, 7),
        "FirmwareStatusNotification",
        {"status": "InstallScheduled", "requestId": 7},
    ),
    (PublishFirmwareStatusNotification(PublishStatus.IDLE), "PublishFirmwareStatusNotification", {"status": "Idle"}),
    (
        PublishFirmwareStatusNotification(
            PublishStatus.PUBLISHED, 4, ("http://10.0.0.7:8090/firmware/x", "http://[fe80::1]:8090/firmware/x")
        ),
        "PublishFirmwareStatusNotification",
        {"status": "Published", "requestId": 4, "location": ["http://10.0.0.7:8090/firmware/x", "http://[fe80::1]:8090/firmware/x"]},
    ),
    (LogStatusNotification(LogStatus.IDLE), "LogStatusNotification", {"status": "Idle"}),
    (LogStatusNotification(LogStatus.ACCEPTED_CANCELED, 5), "LogStatusNotification", {"status": "AcceptedCanceled", "requestId": 5}),
    (
        NotifyCustomerInformation(9, 0, False, NOON, ""),
        "NotifyCustomerInformation",
        {"requestId": 9, "generatedAt": AT, "seqNo": 0, "tbc": False, "data": ""},
    ),
]


@pytest.mark.parametrize(("action", "payload", "command"), WANTED)
def test_a_command_is_understood(action: str, payload: dict[str, Any], command: Command) -> None:
    assert V201.schemas.check_request(action, payload) is None
    assert V201.decode_command(action, payload) == command


def test_a_time_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(Refusal):
        V201.decode_command("UpdateFirmware", {"requestId": 7, "firmware": FIRMWARE | {"retrieveDateTime": "tomorrow"}})


@pytest.mark.parametrize(
    ("action", "reply", "answer"),
    [
        ("UpdateFirmware", Outcome(Verdict.ACCEPTED_CANCELED), {"status": "AcceptedCanceled"}),
        (
            "UpdateFirmware",
            Outcome(Verdict.INVALID_CERTIFICATE, "InvalidCertificate", "expired"),
            {"status": "InvalidCertificate", "statusInfo": {"reasonCode": "InvalidCertificate", "additionalInfo": "expired"}},
        ),
        (
            "UpdateFirmware",
            Outcome(Verdict.NOT_SUPPORTED, "MissingParam"),
            {"status": "Rejected", "statusInfo": {"reasonCode": "MissingParam"}},
        ),
        ("PublishFirmware", Outcome(Verdict.ACCEPTED), {"status": "Accepted"}),
        (
            "PublishFirmware",
            Outcome(Verdict.REJECTED, "InvalidURL", "no URL"),
            {"status": "Rejected", "statusInfo": {"reasonCode": "InvalidURL", "additionalInfo": "no URL"}},
        ),
        ("UnpublishFirmware", Outcome(Verdict.UNPUBLISHED), {"status": "Unpublished"}),
        ("UnpublishFirmware", Outcome(Verdict.NO_FIRMWARE), {"status": "NoFirmware"}),
        ("UnpublishFirmware", Outcome(Verdict.DOWNLOAD_ONGOING), {"status": "DownloadOngoing"}),
        ("GetLog", Outcome(Verdict.ACCEPTED, data="log.tar.gz"), {"status": "Accepted", "filename": "log.tar.gz"}),
        ("GetLog", Outcome(Verdict.REJECTED, "NotFound"), {"status": "Rejected", "statusInfo": {"reasonCode": "NotFound"}}),
        (
            "CustomerInformation",
            Outcome(Verdict.INVALID, "InvalidValue"),
            {"status": "Invalid", "statusInfo": {"reasonCode": "InvalidValue"}},
        ),
        ("CustomerInformation", Outcome(Verdict.REJECTED), {"status": "Rejected"}),
    ],
)
def test_a_command_is_answered(action: str, reply: Outcome, answer: dict[str, Any]) -> None:
    command = next(command for each, _, command in WANTED if each == action)
    assert V201.encode_reply(action, command, reply) == answer
    assert V201.schemas.check_response(action, answer) is None


@pytest.mark.parametrize(("news", "action", "payload"), SAID)
def test_news_are_said(news: Notification, action: str, payload: dict[str, Any]) -> None:
    request = V201.encode(news)
    assert request is not None
    assert (request.action, request.payload) == (action, payload)
    assert V201.schemas.check_request(action, payload) is None


@pytest.mark.parametrize(
    "news", [FirmwareStatusNotification(FirmwareStatus.INSTALLED), LogStatusNotification(LogStatus.UPLOADED, diagnostics=True)]
)
def test_of_what_1_6_has_asked_for_without_a_number_nothing_can_be_said(news: Notification) -> None:
    assert V201.encode(news) is None

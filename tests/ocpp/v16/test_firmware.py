"""Firmware and logs in 1.6. ``WANTED`` and ``SAID`` are played with the others, in ``test_commands`` and ``test_notifications``."""

from typing import Any

import pytest

from chargepoint.domain.commands import Command, GetLog, Outcome, UpdateFirmware, Verdict
from chargepoint.domain.firmware import UNSIGNED, FirmwareStatus
from chargepoint.domain.logs import LogKind, LogStatus
from chargepoint.domain.notifications import FirmwareStatusNotification, LogStatusNotification, Notification, Received
from chargepoint.ocpp.errors import Refusal, RpcError
from tests.ocpp.examples import NOON
from tests.ocpp.rig import dialect

V16 = dialect("1.6")
AT = "2026-03-01T12:00:00.25Z"
URL = "ftp://user:pass@files/fw.bin"
FIRMWARE = {"location": URL, "retrieveDateTime": AT, "signingCertificate": "PEM", "signature": "QUJD"}

WANTED: list[tuple[str, dict[str, Any], Command]] = [
    ("UpdateFirmware", {"location": URL, "retrieveDate": AT}, UpdateFirmware(location=URL, retrieve_at=NOON)),
    (
        "UpdateFirmware",
        {"location": URL, "retrieveDate": AT, "retries": 3, "retryInterval": -5},
        UpdateFirmware(location=URL, retrieve_at=NOON, retries=3, retry_interval_s=0),
    ),
    (
        "SignedUpdateFirmware",
        {"requestId": 7, "firmware": FIRMWARE | {"installDateTime": AT}, "retries": 0, "retryInterval": 60},
        UpdateFirmware(
            request_id=7,
            location=URL,
            retrieve_at=NOON,
            install_at=NOON,
            signing_certificate="PEM",
            signature="QUJD",
            retries=0,
            retry_interval_s=60,
        ),
    ),
    ("GetDiagnostics", {"location": URL}, GetLog(kind=LogKind.DIAGNOSTICS, location=URL)),
    (
        "GetDiagnostics",
        {"location": URL, "startTime": AT, "stopTime": AT, "retries": 1, "retryInterval": 2},
        GetLog(kind=LogKind.DIAGNOSTICS, location=URL, oldest=NOON, newest=NOON, retries=1, retry_interval_s=2),
    ),
    (
        "GetLog",
        {"logType": "SecurityLog", "requestId": 5, "log": {"remoteLocation": URL, "oldestTimestamp": AT}},
        GetLog(request_id=5, kind=LogKind.SECURITY, location=URL, oldest=NOON),
    ),
]

SAID: list[tuple[Notification, str, dict[str, Any]]] = [
    *((FirmwareStatusNotification(status), "FirmwareStatusNotification", {"status": status.value}) for status in sorted(UNSIGNED)),
    *(
        (FirmwareStatusNotification(status, 7), "SignedFirmwareStatusNotification", {"status": status.value, "requestId": 7})
        for status in FirmwareStatus
    ),
    (FirmwareStatusNotification(FirmwareStatus.IDLE, signed=True), "SignedFirmwareStatusNotification", {"status": "Idle"}),
    (LogStatusNotification(LogStatus.UPLOADED, diagnostics=True), "DiagnosticsStatusNotification", {"status": "Uploaded"}),
    (LogStatusNotification(LogStatus.PERMISSION_DENIED, diagnostics=True), "DiagnosticsStatusNotification", {"status": "UploadFailed"}),
    *(
        (LogStatusNotification(status, 5), "LogStatusNotification", {"status": status.value, "requestId": 5})
        for status in LogStatus
        if status is not LogStatus.ACCEPTED_CANCELED
    ),
    (LogStatusNotification(LogStatus.IDLE), "LogStatusNotification", {"status": "Idle"}),
]

UNSAID: list[Notification] = [
    *(FirmwareStatusNotification(status) for status in sorted(frozenset(FirmwareStatus) - UNSIGNED)),
    LogStatusNotification(LogStatus.ACCEPTED_CANCELED, 5),
]


@pytest.mark.parametrize("notification", UNSAID)
def test_16_has_no_word_for_it(notification: Notification) -> None:
    assert V16.encode(notification) is None


def test_the_answer_to_a_status_says_nothing() -> None:
    assert {type(V16.decode_answer(notification, {})) for notification, _, _ in SAID} == {Received}


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_is_narrowed(verdict: Verdict) -> None:
    words = {Verdict.ACCEPTED, Verdict.ACCEPTED_CANCELED, Verdict.INVALID_CERTIFICATE, Verdict.REVOKED_CERTIFICATE}
    accepted = verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_CANCELED)
    expected = {
        "SignedUpdateFirmware": {"status": verdict.value if verdict in words else "Rejected"},
        "GetLog": {"status": verdict.value, "filename": "a.gz"} if accepted else {"status": "Rejected"},
        "GetDiagnostics": {"fileName": "a.gz"} if accepted else {},
    }
    for action, payload in expected.items():
        assert V16.encode_reply(action, WANTED[0][2], Outcome(verdict, data="a.gz")) == payload
        assert V16.schemas.check_response(action, payload) is None


def test_an_unsigned_update_has_no_room_for_a_no_but_an_error() -> None:
    """1.6-SEC L01.FR.20."""
    command = WANTED[0][2]
    assert V16.encode_reply("UpdateFirmware", command, Outcome(Verdict.ACCEPTED)) == {}
    for verdict, error in ((Verdict.NOT_SUPPORTED, RpcError.NOT_SUPPORTED), (Verdict.REJECTED, RpcError.GENERIC)):
        with pytest.raises(Refusal) as caught:
            V16.encode_reply("UpdateFirmware", command, Outcome(verdict, info="why"))
        assert (caught.value.error, caught.value.description) == (error, "why")


def test_a_time_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(Refusal, match="retrieveDate: cannot be read"):
        V16.decode_command("UpdateFirmware", {"location": URL, "retrieveDate": "soon"})

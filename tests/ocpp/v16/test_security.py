"""What 1.6 says of certificates and security events, message by message."""

from typing import Any

import pytest

from chargepoint.domain.certificates import CertificateHash, CertificateUse, HashAlgorithm
from chargepoint.domain.commands import (
    CertificateSigned,
    ClearCache,
    Command,
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
    InstalledCertificates,
    Outcome,
    Verdict,
)
from chargepoint.domain.notifications import Notification, Received, SecurityEvent, SignAnswer, SignCertificate
from chargepoint.domain.security_events import KINDS
from tests.ocpp.examples import NOON
from tests.ocpp.rig import dialect

V16 = dialect("1.6")
NAME = CertificateHash(HashAlgorithm.SHA384, "00ff", "EE11", "FFF")
DATA = {"hashAlgorithm": "SHA384", "issuerNameHash": "00ff", "issuerKeyHash": "EE11", "serialNumber": "FFF"}

WANTED: list[tuple[str, dict[str, Any], Command]] = [
    (
        "InstallCertificate",
        {"certificateType": "CentralSystemRootCertificate", "certificate": "PEM"},
        InstallCertificate(CertificateUse.CSMS_ROOT, "PEM"),
    ),
    (
        "InstallCertificate",
        {"certificateType": "ManufacturerRootCertificate", "certificate": "PEM"},
        InstallCertificate(CertificateUse.MANUFACTURER_ROOT, "PEM"),
    ),
    ("DeleteCertificate", {"certificateHashData": DATA}, DeleteCertificate(NAME)),
    (
        "GetInstalledCertificateIds",
        {"certificateType": "ManufacturerRootCertificate"},
        GetInstalledCertificateIds((CertificateUse.MANUFACTURER_ROOT,)),
    ),
    ("CertificateSigned", {"certificateChain": "PEM"}, CertificateSigned("PEM", CertificateUse.CHARGING_STATION)),
]
SAID: list[tuple[Notification, str, dict[str, Any]]] = [
    (SignCertificate("PEM"), "SignCertificate", {"csr": "PEM"}),
    (
        SecurityEvent("StartupOfTheDevice", NOON),
        "SecurityEventNotification",
        {"type": "StartupOfTheDevice", "timestamp": "2026-03-01T12:00:00Z"},
    ),
    (
        SecurityEvent("InvalidCsmsCertificate", NOON, "x" * 300),
        "SecurityEventNotification",
        {"type": "InvalidCentralSystemCertificate", "timestamp": "2026-03-01T12:00:00Z", "techInfo": "x" * 255},
    ),
]
UNDERSTOOD: list[tuple[Notification, dict[str, Any], Any]] = [
    (SecurityEvent("StartupOfTheDevice", NOON), {}, Received()),
    (SignCertificate("PEM"), {"status": "Accepted"}, SignAnswer(True)),
    (SignCertificate("PEM"), {"status": "Rejected"}, SignAnswer(False)),
]


@pytest.mark.parametrize(
    ("action", "others", "words"),
    [
        ("InstallCertificate", "Rejected", {"Accepted", "Failed"}),
        ("DeleteCertificate", "Failed", {"Accepted", "NotFound"}),
        ("CertificateSigned", "Rejected", {"Accepted"}),
    ],
)
def test_a_verdict_is_narrowed(action: str, others: str, words: set[str]) -> None:
    for verdict in Verdict:
        payload = V16.encode_reply(action, ClearCache(), Outcome(verdict, "SomeReason", "told by 2.x only"))
        assert payload == {"status": verdict.value if verdict.value in words else others}
        assert V16.schemas.check_response(action, payload) is None


def test_installed_certificates_are_listed_and_none_is_not_found() -> None:
    wanted = GetInstalledCertificateIds((CertificateUse.CSMS_ROOT,))
    some = V16.encode_reply("GetInstalledCertificateIds", wanted, InstalledCertificates(((CertificateUse.CSMS_ROOT, NAME),)))
    none = V16.encode_reply("GetInstalledCertificateIds", wanted, InstalledCertificates())
    assert some == {"status": "Accepted", "certificateHashData": [DATA]}
    assert none == {"status": "NotFound"}
    assert V16.schemas.check_response("GetInstalledCertificateIds", some) is None
    assert V16.schemas.check_response("GetInstalledCertificateIds", none) is None


def test_every_security_event_has_a_name_that_fits() -> None:
    for kind in KINDS:
        request = V16.encode(SecurityEvent(kind.name, NOON))
        assert request is not None
        assert request.payload["type"] == (kind.name_16 or kind.name)
        assert V16.schemas.check_request(request.action, request.payload) is None

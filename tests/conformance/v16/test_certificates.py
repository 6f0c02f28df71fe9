"""Certificates, the security log and signed firmware: 074 to 081."""

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from simulators.csms.authority import Authority, signature
from simulators.csms.server import Csms
from tests.conformance import files
from tests.conformance.keys import Keys
from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import WAIT_S, Lab, in_order

IMAGE = b"firmware" * 4096
REQUEST = 7
ROOTS = ("ManufacturerRootCertificate", "CentralSystemRootCertificate")


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


async def listed(lab: Lab, kind: str) -> list[dict[str, Any]]:
    """GetInstalledCertificateIds."""
    answer = await lab.call("GetInstalledCertificateIds", certificateType=kind)
    found: list[dict[str, Any]] = answer.get("certificateHashData", [])
    assert answer["status"] == ("Accepted" if found else "NotFound")
    return found


@case("074", opens=False)
async def test_a_new_certificate_of_the_station_is_asked_for_and_used(lab: Lab, keys: Keys) -> None:
    csms = Csms(versions=("1.6",), tls=keys.server(asks_for_certificate=True), sign=keys.operator.sign)
    await lab.open(csms=csms, change=keys.station(3), keys={"CpoName": "operator"})
    connections = lab.station.connections
    await lab.says("Accepted", "ExtendedTriggerMessage", requestedMessage="SignChargePointCertificate")
    request = x509.load_pem_x509_csr((await lab.hears("SignCertificate")).payload["csr"].encode())
    (organization,) = request.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
    assert organization.value == "operator"
    await csms.until(lambda: lab.station.connections > connections and lab.station.connected, WAIT_S * 2)
    (answer,) = [m.payload for m in csms.messages if m.action == "CertificateSigned" and m.direction == "received"]
    assert answer == {"status": "Accepted"}
    assert lab.station.authenticated_by.startswith("certificate ")


async def has_roots(lab: Lab, keys: Keys) -> None:
    """One of each kind."""
    for kind, authority in zip(ROOTS, (keys.manufacturer, keys.operator), strict=True):
        await lab.says("Accepted", "InstallCertificate", certificateType=kind, certificate=authority.pem)


async def installs(lab: Lab, keys: Keys, kind: str) -> None:
    """A root more, listed, still after a restart."""
    await has_roots(lab, keys)
    before = await listed(lab, kind)
    await lab.says("Accepted", "InstallCertificate", certificateType=kind, certificate=Authority("another root").pem)
    assert len(await listed(lab, kind)) == len(before) + 1
    lab.passed()
    await lab.says("Accepted", "Reset", type="Hard")
    await lab.booted()
    assert len(await listed(lab, kind)) == len(before) + 1


@case("075_1")
async def test_a_root_of_a_manufacturer_is_installed(lab: Lab, keys: Keys) -> None:
    await installs(lab, keys, ROOTS[0])


@case("075_2")
async def test_a_root_of_the_central_system_is_installed(lab: Lab, keys: Keys) -> None:
    await installs(lab, keys, ROOTS[1])


@case("076")
async def test_a_root_is_deleted_once(lab: Lab, keys: Keys) -> None:
    await has_roots(lab, keys)
    before = await listed(lab, ROOTS[1])
    await lab.says("Accepted", "InstallCertificate", certificateType=ROOTS[1], certificate=Authority("another root").pem)
    (root,) = [each for each in await listed(lab, ROOTS[1]) if each not in before]
    await lab.says("Accepted", "DeleteCertificate", certificateHashData=root)
    assert await listed(lab, ROOTS[1]) == before
    await lab.says("NotFound", "DeleteCertificate", certificateHashData=root)


@case("077", opens=False)
async def test_a_certificate_for_the_station_that_is_not_valid_is_rejected_and_told_of(lab: Lab, keys: Keys) -> None:
    csms = Csms(versions=("1.6",), tls=keys.server(asks_for_certificate=True), sign=Authority("nobody").sign)
    await lab.open(csms=csms, change=keys.station(3), keys={"CpoName": "operator"})
    await lab.says("Accepted", "ExtendedTriggerMessage", requestedMessage="SignChargePointCertificate")
    await lab.hears("SignCertificate")
    await lab.hears("SecurityEventNotification", type="InvalidChargePointCertificate")
    (answer,) = [m.payload for m in csms.messages if m.action == "CertificateSigned" and m.direction == "received"]
    assert answer == {"status": "Rejected"}


@case("078")
async def test_a_root_that_is_none_is_rejected_and_told_of(lab: Lab, keys: Keys) -> None:
    await has_roots(lab, keys)
    before = await listed(lab, ROOTS[1])
    ended, _ = keys.operator.issue("operator root", begin=datetime(2020, 1, 1, tzinfo=UTC), end=datetime(2021, 1, 1, tzinfo=UTC))
    await lab.says("Rejected", "InstallCertificate", certificateType=ROOTS[1], certificate=ended)
    await lab.hears("SecurityEventNotification", type="InvalidCentralSystemCertificate")
    assert await listed(lab, ROOTS[1]) == before


@case("079")
async def test_the_security_log_is_uploaded(lab: Lab) -> None:
    async with files.serving() as server:
        log = {"remoteLocation": f"{server.url}/in/"}
        name = (await lab.says("Accepted", "GetLog", logType="SecurityLog", requestId=REQUEST, log=log))["filename"]
        for status in ("Uploading", "Uploaded"):
            await lab.hears("LogStatusNotification", status=status, requestId=REQUEST)
        ((place, content),) = server.received.items()
    assert place.endswith(name)
    assert content


async def update(lab: Lab, keys: Keys, server: files.Files, signed: bytes) -> None:
    """SignedUpdateFirmware for IMAGE, with the signature of other bytes perhaps."""
    server.served["image.bin"] = IMAGE
    certificate, key = keys.manufacturer.issue("signer")
    firmware = {
        "location": f"{server.url}/image.bin",
        "retrieveDateTime": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "signingCertificate": certificate,
        "signature": base64.b64encode(signature(key, signed)).decode(),
    }
    await lab.says("Accepted", "SignedUpdateFirmware", requestId=REQUEST, firmware=firmware)


async def status(lab: Lab, wanted: str) -> Any:
    return await lab.hears("SignedFirmwareStatusNotification", status=wanted, requestId=REQUEST)


@case("080")
async def test_firmware_with_a_good_signature_is_installed(lab: Lab, keys: Keys) -> None:
    await has_roots(lab, keys)
    async with files.serving() as server:
        await update(lab, keys, server, IMAGE)
        steps = [await status(lab, each) for each in ("Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed")]
    assert in_order(*steps)
    await lab.hears("SecurityEventNotification", type="FirmwareUpdated")


@case("081")
async def test_firmware_with_the_signature_of_something_else_is_not_installed(lab: Lab, keys: Keys) -> None:
    await has_roots(lab, keys)
    async with files.serving() as server:
        await update(lab, keys, server, b"something else")
        for each in ("Downloading", "Downloaded", "InvalidSignature"):
            await status(lab, each)
    await lab.hears("SecurityEventNotification", type="InvalidFirmwareSignature")
    assert lab.heard("SignedFirmwareStatusNotification", status="Installing") == []

"""Block M: certificates."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from simulators.csms.authority import Authority
from simulators.csms.behaviour import Behaviour
from simulators.csms.server import Csms
from tests.campaigns.bench import Json
from tests.conformance.keys import PASSWORD, Keys
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.moving import moves, reconnects
from tests.conformance.v201.sites import Change

CSMS, MANUFACTURER, V2G, MO = "CSMSRootCertificate", "ManufacturerRootCertificate", "V2GRootCertificate", "MORootCertificate"
CHAIN = "V2GCertificateChain"
V2G_ENABLED = "ISO15118Ctrlr.V2GCertificateInstallationEnabled"
OCSP = base64.b64encode(b"an OCSPResponse").decode()


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


def named(certificate: x509.Certificate, issuer: x509.Certificate | None = None) -> Json:
    """CertificateHashDataType, made by itself."""
    key = (issuer or certificate).public_key()
    bits = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return {
        "hashAlgorithm": "SHA256",
        "issuerNameHash": hashlib.sha256(certificate.issuer.public_bytes()).hexdigest(),
        "issuerKeyHash": hashlib.sha256(bits).hexdigest(),
        "serialNumber": f"{certificate.serial_number:X}",
    }


def chain(kind: str, authority: Authority) -> Json:
    """One entry of certificateHashDataChain."""
    return {"certificateType": kind, "certificateHashData": named(authority.certificate)}


async def installed(lab: Lab, kind: str) -> Authority:
    """CertificateInstalled."""
    root = Authority(f"another {kind}")
    await states.certificate_installed(lab, kind, root.pem)
    return root


async def deleted(lab: Lab, *roots: Authority) -> None:
    """As it was."""
    for root in roots:
        await lab.says("Accepted", "DeleteCertificate", certificateHashData=named(root.certificate))


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(CSMS, marks=case("TC_M_01", "TC_M_12")),
        pytest.param(MANUFACTURER, marks=case("TC_M_02", "TC_M_13")),
        pytest.param(V2G, marks=case("TC_M_03", "TC_M_14")),
        pytest.param(MO, marks=case("TC_M_04", "TC_M_16")),
    ],
)
async def test_a_root_is_installed_and_listed(lab: Lab, kind: str) -> None:
    root = await installed(lab, kind)
    assert chain(kind, root) in await states.installed_certificates(lab, kind)
    await deleted(lab, root)


@case("TC_M_17")
async def test_roots_of_two_kinds_are_listed(lab: Lab) -> None:
    roots = {kind: await installed(lab, kind) for kind in (CSMS, MANUFACTURER)}
    found = await states.installed_certificates(lab, CSMS, MANUFACTURER)
    assert all(chain(kind, root) in found for kind, root in roots.items())
    await deleted(lab, *roots.values())


@case("TC_M_18")
async def test_all_of_them_are_listed_where_no_kind_is_named(lab: Lab) -> None:
    roots = {kind: await installed(lab, kind) for kind in (CSMS, MANUFACTURER, V2G, MO)}
    found = await states.installed_certificates(lab)
    assert all(chain(kind, root) in found for kind, root in roots.items())
    assert await lab.variable("SecurityCtrlr.CertificateEntries") == str(len(found))
    await deleted(lab, *roots.values())


@case("TC_M_19")
async def test_none_of_a_kind_is_not_found(lab: Lab) -> None:
    answer = await lab.says("NotFound", "GetInstalledCertificateIds", certificateType=[MO])
    assert "certificateHashDataChain" not in answer


@case("TC_M_20")
async def test_a_root_is_deleted(lab: Lab) -> None:
    stays, goes = await installed(lab, CSMS), await installed(lab, CSMS)
    assert chain(CSMS, goes) in await states.installed_certificates(lab, CSMS)
    await deleted(lab, goes)
    found = await states.installed_certificates(lab, CSMS)
    assert chain(CSMS, goes) not in found
    assert chain(CSMS, stays) in found
    await deleted(lab, stays)


@case("TC_M_22")
async def test_one_that_is_not_there_is_not_deleted(lab: Lab) -> None:
    root = await installed(lab, CSMS)
    await lab.says("NotFound", "DeleteCertificate", certificateHashData=named(Authority("nobody").certificate))
    await deleted(lab, root)


@case("TC_M_07")
async def test_a_root_that_is_over_is_rejected(lab: Lab) -> None:
    good, before = await installed(lab, CSMS), datetime(2020, 1, 1, tzinfo=UTC)
    over, _ = Authority("over").issue("root", begin=before, end=before.replace(year=2021))
    await lab.says("Rejected", "InstallCertificate", certificateType=CSMS, certificate=over)
    assert await states.installed_certificates(lab, CSMS) == [chain(CSMS, good)]
    await lab.hears("SecurityEventNotification", type="InvalidCsmsCertificate")
    await deleted(lab, good)


# AdditionalRootCertificateCheck


def checked(keys: Keys, profile: int = 2) -> Change:
    """A station that takes a new root of the CSMS only from the old one."""

    def change(tree: Json) -> None:
        keys.station(profile)(tree)
        tree["ocpp"]["variables"].append({"component": "SecurityCtrlr", "variable": "AdditionalRootCertificateCheck", "value": "true"})

    return change


def secured(keys: Keys, authority: Authority | None = None) -> Csms:
    """With TLS and a password."""
    return Csms(versions=("2.0.1",), password=PASSWORD, tls=keys.server(authority=authority))


@case("TC_M_09", opens=False)
async def test_a_new_root_that_the_old_one_has_not_signed_is_rejected(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=secured(keys), change=checked(keys))
    await lab.says("Rejected", "InstallCertificate", certificateType=CSMS, certificate=Authority("nobody").pem)
    assert await states.installed_certificates(lab, CSMS) == [chain(CSMS, keys.operator)]


@case("TC_M_30", opens=False)
async def test_the_old_root_goes_when_the_new_one_has_worked(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=secured(keys), change=checked(keys))
    new = Authority("new root", root=keys.operator)
    await states.certificate_installed(lab, CSMS, new.pem)
    await lab.says("Accepted", "Reset", type="OnIdle")
    await moves(lab, secured(keys, new))
    await lab.booted()
    (found,) = await states.installed_certificates(lab, CSMS)
    assert found["certificateHashData"]["serialNumber"] == f"{new.certificate.serial_number:X}"


@case("TC_M_31", opens=False)
async def test_a_csms_that_still_has_its_old_certificate_is_believed(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=secured(keys), change=checked(keys))
    await states.certificate_installed(lab, CSMS, Authority("new root", root=keys.operator).pem)
    await states.booted(lab, kind="OnIdle")
    assert chain(CSMS, keys.operator) in await states.installed_certificates(lab, CSMS)


@case("TC_M_23", opens=False)
async def test_the_certificate_of_the_station_cannot_be_deleted(lab: Lab, keys: Keys) -> None:
    tls = keys.server(asks_for_certificate=True)
    await lab.open(csms=Csms(versions=("2.0.1",), tls=tls), change=keys.station(3))
    signed: list[str] = []

    def sign(csr: str) -> str:
        signed.append(keys.operator.sign(csr))
        return signed[-1]

    lab.csms.behaviour = Behaviour(answers={"SignCertificate": {"status": "Accepted"}})
    connections = lab.station.connections
    await states.certificate_renewed(lab, sign)
    await reconnects(lab, connections)
    await states.installed_certificates(lab)
    own, *_ = x509.load_pem_x509_certificates(signed[-1].encode())
    answer = await lab.call("DeleteCertificate", certificateHashData=named(own, keys.operator.certificate))
    assert answer["status"] == "Failed"


# For vehicles


class Vehicles:
    """A V2G root with two authorities below it."""

    def __init__(self) -> None:
        self.root = Authority("V2G root")
        self.first = Authority("V2G sub 1", root=self.root)
        self.second = Authority("V2G sub 2", root=self.first)

    async def renewed(self, lab: Lab) -> x509.Certificate:
        """RenewV2GChargingStationCertificate, with its root; the certificate."""
        await states.certificate_installed(lab, V2G, self.root.pem)
        signed: list[str] = []

        def sign(csr: str) -> str:
            signed.append(self.second.sign(csr))
            return signed[-1]

        await lab.configure({V2G_ENABLED: "true", "ISO15118Ctrlr.CountryName": "NL", "ISO15118Ctrlr.SeccId": "NLEVE0001"})
        request = x509.load_pem_x509_csr((await states.certificate_renewed(lab, sign, "V2GCertificate")).encode())
        assert request.is_signature_valid
        assert request.public_key().curve.name == "secp256r1"  # type: ignore[union-attr]
        assert {each.value for each in request.subject} >= {"NLEVE0001", "NL"}
        (message,) = lab.heard("SignCertificate")
        assert message.payload["certificateType"] == "V2GCertificate"
        return x509.load_pem_x509_certificates(signed[-1].encode())[0]

    async def gone(self, lab: Lab, certificate: x509.Certificate) -> None:
        """As it was."""
        await lab.says("Accepted", "DeleteCertificate", certificateHashData=named(certificate, self.second.certificate))
        await deleted(lab, self.root)

    def names(self, certificate: x509.Certificate) -> list[Json]:
        """The certificate, and those above it but for the root."""
        pairs = ((certificate, self.second), (self.second.certificate, self.first), (self.first.certificate, self.root))
        return [named(each, issuer.certificate) for each, issuer in pairs]


@case("TC_A_12", "TC_M_15")
async def test_a_certificate_for_vehicles_is_renewed_and_listed_with_what_is_above_it(lab: Lab) -> None:
    vehicles = Vehicles()
    certificate = await vehicles.renewed(lab)
    own, *above = vehicles.names(certificate)
    wanted = {"certificateType": CHAIN, "certificateHashData": own, "childCertificateHashData": above}
    assert await states.installed_certificates(lab, CHAIN) == [wanted]
    await vehicles.gone(lab, certificate)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"status": "Accepted", "ocspResult": OCSP}, marks=case("TC_M_24")),
        pytest.param({"status": "Failed"}, marks=case("TC_M_25")),
    ],
)
async def test_the_status_of_certificates_for_vehicles_is_asked(lab: Lab, answer: Json) -> None:
    lab.csms.behaviour = Behaviour(answers={"GetCertificateStatus": answer})
    vehicles = Vehicles()
    certificate = await vehicles.renewed(lab)
    asked = []
    for _ in range(3):
        asked.append((await lab.hears("GetCertificateStatus")).payload["ocspRequestData"])
    assert asked == [{**name, "responderURL": ""} for name in vehicles.names(certificate)]
    await vehicles.gone(lab, certificate)

"""The station tells fingerprints of its certificates, and of nothing else."""

import asyncio
from pathlib import Path

from cryptography.hazmat.primitives import hashes

from chargepoint.domain.certificates import CertificateUse
from chargepoint.inquiry.certificates import CertificateSeen, SeeCertificates
from chargepoint.pki import certificates
from chargepoint.station.fingerprints import OWN, Fingerprints
from chargepoint.station.settings import SecuritySettings
from tests.pki.authority import Authority


def test_roots_and_its_own_are_told_and_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    root, own = Authority("root").certificate, Authority("own").certificate
    identity = tmp_path / "identity"
    identity.mkdir()
    (identity / "own.pem").write_text(certificates.pem([own, root]))
    (identity / "own.key").write_text("secret")
    (tmp_path / "csms.pem").write_text(certificates.pem([root]))
    (tmp_path / "mo.pem").mkdir()
    trust = {use: str(tmp_path / f"{name}.pem") for use, name in ((CertificateUse.CSMS_ROOT, "csms"), (CertificateUse.MO_ROOT, "mo"))}
    settings = SecuritySettings(trust={**trust, CertificateUse.V2G_ROOT: str(tmp_path / "none.pem")}, identity=str(identity))
    told = asyncio.run(Fingerprints(settings).see(SeeCertificates())).certificates
    assert told[0] == CertificateSeen(what="root for the CSMS", file="csms.pem", sha256=root.fingerprint(hashes.SHA256()).hex())
    assert "cannot be read" in told[1].problem
    assert told[2:] == (CertificateSeen(what=OWN, file="own.pem", sha256=own.fingerprint(hashes.SHA256()).hex()),)

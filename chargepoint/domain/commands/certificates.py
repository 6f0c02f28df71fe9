"""Certificates (OCPP 2.0.1 A02, A03, M03 to M05; 1.6 security whitepaper, the same use cases)."""

from collections.abc import Mapping

from msgspec import Struct

from chargepoint.domain.certificates import CertificateHash, CertificateUse


class InstallCertificate(Struct, frozen=True):
    """M05. Answered by an Outcome: Accepted, Rejected, Failed."""

    use: CertificateUse
    pem: str


class DeleteCertificate(Struct, frozen=True):
    """M04. Answered by an Outcome: Accepted, Failed, NotFound."""

    hash: CertificateHash


class GetInstalledCertificateIds(Struct, frozen=True):
    """M03. No use named: all. Answered by an InstalledCertificates."""

    uses: tuple[CertificateUse, ...] = ()


class CertificateSigned(Struct, frozen=True):
    """A02: the CSMS sends what it had signed. Answered by an Outcome: Accepted, Rejected."""

    chain_pem: str
    use: CertificateUse


class InstalledCertificates(Struct, frozen=True):
    """(use, hash) of each; none: NotFound."""

    found: tuple[tuple[CertificateUse, CertificateHash], ...] = ()
    above: Mapping[CertificateHash, tuple[CertificateHash, ...]] = {}
    """Of one of those that is the end of a chain: the certificates above it, but for the root."""

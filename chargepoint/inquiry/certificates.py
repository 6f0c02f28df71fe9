"""Which certificates the station trusts and shows: fingerprints, for people to compare and reports to name."""

from msgspec import Struct


class SeeCertificates(Struct, frozen=True, tag_field="ask", tag="see-certificates"):
    """Of which certificates are the files of the station?"""


class CertificateSeen(Struct, frozen=True, kw_only=True):
    """One of them, or a file that cannot be read."""

    what: str
    """What it is for, in words."""
    file: str
    """Its name, without folders."""
    sha256: str = ""
    """Hex digits; empty: ``problem`` says why."""
    problem: str = ""


class CertificatesSeen(Struct, frozen=True):
    """Roots by use, then the station's own for the CSMS."""

    certificates: tuple[CertificateSeen, ...]

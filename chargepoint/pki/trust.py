"""Roots that are trusted, by what they are for: one PEM bundle each (OCPP 2.0.1 M03 to M05; 1.6-SEC, the same use cases).

Files are read each time: the integrator may change them while we run. A bundle whose last certificate goes is removed.
"""

import ssl
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from chargepoint.pki import certificates, files
from chargepoint.pki.certificates import CertId, Certificate, issued
from chargepoint.pki.errors import NoRoom, PkiError


class TrustStore:
    """``bundles``: use -> file. ``stay``: uses whose file stays, empty, when its last certificate goes: there was one."""

    def __init__(self, bundles: Mapping[str, Path], stay: Collection[str] = ()) -> None:
        self._bundles = bundles
        self._stay = stay

    def roots(self, use: str) -> tuple[Certificate, ...]:
        """Those of one use. Raises OSError."""
        return certificates.read_bundle(self._bundles[use]) if use in self._bundles else ()

    def usable(self, use: str, now: datetime) -> bool:
        """Is there one that is valid? Raises OSError."""
        return any(certificates.objection(each, now) is None for each in self.roots(use))

    def install(self, use: str, pem: str, now: datetime, most: int) -> Certificate:
        """Add one; one that is there already is taken once more (2.0.1 M05.FR.17).

        Raises PkiError: it is not fit (M05.FR.07); NoRoom: there are as many as may be (M05.FR.06); OSError: the file (M05.FR.03).
        """
        new = _fit(pem, now)
        present = self.roots(use)
        if new not in present:
            self._make_sure_of_room(most)
            self._write(use, (*present, new))
        return new

    def succeed(self, use: str, pem: str, now: datetime, most: int, worked: Collection[bytes] = ()) -> Certificate:
        """Put one in the place of the one that has signed it, which stays behind it until the new one has worked (M05.FR.09,
        M05.FR.10, M05.FR.11, M05.FR.12); meanwhile either will do for the CSMS (M05.FR.14).

        ``worked``: the chain of the connection that stands, DER; what stays behind is of it where that is known: the one that has signed
        may itself not have worked yet. Raises as ``install`` does; ``most`` counts where there is none to follow.
        """
        new = _fit(pem, now)
        present = self.roots(use)
        old = [each for each in present if issued(each, new)]
        if present and not old and new not in present:
            raise PkiError("it is not signed by the root that it shall replace")
        if not present:
            self._make_sure_of_room(most)
        behind = [each for each in present if certificates.der(each) in worked] or old
        self._write(use, (new, *(each for each in behind[:1] if each != new)))
        return new

    def settle(self, use: str, worked: Collection[bytes]) -> bool:
        """The new one has worked: what it has replaced goes (M05.FR.13). ``worked``: the chain that was verified, DER."""
        present = self.roots(use)
        if len(present) < 2 or certificates.der(present[0]) not in worked:
            return False
        self._write(use, present[:1])
        return True

    def names(self, uses: Collection[str] = ()) -> Iterator[tuple[str, CertId]]:
        """(use, name) of each that OCPP can name, with SHA-256. Raises OSError."""
        for use in [each for each in self._bundles if not uses or each in uses]:
            for each in [each for each in self.roots(use) if certificates.naming_objection(each) is None]:
                yield use, certificates.cert_id(each, self.issuer(each))

    def find(self, name: CertId) -> list[tuple[str, Certificate]]:
        """Those that are named so. Raises OSError."""
        every = [(use, each) for use in self._bundles for each in self.roots(use)]
        return [(use, each) for use, each in every if certificates.is_named(each, self.issuer(each), name)]

    def remove(self, use: str, certificate: Certificate) -> None:
        """Take one out. Raises OSError."""
        self._write(use, tuple(each for each in self.roots(use) if each != certificate))

    def ending(self, use: str, now: datetime, within: timedelta) -> list[Certificate]:
        """Those whose validity ends soon or has ended. Raises OSError."""
        return [each for each in self.roots(use) if each.not_valid_after_utc - now <= within]

    def issuer(self, certificate: Certificate) -> Certificate | None:
        """Who has signed it, if that is known here."""
        every = (each for use in self._bundles for each in self.roots(use))
        return next((each for each in every if each.subject == certificate.issuer and issued(each, certificate)), None)

    def _make_sure_of_room(self, most: int) -> None:
        if sum(len(self.roots(each)) for each in self._bundles) >= most:
            raise NoRoom("there are as many certificates as may be (CertificateEntries, CertificateStoreMaxLength); delete one first")

    def _write(self, use: str, bundle: tuple[Certificate, ...]) -> None:
        if use not in self._bundles:
            raise FileNotFoundError(f"no file is configured for {use}")
        if bundle or use in self._stay:
            certificates.write_bundle(self._bundles[use], bundle)
        else:
            files.remove(self._bundles[use])


def _fit(pem: str, now: datetime) -> Certificate:
    """The only certificate of a text. Raises PkiError."""
    found = certificates.parse(pem)
    if len(found) != 1:
        raise PkiError(f"{len(found)} certificates; expected one")
    if unnamed := certificates.naming_objection(found[0]):
        raise PkiError(f"{certificates.described(found[0])}: {unnamed}")
    return fit(found[0], now)


def fit(certificate: Certificate, now: datetime) -> Certificate:
    """It may sign others, is not over and is strong enough. One that is not valid yet is fit: it is there in time. Raises PkiError."""
    unfit = certificates.objection(certificate, now, early=True)
    if unfit is None and not certificates.is_ca(certificate):
        unfit = "it may not sign certificates (basic constraints)"
    if unfit is None and certificate.subject == certificate.issuer and not issued(certificate, certificate):
        unfit = "its signature does not hold"
    if unfit is None and not _loads(certificate):
        unfit = "OpenSSL cannot read it"
    if unfit is not None:
        raise PkiError(f"{certificates.described(certificate)}: {unfit}")
    return certificate


def _loads(certificate: Certificate) -> bool:
    """Is it for OpenSSL a certificate as well? One that is not would spoil the whole file for every connection to come."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificates.pem([certificate]))
    except ssl.SSLError:
        return False
    return True


def system_roots() -> tuple[Certificate, ...]:
    """Those that the system trusts, as far as they are in one file. Raises OSError."""
    file = ssl.get_default_verify_paths().cafile
    return () if file is None else certificates.read_bundle(Path(file))

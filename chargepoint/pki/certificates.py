"""What a certificate says, whether it is fit for use, how OCPP names it, and bundles of them on disk.

The name is OCSP's (RFC 6960 §4.1.1; 1.6-SEC §6.1, OCPP 2.0.1 CertificateHashDataType): the hash of the issuer's name as it stands in the
certificate, DER; the hash of the bits of the issuer's public key, without tag, length and count of unused bits; the serial number in hex
without leading zeroes. Hashes in lower case, serial numbers in upper case, both compared without it.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from msgspec import Struct, structs

from chargepoint.pki import files, keys
from chargepoint.pki.errors import PkiError

Certificate = x509.Certificate

WEAK = (hashes.MD5, hashes.SHA1, hashes.SHA224)
"""Below SHA-256 nothing is signed (A00.FR.504, A00.FR.506)."""
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
"""What reading a certificate may raise."""
BEGIN = b"-----BEGIN CERTIFICATE-----"


class CertId(Struct, frozen=True):
    """CertificateHashDataType."""

    algorithm: str
    """SHA256, SHA384, SHA512."""
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str

    def same_as(self, other: "CertId") -> bool:
        """Without case and leading zeroes."""
        return self._plain() == other._plain()

    def _plain(self) -> tuple[str, str, str, str]:
        names = (self.algorithm, self.issuer_name_hash, self.issuer_key_hash)
        algorithm, name, key = (each.strip().lower() for each in names)
        return algorithm, name, key, self.serial_number.strip().lower().lstrip("0")


def parse(pem: str | bytes) -> tuple[Certificate, ...]:
    """Every certificate in a text, in its order. Raises PkiError: none, or one that cannot be read."""
    data = pem.encode("utf-8", "replace") if isinstance(pem, str) else pem
    try:
        found = tuple(x509.load_pem_x509_certificates(data))
        for each in found:
            _read_whole(each)
    except UNREADABLE as error:
        raise PkiError(f"no certificate in PEM ({str(error)[:100]})") from None
    return found


def _read_whole(certificate: Certificate) -> None:
    """Its parts are read when they are asked for, and only then refused; so they are asked for here, once. Raises one of UNREADABLE."""
    for part in (certificate.subject, certificate.issuer, certificate.public_key(), certificate.signature_hash_algorithm):
        repr(part)
    repr((certificate.not_valid_before_utc, certificate.not_valid_after_utc, len(certificate.extensions)))


def read_bundle(path: Path) -> tuple[Certificate, ...]:
    """Every certificate of a file; one that is not there, or holds none, has none. Raises OSError: it cannot be read, or not understood."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    try:
        return parse(data) if BEGIN in data else ()
    except PkiError as error:
        raise OSError(f"{path}: {error}; put a file of certificates in PEM there, or remove it") from error


def write_bundle(path: Path, certificates: Sequence[Certificate]) -> None:
    """Replace the file. Raises OSError."""
    files.replace(path, pem(certificates).encode())


def pem(certificates: Sequence[Certificate]) -> str:
    """As text, in order."""
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode("ascii") for each in certificates)


def der(certificate: Certificate) -> bytes:
    """As bytes: to compare."""
    return certificate.public_bytes(serialization.Encoding.DER)


def name_of(certificate: Certificate, oid: x509.ObjectIdentifier = NameOID.COMMON_NAME) -> str:
    """One part of the subject; empty where there is none."""
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def organisation(certificate: Certificate) -> str:
    """O of the subject."""
    return name_of(certificate, NameOID.ORGANIZATION_NAME)


def issuer_name(certificate: Certificate) -> str:
    """Who has signed it, for people."""
    found = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else certificate.issuer.rfc4514_string()[:60]


def hosts(certificate: Certificate) -> tuple[str, ...]:
    """Names and addresses that it is for (subject alternative name)."""
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName):
            found = (each.value for each in extension.value if isinstance(each, x509.DNSName | x509.IPAddress))
            return tuple(map(str, found))
    return ()


def described(certificate: Certificate) -> str:
    """For people."""
    return f"{certificate.subject.rfc4514_string()[:100]!r} serial {certificate.serial_number:X}"


def responder(certificate: Certificate) -> str:
    """Whom to ask whether it is still good (OCSP, RFC 5280 §4.2.2.1); empty: it does not say."""
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.AuthorityInformationAccess):
            ways = (each for each in extension.value if each.access_method == AuthorityInformationAccessOID.OCSP)
            return next((str(each.access_location.value) for each in ways), "")
    return ""


def naming_objection(certificate: Certificate) -> str | None:
    """Why OCPP cannot name it: CertificateHashDataType has room for the 40 hex digits that RFC 5280 §4.1.2.2 allows a serial number."""
    return None if 0 <= certificate.serial_number < 1 << 160 else "its serial number has more than 20 bytes, or is negative"


def is_ca(certificate: Certificate) -> bool:
    """May it sign others? One of version 1 says nothing and may, as roots of old do, where it has signed itself."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return certificate.version is x509.Version.v1 and certificate.issuer == certificate.subject


def issued(issuer: Certificate, certificate: Certificate) -> bool:
    """Name and signature."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def objection(certificate: Certificate, now: datetime, early: bool = False) -> str | None:
    """What makes a certificate unfit by itself: its time, its key, its signature. ``early``: one that is not valid yet will do."""
    if now >= certificate.not_valid_after_utc:
        return f"expired on {certificate.not_valid_after_utc:%Y-%m-%d %H:%M}"
    if now < certificate.not_valid_before_utc and not early:
        return f"not valid before {certificate.not_valid_before_utc:%Y-%m-%d %H:%M}"
    if isinstance(certificate.signature_hash_algorithm, WEAK):
        return "signed with a weak hash; expected SHA-256 or better"
    for each in certificate.extensions:
        if each.critical and isinstance(each.value, x509.UnrecognizedExtension):  # RFC 5280 §4.2
            return f"it has a critical extension that is not known here ({each.oid.dotted_string})"
    return keys.objection(certificate.public_key())


def public_key_bytes(certificate: Certificate) -> bytes:
    """SubjectPublicKeyInfo, DER."""
    return certificate.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def cert_id(certificate: Certificate, issuer: Certificate | None = None, algorithm: str = "SHA256") -> CertId:
    """How OCPP names it. Without the issuer its own key stands in, as it does anyway in a root that has signed itself."""
    bits = public_key_bytes(issuer or certificate)
    hashed = getattr(hashlib, algorithm.lower())
    return CertId(
        algorithm,
        hashed(certificate.issuer.public_bytes()).hexdigest(),
        hashed(_subject_public_key(bits)).hexdigest(),
        f"{certificate.serial_number:X}",
    )


def is_named(certificate: Certificate, issuer: Certificate | None, name: CertId) -> bool:
    """Does the name mean this certificate? Issuer and serial number say so by themselves where the issuer's key is not at hand."""
    own = cert_id(certificate, issuer, name.algorithm)
    if issuer is None and certificate.issuer != certificate.subject:
        own = structs.replace(own, issuer_key_hash=name.issuer_key_hash)
    return own.same_as(name)


def _subject_public_key(info: bytes) -> bytes:
    """The bits of a SubjectPublicKeyInfo: SEQUENCE { SEQUENCE algorithm, BIT STRING key }."""
    start, _ = _content(info, 0)
    _, after_algorithm = _content(info, start)
    bits, end = _content(info, after_algorithm)
    return info[bits + 1 : end]


def _content(der_bytes: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at this place begins and ends."""
    length, begin = der_bytes[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, begin = int.from_bytes(der_bytes[begin : begin + count]), begin + count
    return begin, begin + length

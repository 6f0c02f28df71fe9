"""The device's own certificate for its pages: signed by itself, for its names and addresses, made at the first start.

It is made anew ``EARLY`` before it ends and when a name is missing from it; the key stays, unless it cannot be read. It is for so long as
browsers take at most. A clock that stands before ``BUILT`` has not been set: the certificate then counts from there, so that a phone, whose
clock is right, finds it valid.

``python -m chargepoint.pki.device FOLDER NOW NAME...`` does the same and tells it as JSON: whoever serves pages for months need not carry
the package that makes certificates.
"""

import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

from chargepoint.pki import certificates, files, keys
from chargepoint.pki.errors import PkiError

log = logging.getLogger(__name__)

CERTIFICATE, KEY = "device.pem", "device.key"
LASTS, EARLY = timedelta(days=820), timedelta(days=60)
SLACK = timedelta(days=2)
BUILT = datetime(2026, 6, 1, tzinfo=UTC)
"""No clock that is right stands before this."""
MOST_NAMES = 40


class DeviceCertificate(Struct, frozen=True):
    """What a TLS server needs, and what people compare."""

    certificate_file: str
    key_file: str
    names: tuple[str, ...]
    ends: datetime
    fingerprint: str
    """SHA-256 of the certificate, in pairs of hex digits, as browsers show it."""
    due: str | None = None
    """Why it has just been made; ``None``: it was there."""


def settle(folder: Path, names: Sequence[str], now: datetime) -> DeviceCertificate:
    """The certificate that is there, or a new one. ``names``: DNS names and IP addresses. Raises OSError."""
    names = tuple(dict.fromkeys(names))[:MOST_NAMES]
    known = _read(folder / CERTIFICATE)
    key = _key(folder / KEY)
    due = _due(known, key, names, max(now, BUILT))
    if known is not None and due is None:
        return _described(folder, known, None)
    if key is None:
        key = keys.new_key()
        files.replace(folder / KEY, keys.written(key), files.PRIVATE)
    made = _signed(key, names, max(now, BUILT))
    certificates.write_bundle(folder / CERTIFICATE, [made])
    return _described(folder, made, due)


def _due(known: x509.Certificate | None, key: ec.EllipticCurvePrivateKey | None, names: Sequence[str], now: datetime) -> str | None:
    """Why a new one is needed."""
    if known is None or key is None:
        return "there is none that can be used"
    if keys.public_bytes(key) != certificates.public_key_bytes(known):
        return "its key is another"
    if known.not_valid_after_utc - now < EARLY:
        return f"it ends on {known.not_valid_after_utc:%Y-%m-%d}"
    if known.not_valid_before_utc > now:
        return "it is not valid yet"
    missing = sorted(set(names) - set(_names(known)))
    return f"it is not for {', '.join(missing)}" if missing else None


def _signed(key: ec.EllipticCurvePrivateKey, names: Sequence[str], now: datetime) -> x509.Certificate:
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    usage = {"key_encipherment": False, "data_encipherment": False, "key_agreement": False, "content_commitment": False}
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now - SLACK + LASTS)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False, **usage),
            critical=True,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        value = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return (*value.get_values_for_type(x509.DNSName), *map(str, value.get_values_for_type(x509.IPAddress)))


def _read(path: Path) -> x509.Certificate | None:
    try:
        found = certificates.read_bundle(path)
    except OSError as error:
        log.warning("event=device_certificate_unusable cause=%s next=new_one", error)
        return None
    return found[0] if found else None


def _key(path: Path) -> ec.EllipticCurvePrivateKey | None:
    try:
        key = keys.read(path.read_bytes())
    except FileNotFoundError:
        return None
    except PkiError as error:
        log.warning("event=device_key_unusable file=%s cause=%s next=new_one", path, error)
        return None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _described(folder: Path, certificate: x509.Certificate, due: str | None) -> DeviceCertificate:
    digits = certificate.fingerprint(hashes.SHA256()).hex().upper()
    return DeviceCertificate(
        certificate_file=str(folder / CERTIFICATE),
        key_file=str(folder / KEY),
        names=_names(certificate),
        ends=certificate.not_valid_after_utc,
        fingerprint=":".join(digits[place : place + 2] for place in range(0, len(digits), 2)),
        due=due,
    )


def main(argv: Sequence[str]) -> int:
    """``settle`` as a program."""
    folder, now, *names = argv
    try:
        found = settle(Path(folder), names, datetime.fromisoformat(now))
    except OSError as error:
        print(f"{error.filename or folder}: {error.strerror}", file=sys.stderr)
        return 1
    print(msgspec.json.encode(found).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

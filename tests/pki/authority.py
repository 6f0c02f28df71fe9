"""Certificates of every kind, good and bad, made while the test runs."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
"""Valid on the virtual clock and on the host's."""


@cache
def rsa_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """They take long, so each is made once."""
    return rsa.generate_private_key(65537, bits)


def new_key(curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve or ec.SECP256R1())


def name(common: str, organisation: str = "CPO") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    return x509.Name(parts if organisation else parts[1:])


def usage(*allowed: str) -> x509.KeyUsage:
    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    flags = {each: each in allowed for each in (*every, "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")}
    return x509.KeyUsage(**flags)


class Authority:
    """A root, or whatever ``above`` has signed. ``more``: extensions instead of the usual ones."""

    def __init__(
        self,
        common: str = "root",
        above: "Authority | None" = None,
        key: Any = None,
        depth: int | None = None,
        ca: bool = True,
        begin: datetime = BEGIN,
        end: datetime = END,
        digest: Any = None,
    ) -> None:
        self.key = key or new_key()
        self.name = name(common)
        signer = above or self
        extensions: list[Any] = [x509.BasicConstraints(ca, depth if ca else None), usage("key_cert_sign", "crl_sign")]
        self.certificate = signer.make(self.name, self.key.public_key(), extensions, begin, end, digest)

    def make(
        self,
        subject: x509.Name,
        public: Any,
        extensions: Any = (),
        begin: datetime = BEGIN,
        end: datetime = END,
        digest: Any = None,
        serial: int = 0,
    ) -> x509.Certificate:
        """Sign anything."""
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(public)
        builder = builder.serial_number(serial or x509.random_serial_number()).not_valid_before(begin).not_valid_after(end)
        for each in extensions:
            builder = builder.add_extension(each, critical=not isinstance(each, x509.SubjectAlternativeName | x509.ExtendedKeyUsage))
        return builder.sign(self.key, digest or hashes.SHA256())

    def leaf(self, common: str = "0001", key: Any = None, hosts: tuple[str, ...] = (), **more: Any) -> tuple[x509.Certificate, Any]:
        """A certificate that may not sign others, and its key."""
        key = key or new_key()
        extensions: list[Any] = [x509.BasicConstraints(False, None), usage("digital_signature", "key_encipherment")]
        if hosts:
            extensions.append(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]))
        return self.make(name(common), key.public_key(), extensions, **more), key

    def sign(self, csr_pem: str, **more: Any) -> str:
        """What a signing request asks for, PEM."""
        request = x509.load_pem_x509_csr(csr_pem.encode())
        extensions = [x509.BasicConstraints(False, None), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])]
        return pem(self.make(request.subject, request.public_key(), extensions, **more))

    @property
    def pem(self) -> str:
        return pem(self.certificate)


def pem(*certificates: x509.Certificate) -> str:
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in certificates)


def key_pem(key: Any) -> bytes:
    no_password = serialization.NoEncryption()
    written: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    return written

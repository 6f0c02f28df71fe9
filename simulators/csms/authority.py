"""A certificate authority of the bench: signs what stations ask for, and issues what a test needs. Everything lives in memory."""

from datetime import UTC, datetime
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
END = datetime(2049, 1, 1, tzinfo=UTC)


class Authority:
    """``name``: common name of its own certificate; ``organization``: of everybody's. ``root``: who signs it, else it itself."""

    def __init__(self, name: str = "bench root", *, organization: str = "bench", root: "Authority | None" = None) -> None:
        self.organization = organization
        self.key = ec.generate_private_key(ec.SECP256R1())
        signer = root or self
        self._above = "" if root is None else root.chain
        self._name = self._subject(name)
        builder = signer._builder(self._name, self.key.public_key(), BEGIN, END)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
        self.certificate = builder.sign(signer.key, hashes.SHA256())

    @property
    def pem(self) -> str:
        """Its certificate."""
        return _pem(self.certificate)

    @property
    def chain(self) -> str:
        """Its certificate and those above it, without the root."""
        return "" if self.certificate.issuer == self.certificate.subject else self.pem + self._above

    def sign(self, request_pem: str) -> str:
        """The chain for a certificate signing request. Raises ValueError where it cannot be read, or is not signed with its own key."""
        request = x509.load_pem_x509_csr(request_pem.encode())
        if not request.is_signature_valid:
            raise ValueError("the request is not signed with the key that it names")
        return self._finish(self._builder(request.subject, request.public_key(), BEGIN, END))

    def issue(self, name: str, *, hosts: tuple[str, ...] = (), begin: datetime = BEGIN, end: datetime = END) -> tuple[str, str]:
        """A certificate (with its chain) and its key, both PEM, for a station, a signer of firmware, or a server at these hosts."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(self._subject(name), key.public_key(), begin, end)
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general(host) for host in hosts]), critical=False)
        return self._finish(builder), key_pem(key)

    def _finish(self, builder: x509.CertificateBuilder) -> str:
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
        return _pem(builder.sign(self.key, hashes.SHA256())) + self.chain

    def _subject(self, name: str) -> x509.Name:
        parts = ((NameOID.ORGANIZATION_NAME, self.organization), (NameOID.COMMON_NAME, name))
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])

    def _builder(self, subject: x509.Name, key: CertificatePublicKeyTypes, begin: datetime, end: datetime) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder(self._name, subject, key, x509.random_serial_number(), begin, end)
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def key_pem(key: Key) -> str:
    """An unencrypted key, PKCS 8."""
    encoding, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, kind, serialization.NoEncryption()).decode()


def signature(key: str, content: bytes) -> bytes:
    """ECDSA with SHA-256 over a file; ``key`` as ``Authority.issue`` gives it."""
    private = serialization.load_pem_private_key(key.encode(), None)
    assert isinstance(private, Key), "issued here"
    return private.sign(content, ec.ECDSA(hashes.SHA256()))


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)

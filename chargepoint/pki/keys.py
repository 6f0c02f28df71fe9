"""Keys: making our own, reading them, judging everybody's (1.6-SEC A00.FR.501 to 503; OCPP 2.0.1 A00.FR.501).

Ours are on the curve P-256: one is made in a millisecond on a small board, where RSA with 2048 bits takes seconds, and every CSMS has to
take either kind (1.6-SEC A00.FR.421). Those of others may be RSA, elliptic or Edwards; DSA is read by nobody any more.
"""

from typing import cast, get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

from chargepoint.pki.errors import PkiError

SHORTEST_RSA = 2048
SHORTEST_EC = 224
EDWARDS = (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)
SIGNING_KEYS = get_args(CertificateIssuerPrivateKeyTypes)

PrivateKey = CertificateIssuerPrivateKeyTypes


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key of our own."""
    return ec.generate_private_key(ec.SECP256R1())


def written(key: PrivateKey, password: str | None = None) -> bytes:
    """PKCS #8 in PEM, encrypted where there is a password."""
    protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password is not None:
        protection = serialization.BestAvailableEncryption(password.encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)


def read(pem: bytes, password: str | None = None) -> PrivateKey:
    """A key from PEM; a password that is not needed is ignored. Raises PkiError."""
    secret = password.encode() if password is not None and b"ENCRYPTED" in pem else None
    try:
        key = serialization.load_pem_private_key(pem, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise PkiError(f"no private key in PEM, or not with this password ({type(error).__name__})") from None
    if not isinstance(key, SIGNING_KEYS):
        raise PkiError(f"a key that cannot sign ({type(key).__name__}); expected RSA or elliptic")
    return cast(PrivateKey, key)


def public_bytes(key: PrivateKey) -> bytes:
    """The public half, DER: to compare."""
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def objection(key: object) -> str | None:
    """What is wrong with a public key: it has to be as strong as 112 bits at least (A00.FR.501, A00.FR.502, A00.FR.503)."""
    if isinstance(key, rsa.RSAPublicKey):
        return None if key.key_size >= SHORTEST_RSA else f"an RSA key of {key.key_size} bits; at least {SHORTEST_RSA} are needed"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return None if key.key_size >= SHORTEST_EC else f"an elliptic key of {key.key_size} bits; at least {SHORTEST_EC} are needed"
    return None if isinstance(key, EDWARDS) else f"a key of an unsuitable kind ({type(key).__name__}); expected RSA or elliptic"

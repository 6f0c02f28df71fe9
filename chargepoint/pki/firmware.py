"""Signatures of firmware (1.6-SEC L01.FR.04, FR.12; OCPP 2.0.1 L01): by a certificate that leads to a root of the manufacturer.

The signature is RSA-PSS or ECDSA over the SHA-256 of the whole file, in base64.
"""

import base64
import binascii
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import ExtendedKeyUsageOID

from chargepoint.pki import certificates, chains
from chargepoint.pki.errors import PkiError

CODE = {ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
HASH = Prehashed(hashes.SHA256())


def certificate_complaint(pem: str, roots_pem: str, now: datetime) -> str | None:
    """What is wrong with a signing certificate, the first of ``pem``; others after it may be on its way to a root. ``None``: nothing."""
    try:
        signer, *others = certificates.parse(pem)
        roots = certificates.parse(roots_pem) if roots_pem.strip() else ()
        unfit = chains.complaint(signer, others, roots, now)
        return unfit or _usage(signer)
    except (PkiError, ValueError) as error:
        return str(error) or "no certificate in PEM"


def _usage(signer: x509.Certificate) -> str | None:
    """The maker's web server, say, has a certificate of the same root."""
    for extension in signer.extensions:
        value = extension.value
        if isinstance(value, x509.KeyUsage) and not value.digital_signature:
            return "it may not sign data (key usage)"
        if isinstance(value, x509.ExtendedKeyUsage) and not CODE & set(value):
            return "it is not for signing code (extended key usage)"
    return None


def signature_complaint(pem: str, signature: str, sha256: str) -> str | None:
    """What is wrong with a signature over the file of this hash, hex. ``None``: nothing. The certificate has been checked."""
    try:
        raw = base64.b64decode("".join(signature.split()), validate=True)
        key = certificates.parse(pem)[0].public_key()
        _verify(key, raw, bytes.fromhex(sha256))
    except InvalidSignature:
        return "the signature is not that of this file"
    except (binascii.Error, ValueError, PkiError, UnsupportedAlgorithm) as error:
        return f"the signature cannot be read: {error}"
    return None


def _verify(key: object, signature: bytes, digest: bytes) -> None:
    match key:
        case rsa.RSAPublicKey():
            key.verify(signature, digest, padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO), HASH)
        case ec.EllipticCurvePublicKey():
            key.verify(signature, digest, ec.ECDSA(HASH))
        case _:
            raise ValueError(f"a key of type {type(key).__name__}; expected RSA or elliptic curve")

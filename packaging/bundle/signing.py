"""The signature of a bundle: RSA-PSS or ECDSA over the SHA-256 of the manifest, in base64."""

import base64
import hashlib
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from chargepoint.pki import firmware, keys
from deb.project import BuildError


def signed(manifest: bytes, key_pem: bytes, signer_pem: bytes, password: str | None = None) -> bytes:
    """manifest.sig. Raises BuildError where key and certificate do not belong together, PkiError where the key cannot be read."""
    key = keys.read(key_pem, password)
    if isinstance(key, rsa.RSAPrivateKey):
        raw = key.sign(manifest, padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size), hashes.SHA256())
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        raw = key.sign(manifest, ec.ECDSA(hashes.SHA256()))
    else:
        raise BuildError(f"a key of type {type(key).__name__}; expected RSA or elliptic curve")
    signature = base64.b64encode(raw)
    wrong = firmware.signature_complaint(signer_pem.decode("ascii", "replace"), signature.decode(), hashlib.sha256(manifest).hexdigest())
    if wrong is not None:
        raise BuildError(f"--signer is not the certificate of --key: {wrong}")
    return signature + b"\n"


def look_at(signer_pem: bytes, now: datetime) -> None:
    """Raises BuildError where no station would take what it signs, whatever root it trusts."""
    pem = signer_pem.decode("ascii", "replace")
    wrong = firmware.certificate_complaint(pem, pem, now)
    if wrong is not None:
        raise BuildError(f"--signer: {wrong}; expected a certificate for signing code (docs/updates.md, for makers)")

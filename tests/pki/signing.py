"""A manufacturer who signs firmware."""

import base64
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from tests.pki.authority import Authority, pem


def signature(key: Any, image: bytes) -> str:
    """Over the whole file, base64: RSA-PSS or ECDSA."""
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
        return base64.b64encode(key.sign(image, pss, hashes.SHA256())).decode()
    return base64.b64encode(key.sign(image, ec.ECDSA(hashes.SHA256()))).decode()


class Maker:
    """A root, and a certificate for signing below it."""

    def __init__(self, key: Any = None, **more: Any) -> None:
        root = Authority("manufacturer")
        made, self.key = root.leaf("firmware signing", key, **more)
        self.root, self.certificate = root.pem, pem(made)

    def sign(self, image: bytes) -> str:
        return signature(self.key, image)

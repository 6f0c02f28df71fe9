"""Fingerprints of certificates, without what knows certificates: SHA-256 of each as it stands in a PEM file."""

import binascii
from hashlib import sha256

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
MOST = 40
"""Of one file."""


def of_pem(text: str) -> tuple[str, ...]:
    """In their order, as hex digits. Raises ValueError: what stands there is no PEM."""
    return tuple(_of_piece(piece) for piece in text.split(BEGIN)[1 : MOST + 1])


def _of_piece(piece: str) -> str:
    body, end, _ = piece.partition(END)
    if not end:
        raise ValueError("a certificate has no end")
    try:
        return sha256(binascii.a2b_base64("".join(body.split()), strict_mode=True)).hexdigest()
    except binascii.Error as error:
        raise ValueError(f"a certificate is not base64: {error}") from error

"""What readers write of a card, as the token that goes to a CSMS: its identifier, whole bytes, upper-case hexadecimal.

    hex       as the card sends it: 04 a1 b2 c3  ->  04A1B2C3
    dec       the same bytes as one decimal number, first byte foremost: 0077705923  ->  04A1B2C3
    dec_le    last byte foremost: 3283263748  ->  04A1B2C3

A decimal number does not tell how long its identifier is, and readers drop zeros in front: it is taken for the shortest that there is.
"""

from typing import Literal

Format = Literal["hex", "dec", "dec_le"]

LENGTHS = (4, 5, 7, 8, 10)
"""Bytes of identifiers: ISO 14443 (4, 7, 10), 125 kHz (5), ISO 15693 (8)."""
LEAST_BYTES = 3
"""What readers for access control leave of one."""
MOST_BYTES = 10
"""An IdToken of OCPP 1.6 has 20 characters."""
SEPARATORS = " :-"


class UnreadableCard(ValueError):
    """What a reader wrote is no card in the format that it is set to. Message: what it looked like (not what it was,
    for who knows a card's number can charge with it), what was expected."""


def token(text: str, written: Format) -> str:
    """The token that a reader wrote. Raises UnreadableCard."""
    return _from_hex(text) if written == "hex" else _from_decimal(text, little=written == "dec_le")


def hexadecimal(identifier: bytes) -> str:
    """The token of an identifier that came as bytes."""
    return identifier.hex().upper()


def _from_hex(text: str) -> str:
    digits = "".join(each for each in text if each not in SEPARATORS).upper()
    if not digits or any(each not in "0123456789ABCDEF" for each in digits):
        raise UnreadableCard(f"{_shape(text)}: expected hexadecimal digits; set the reader, or format, to what it writes")
    if len(digits) % 2 or not LEAST_BYTES <= len(digits) // 2 <= MOST_BYTES:
        raise UnreadableCard(f"{_shape(text)}: expected 6 to 20 hexadecimal ones, two for each byte of a card")
    return digits


def _from_decimal(text: str, *, little: bool) -> str:
    if not text.isascii() or not text.isdigit():
        raise UnreadableCard(f"{_shape(text)}: expected decimal digits; set the reader, or format, to what it writes")
    number = int(text[:64])
    size = next((size for size in LENGTHS if number < 1 << 8 * size), 0)
    if not number or not size or len(text) > 64:
        raise UnreadableCard(f"{_shape(text)}: expected the number of a card with up to {MOST_BYTES} bytes, and not zero")
    return hexadecimal(number.to_bytes(size, "little" if little else "big"))


def _shape(text: str) -> str:
    if not text.isascii() or not text.isalnum():
        return f"{len(text)} characters, not only digits and letters"
    return f"{len(text)} {'decimal digits' if text.isdigit() else 'digits and letters'}"

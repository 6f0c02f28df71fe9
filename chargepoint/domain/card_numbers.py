"""Numbers of cards as people type them, and as readers say them.

    UID              4, 7 or 10 bytes (ISO 14443), 8 (ISO 15693), 5 or 3 (tags of 125 kHz)    04A1B2C3, 04:a1:b2:c3, 04 a1 b2 c3
    decimal          4 to 20 digits, as readers of 125 kHz and key codes have them      0012345678
    contract number  eMAID, ISO 15118-2 Annex H.1                                       DE-8AA-CA2B3C4D5-L

A name or an address typed into the wrong field is none of these. A card that is held to a reader needs no number.
"""

import re

from chargepoint.domain.ids import IdToken

LONGEST = 36
"""OCPP 2.0.1 identifierString[36]; 1.6 has room for 20, and all of these fit."""
BYTES = re.compile(r"[0-9A-Fa-f]{2}(?:([ :-]?)[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2})*", re.ASCII)
"""As readers and their programs write them."""
FEWEST_BYTES, MOST_BYTES = 2, 10
DECIMAL = re.compile(r"[0-9]{4,20}", re.ASCII)
CONTRACT = re.compile(r"[A-Za-z]{2}(-?)[A-Za-z0-9]{3}\1[A-Za-z0-9]{9}(?:\1[A-Za-z0-9])?", re.ASCII)
EXPECTED = (
    "expected what the reader says of it: up to 10 bytes like 04A1B2C3 or 04:A1:B2:C3, 4 to 20 decimal digits, "
    "or a contract number like DE-8AA-CA2B3C4D5; or hold the card to a reader instead"
)


class BadNumber(ValueError):
    """This is no number of a card. The message says what is expected."""


def card_of(text: str) -> IdToken:
    """The card of this number. ``04:a1:b2:c3`` is what a reader calls ``04A1B2C3``; what is not hexadecimal stays as it is.

    Raises BadNumber."""
    value = text.strip()
    if (bytes_of := BYTES.fullmatch(value)) is not None:
        joined = value.replace(bytes_of[1], "").upper()
        if FEWEST_BYTES <= len(joined) // 2 <= MOST_BYTES:
            return IdToken(joined)
    if DECIMAL.fullmatch(value) or CONTRACT.fullmatch(value):
        return IdToken(value)
    shown = value if len(value) <= LONGEST else f"{value[:LONGEST]}..."
    raise BadNumber(f"{shown!r} is no number of a card: {EXPECTED}")

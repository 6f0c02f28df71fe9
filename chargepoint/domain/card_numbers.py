"""Numbers of cards as people type them, and as readers say them."""

import re

from chargepoint.domain.ids import IdToken

LONGEST = 36
"""OCPP 2.0.1 identifierString[36]; 1.6 has room for 20, and cannot tell a CSMS of a longer one."""
ALLOWED = re.compile(r"[A-Za-z0-9*\-_=:+|@.]+", re.ASCII)
"""OCPP 2.0.1 part 2, identifierString."""
BYTES = re.compile(r"[0-9A-Fa-f]{2}(?:([ :-]?)[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2})*", re.ASCII)
"""As readers and their programs write them: ``04A1B2C3``, ``04:a1:b2:c3``."""


class BadNumber(ValueError):
    """This is no number of a card. The message says what is expected."""


def card_of(text: str) -> IdToken:
    """The card of this number. ``04:a1:b2:c3`` is what a reader calls ``04A1B2C3``; what is not hexadecimal stays as it is.

    Raises BadNumber."""
    value = text.strip()
    if (bytes_of := BYTES.fullmatch(value)) is not None:
        value = value.replace(bytes_of[1], "").upper()
    if not 1 <= len(value) <= LONGEST or not ALLOWED.fullmatch(value):
        shown = value if len(value) <= LONGEST else f"{value[:LONGEST]}..."
        raise BadNumber(f"{shown!r} is no number of a card: expected 1 to {LONGEST} letters, digits or any of * - _ = : + | @ .")
    return IdToken(value)

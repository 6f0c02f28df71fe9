"""What a password for basic authentication may be (1.6-SEC A00.FR.205, §7.2; OCPP 2.0.1 A00.FR.205, A00.FR.304).

1.6   AuthorizationKey: 16 to 20 bytes, written in hex. The configuration file may hold text as well (``text:``, or what is no hex).
2.x   BasicAuthPassword: 16 to 64 characters of any kind (errata of 2025-01), none of them a control character (RFC 7617 §2)

Objections never show the value.
"""

import re

SHORTEST, LONGEST = 16, 64
"""Characters; ``LONGEST`` is the maxLimit of BasicAuthPassword, for which the standard leaves 40 to 64."""
_KEY = re.compile(r"(?:[0-9A-Fa-f]{2}){16,20}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
TEXT = "text:"


def key_objection(value: str) -> str | None:
    """Against an AuthorizationKey that a CSMS gives."""
    return None if _KEY.fullmatch(value) else f"{len(value)} characters; expected 32 to 40 hex digits, an even number"


def password_objection(value: str) -> str | None:
    """Against a BasicAuthPassword that a CSMS gives."""
    if not SHORTEST <= len(value) <= LONGEST:
        return f"{len(value)} characters; expected {SHORTEST} to {LONGEST}"
    return "a control character is in it; expected letters, digits and signs" if _CONTROL.search(value) else None


def in_bytes(value: str) -> bytes:
    """As 1.6 sends it: an even number of hex digits is raw bytes, anything else, and whatever follows ``text:``, is text."""
    if value.startswith(TEXT):
        return value.removeprefix(TEXT).encode()
    try:
        return bytes.fromhex(value) if value.isalnum() else value.encode()
    except ValueError:
        return value.encode()


def sent(value: str, version: str) -> bytes:
    """What a CSMS of this version hears: of 2.x as it is, in UTF-8."""
    return in_bytes(value) if version == "1.6" else value.encode()


def usable(value: str, version: str) -> bool:
    """Is what is there good enough for a profile that needs one?"""
    return len(sent(value, version)) >= SHORTEST and len(value.removeprefix(TEXT)) <= LONGEST

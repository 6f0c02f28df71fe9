"""What the QR code, or the letter, of a CSMS's operator says: address, identity and password, in one of the forms that are about.

{"url": "wss://...", "identity": "CP1", "password": "..."}
wss://CP1:password@csms.example.com/ocpp
URL: wss://csms.example.com/ocpp
Identity: CP1
Password: ...
url=wss%3A%2F%2Fcsms...&id=CP1&password=...
"""

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

LONGEST = 4_000
NAMES: Mapping[str, tuple[str, ...]] = {
    "url": ("url", "csmsurl", "ocppurl", "centralsystemurl", "centralsystem", "endpoint", "address", "server", "csms", "ocppcsmsurl"),
    "id": (
        "identity",
        "id",
        "cpid",
        "chargepointid",
        "chargeboxid",
        "chargeboxidentity",
        "stationid",
        "chargingstationid",
        "user",
        "username",
    ),
    "password": ("password", "pass", "pw", "pwd", "authorizationkey", "authkey", "basicauthpassword", "key", "secret", "token"),
}
"""What is meant, and how it is called, without case and signs."""
ADDRESS = re.compile(r"wss?://[^\s\"'<>]+", re.IGNORECASE)


class Access(Struct, frozen=True):
    """What was found; empty: nothing of the kind."""

    url: str = ""
    id: str = ""
    password: str = ""


def read(text: str) -> Access:
    """What the text says. Nonsense says nothing."""
    text = text.strip()[:LONGEST]
    found = {meant: value for name, value in _pairs(text) if (meant := _meant(name)) and value}
    if "url" not in found and (address := ADDRESS.search(text)) is not None:
        found["url"] = address[0].rstrip(".,;")
    return _split(Access(**found))


def _meant(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return next((meant for meant, names in NAMES.items() if plain in names), "")


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Names and values, in whichever of the forms."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict):
        yield from ((str(name), str(value)) for name, value in told.items() if isinstance(value, str | int))
    elif "\n" not in text and "&" in text and "=" in text and not ADDRESS.match(text):
        yield from parse_qsl(text.partition("?")[2] or text)
    else:
        for line in text.splitlines():
            name, sign, value = re.match(r"([^:=]*)([:=]?)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
            if sign and not value.startswith("//"):
                yield name, value.strip()


def _split(found: Access) -> Access:
    """User and password in the address belong into their own fields."""
    try:
        parts = urlsplit(found.url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return found
    if host == parts.netloc:
        return found
    return Access(
        url=parts._replace(netloc=host).geturl(),
        id=found.id or unquote(parts.username or ""),
        password=found.password or unquote(parts.password or ""),
    )

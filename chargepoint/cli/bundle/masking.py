"""Nothing secret leaves: what is known to be secret, and what looks like it, is masked before it is written anywhere.

by structure   entries of the configuration with a telling name, values of secret variables, cards
by value       whatever the configuration has as a secret, wherever it turns up, in base64 and in percent as well
by form        user and password in a URL, values of its query, Authorization headers, private keys, tokens in OCPP messages
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import quote

from chargepoint.domain.ids import IdToken
from chargepoint.domain.redaction import MASK, masked, secret_arguments

TELLING = re.compile(r"pas+w|pass|pwd|psk|secret|pin$|token|private|credential|authori[sz]ationkey|api_?key|community", re.IGNORECASE)
"""Names of entries; misspelt ones too."""
SECRET_ENTRIES = ("basic_auth_password", "key_password")
ALIKE = 0.75
NOT_SECRET = ("public_key", "free_id_tag")
TOKENS = ("cards", "free_id_tag")
"""Entries that hold tokens: their end is shown."""
SHORTEST = 5
"""A shorter secret is masked where it stands, but not searched for everywhere: it would be found in half of all words."""

FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), f"{MASK} private key"),
    (re.compile(r"://[^/\s\"'<>]*@"), f"://{MASK}@"),
    (re.compile(r"([?&][^=\s&\"']{1,60}=)[^&\s\"'\\]+"), rf"\g<1>{MASK}"),
    (re.compile(r"\b(Basic|Bearer|Digest)\s+[A-Za-z0-9+/=_.~-]{6,}"), rf"\g<1> {MASK}"),
    (re.compile(r"\b(\w*(?:password|passwd|secret|authorization|authorizationkey|api_?key|psk))=\S+", re.IGNORECASE), rf"\g<1>={MASK}"),
    (re.compile(r"(\\?\"(?:password|basicAuthPassword|authorizationKey)\\?\"\s*:\s*\\?\")[^\"\\]*", re.IGNORECASE), rf"\g<1>{MASK}"),
)
WIRE_TOKEN = re.compile(r"(\\?\"(?:idTag|parentIdTag|idToken)\\?\"\s*:\s*\\?\")([^\"\\*]+)")
LINE = re.compile(r"(?:^|[{,])\s*[\"']?([\w.-]+)[\"']?\s*[=:]\s*[\"']([^\"'\n]+)(?:[\"']|$)", re.MULTILINE)
"""An entry of TOML or JSON, also of a file that is none, and of a value that does not end."""


class Masker:
    """Knows the secrets of one configuration. ``tree``: as it stands in the file; ``text``: the file, where it cannot be read as a tree."""

    def __init__(self, tree: Any = None, text: str = "") -> None:
        found = {*_secrets(tree), *(value for name, value in LINE.findall(text) if telling(name))}
        tokens = {*_tokens(tree)}
        spelt = {variant for secret in found - tokens for variant in _variants(secret, _identity(tree)) if len(variant) >= SHORTEST}
        self._known = sorted(spelt, key=len, reverse=True)
        self._tokens = sorted((each for each in tokens if len(each) >= SHORTEST), key=len, reverse=True)

    def text(self, text: str) -> str:
        """Without what is secret."""
        for secret in self._known:
            text = re.sub(re.escape(secret), MASK, text, flags=re.IGNORECASE)
        for token in self._tokens:
            text = re.sub(rf"(?<!\*){re.escape(token)}", masked(IdToken(token)), text, flags=re.IGNORECASE)
        for form, instead in FORMS:
            text = form.sub(instead, text)
        return WIRE_TOKEN.sub(lambda seen: seen[1] + masked(IdToken(seen[2])), text)

    def tree(self, value: Any, name: str = "") -> Any:
        """The same structure."""
        if isinstance(value, dict):
            hidden = isinstance(value.get("variable"), str) and telling(value["variable"])
            return {key: MASK if hidden and key == "value" else self.tree(each, key) for key, each in value.items()}
        if name in TOKENS:
            return [masked(IdToken(str(each))) for each in value] if isinstance(value, list) else masked(IdToken(str(value)))
        if telling(name) and value not in (None, "", [], True, False):
            return MASK
        if isinstance(value, list):
            return [self.tree(each) for each in value]
        return self.text(value) if isinstance(value, str) else value


def telling(name: str) -> bool:
    """Does an entry of this name hold a secret?"""
    if name in NOT_SECRET:
        return False
    return bool(TELLING.search(name)) or any(SequenceMatcher(None, name.lower(), each).ratio() >= ALIKE for each in SECRET_ENTRIES)


def _secrets(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        hidden = isinstance(value.get("variable"), str) and telling(value["variable"])
        for key, each in value.items():
            yield from _secrets(each, "password" if hidden and key == "value" else key)
    elif isinstance(value, list):
        for each in value:
            yield from _secrets(each, name)
        words = secret_arguments([each for each in value if isinstance(each, str)], telling)
        yield from (word.partition("=")[2] or word for word in words)
    elif telling(name) and value not in (None, "") and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, str) and "://" in value:
        yield from _of_url(value)


def _of_url(url: str) -> Iterator[str]:
    """User, password, and the values of a query: some have their key there."""
    address, _, query = url.partition("://")[2].partition("?")
    values = [each.partition("=")[2] for each in query.split("&")]
    yield from (each for each in (*re.split(r"[:@]", address.rpartition("@")[0]), *values) if each)


def _tokens(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _tokens(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _tokens(each, name)
    elif name in TOKENS:
        yield str(value)


def _identity(tree: Any) -> str:
    station = tree.get("station") if isinstance(tree, dict) else None
    return str(station.get("id", "")) if isinstance(station, dict) else ""


def _variants(secret: str, identity: str) -> Iterator[str]:
    """As it may stand in logs and on the wire."""
    plain = secret.removeprefix("text:")
    yield from (secret, plain, quote(plain, safe=""), json.dumps(plain)[1:-1], b64encode(plain.encode()).decode())
    yield b64encode(f"{identity}:{plain}".encode()).decode()
    try:
        decoded = bytes.fromhex(plain)
    except ValueError:
        return
    yield b64encode(identity.encode() + b":" + decoded).decode()

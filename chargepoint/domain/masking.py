"""Frames of OCPP without tokens and secrets, for eyes that are not the CSMS's.

    by the name of a field     idTag, idToken, password, ...               whatever it holds
    by the name beside it      {"key": "AuthorizationKey", "value": ...}   ChangeConfiguration, GetConfiguration, Set- and GetVariables
    inside a text              ftp://user:password@host?signature, JSON in a DataTransfer

Field names are compared without case and without what is not a letter. What is no JSON is not shown at all.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec

from chargepoint.domain.ids import IdToken
from chargepoint.domain.redaction import MASK, SECRET_NAME, masked

TOKENS = frozenset({"idtag", "parentidtag", "idtoken", "groupidtoken", "emaid", "masterpassgroupid", "additionalidtoken", "evccid"})
"""As much of their values is shown as one who holds the card in his hand needs."""
SECRETS = frozenset(
    {"password", "basicauthpassword", "apnpassword", "apnusername", "simpin", "authorizationkey", "customeridentifier", "exirequest"}
)
NAMES = ("key", "name")
"""Fields that name what another field of the same, or of the record around it, holds."""
VALUES = frozenset({"value", "attributevalue"})
USER = re.compile(r"://[^/@\s\"]*@")
SIGNED = re.compile(r"(://[^\s?\"]*\?)[^\s\"]+")
"""What follows the question mark opens the door at many a place for files."""
TOGETHER = (
    (frozenset({"server", "key"}), frozenset({"user", "key"})),
    (frozenset({"data", "generatedAt", "seqNo"}), frozenset({"data"})),
)
"""Fields that one record only has together, and what is a secret there: a VPN (OCPP 2.0.1 VPNType), and what is told of a customer
(NotifyCustomerInformation), a text that names his tokens."""
DEEPEST = 30
"""Records in records; what is deeper is masked."""


def masked_payload(value: Any, depth: int = 0) -> Any:
    """The same without tokens and secrets."""
    if depth > DEEPEST:
        return MASK
    if isinstance(value, dict):
        return _record(value, depth)
    if isinstance(value, list):
        return [masked_payload(each, depth + 1) for each in value]
    return _text(value, depth) if isinstance(value, str) else value


def _record(record: dict[str, Any], depth: int) -> dict[str, Any]:
    named = _named(record)
    hides = bool(named) and SECRET_NAME.search(named) is not None
    secrets = SECRETS.union(*(more for fields, more in TOGETHER if record.keys() >= fields))
    found = {}
    for name, value in record.items():
        plain = _folded(name)
        if plain in secrets or (hides and plain in VALUES):
            found[name] = MASK
        elif plain in TOKENS and isinstance(value, str):
            found[name] = masked(IdToken(value, str(record.get("type"))))
        else:
            found[name] = masked_payload(value, depth + 1)
    return found


@lru_cache(512)
def _folded(name: str) -> str:
    return "".join(filter(str.isalpha, name)).lower()


def _named(record: dict[str, Any]) -> str:
    """What this record is about: ``key`` of 1.6; ``variable.name`` and ``component.name`` of 2.x."""
    said = [record.get("key"), record.get("name")]
    said += [inner.get("name") for inner in (record.get("variable"), record.get("component")) if isinstance(inner, dict)]
    return " ".join(each for each in said if isinstance(each, str))


def _text(text: str, depth: int) -> str:
    if text[:1] in ("{", "["):
        try:
            inner = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return MASK
        return msgspec.json.encode(masked_payload(inner, depth + 1)).decode()
    if "://" not in text:
        return text
    return SIGNED.sub(rf"\1{MASK}", USER.sub(f"://{MASK}@", text))

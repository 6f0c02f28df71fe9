"""Records without their secrets, for eyes that are not the installer's."""

import re
from typing import Any

import msgspec
from msgspec.structs import fields

from chargepoint.domain.configuration import Part, is_secret
from chargepoint.domain.ids import IdToken

MASK = "***"
SHOWN = 4
"""Characters of a token that are shown."""
SECRET_NAME = re.compile(r"pass|secret|pin$|token|private|authorizationkey", re.IGNORECASE)
"""Entries of devices, which no type describes."""
USER = re.compile(r"://.*@", re.DOTALL)


def without_secrets(part: Part) -> dict[str, Any]:
    """A table of the configuration as it would be in the file, secrets masked."""
    return {each.name: _hidden(getattr(part, each.name), is_secret(each.type)) for each in fields(part)}


def _hidden(value: Any, secret: bool) -> Any:
    if value is None:
        return None
    if secret:
        return MASK
    if isinstance(value, Part):
        return without_secrets(value)
    if isinstance(value, tuple):
        return [_hidden(each, False) for each in value]
    if isinstance(value, dict):
        return {name: _hidden(each, bool(SECRET_NAME.search(name))) for name, each in value.items()}
    return USER.sub(f"://{MASK}@", value) if isinstance(value, str) else msgspec.to_builtins(value)


def masked(token: IdToken) -> str:
    """Enough of a token to know it by if it is in one's hand, and too little to charge with."""
    return MASK + (token.value[-SHOWN:] if len(token.value) >= 2 * SHOWN else "")

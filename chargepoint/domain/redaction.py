"""Records without their secrets, for eyes that are not the installer's."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import msgspec
from msgspec.structs import fields

from chargepoint.domain.configuration import Part, is_secret
from chargepoint.domain.ids import KEY_CODE, IdToken

MASK = "***"
SHOWN = 4
"""Characters of a token that are shown."""
SECRET_NAME = re.compile(r"pass|secret|pin$|token|private|authorizationkey", re.IGNORECASE)
"""Entries of devices, which no type describes."""
USER = re.compile(r"://.*@", re.DOTALL)


def without_secrets(part: Part) -> dict[str, Any]:
    """A table of the configuration as it would be in the file, secrets masked."""
    shown = {each.name: _hidden(getattr(part, each.name), is_secret(each.type)) for each in fields(part)}
    return {**shown, "value": MASK} if SECRET_NAME.search(str(shown.get("variable", ""))) else shown


def _hidden(value: Any, secret: bool) -> Any:
    if value is None:
        return None
    if secret:
        return MASK
    if isinstance(value, Part):
        return without_secrets(value)
    if isinstance(value, tuple):
        words = list(secret_arguments([each for each in value if isinstance(each, str)]))
        return [MASK if each in words else _hidden(each, False) for each in value]
    if isinstance(value, dict):
        return {name: _hidden(each, bool(SECRET_NAME.search(name))) for name, each in value.items()}
    return USER.sub(f"://{MASK}@", value) if isinstance(value, str) else msgspec.to_builtins(value)


def secret_arguments(words: Sequence[str], telling: Callable[[str], object] = SECRET_NAME.search) -> Iterator[str]:
    """Words of a command line that have something secret: ``--token=X``, ``TOKEN=X``, and ``X`` of ``--password X``."""
    for before, word in pairwise(("", *words)):
        option, equals, _ = word.partition("=")
        named = "=" not in before and before.startswith("-") and not word.startswith("-")
        if (equals and telling(option.lstrip("-"))) or (named and telling(before.lstrip("-"))):
            yield word


def masked(token: IdToken) -> str:
    """Enough of a token to know it by if it is in one's hand, and too little to charge with. Nothing of a PIN (OCPP 2.0.1 C04.FR.04)."""
    return MASK + (token.value[-SHOWN:] if len(token.value) >= 2 * SHOWN and token.kind != KEY_CODE else "")

"""Records out of which somebody is taken: what happened stays, and nothing says to whom."""

from collections.abc import Iterator
from typing import Any

import msgspec

from chargepoint.domain.ids import IdToken

NOBODY = ""
"""The value of a token that is no longer known."""


def needle(token: IdToken) -> str:
    """What every record has in it that names this token, in capitals: for a first search."""
    return f'"value":{msgspec.json.encode(token.value).decode()}'.upper()


def names(body: str, token: IdToken) -> bool:
    """Does a record, as JSON, name it?"""
    return any(map(token.same_as, _tokens(msgspec.json.decode(body))))


def without(body: str, token: IdToken) -> str:
    """The record without it."""
    return msgspec.json.encode(_without(msgspec.json.decode(body), token)).decode()


def _tokens(value: Any) -> Iterator[IdToken]:
    if isinstance(value, list):
        for each in value:
            yield from _tokens(each)
    elif isinstance(value, dict):
        if _is_token(value):
            yield _token(value)
        for each in value.values():
            yield from _tokens(each)


def _without(value: Any, token: IdToken) -> Any:
    if isinstance(value, list):
        return [_without(each, token) for each in value]
    if not isinstance(value, dict):
        return value
    if _is_token(value) and token.same_as(_token(value)):
        return {"value": NOBODY, "kind": _token(value).kind}
    return {name: _without(each, token) for name, each in value.items()}


def _is_token(value: dict[str, Any]) -> bool:
    named = {"value", "kind"} <= value.keys() <= {"value", "kind", "additional"}
    return named and isinstance(value["value"], str) and isinstance(value["kind"], str)


def _token(value: dict[str, Any]) -> IdToken:
    return msgspec.convert(value, IdToken)

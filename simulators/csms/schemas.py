"""What the published JSON schemas say of a payload.

The schemas are those that the ``ocpp`` package ships. They are read as files and compiled here, so that this judgement owes nothing to the
station's own reading of them. The format of times is looked at apart: a time that is no RFC 3339 time is odd, not unreadable.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import jsonschema_rs
from msgspec import Struct

from simulators.csms.frames import Payload

Side = Literal["request", "response"]

_FOLDERS = {"1.6": "v16", "2.0.1": "v201"}
_SUFFIX: dict[tuple[str, Side], str] = {
    ("1.6", "request"): "",
    ("1.6", "response"): "Response",
    ("2.0.1", "request"): "Request",
    ("2.0.1", "response"): "Response",
}


class Breach(Struct, frozen=True):
    """One point in which a payload breaks its schema."""

    keyword: str
    """The schema's keyword: type, enum, required, maxLength ..."""
    where: str
    """Path within the payload, dotted; empty for the payload itself."""
    text: str
    """What is there and what was expected."""

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text


def breach(version: str, action: str, side: Side, payload: Payload) -> Breach | None:
    """The first point in which the payload breaks the schema of its action, times left out; ``None``: it holds."""
    return _first(_validator(version, action, side, with_times=False), payload)


def odd_time(version: str, action: str, side: Side, payload: Payload) -> Breach | None:
    """The first date-time of a valid payload that is no RFC 3339 time."""
    return _first(_validator(version, action, side, with_times=True), payload)


@cache
def actions(version: str) -> frozenset[str]:
    """Every action that this version has, in either direction."""
    suffix = _SUFFIX[version, "response"] + ".json"
    return frozenset(path.name.removesuffix(suffix) for path in _folder(version).glob(f"*{suffix}"))


def _first(validator: jsonschema_rs.Validator, payload: Payload) -> Breach | None:
    if validator.is_valid(payload):
        return None
    error = next(iter(validator.iter_errors(payload)))
    return Breach(error.kind.name, ".".join(str(step) for step in error.instance_path), _shortened(error.message))


def _shortened(text: str, length: int = 200) -> str:
    return text if len(text) <= length else text[:length] + "…"


@cache
def _validator(version: str, action: str, side: Side, *, with_times: bool) -> jsonschema_rs.Validator:
    path = _folder(version) / f"{action}{_SUFFIX[version, side]}.json"
    schema = json.loads(path.read_text(encoding="utf-8-sig"))
    return jsonschema_rs.validator_for(schema, validate_formats=with_times)


@cache
def _folder(version: str) -> Path:
    package = find_spec("ocpp")
    assert package is not None, "the ocpp package is a dependency of this project"
    assert package.submodule_search_locations is not None, "the ocpp package is a directory"
    return Path(package.submodule_search_locations[0]) / _FOLDERS[version] / "schemas"

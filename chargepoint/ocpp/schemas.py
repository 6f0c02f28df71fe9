"""The JSON schemas of one OCPP version, compiled when first needed.

They are read as files of the ``ocpp`` package, which is not imported. Formats are not validated: a CSMS that writes ``+0000`` or no
zone at all still gets its BootNotification through, and ``times`` reads it.

The 1.6 set follows the errata where OCA's first files were too strict: StopTransaction without ``reason``, both spellings of Celsius
(1.6-J errata 2.1, 2.6). It is stricter than those files in one place, MeterValues (``minItems`` 1), which §7.33 agrees with, and knows
a unit Hertz there that §7.45 does not have. A decimal is a multiple of 0.1 as written, so 16.1 is one and 0.1 + 0.2 is none.
The 2.0.1 set follows the text where that says that a list may be empty.
"""

from importlib.util import find_spec
from pathlib import Path

import jsonschema_rs
import msgspec
from msgspec import Struct

from chargepoint.ocpp import mending
from chargepoint.ocpp.errors import RpcError
from chargepoint.ocpp.frames import Payload

MASK = "the value"
"""Stands for whatever was wrong in messages and logs: it may be a password."""

ERRORS: dict[str, RpcError] = {
    "type": RpcError.TYPE,
    "required": RpcError.OCCURRENCE,
    "minItems": RpcError.OCCURRENCE,
    "maxItems": RpcError.OCCURRENCE,
    "additionalProperties": RpcError.FORMAT,
}
"""Keyword of the schema -> error; any other is a value that is not allowed (PropertyConstraintViolation)."""

MAY_BE_EMPTY = frozenset({"evseId", "localAuthorizationList"})
"""Lists that the schemas of 2.0.1 want an entry in, while its requirements speak of empty ones (use case C01; D01.FR.05)."""


class Violation(Struct, frozen=True):
    """Where and how a payload breaks its schema."""

    error: RpcError
    description: str


class Mended(Struct, frozen=True):
    """What was wrong with an answer, all of it, and whether something that has to be in it is missing now."""

    breaches: tuple[Violation, ...]
    lacks: bool


class Schemas:
    """The schemas of one version: ``{action}{suffix}.json`` and ``{action}Response.json``."""

    def __init__(self, folder: str, request_suffix: str) -> None:
        self._folder = _package_folder() / folder / "schemas"
        self._request_suffix = request_suffix
        self._validators: dict[str, jsonschema_rs.Validator] = {}
        self._actions: frozenset[str] | None = None

    @property
    def actions(self) -> frozenset[str]:
        """Every action of the version's standard, in either direction."""
        if self._actions is None:
            self._actions = frozenset(path.name.removesuffix("Response.json") for path in self._folder.glob("*Response.json"))
        return self._actions

    def check_request(self, action: str, payload: Payload) -> Violation | None:
        """Does the payload of a CALL hold? ``action`` must be one of ``actions``."""
        return self._check(action + self._request_suffix, payload)

    def check_response(self, action: str, payload: Payload) -> Violation | None:
        """Does the payload of a CALLRESULT hold?"""
        return self._check(action + "Response", payload)

    def mend_response(self, action: str, payload: Payload) -> Mended:
        """Leave in the payload of a CALLRESULT what can be read, by the rules of ``mending``. Of what cannot be checked nothing can."""
        validator = self._validator(action + "Response")
        try:
            found, left = mending.mend(payload, validator.iter_errors)
        except (ValueError, RecursionError) as error:
            payload.clear()
            return Mended((Violation(RpcError.FORMAT, f"payload: {error}"),), lacks=not validator.is_valid(payload))
        return Mended(tuple(map(_violation, found)), lacks=not all(map(mending.judged, left)))

    def _check(self, name: str, payload: Payload) -> Violation | None:
        try:
            self._validator(name).validate(payload)
        except jsonschema_rs.ValidationError as error:
            return _violation(error)
        except (ValueError, RecursionError) as error:
            return Violation(RpcError.FORMAT, f"payload: {error}")
        return None

    def _validator(self, name: str) -> jsonschema_rs.Validator:
        return self._validators.get(name) or self._compile(name)

    def _compile(self, name: str) -> jsonschema_rs.Validator:
        schema = msgspec.json.decode((self._folder / f"{name}.json").read_text("utf-8-sig"))
        for part in (schema, *schema.get("definitions", {}).values()):
            for each in MAY_BE_EMPTY & part.get("properties", {}).keys():
                part["properties"][each].pop("minItems", None)
        validator = jsonschema_rs.validator_for(schema, validate_formats=False, mask=MASK)
        self._validators[name] = validator
        return validator


def _violation(error: jsonschema_rs.ValidationError) -> Violation:
    where = ".".join(map(str, error.instance_path)) or "payload"
    return Violation(ERRORS.get(error.kind.name, RpcError.PROPERTY), f"{where}: {error.message}")


def _package_folder() -> Path:
    spec = find_spec("ocpp")
    assert spec is not None, "the package ocpp is a dependency of this one"
    assert spec.submodule_search_locations is not None, "ocpp is a package, not a module"
    return Path(spec.submodule_search_locations[0])

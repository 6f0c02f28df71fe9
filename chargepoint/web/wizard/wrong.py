"""What check-config has against an entry, as whoever fills a form in reads it: at the field that asks for it, in the form's words."""

import re
from collections.abc import Iterable, Sequence

from chargepoint.web.wizard import csms, devices
from chargepoint.web.wizard.fields import Field

ALIASES = {
    "csms_url": "url",
    "security_profile": "profile",
    "basic_auth_password": "password",
    "open_to_public": "open",
    "languages": "language.en",
    "free": "who",
    "type": "kind",
    "cable": "kind",
    csms.TRUSTED: csms.ROOT,
    "connectors": "kind",
}
"""Last name of an entry's path -> the field that asks for it, where that has another name."""
NAMES = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", re.ASCII)
"""Entries, as sentences mention them."""


def field_of(error: str, fields: Sequence[Field]) -> str:
    """Whose error it is; empty: of none of these."""
    path = error.partition(": ")[0]
    last = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
    names = [field.name for field in fields]
    wanted = ("driver" if last in ("board", "meter", "readers") else last, f"{devices.PREFIX}{last}", ALIASES.get(last, ""))
    return next((name for name in wanted if name in names), "")


def at_fields(errors: Iterable[str], fields: Sequence[Field]) -> dict[str, tuple[str, ...]]:
    """In the form's words, by name of the field; under an empty name those of none, as they are."""
    found: dict[str, tuple[str, ...]] = {}
    for error in errors:
        name = field_of(error, fields)
        found[name] = (*found.get(name, ()), in_words(error, fields) if name else error)
    return found


def in_words(error: str, fields: Sequence[Field]) -> str:
    """Without the entry's path, and with the labels of others that it mentions."""
    labels = {field.name: field.label for field in fields}
    quoted = re.split(r'("(?:[^"\\]|\\.)*")', error.partition(": ")[2])  # what somebody typed stays as it is
    return "".join(part if part.startswith('"') else NAMES.sub(lambda found: _label(found[0], fields, labels), part) for part in quoted)


def _label(entry: str, fields: Sequence[Field], labels: dict[str, str]) -> str:
    name = field_of(f"{entry}: ", fields)
    return f"“{labels[name]}”" if name else entry

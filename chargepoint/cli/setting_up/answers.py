"""A file of answers: a table for each step, with the names of its fields.

[account]                       # the owner of the pages, where there is no account yet
password = "..."

[station]                       # left out: what is proposed, or what the configuration has that is there already
vendor = "Acme"

[board]                         # of every EVSE; [[board]] once for each of them
driver = "openevse"
port = "/dev/ttyUSB0"
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from chargepoint.cli import configuration as configurations
from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.web.wizard import devices, public
from chargepoint.web.wizard.asking import KINDS, as_answers, fields_of
from chargepoint.web.wizard.draft import Answers, Draft
from chargepoint.web.wizard.fields import Field
from chargepoint.web.wizard.ports import WizardPorts
from chargepoint.web.wizard.steps import STEPS, Place

ACCOUNT = "account"
TRY = "try"
"""In any table: false, and what it describes is not tried."""
LONGEST_BYTES = 1_000_000

Table = Mapping[str, Any]


class Given(Struct, frozen=True):
    """What the file says of one step."""

    answers: Answers
    tries: bool = True


def read(name: str) -> Table:
    """``-``: standard input. Raises ConfigurationError."""
    try:
        if name == "-":
            text = sys.stdin.buffer.read(LONGEST_BYTES).decode()
            tree = configurations.parsed(text, Path("answers.toml"))
        else:
            tree = configurations.tree_of(Path(name))
    except UnicodeDecodeError as error:
        raise ConfigurationError((f"byte {error.start + 1} is not UTF-8",), "answers") from None
    except ConfigurationError as error:
        raise ConfigurationError(error.errors, f"answers {name}") from None
    wrong = tuple(_wrong(tree))
    if wrong:
        raise ConfigurationError(wrong, f"answers {name}")
    found: Table = tree
    return found


def _wrong(tree: Any) -> Iterator[str]:
    each = {step.name: step.each for step in STEPS} | {ACCOUNT: False}
    for name, table in tree.items():
        if name not in each:
            yield f"{name}: unknown; expected tables {', '.join(each)}"
        elif each[name] and isinstance(table, list) and table and all(isinstance(one, dict) for one in table):
            continue
        elif not isinstance(table, dict):
            yield f"{name}: expected a table, [{name}]" + (f", or one for each EVSE, [[{name}]]" if each[name] else "")


def of(tree: Table, place: Place) -> Table:
    """What it says of a step, as it stands there. Raises CliError."""
    found = tree.get(place.step.name, {})
    if isinstance(found, list):
        if place.evse > len(found):
            raise CliError(f"setup: {place.title}: not answered; expected a [[{place.step.name}]] for each EVSE, there are {len(found)}")
        found = found[place.evse - 1]
    table: Table = found
    return table


def given(ports: WizardPorts, draft: Draft, place: Place, table: Table) -> Given:
    """Answers of a step: those of ``table`` over those of ``draft``, over what is proposed. Raises CliError."""
    before = draft.of(place.key)
    tries = table.get(TRY, True)
    if not isinstance(tries, bool):
        raise CliError(f"setup: {place.title}: {TRY}: {tries!r}; expected true or false")
    told = {name: value for name, value in table.items() if name != TRY}
    driver = told.pop("driver", None) if place.step.name in KINDS else None
    answers = dict(before) if driver in (None, before.get("driver")) else {"driver": str(driver)}
    fields = fields_of(ports, draft, place, answers)
    answers = {field.name: field.proposed for field in fields if field.proposed and field.name not in answers} | answers
    if place.step.name in KINDS and "driver" not in answers:
        raise CliError(f"setup: {place.title}: driver: missing; chargepoint detect shows what is connected")
    by_name = {field.name.removeprefix(devices.PREFIX): field for field in fields if field.name != "driver"}
    for name, value in told.items():
        answers |= _answer(place, by_name, name, value)
    return Given(answers, tries)


def _answer(place: Place, fields: Mapping[str, Field], name: str, value: Any) -> dict[str, str]:
    """Raises CliError."""
    if name == "languages" and place.step.name == "public":
        return _languages(place, value)
    field = fields.get(name)
    if field is None:
        known = sorted(each for each in fields if not each.startswith(public.SPOKEN))
        raise CliError(f"setup: {place.title}: {name}: unknown; expected one of {', '.join([*known, TRY])}")
    if field.kind == "truth":
        if not isinstance(value, bool):
            raise CliError(f"setup: {place.title}: {name}: {value!r}; expected true or false")
        return {field.name: "on" if value else ""}
    text = "\n".join(map(str, value)) if field.kind == "area" and isinstance(value, list) else _text(value)
    if field.kind == "choice" and text not in [each.value for each in field.options]:
        allowed = ", ".join(repr(each.value) for each in field.options)
        raise CliError(f"setup: {place.title}: {name}: {text!r}; expected one of {allowed}")
    return {field.name: text}


def _text(value: Any) -> str:
    return as_answers("", {"value": value})[f"{devices.PREFIX}value"]


def _languages(place: Place, value: Any) -> dict[str, str]:
    tags: Sequence[Any] = value if isinstance(value, list) else [value]
    unknown = [tag for tag in tags if tag not in public.NAMES]
    if unknown or not tags:
        raise CliError(f"setup: {place.title}: languages: {value!r}; expected some of {', '.join(public.NAMES)}")
    return {f"{public.SPOKEN}{tag}": "on" if tag in tags else "" for tag in public.NAMES}

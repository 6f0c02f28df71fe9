"""``chargepoint why``: why is it not charging?"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from chargepoint.cli import as_json
from chargepoint.cli.errors import WrongUse
from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.cli.status import limit_line
from chargepoint.domain import catalogue

HELP = """Asks the running station process why no car charges: for each EVSE the answer in a sentence, what to do, every condition for
charging with how it stands, and every limit of the current with its reason; of several EVSEs a terminal shows answers and steps only, so
that they fit: name one for the rest. The number, such as CP-921, leads to docs/errors.md. Exit
status 0: answered, whatever the answer; 1: no station answers; 2: wrong usage, or no such EVSE."""

MARKS = {True: "yes", False: "NO", None: "-"}
STYLES = {True: "green", False: "bold red", None: "dim"}
NO_FAULT = "bold yellow"
"""Of what keeps somebody from charging and is nobody's fault: numbers from 900 on."""
WIDTH = 100
"""Longer lines are hard to read, however wide the terminal."""


class Asked(Struct, frozen=True):
    """What is read of a condition; a later release may tell more."""

    name: str
    holds: bool | None
    text: str
    remedy: str = ""
    code: str | None = None


class Place(Struct, frozen=True):
    """What is read of an EVSE. A station of an earlier release has no conditions."""

    id: int
    status: str
    why: str = "The station process is of an earlier release, which cannot tell; restart it."
    why_code: str | None = None
    conditions: tuple[Asked, ...] = ()
    limits: tuple[dict[str, Any], ...] = ()

    @property
    def remedies(self) -> tuple[str, ...]:
        """All steps, as the catalogue has them; of a number of another release the first, which the station tells."""
        entry = catalogue.by_code(self.why_code or "")
        return entry.technician if entry else tuple(each.remedy for each in self.conditions if each.remedy and each.text == self.why)


class Document(Struct, frozen=True):
    """What is read of the whole."""

    evses: tuple[Place, ...]


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("evse", nargs="?", type=int, metavar="EVSE", help="its number in the configuration; default: all")
    parser.add_argument("--evse", dest="named", type=int, metavar="N", help="the same, as other verbs have it")
    as_json.add_json(parser)


def run(arguments: Namespace) -> int:
    """0; a CliError when there is no such EVSE, or no station."""
    places = chosen(ask(socket_of(arguments), Document), arguments.named if arguments.evse is None else arguments.evse)
    if arguments.json:
        print(as_json.text(places))
    elif sys.stdout.isatty():
        _draw(places)
    else:
        print("\n".join(line for place in places for line in shown(place)))
    return 0


def chosen(document: Document, evse: int | None) -> tuple[Place, ...]:
    """That one, or all of them. Raises WrongUse."""
    places = tuple(place for place in document.evses if evse in (None, place.id))
    if not places:
        there = ", ".join(str(place.id) for place in document.evses)
        raise WrongUse(f"EVSE {evse}: there is no such EVSE; expected one of {there}")
    return places


def shown(place: Place) -> Iterator[str]:
    """For people who read a file or a pipe."""
    yield f"EVSE {place.id}  {place.status}"
    yield f"  {answer(place)}"
    yield from (f"  {number}. {step}" for number, step in enumerate(place.remedies, start=1))
    yield from (f"  {MARKS[each.holds]:<3}  {each.name:<13}  {each.text}" for each in place.conditions)
    yield from (f"  limit  {limit_line(limit)}" for limit in place.limits)


def answer(place: Place) -> str:
    """The sentence and its number."""
    return f"{place.why} [{place.why_code}]" if place.why_code else place.why


def _draw(places: Sequence[Place]) -> None:
    """For people at a terminal."""
    from rich.console import Console

    console = Console(highlight=False, emoji=False)
    console.width = min(console.width, WIDTH)
    for number, place in enumerate(places):
        if number:
            console.print()
        for part in drawn(place, brief=len(places) > 1):
            console.print(part)
    if len(places) > 1:
        console.print("\nEvery condition and limit of one: chargepoint why EVSE")


def drawn(place: Place, *, brief: bool = False) -> Iterator[Any]:
    """The same in colour, wrapped; the words and marks say it without colour as well. ``brief``: answer and steps, so that several fit."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    yield Text.assemble((f"EVSE {place.id}", "bold"), f"  {place.status}")
    yield Padding(Text(answer(place), _style(all(each.holds for each in place.conditions), place.why_code)), (0, 0, 0, 2))
    steps = Table.grid(padding=(0, 1))
    for number, step in enumerate(place.remedies, start=1):
        steps.add_row(Text(f"{number}."), Text(step))
    yield Padding(steps, (0, 0, 0 if brief else 1, 2))
    if brief:
        return
    table = Table.grid(padding=(0, 2))
    for each in place.conditions:
        style = _style(each.holds, each.code)
        table.add_row(Text(f"  {MARKS[each.holds]}", style), Text(each.name, style), Text(each.text, "dim" if each.holds is None else ""))
    yield table
    if place.limits:
        yield Padding(Text("Limits, the lowest first: it is the one that counts.", "bold"), (1, 0, 0, 2))
        yield from (Padding(Text(limit_line(limit)), (0, 0, 0, 4)) for limit in place.limits)


def _style(holds: bool | None, code: str | None) -> str:
    return NO_FAULT if holds is False and code is not None and code.startswith("CP-9") else STYLES[holds]

"""``chargepoint cards``: the station's own cards."""

import sys
import time
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from chargepoint.cli import as_json
from chargepoint.cli.errors import CliError, WrongUse
from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.inquiry import tables
from chargepoint.inquiry.cards import (
    CardList,
    CardsChanged,
    EnrolCard,
    ExportCards,
    ExportedCards,
    ForgetCard,
    HeldCard,
    HoldCard,
    ListCards,
    ListedCard,
    RenameCard,
    parcels,
)

HELP = """Cards that may charge here without being on any list of a central system. Without one they just do. With one that is connected it
is asked first and has the last word, unless LocalPreAuthorize is on; while it is away they charge if LocalAuthorizeOffline is on. Cards of
the configuration file ([authorization] cards) are shown as well, and are changed there. Numbers are shown by their ends only: "export"
writes them in full. Exit status 0: done; 1: refused, or the station does not answer; 2: no such card, wrong usage."""

EACH_S = 0.5
FOR_S = 30.0
COLUMNS = "{:>5}  {:<8}  {:<24}  {:<16}  {:>5}"


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--json", action="store_true", help="for programs: of list")
    deeds = parser.add_subparsers(dest="deed", metavar="[list|hold|add|rename|forget|import|export]")
    own = {name: deeds.add_parser(name, help=text, description=f"{text.capitalize()}.") for name, text in DEEDS.items()}
    for each in own.values():
        for option in ("--config", "--state-dir"):
            each.add_argument(option, type=Path, default=SUPPRESS, help=SUPPRESS)
    own["list"].add_argument("--json", action="store_true", default=SUPPRESS, help="for programs")
    own["hold"].add_argument("--evse", type=int, metavar="N", help="at a reader that serves this EVSE; else at any")
    own["add"].add_argument("number", metavar="NUMBER", help="as the reader says it, such as 04A1B2C3 or 04:a1:b2:c3")
    for name in ("hold", "add"):
        own[name].add_argument("--name", metavar="NAME", help="whose it is" + (", and enrol it; else it is shown only" * (name == "hold")))
    for name in ("rename", "forget"):
        own[name].add_argument("id", type=int, metavar="CARD", help='its number in "chargepoint cards"')
    own["rename"].add_argument("name", metavar="NAME", help="whose it is")
    own["import"].add_argument("file", metavar="FILE", help='lines like 04A1B2C3,Anna; "-": standard input')
    own["export"].add_argument("file", metavar="FILE", help='a table (RFC 4180), with full numbers; "-": standard output')


DEEDS: Mapping[str, str] = {
    "list": "show all cards, and when each was used last",
    "hold": "hold a card to the reader: it is shown, or enrolled, and starts nothing",
    "add": "enrol a card by its number",
    "rename": "give a card another name",
    "forget": "have a card forgotten",
    "import": "enrol all cards of a table",
    "export": "write a table of the cards that were enrolled",
}


def run(arguments: Namespace) -> int:
    """0; a CliError when it was refused, or there is no such card."""
    path = socket_of(arguments)
    return RUN[arguments.deed or "list"](path, arguments)


def _list(path: str, arguments: Namespace) -> int:
    found = ask(path, CardList, ListCards())
    print(as_json.text(found) if arguments.json else "\n".join(shown(found)))
    return 0


def shown(found: CardList) -> Iterator[str]:
    """For people."""
    if found.cards:
        yield COLUMNS.format("card", "number", "name", "last used", "uses")
    yield from map(_line, found.cards)
    asked = "; a connected central system is asked about them first" if found.asks_first else ""
    yield f"{len(found.cards) or 'no'} card{'s' * (len(found.cards) != 1)}, room for {found.room} more{asked}"


def _line(card: ListedCard) -> str:
    used = f"{datetime.fromisoformat(card.last_used).astimezone():%Y-%m-%d %H:%M}" if card.last_used else "never"
    return COLUMNS.format("file" if card.id is None else card.id, card.token, card.name[:24], used, card.uses)


def _hold(path: str, arguments: Namespace) -> int:
    told = ask(path, HeldCard, HoldCard(evse=arguments.evse, valid_for_s=FOR_S))
    hold = told.hold
    if told.state == "waiting":
        print(f"{told.message} (for {told.left_s:.0f} s)", file=sys.stderr)
    try:
        while told.state == "waiting":
            time.sleep(EACH_S)
            told = ask(path, HeldCard, HoldCard(hold=hold))
    except KeyboardInterrupt:
        ask(path, HeldCard, HoldCard(hold=hold, valid_for_s=0))
        raise CliError("ended; no card was looked at") from None
    if told.state != "shown":
        raise CliError(told.message)
    print(f"{told.token}, {told.kind}: {told.known or 'not known here'}")
    return 0 if arguments.name is None else _changed(ask(path, CardsChanged, EnrolCard(name=arguments.name, hold=hold)))


def _changed(answer: CardsChanged) -> int:
    if answer.outcome != "done":
        raise (WrongUse if answer.outcome == "unknown" else CliError)(answer.message)
    print(answer.message)
    return 0


def _import(path: str, arguments: Namespace) -> int:
    """All that can be; why not, of the others."""
    text = _read(arguments.file)
    try:
        cards = tables.read_cards(text)
    except tables.BadTable as error:
        raise WrongUse(f"{arguments.file}: {error}") from error
    answers = [ask(path, CardsChanged, question, timeout_s=30.0) for question in parcels(cards)]
    refused = [reason for answer in answers for reason in answer.refused]
    for reason in refused:
        print(reason, file=sys.stderr)
    enrolled, renamed = (sum(getattr(answer, name) for answer in answers) for name in ("enrolled", "renamed"))
    print(f"{enrolled} enrolled, {renamed} named anew, {len(refused)} refused")
    return 1 if refused else 0


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise WrongUse(f"{name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise WrongUse(f"{name}: not UTF-8 ({error.reason}); save the table as CSV UTF-8") from error


def _export(path: str, arguments: Namespace) -> int:
    table = "".join(tables.cards(ask(path, ExportedCards, ExportCards()).cards))
    if arguments.file == "-":
        print(table, end="")
        return 0
    try:
        place = Path(arguments.file)
        place.touch(mode=0o600)
        place.write_text(table, encoding="utf-8", newline="")
    except OSError as error:
        raise CliError(f"{arguments.file}: {error.strerror}; name a file that this user may write") from error
    print(f"{table.count(chr(10)) - 1} cards written to {arguments.file}")
    return 0


RUN: Mapping[str, Callable[[str, Namespace], int]] = {
    "list": _list,
    "hold": _hold,
    "add": lambda path, asked: _changed(ask(path, CardsChanged, EnrolCard(name=asked.name or "", number=asked.number))),
    "rename": lambda path, asked: _changed(ask(path, CardsChanged, RenameCard(asked.id, asked.name))),
    "forget": lambda path, asked: _changed(ask(path, CardsChanged, ForgetCard(asked.id))),
    "import": _import,
    "export": _export,
}

"""``chargepoint transactions``: sessions that run, and those that were."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from datetime import datetime

import msgspec

from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.inquiry import tables
from chargepoint.inquiry.sessions import MOST, ListTransactions, TransactionLine, Transactions

HELP = """Sessions of this station, the newest first: when, how long, how much, who, why it ended, and whether the central system has been
told. The station keeps some 1,000. Times are local to where this runs. With --csv a table for a spreadsheet, with --json one object a line;
both have all sessions, unless --count says how many, and times in UTC."""

FEW = 20
COLUMNS = "{:>6} {:>4}  {:<16}  {:>8}  {:>10}  {:<14} {}"
TOLD = {"told": "", "waiting": "waits to be told", "given_up": "not told, see chargepoint messages", "": ""}


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--count", type=_count, default=None, metavar="N", help=f"so many of the newest ({FEW}; of a table all)")
    parser.add_argument("--before", type=_count, default=None, metavar="NUMBER", help="only those before this one")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="a table (RFC 4180)")
    form.add_argument("--json", action="store_true", help="for programs")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= len(text) <= 9 and int(text)):
        raise ArgumentTypeError(f"{text!r}: expected a whole number from 1 on")
    return int(text)


def run(arguments: Namespace) -> int:
    """0; a CliError when no station answers."""
    path = socket_of(arguments)
    of_all = arguments.csv or arguments.json
    lines = listed(path, arguments.before, arguments.count or (None if of_all else FEW))
    if arguments.csv:
        for row in tables.transactions(lines):
            print(row, end="")
    elif arguments.json:
        for line in lines:
            print(msgspec.json.encode(line).decode())
    else:
        print("\n".join(shown(list(lines))))
    return 0


def listed(path: str, before: int | None, count: int | None) -> Iterator[TransactionLine]:
    """Page by page, as many as there are, or ``count``."""
    left = count
    while left is None or left > 0:
        page = ask(path, Transactions, ListTransactions(before=before, count=MOST if left is None else min(left, MOST)))
        yield from page.lines
        before, left = page.before, None if left is None else left - len(page.lines)
        if before is None:
            return


def shown(lines: list[TransactionLine]) -> Iterator[str]:
    """For people."""
    if not lines:
        yield "no transactions"
        return
    yield COLUMNS.format("number", "EVSE", "started", "lasted", "energy", "who", "end")
    for line in lines:
        began = f"{datetime.fromisoformat(line.started).astimezone():%Y-%m-%d %H:%M}"
        energy, who = f"{line.energy_wh / 1000:.3f} kWh", (line.name or line.token)[:14]
        yield COLUMNS.format(line.number, line.evse, began, _time(line.duration_s), energy, who, _end(line)).rstrip()


def _end(line: TransactionLine) -> str:
    told, cost = TOLD[line.told], f"cost {line.cost}" if line.cost else ""
    return ", ".join(filter(None, (line.stop_reason if line.ended else "runs", cost, told)))


def _time(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"

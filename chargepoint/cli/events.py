"""``chargepoint events``: what happened at the station."""

import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from datetime import datetime
from typing import get_args

import msgspec

from chargepoint.cli import as_json
from chargepoint.cli.errors import CliError
from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.domain.history import LEVELS, Area
from chargepoint.inquiry.history import MOST, EventLine, Events, ListEvents

HELP = f"""What happened at the station, the newest last: cars that came and went, sessions, faults with their numbers (docs/errors.md),
the connection to the CSMS, starts of station, control and machine, what technicians did. The station keeps the newest 10,000 lines over
power cuts; this shows {MOST} at most. Times are local to where this runs. With --follow it goes on until Ctrl-C. With --json one object a
line."""

ASK_S = 1.0
MARKS = {"info": " ", "warning": "!", "error": "X"}


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--evse", type=int, metavar="N", help="of this EVSE only")
    parser.add_argument("--area", choices=get_args(Area), metavar="AREA", help=f"of one kind only: {', '.join(get_args(Area))}")
    parser.add_argument("--level", choices=tuple(LEVELS), default="info", help="only those at least as bad (info)")
    parser.add_argument("--count", type=_count, default=50, metavar="N", help="so many of the newest (50)")
    parser.add_argument("--follow", action="store_true", help="go on with what happens from now on")
    as_json.add_json(parser)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise ArgumentTypeError(f"{text!r}: expected a whole number from 1 to {MOST}")
    return int(text)


def run(arguments: Namespace) -> int:
    """0; a CliError when no station answers."""
    path = socket_of(arguments)
    line = None
    wanted = ListEvents(evse=arguments.evse, area=arguments.area, least=arguments.level, count=arguments.count)
    try:
        for line in _lines(path, wanted, arguments.follow):
            print(msgspec.json.encode(line).decode() if arguments.json else shown(line), flush=arguments.follow)
    except KeyboardInterrupt:
        print()
    if line is None and not arguments.follow:
        _nothing(path, arguments.evse)
    return 0


def _nothing(path: str, evse: int | None) -> None:
    """Why the list is empty. Raises a CliError where there is no such EVSE."""
    from chargepoint.cli.why import Document, chosen

    if evse is not None:
        chosen(ask(path, Document), evse)
    print("chargepoint: nothing of that kind has happened yet", file=sys.stderr)


def _lines(path: str, wanted: ListEvents, follow: bool) -> Iterator[EventLine]:
    events = ask(path, Events, wanted)
    yield from events.lines
    while follow:
        wanted = msgspec.structs.replace(wanted, after=events.after, count=MOST)
        if not events.lines:
            time.sleep(ASK_S)
        events = _patiently(path, wanted)
        yield from events.lines


def _patiently(path: str, wanted: ListEvents) -> Events:
    """As soon as a station answers again: its history goes on where it has ended."""
    said = ""
    while True:
        try:
            return ask(path, Events, wanted)
        except CliError as error:
            if not said:
                said = f"chargepoint: {error}"
                print(said, file=sys.stderr)
            time.sleep(ASK_S)


def shown(line: EventLine) -> str:
    """For people: time, how bad, where, what."""
    at = datetime.fromisoformat(line.at).astimezone()
    place = "station" if line.what.evse is None else f"EVSE {line.what.evse}"
    code = f"{line.what.code} " if line.what.code else ""
    again = f", and {line.more} times more until {datetime.fromisoformat(line.last).astimezone():%H:%M:%S}" if line.more else ""
    return f"{at:%Y-%m-%d %H:%M:%S} {MARKS[line.what.level]} {place:<8} {code}{line.what.text}{again}"

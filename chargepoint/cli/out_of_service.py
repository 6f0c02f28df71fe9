"""``chargepoint out-of-service``: what a technician takes out of service, and returns."""

import os
import pwd
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import datetime

from chargepoint.cli import as_json
from chargepoint.cli.errors import WrongUse
from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.inquiry.outage import ListOutages, Outage, Outages, ReturnToService, TakeOutOfService

HELP = """Takes the station, or one EVSE, out of service, and returns it. No command of a central system undoes it: to ChangeAvailability
Operative the station answers Rejected, and the status stays Unavailable. It survives power cuts and restarts. A session that runs goes on
until it ends by itself, unless it is to end at once. Charging by hand (chargepoint hardware exercise) remains possible. Without "on" or
"off" it shows what is out of service. Exit status 0: done; 1: the station does not answer; 2: no such EVSE."""

LONGEST = 200
"""The station keeps no more."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("switch", nargs="?", choices=("on", "off"), help="on: out of service; off: back in service; else show")
    parser.add_argument("--evse", type=int, metavar="N", help="this EVSE; else the whole station")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the next technician")
    parser.add_argument("--by", default=None, metavar="NAME", help="who does it (the user who runs this)")
    parser.add_argument("--at-once", action="store_true", help="end a running session; else it goes on until it ends")
    as_json.add_json(parser)


def run(arguments: Namespace) -> int:
    """0; a CliError when there is no such EVSE, or no station."""
    path = socket_of(arguments)
    by = user() if arguments.by is None else arguments.by
    question: TakeOutOfService | ReturnToService | ListOutages = ListOutages()
    if arguments.switch == "on":
        question = TakeOutOfService(evse=arguments.evse, reason=arguments.reason[:LONGEST], by=by[:LONGEST], at_once=arguments.at_once)
    elif arguments.switch == "off":
        question = ReturnToService(evse=arguments.evse, by=by[:LONGEST])
    answer = ask(path, Outages, question)
    if answer.outcome == "unknown":
        raise WrongUse(answer.message)
    print(as_json.text(answer) if arguments.json else "\n".join(shown(answer)))
    return 0


def user() -> str:
    """Who runs this, also behind sudo."""
    name = os.environ.get("SUDO_USER", "")
    try:
        return name or pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"


def shown(answer: Outages) -> Iterator[str]:
    """For people."""
    if answer.message:
        yield answer.message
        return
    if not answer.outages:
        yield "everything is in service, as far as technicians go"
    yield from map(_line, answer.outages)


def _line(outage: Outage) -> str:
    place = "the station" if outage.evse is None else f"EVSE {outage.evse}"
    by = f" by {outage.by}" if outage.by else ""
    runs = f"; a session goes on at EVSE {', '.join(map(str, outage.runs))}" if outage.runs else ""
    since = datetime.fromisoformat(outage.since).astimezone()
    return f"{place} is out of service since {since:%Y-%m-%d %H:%M}{by}: {outage.reason or 'no reason given'}{runs}"

"""``chargepoint hardware``: every signal of the hardware, live; and ``chargepoint hardware exercise``: move one output of it."""

import sys
import time
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from chargepoint.cli import exercise
from chargepoint.cli.boards import abilities
from chargepoint.cli.configuration import read
from chargepoint.cli.errors import CliError
from chargepoint.cli.inquiry import ask
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.cli.paths import sockets
from chargepoint.cli.signals import View, shown
from chargepoint.domain.configuration import Configuration
from chargepoint.inquiry.hardware import Shown, ShowSignals

HELP = """Shows every signal of each EVSE as its board and meter tell it now: pilot, proximity, contactor, lock, residual current monitor,
earth, emergency stop, temperature, meter with age. What an EVSE has not says so. Control and station have to run. With --watch until
Ctrl-C, twice a second.

"hardware exercise" moves one output for a few seconds, while nothing is plugged in and nothing is wrong, and says what was measured. The
contactor is never moved with nothing plugged in: "hardware exercise 1 charge" closes it for a car as a session does."""

EVERY_S = 0.5
SILENT = (
    "control does not run: its connection to the station stands, and it tells nothing of any EVSE; look at "
    "journalctl -u chargepoint-control, and start it anew"
)
TOP = "\x1b[H\x1b[J"
"""A terminal begins anew."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--watch", action="store_true", help="go on until Ctrl-C")
    parser.add_argument("--json", action="store_true", help="for programs: one line each time")
    deeds = parser.add_subparsers(dest="deed", metavar="[exercise]")
    own = deeds.add_parser("exercise", help="move one output", description=exercise.HELP)
    for name in ("--config", "--state-dir"):
        own.add_argument(name, type=Path, default=SUPPRESS, help=SUPPRESS)
    exercise.add_arguments(own)


def run(arguments: Namespace) -> int:
    """0; a CliError when no station answers, or control is not there."""
    configuration = read(arguments.config)
    path = sockets(configuration, arguments.state_dir).inquiry
    if arguments.deed is not None:
        return exercise.run(arguments, configuration, path)
    show = _json if arguments.json else _people
    print(show(configuration, _ask(path)), flush=True)
    try:
        while arguments.watch:
            time.sleep(EVERY_S)
            text = show(configuration, _ask(path))
            print(f"{TOP}{text}" if sys.stdout.isatty() and not arguments.json else text, flush=True)
    except KeyboardInterrupt:
        print()
    return 0


def _ask(path: str) -> Shown:
    answer = ask(path, Shown, ShowSignals(), timeout_s=5.0)
    if not answer.connected:
        raise CliError("control is not connected to the station; is the control process running, with the same --config and --state-dir?")
    if not answer.evses:
        raise CliError(SILENT)
    return answer


def views(configuration: Configuration, answer: Shown) -> Iterator[View]:
    """Each EVSE that control has told of."""
    told = {signals.evse: signals for signals in answer.evses}
    for part in configuration.evses:
        if part.id in told:
            yield View(told[part.id], part, abilities(configuration, part))


def _people(configuration: Configuration, answer: Shown) -> str:
    there = list(views(configuration, answer))
    missing = [str(part.id) for part in configuration.evses if part.id not in {view.part.id for view in there}]
    texts = [shown(view) for view in there]
    if missing:
        texts.append(f"EVSE {', '.join(missing)}: control tells nothing of it; was it started with another configuration?")
    return "\n\n".join(texts)


def _json(configuration: Configuration, answer: Shown) -> str:
    return msgspec.json.encode({"evses": [_entry(view) for view in views(configuration, answer)]}).decode()


def _entry(view: View) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(view.signals)
    del told["type"]
    return {**told, "board_age_s": view.board_age_s, "meter_age_s": view.meter_age_s}

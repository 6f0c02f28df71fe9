"""``chargepoint trial``: hardware of a configuration that is not saved yet, looked at while control is not there."""

import logging
import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import msgspec

from chargepoint.cli import configuration as configurations
from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.cli.options import add_state_dir, begin_log
from chargepoint.cli.paths import Sockets, sockets
from chargepoint.cli.trying import board, detected, meter, reader
from chargepoint.domain.configuration import Configuration
from chargepoint.inquiry.trial import LONGEST_S, MOST_BYTES, Sight, Try, What
from hal.errors import HalError

HELP = """Tries hardware of a configuration that is not saved yet, for the first-run pages: reads one line of JSON from standard input
(chargepoint.inquiry.trial.Try), opens the board, the meter or the reader that it names, or looks for what is connected, and tells what it
sees, one line of JSON each, for so many seconds. The pilot stays at +12 V and the contactor open. A port that control has open is
refused."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_state_dir(parser)


def run(arguments: Namespace) -> int:
    """0 when the time is over, or nobody reads any more."""
    begin_log(logging.ERROR)
    signal.signal(signal.SIGTERM, _leave)
    try:
        for sight in sights(sys.stdin.buffer.readline(MOST_BYTES), arguments.state_dir):
            sys.stdout.buffer.write(msgspec.json.encode(sight) + b"\n")
            sys.stdout.buffer.flush()
    except ConnectionError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads: what is left in the buffer may go nowhere
    return 0


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """Whatever is open is closed on the way."""
    raise SystemExit(0)


def sights(line: bytes, state_dir: Path) -> Iterator[Sight]:
    """Everything there is to tell."""
    try:
        asked = msgspec.json.decode(line, type=Try)
        if asked.what == "detect":
            yield from detected(_root(asked, state_dir))
        else:
            candidate = configurations.build(dict(asked.configuration), boards=True)
            yield from _look(asked, candidate, sockets(candidate, state_dir))
        yield Sight(state="over", text="the time is over")
    except msgspec.MsgspecError as error:
        yield Sight(state="failed", text=f"the question cannot be read ({error}); expected one line of JSON")
    except ConfigurationError as error:
        yield Sight(state="failed", text="; ".join(error.errors))
    except (HalError, CliError) as error:
        yield Sight(state="failed", text=str(error))


def _root(asked: Try, state_dir: Path) -> Path:
    """Where device files are. What is connected can be looked for while nothing else is known."""
    with suppress(ConfigurationError, HalError, CliError):
        return Path(sockets(configurations.build(dict(asked.configuration), boards=True), state_dir).root)
    return Path("/")


LOOKS: dict[What, Callable[[Configuration, int, Sockets, float], Iterator[Sight]]] = {
    "board": board,
    "meter": meter,
    "reader": reader,
}


def _look(asked: Try, candidate: Configuration, places: Sockets) -> Iterator[Sight]:
    there = len(candidate.readers or ()) or 1 if asked.what == "reader" else len(candidate.evses)
    if not 1 <= asked.number <= there:
        yield Sight(state="failed", text=f"{asked.what} {asked.number}: there is none; expected 1 to {there}")
        return
    yield from LOOKS[asked.what](candidate, asked.number, places, min(asked.seconds, LONGEST_S))

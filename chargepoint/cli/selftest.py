"""``chargepoint selftest``: what can be proved of the installation, step by step."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

from chargepoint.cli import as_json, commissioning, digest, rows
from chargepoint.cli.configuration import read
from chargepoint.cli.errors import WrongUse
from chargepoint.cli.live_line import LiveLine
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.cli.out_of_service import user
from chargepoint.cli.rows import Row
from chargepoint.commissioning.guide import With
from chargepoint.commissioning.guiding import Prompt, Switch
from chargepoint.commissioning.steps import WORDS, Outcome, Record, Step, counted, merged

HELP = """Tests the installation: of each EVSE board, pilot, residual current monitor, lock, contactor, meter, thermometer, indicator and
display; of the station configuration, clock, disk and each rung of the way to the CSMS. Nothing is moved where a car is plugged in, where
somebody may charge, or where a fault is active; the contactor never without a car or a test adapter. Control and station have to run. About
25 s for each EVSE.

--guided goes on with a test adapter (EN 61851), or with a car: it says what to do, watches the live signals and concludes by itself. Type s
and Enter to leave out a step, q to end. Exit status 0: nothing failed; 1: something has; 2: wrong usage."""

MARKS: dict[Outcome, str] = {"passed": "ok", "remark": "note", "failed": "FAIL", "impossible": "-", "by_hand": "hand"}
STYLES: dict[Outcome, str] = {"passed": "green", "remark": "yellow", "failed": "bold red", "impossible": "dim", "by_hand": "yellow"}
KEYS = "s and Enter: leave out a step. q and Enter: end."
NAME = 24
"""Characters of a title; a longer one is wrapped at a terminal."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--evse", type=int, metavar="N", help="this one only, without the station")
    parser.add_argument("--guided", choices=get_args(With), metavar="WITH", help="go on with an adapter, or with a car, at --evse N")
    parser.add_argument("--json", action="store_true", help="for programs, and for commissioning-report --selftest")


def run(arguments: Namespace) -> int:
    """0: nothing has failed; else 1."""
    configuration = read(arguments.config, boards=True)
    known = [part.id for part in configuration.evses]
    if arguments.evse is not None and arguments.evse not in known:
        raise WrongUse(f"--evse {arguments.evse}: unknown; there are {', '.join(map(str, known))}")
    if arguments.guided and arguments.evse is None and len(known) > 1:
        raise WrongUse(f"--guided: say at which EVSE; --evse {' or '.join(map(str, known))}")
    if arguments.guided and not sys.stdin.isatty() and arguments.json:
        raise WrongUse("--guided --json: nobody would read what is to be done; leave out one of them")
    show = (lambda step: None) if arguments.json else teller()
    found = asyncio.run(_tested(arguments, arguments.evse or known[0], show))
    record = Record(at=_now(), by=user(), configuration=digest.of(arguments.config), steps=found)
    if arguments.json:
        print(as_json.text(record))
    else:
        print(f"\n{summary(found)}")
    return 1 if any(step.outcome == "failed" for step in found) else 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


async def _tested(arguments: Namespace, evse: int, show: Callable[[Step], None]) -> tuple[Step, ...]:
    config, state_dir = arguments.config, arguments.state_dir
    found = await commissioning.collected(commissioning.steps(config, state_dir, arguments.evse), show)
    if not arguments.guided:
        return found
    return merged(found, await _guided(arguments, evse, show))


async def _guided(arguments: Namespace, evse: int, show: Callable[[Step], None]) -> tuple[Step, ...]:
    """What somebody types ends a step, or all of it."""
    switch, at, live = Switch(), [""], LiveLine()

    def typed() -> None:
        line = sys.stdin.readline()
        if line.strip().lower() in ("s", "skip"):
            switch.skip(at[0])
        elif line.strip().lower() in ("q", "quit") or not line:
            loop.remove_reader(sys.stdin)
            switch.stop()

    loop = asyncio.get_running_loop()
    if sys.stdin.isatty():
        loop.add_reader(sys.stdin, typed)
    kept = []
    try:
        print(f"\n{KEYS if sys.stdin.isatty() else ''}")
        async for told in commissioning.guided(arguments.config, arguments.state_dir, evse, arguments.guided, switch):
            if not isinstance(told, Prompt):
                live.clear()
                show(told)
                kept.append(told)
                continue
            if told.name != at[0]:
                live.clear()
                print(f"-> {told.ask}", flush=True)
            at[0] = told.name
            live.show(f"{told.left_s:6.0f} s  {told.live}")
    finally:
        live.clear()
        loop.remove_reader(sys.stdin)
    return tuple(kept)


def summary(found: tuple[Step, ...]) -> str:
    """In a sentence."""
    count = counted(found)
    said = ", ".join(f"{number} {WORDS[outcome]}" for outcome, number in count.items() if number)
    first = next((step for step in found if step.outcome == "failed"), None)
    if first is None:
        return f"{said}. Nothing has failed."
    return f"{said}. Begin with: {_place(first)}, {first.title}{f' [{first.code}]' if first.code else ''}."


def _place(step: Step) -> str:
    return "station" if step.evse is None else f"EVSE {step.evse}"


def teller() -> Callable[[Step], None]:
    """Shows each step as it comes."""
    tell = rows.teller(NAME)
    return lambda step: tell(row_of(step))


def row_of(step: Step) -> Row:
    """For people."""
    mark, style = MARKS[step.outcome], STYLES[step.outcome]
    return Row(heading=_place(step), mark=mark, style=style, name=step.title, text=step.text, code=step.code, remedy=step.remedy)

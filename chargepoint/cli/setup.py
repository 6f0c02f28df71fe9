"""``chargepoint setup``: a station is set up, or changed, in a terminal; or from a file of answers."""

import logging
import os
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.cli.options import add_config, add_state_dir, begin_log, command

if TYPE_CHECKING:
    from chargepoint.cli.setting_up.sitting import Sitting

HELP = """Sets a station up in a terminal, as the set-up pages do in a browser: the owner of the pages, identity and site, board, meter and
socket of each EVSE, card reader, CSMS, what drivers are told. Devices are looked for, and each is tried with live values before anything is
saved; the way to the CSMS is climbed rung by rung. Answers are kept as they are typed: whoever leaves (Ctrl-C) goes on later where he was.
In the end the configuration is written whole, and the station begins with it, or goes back to the one before. With a configuration that is
there already, its values are offered, and what is not asked for stays as it is.

With --answers everything is taken from a TOML file, for many stations, with the same checks and trials; docs/setup.md has an example."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--answers", metavar="FILE", help='answers of all steps, TOML; nobody is asked; "-": standard input')


UMASK = 0o027
"""As the pages have it. That of a terminal may be so strict that control and station could not read their configuration."""


def run(arguments: Namespace) -> int:
    """0: written, and the station runs with it; 1: not, for a reason that is told; 2: a file of answers that cannot be read."""
    before = os.umask(UMASK)
    try:
        return _run(arguments)
    finally:
        os.umask(before)


def _run(arguments: Namespace) -> int:
    from chargepoint.cli.setting_up.screen import Leave

    begin_log(logging.CRITICAL)  # whatever is to be known is said
    if arguments.answers is not None:
        from chargepoint.cli.setting_up.unattended import install

        return install(arguments)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigurationError(("standard input and output are no terminal; use --answers FILE, or ssh -t",), "setup")
    try:
        return _sit(arguments)
    except (KeyboardInterrupt, Leave):
        print(f"\n\nNothing was written. What was answered is kept; to go on:\n  {_again(arguments)}", flush=True)
        return 1


def _again(arguments: Namespace) -> str:
    return command("setup", arguments.config, arguments.state_dir)


def _sit(arguments: Namespace) -> int:
    from chargepoint.cli.setting_up import account, ending, walk
    from chargepoint.cli.setting_up.screen import Screen
    from chargepoint.cli.setting_up.sitting import Sitting
    from chargepoint.cli.wizard import wizard_ports

    ports = wizard_ports(arguments.config, arguments.state_dir, apart=True)
    sitting = Sitting(arguments.config, arguments.state_dir, ports, Screen())
    _greet(sitting)
    account.ask(sitting)
    walk.walk(sitting)
    if not ending.end(sitting):
        raise CliError(f"setup: it did not come up; the answers are kept: {_again(arguments)}")
    sitting.screen.heading("The station runs")
    sitting.screen.pairs(ending.next_steps(sitting))
    return 0


def _greet(sitting: "Sitting") -> None:
    from chargepoint.cli.setting_up.screen import KEYS

    screen = sitting.screen
    screen.heading("Set up this charging station")
    screen.pairs(KEYS)
    if sitting.before:
        screen.say(f"{sitting.config} is there: its values are offered, and what is not asked for stays as it is.", indent=2)
    if sitting.taken_up:
        screen.say("Going on with the answers that were given before.", indent=2)

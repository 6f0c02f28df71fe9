"""The program ``chargepoint``: one table of verbs. Only the module of the verb that is asked for is imported.

A verb's module offers ``HELP``, ``add_arguments(parser)`` and ``run(arguments) -> exit status``. Exit status: 0 done, 1 failed at work,
2 wrong usage or configuration.
"""

import codecs
import errno
import os
import sys
from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Any, NoReturn

from chargepoint.cli.errors import CliError
from hal.errors import DriverError, HalError

VERBS = {
    "demo": ("chargepoint.cli.demo", "everything on one PC: no hardware, no configuration"),
    "bench": ("chargepoint.cli.bench", "simulated world, control and station from a configuration file"),
    "control": ("chargepoint.cli.control", "the control process: scans board and meter, commands the contactor"),
    "station": ("chargepoint.cli.station", "the station process: OCPP, store, authorisation"),
    "web": ("chargepoint.cli.web", "the pages for technicians and drivers"),
    "updater": ("chargepoint.cli.updater", "installs signed updates when nobody charges, and takes back bad ones"),
    "csms": ("chargepoint.cli.csms", "the bench CSMS alone"),
    "check-config": ("chargepoint.cli.check_config", "validate a configuration file and exit"),
    "setup": ("chargepoint.cli.setup", "set a station up in a terminal, or from a file of answers"),
    "status": ("chargepoint.cli.status", "how the station is, now"),
    "why": ("chargepoint.cli.why", "why is it not charging?"),
    "events": ("chargepoint.cli.events", "what happened at the station"),
    "update": ("chargepoint.cli.update", "new software from a file, an address or a USB stick; and back again"),
    "versions": ("chargepoint.cli.versions", "the version of every part, and how long it is supported"),
    "doctor": ("chargepoint.cli.doctor", "what is wrong, from the configuration to the CSMS, and what to do"),
    "support-bundle": ("chargepoint.cli.support_bundle", "one file for the maker, without anything secret"),
    "detect": ("chargepoint.cli.detect", "what is connected: ports, buses, boards, meters, readers"),
    "trial": ("chargepoint.cli.trial", "try hardware of a configuration that is not saved yet, for the pages"),
    "hardware": ("chargepoint.cli.inspect", "every signal of the hardware, live; move one output of it"),
    "selftest": ("chargepoint.cli.selftest", "test the installation step by step, alone or with an adapter or a car"),
    "commissioning-report": ("chargepoint.cli.commissioning_report", "self-test, measurements, configuration: one report, PDF or HTML"),
    "backup": ("chargepoint.cli.backup", "configuration, cards, lists and variables in one file"),
    "restore": ("chargepoint.cli.restore", "a backup takes the place of what is here"),
    "factory-reset": ("chargepoint.cli.factory_reset", "everything that was typed in or recorded here goes"),
    "out-of-service": ("chargepoint.cli.out_of_service", "take the station or an EVSE out of service, where no CSMS reaches it"),
    "external-limit": ("chargepoint.cli.external_limit", "what an energy manager or a grid operator lets the station draw"),
    "clear-fault": ("chargepoint.cli.clear_fault", "a technician has dealt with a latched fault"),
    "password": ("chargepoint.cli.password", "who may come in at the pages: passwords, set-up code"),
    "cards": ("chargepoint.cli.cards", "the station's own cards: enrol, list, forget"),
    "transactions": ("chargepoint.cli.transactions", "sessions of this station, for people and spreadsheets"),
    "variables": ("chargepoint.cli.variables", "configuration keys and variables of OCPP: search, set"),
    "frames": ("chargepoint.cli.frames", "what is said between station and CSMS, frame by frame"),
    "signs": ("chargepoint.cli.signs", "stickers with QR codes and instruction sheets, to be printed"),
    "messages": ("chargepoint.cli.messages", "messages that the CSMS did not take: show them, send them again"),
}
"""Name, module, one line for ``--help``."""

STDOUT = 1
OURS = ("chargepoint", "hal", "simulators")


class _Version(Action):
    """``--version``: looked up only when asked for."""

    def __call__(self, parser: ArgumentParser, *_: Any) -> NoReturn:
        from importlib.metadata import version

        print(f"chargepoint {version('chargepoint')}")
        parser.exit()


def parser_of(verb: str | None) -> ArgumentParser:
    """All verbs in one line each, and everything about this one; its module is imported."""
    parser = ArgumentParser(prog="chargepoint", description="A charge-point controller: IEC 61851 control and OCPP.")
    parser.add_argument("--version", action=_Version, nargs=0, dest=SUPPRESS, help="show the version and exit")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", title="verbs (chargepoint VERB --help tells more)")
    for name, (place, line) in VERBS.items():
        own = verbs.add_parser(name, help=line)
        if name == verb:
            module = import_module(place)
            own.description = module.HELP
            own.set_defaults(run=module.run)
            module.add_arguments(own)
    return parser


def _perform(argv: Sequence[str]) -> int:
    verb = argv[0] if argv and argv[0] in VERBS else None
    parser = parser_of(verb)
    if verb is None and argv and not argv[0].startswith("-"):
        parser.error(_unknown(argv[0]))
    arguments: Namespace = parser.parse_args(argv)
    status: int = arguments.run(arguments)
    return status


def _unknown(verb: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(verb, VERBS, n=3)
    return f"{verb!r}: no such verb; " + (f"did you mean {' or '.join(near)}?" if near else "chargepoint --help names all")


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command line; the exit status. argparse ends the process itself on wrong usage (2) and ``--help`` (0)."""
    argv = sys.argv[1:] if argv is None else argv
    _write_anything()
    try:
        try:
            return _perform(argv)
        finally:
            sys.stdout.flush()  # while errors can still be told
    except CliError as error:
        return _fail(str(error), error.status)
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            print(file=sys.stderr)  # what was being asked or shown stands on its own line
        return _fail("interrupted", 1)
    except OSError as error:
        return _unwritten(error)
    except HalError as error:
        return _fail(str(error), 2 if isinstance(error, DriverError) else 1)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in OURS:
            raise
        return _fail(f"{argv[0]} needs the package {error.name}, which is missing; install chargepoint again", 1)


def _write_anything() -> None:
    """No character ends a verb: a terminal shows ``?`` for those that it does not have, and degrees as C alone; whatever else reads, reads
    UTF-8."""
    if sys.stdout is None:  # closed by whoever started this
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors != PLAIN:
        sys.stdout.reconfigure(encoding=None if sys.stdout.isatty() else "utf-8", errors=PLAIN)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join("" if each == "°" else "?" for each in error.object[error.start : error.end]), error.end


PLAIN = "chargepoint.plain"
codecs.register_error(PLAIN, _plain)


def _unwritten(error: OSError) -> int:
    """What standard output did not take. Raises any other error."""
    unread = isinstance(error, BrokenPipeError) and _nobody_reads()
    if not unread and not (error.errno == errno.ENOSPC and _full()):
        raise error
    os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)  # what is left in the buffer must not complain either
    return 0 if unread else _fail("standard output: no space left; write it to another disk, or look with chargepoint doctor", 1)


def _full() -> bool:
    """Is it standard output that takes no more, and not another file?"""
    try:
        return not os.write(STDOUT, b"\n")
    except OSError:
        return True


def _nobody_reads() -> bool:
    """Has whoever read what is printed had enough, such as ``head``?"""
    from select import POLLERR, POLLHUP, poll

    seen = poll()
    seen.register(STDOUT, 0)
    return any(what & (POLLERR | POLLHUP) for _, what in seen.poll(0))


def _fail(message: str, status: int) -> int:
    print(f"chargepoint: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())

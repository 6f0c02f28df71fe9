"""``chargepoint clear-fault``: a technician says that a latched fault has been dealt with."""

from argparse import ArgumentParser, Namespace

from chargepoint.cli.errors import CliError, WrongUse
from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.inquiry.faults import Answer, ClearFault

HELP = """Clears a latched fault of an EVSE, such as the lock-out after a welded contactor, once its cause has been removed: control looks
first whether it has. Run it at the station; no command of a central system clears such a fault. "chargepoint status" shows which faults
are active. Exit status 0: cleared; 1: not cleared, with the reason; 2: no such EVSE, or no such fault is active."""

TIMEOUT_S = 8.0
"""The station waits 5 s for control."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--evse", type=int, required=True, metavar="N", help="the EVSE, by its number in the configuration")
    parser.add_argument("name", metavar="NAME", help="the fault or its number, CP-301, as chargepoint status shows it")


def run(arguments: Namespace) -> int:
    """0; a CliError when it was not cleared."""
    path = socket_of(arguments)
    answer = ask(path, Answer, ClearFault(arguments.evse, arguments.name), TIMEOUT_S)
    if answer.outcome != "cleared":
        raise (WrongUse if answer.outcome == "unknown" else CliError)(answer.message)
    print(answer.message)
    return 0

"""``chargepoint variables``: configuration keys and variables, searched and set."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from getpass import getpass
from textwrap import wrap

import msgspec

from chargepoint.cli import as_json
from chargepoint.cli.errors import CliError, WrongUse
from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.inquiry.variables import ChangeVariable, ListVariables, VariableChanged, VariableLine, Variables

HELP = """Shows what the central system can ask and change: variables of OCPP 2.x with their values, bounds and 1.6 names. Words search in
names and values; all of them have to be there. With --set NAME=VALUE one is changed as the central system would change it, with the same
checks and effects, and it lasts as long; NAME[INSTANCE] and NAME,INSTANCE are the same. With --set NAME the value is asked for, or read
from standard input: use it for passwords. Exit status 0: done; 1: refused, or the station does not answer; 2: no such variable."""

INDENT = "    "
WIDTH = 76


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("search", nargs="*", metavar="WORD", help="in names and values")
    parser.add_argument("--set", metavar="NAME[=VALUE]", help="change one; NAME as it is shown, or its 1.6 name")
    as_json.add_json(parser)


def run(arguments: Namespace) -> int:
    """0; a CliError when it was refused, or there is no such variable."""
    path = socket_of(arguments)
    if arguments.set is not None:
        if arguments.search:
            raise WrongUse(f"--set and {' '.join(arguments.search)!r}: search or set, not both; quote a value that has spaces")
        return _set(path, arguments.set, arguments.json)
    found = ask(path, Variables, ListVariables(search=" ".join(arguments.search)))
    print(_written(found) if arguments.json else "\n".join(shown(found)))
    return 0 if found.lines else WrongUse.status


def _set(path: str, wish: str, as_json: bool) -> int:
    name, there, value = wish.partition("=")
    if not there:
        value = getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    answer = ask(path, VariableChanged, ChangeVariable(name, value), timeout_s=10.0)
    if answer.outcome in ("unknown", "refused"):
        raise (WrongUse if answer.outcome == "unknown" else CliError)(answer.message)
    print(_written(answer) if as_json else answer.message)
    return 0


def _written(answer: msgspec.Struct) -> str:
    return as_json.text(answer)


def shown(found: Variables) -> Iterator[str]:
    """For people."""
    for line in found.lines:
        yield from _lines(line)
    if not found.lines:
        like = f"; like it are {', '.join(found.near)}" if found.near else ""
        yield f"nothing found{like}"
    elif found.total > 1:
        yield f"{found.total} variables"


def _lines(line: VariableLine) -> Iterator[str]:
    value = "(cannot be read)" if line.value is None else f"{line.value} {line.unit or ''}".rstrip() or "(empty)"
    yield f"{line.name} = {value}"
    key = f"1.6 {line.key_16}" if line.key_16 and line.key_16 != line.name else ""
    yield INDENT + ", ".join(filter(None, (key, _access(line), _bounds(line), "takes effect at the next start" if line.reboot else "")))
    if line.values:
        yield from wrap(
            f"{'one' if line.type == 'OptionList' else 'any'} of {' '.join(line.values)}",
            WIDTH,
            initial_indent=INDENT,
            subsequent_indent=2 * INDENT,
        )


def _access(line: VariableLine) -> str:
    words = {"ReadOnly": "read only", "WriteOnly": "write only"}.get(line.access, "")
    return f"{words}, but for 1.6" if line.writable_16 else words


def _bounds(line: VariableLine) -> str:
    least, most = line.minimum, line.maximum
    kind = line.type
    if (kind == "string" or kind.endswith("List")) and most is not None:
        return f"{kind}, at most {most:g} characters"
    if least is not None and most is not None:
        return f"{kind} from {least:.15g} to {most:.15g}"
    if least is not None:
        return f"{kind} from {least:.15g}"
    return kind if most is None else f"{kind} up to {most:.15g}"

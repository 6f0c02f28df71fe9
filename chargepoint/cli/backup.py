"""``chargepoint backup``: configuration, cards, lists and variables in one file."""

import asyncio
import getpass
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from chargepoint.cli.errors import CliError
from chargepoint.cli.keeping.taking import SHORTEST, take
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.cli.out_of_service import user
from chargepoint.cli.paths import inquiry
from chargepoint.pki import files
from chargepoint.web.keeping import BackupError

HELP = f"""Writes one file with the configuration, what the CSMS and technicians have changed (keys and variables), the station's own
cards, the local list and the certificates. Private keys and passwords only with --secrets, and then sealed with a passphrase of {SHORTEST}
characters or more that is asked for (or read from standard input). Transactions and messages on their way are never in it: restored on
another board they would be billed twice; "chargepoint transactions --csv" writes them as a table. Charging profiles are not either: the
CSMS sets them again. The station has to run. Whoever has the file has the numbers of the cards."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--out", metavar="FILE", help="where to; a directory: under a name of its own there (here)")
    parser.add_argument("--secrets", action="store_true", help="with private keys and passwords, sealed with a passphrase")


def run(arguments: Namespace) -> int:
    """0, or a CliError."""
    passphrase = asked("Passphrase for this backup: ", again=True) if arguments.secrets else ""
    try:
        name, data, left_out = asyncio.run(
            take(arguments.config, inquiry(arguments.state_dir), passphrase, user(), datetime.now(UTC)),
        )
        place = Path(arguments.out or ".")
        place = place / name if place.is_dir() else place
        files.replace(place, data, files.PRIVATE)
    except BackupError as error:
        raise CliError(f"backup: {error}") from error
    except OSError as error:
        raise CliError(f"backup: {error.filename or arguments.out}: {error.strerror}; name a file that this user may write") from error
    for each in left_out:
        print(f"chargepoint: left out: {each}", file=sys.stderr)
    kept = "with keys and passwords, sealed" if passphrase else "without keys and passwords"
    print(f"{place}: {len(data)} bytes, {kept}. It has the numbers of the cards: keep it where nobody finds it.")
    return 0


def asked(question: str, *, again: bool = False) -> str:
    """A passphrase. Raises CliError."""
    if sys.stdin is None or not sys.stdin.isatty():
        said = typed()
    else:
        said = getpass.getpass(question)
        if again and said != getpass.getpass("The same once more: "):
            raise CliError("the two are not the same; nothing was done")
    if not said:
        raise CliError("no passphrase was typed; nothing was done")
    return said


def typed() -> str:
    """The next line from standard input; of one that is closed nothing."""
    return "" if sys.stdin is None else sys.stdin.readline(1_000).rstrip("\r\n")

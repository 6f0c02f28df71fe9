"""``chargepoint restore``: a backup takes the place of what is here."""

import asyncio
import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from chargepoint.cli.applying import Place
from chargepoint.cli.backup import asked, typed
from chargepoint.cli.errors import CliError
from chargepoint.cli.keeping import changing, factory
from chargepoint.cli.keeping.backup_file import read
from chargepoint.cli.keeping.following import follow
from chargepoint.cli.keeping.looking import look
from chargepoint.cli.options import add_config, add_state_dir, begin_log, part_of
from chargepoint.cli.out_of_service import user
from chargepoint.cli.paths import inquiry
from chargepoint.web.keeping import MOST_BYTES, BackupError, Looked
from chargepoint.web.wizard.ports import Progress

HELP = """Reads a backup whole, says what of it fits here and what does not, asks, and puts it in place: first the configuration, as the
pages do (when nobody charges; what does not come up is taken back), then cards, local list, variables and certificates, in the place of
what is here. Nothing is changed where the configuration does not fit. While it waits for a car, Ctrl-C calls it off. With --check it only
looks. Exit status 0: done, or it fits; 1: it does not, or it failed; 2: no such file, or no backup."""


class NoBackup(CliError):
    """It is not there, or is no backup."""

    status = 2


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="as chargepoint backup wrote it")
    parser.add_argument("--secrets", action="store_true", help="open keys and passwords, with the passphrase of the backup")
    parser.add_argument("--check", action="store_true", help="only look")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(arguments: Namespace) -> int:
    """0, or a CliError."""
    begin_log(logging.CRITICAL)  # whatever is to be known is said
    data = _data(arguments.file)
    try:
        read(data)
        passphrase = asked("Passphrase of this backup: ") if arguments.secrets else ""
        looked = asyncio.run(look(data, passphrase, arguments.config))
    except BackupError as error:
        raise NoBackup(f"{arguments.file}: {error}") from error
    print("\n".join(shown(looked)))
    if looked.refused:
        raise CliError(f"{arguments.file}: the configuration in it does not fit here, so nothing was changed")
    if arguments.check:
        return 0
    folder, place = part_of(arguments.state_dir, "web"), Place(arguments.config, inquiry(arguments.state_dir))
    if wrong := factory.removable(place, folder):
        raise CliError(f"restore: {wrong.replace('factory-reset', 'restore FILE')}")
    if not arguments.yes and not _agreed():
        raise CliError("nothing was changed")
    return asyncio.run(_follow(place, folder, looked))


def _data(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise NoBackup(f"{file}: {error.strerror}") from error


def shown(looked: Looked) -> Iterator[str]:
    """For people."""
    yield f"backup of {looked.station}, made {looked.made}, release {looked.release}"
    if looked.sealed and not looked.opened:
        yield "  keys and passwords are in it, sealed: --secrets opens them"
    for section, text in looked.contents:
        yield f"  {section}: {text}"
    for section, text in looked.problems:
        yield f"  does not fit: {section}: {text}"
    for text in looked.refused:
        yield f"  wrong: {text}"


def _agreed() -> bool:
    print("All of this takes the place of what is here. Type yes to go on: ", end="", flush=True)
    return typed().strip().lower() == "yes"


async def _follow(place: Place, folder: Path, looked: Looked) -> int:
    """0: it ended well."""
    off = asyncio.Event()
    last = await follow(changing.restore(place, folder, looked, user(), off=off), off.set, _tell)
    return 0 if last is not None and last.state == "up" else 1


def _tell(progress: Progress) -> None:
    print(progress.text, flush=True)

"""What several verbs have in common: their options, and where their log goes."""

import logging
import os
import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path

from chargepoint.cli.errors import CliError
from chargepoint.cli.paths import INSTALLED, INSTALLED_STATE

FORMAT = "%(asctime)s.%(msecs)03d %(levelname)s %(name)s %(message)s"
JOURNAL_LEVELS = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (0, 7))


def add_config(parser: ArgumentParser) -> None:
    """``--config FILE``"""
    parser.add_argument("--config", type=Path, metavar="FILE", default=INSTALLED, help=f"TOML, or JSON named .json ({INSTALLED})")


def add_state_dir(parser: ArgumentParser) -> None:
    """``--state-dir DIR``"""
    parser.add_argument(
        "--state-dir",
        type=Path,
        metavar="DIR",
        default=INSTALLED_STATE,
        help=f"what must survive a power cut; empty: a factory-new station ({INSTALLED_STATE})",
    )


def command(verb: str, config: Path, state_dir: Path) -> str:
    """``chargepoint VERB``, as it is typed for this station. The verb has both options."""
    own = {"--config": (config, INSTALLED), "--state-dir": (state_dir, INSTALLED_STATE)}
    told = [word for option, (path, usual) in own.items() if path != usual for word in (option, str(path))]
    return " ".join(["chargepoint", verb, *map(shlex.quote, told)])


def part_of(state_dir: Path, name: str) -> Path:
    """The part of the state directory that belongs to one process; it is there afterwards. Raises CliError.

    Only its user may look into it: a password has to be kept in clear text (OCPP 2.0.1 A01.FR.10).
    """
    folder = state_dir / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CliError(f"--state-dir {state_dir}: {error.strerror}; name a directory that this user may write to") from error
    return folder


class ForJournal(logging.Formatter):
    """A line for journald, which knows the time, and takes the level from a number in front (sd-daemon(3))."""

    def __init__(self) -> None:
        super().__init__("%(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Every line of a traceback has the level of its first."""
        level = next(number for least, number in JOURNAL_LEVELS if record.levelno >= least)
        return "\n".join(f"<{level}>{line}" for line in super().format(record).splitlines())


def _to_journal(environment: Mapping[str, str]) -> bool:
    """Is standard error a stream of journald's?"""
    try:
        here = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return environment.get("JOURNAL_STREAM") == f"{here.st_dev}:{here.st_ino}"


def begin_log(level: int = logging.INFO, handler: logging.Handler | None = None) -> None:
    """One event, one line, on standard error or to ``handler``."""
    logging.basicConfig(
        handlers=[handler or logging.StreamHandler(sys.stderr)],
        level=level,
        format=FORMAT,
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    if _to_journal(os.environ):
        for each in logging.getLogger().handlers:
            each.setFormatter(ForJournal())
    logging.getLogger("websockets").setLevel(logging.WARNING)
    logging.getLogger("transitions").setLevel(logging.WARNING)

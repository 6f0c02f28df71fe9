"""What several verbs have in common: their options, and where their log goes."""

import logging
import sys
from argparse import ArgumentParser
from pathlib import Path

from chargepoint.cli.errors import CliError
from chargepoint.cli.paths import INSTALLED

INSTALLED_STATE = Path("/var/lib/chargepoint")


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


def part_of(state_dir: Path, name: str) -> Path:
    """The part of the state directory that belongs to one process; it is there afterwards. Raises CliError."""
    folder = state_dir / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CliError(f"--state-dir {state_dir}: {error.strerror}; name a directory that this user may write to") from error
    return folder


def begin_log(level: int = logging.INFO, handler: logging.Handler | None = None) -> None:
    """One event, one line, on standard error or to ``handler``."""
    logging.basicConfig(
        handlers=[handler or logging.StreamHandler(sys.stderr)],
        level=level,
        format="%(asctime)s.%(msecs)03d %(levelname)s %(name)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    logging.getLogger("websockets").setLevel(logging.WARNING)
    logging.getLogger("transitions").setLevel(logging.WARNING)

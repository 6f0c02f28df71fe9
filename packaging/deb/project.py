"""What is packaged: this tree, its version, and the moment that everything in the package is dated with."""

import os
import re
import subprocess
import tomllib
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parents[2]
CHANGELOG = ROOT / "packaging" / "changelog"
EXTRAS = ("serial", "modbus", "raspberry-pi")
"""What every station gets, whatever its hardware will be."""


class BuildError(Exception):
    """The package cannot be built. Message: what is wrong, and what to do."""


class Project(Struct, frozen=True):
    """One state of the tree."""

    name: str
    version: str
    """As Python has it."""
    summary: str
    requirements: tuple[str, ...]
    """Of the program and of the extras that every station gets."""
    epoch_s: int
    """SOURCE_DATE_EPOCH: seconds since 1970."""

    @property
    def debian_version(self) -> str:
        """The same in Debian's order: what comes before a release sorts before it."""
        return re.sub(r"\.?(a|b|rc|dev)(\d+)", r"~\1\2", self.version)


def project(version: str | None = None) -> Project:
    """This tree; ``version``: instead of its own. Raises BuildError."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    chosen = version or table["version"]
    if not re.fullmatch(r"\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?", chosen):
        raise BuildError(f"version {chosen!r}: expected one like 1.2.3, 1.2.3rc1 or 1.2.3.dev4")
    extras = [each for extra in EXTRAS for each in table["optional-dependencies"][extra]]
    return Project(table["name"], chosen, table["description"], (*table["dependencies"], *extras), _epoch_s())


def _epoch_s() -> int:
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if told is not None:
        return int(told)
    date = re.search(r"^ -- .*>  (.*)$", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    if date is None:
        raise BuildError(f"{CHANGELOG}: its first entry has no line with a date (' -- NAME <ADDRESS>  DATE')")
    return int(parsedate_to_datetime(date[1]).timestamp())


def run(command: Sequence[str | Path], what: str, **environment: str) -> str:
    """Output of a program. Raises BuildError with what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    if done.returncode:
        raise BuildError(f"{what} failed:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout

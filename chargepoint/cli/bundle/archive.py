"""The file: every part masked once more as it is written, bounded, and a README that says what is in it."""

import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from chargepoint.cli.bundle.masking import Masker
from chargepoint.cli.bundle.parts import PARTS, Missing, Part
from chargepoint.cli.checks.scene import Scene
from chargepoint.cli.configuration import tree_of
from chargepoint.cli.errors import CliError, ConfigurationError

MOST_BYTES = 3 << 20
"""Of one part before compression; of a longer one the end is kept. In all some 40 MB at most, a tenth of that when packed."""
CUT = "... the beginning was left out: {} bytes in all\n"
README = """Support bundle of a charging station, made {at} UTC with chargepoint support-bundle.

It is meant to be sent to the maker, and may be: passwords, keys and whatever else opens anything are masked ({mask}), of cards at most the
last four characters are shown. What it does tell: the station's name, addresses of its network and of the CSMS, times and energy of
sessions. Look into it first if you like: all of it is plain text.

{contents}
"""


def masker_of(config: Path) -> Masker:
    """With what the configuration has that is secret, in whatever state the file is."""
    try:
        return Masker(tree_of(config))
    except ConfigurationError:
        try:
            return Masker(text=config.read_text("utf-8", "replace"))
        except OSError:
            return Masker()


def collected(scene: Scene, masker: Masker, parts: tuple[Part, ...] = PARTS) -> Iterator[tuple[Part, str | None, str]]:
    """Each part with its text; or without, and why."""
    for part in parts:
        try:
            text = bounded(masker.text(part.make(scene, masker)))
        except (Missing, CliError, OSError) as error:
            yield part, None, masker.text(str(error))
        else:
            yield part, text, ""


def bounded(text: str) -> str:
    """Its end, where it is too long."""
    data = text.encode("utf-8", "replace")
    if len(data) <= MOST_BYTES:
        return text
    return CUT.format(len(data)) + data[-MOST_BYTES:].decode("utf-8", "ignore")


def readme(made: list[tuple[Part, str | None, str]], at: datetime) -> str:
    """What is in it, and what is not."""
    wide = max(len(part.name) for part, _, _ in made)
    contents = [f"  {part.name:<{wide}}  {part.title}" for part, text, _ in made if text is not None]
    missing = [f"  {part.name:<{wide}}  {reason}" for part, text, reason in made if text is None]
    told = "What is in it:\n\n" + "\n".join(contents) + ("\n\nWhat is not, and why:\n\n" + "\n".join(missing) if missing else "")
    return README.format(at=f"{at:%Y-%m-%d %H:%M:%S}", mask="***", contents=told)


def pack(into: BinaryIO, folder: str, made: list[tuple[Part, str | None, str]], at: datetime) -> None:
    """A gzipped tar with everything beneath one folder."""
    with tarfile.open(fileobj=into, mode="w:gz") as archive:
        _add(archive, f"{folder}/README.txt", readme(made, at), at)
        for part, text, _ in made:
            if text is not None:
                _add(archive, f"{folder}/{part.name}", text if text.endswith("\n") else f"{text}\n", at)


def _add(archive: tarfile.TarFile, name: str, text: str, at: datetime) -> None:
    data = text.encode("utf-8", "replace")
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(data), int(max(0.0, at.timestamp())), 0o644
    archive.addfile(member, io.BytesIO(data))


def write(path: Path, folder: str, made: list[tuple[Part, str | None, str]], at: datetime) -> int:
    """The file, whole or not at all, for its owner alone; its size in bytes. Raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            pack(file, folder, made, at)
            file.flush()
            os.fsync(file.fileno())
        size = beside.stat().st_size
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    return size

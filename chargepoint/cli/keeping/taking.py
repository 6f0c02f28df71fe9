"""A backup is made: the configuration file as it is, and what the station gives."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from chargepoint.cli import configuration as configurations
from chargepoint.cli.errors import CliError
from chargepoint.cli.keeping import backup_file
from chargepoint.cli.keeping.backup_file import Backup, SealedParts
from chargepoint.inquiry.client import InquiryError, inquire
from chargepoint.inquiry.keeping import TakeBackup, Taken
from chargepoint.pki.sealed import Done, Sealed, Wish, carried_out
from chargepoint.web.editing import secrets
from chargepoint.web.keeping import BackupError

PATIENCE_S = 60.0
SHORTEST = 12


async def take(config: Path, inquiry: str, passphrase: str, by: str, now: datetime) -> tuple[str, bytes, tuple[str, ...]]:
    """Name of the file, the file, what was left out. ``passphrase``: empty: without secrets. Raises BackupError."""
    if passphrase and len(passphrase) < SHORTEST:
        raise BackupError(f"the passphrase has {len(passphrase)} characters; expected {SHORTEST} or more: some words are easy to type")
    text, tree = _configuration(config)
    name, made = _identity(tree), now.astimezone(UTC).isoformat(timespec="seconds")
    bound = backup_file.bound(name, made)
    try:
        taken = await inquire(inquiry, Taken, TakeBackup(passphrase=passphrase, bound=bound, by=by), PATIENCE_S)
    except InquiryError as error:
        raise BackupError(f"no backup without the station: {error}") from error
    if taken.refused:
        raise BackupError(f"keys and passwords: {taken.refused}")
    backup = Backup(
        station=name,
        made=made,
        release=release(),
        json=config.suffix == ".json",
        configuration=secrets.without(_plain_tree(tree)),
        parts=taken.parts,
        sealed=await _sealed(text, taken.sealed, passphrase, bound) if passphrase else None,
    )
    return f"{_plain(name)}-{now.astimezone(UTC):%Y%m%d-%H%M}.cpbackup.json", backup_file.written(backup), taken.left_out


def _configuration(config: Path) -> tuple[str, Any]:
    """The file, and what it means. Raises BackupError."""
    try:
        text = config.read_bytes().decode("utf-8-sig")
        if len(text) > backup_file.LARGEST:
            raise BackupError(f"{config}: {len(text)} characters; {backup_file.LARGEST} are taken at most: remove remarks, or cards")
        return text, configurations.parsed(text, config)
    except FileNotFoundError:
        raise BackupError(f"{config}: there is no configuration yet, so there is nothing to keep") from None
    except (OSError, UnicodeDecodeError, CliError) as error:
        raise BackupError(f"{config}: {error}") from error


async def _sealed(text: str, station: str, passphrase: str, bound: str) -> SealedParts:
    try:
        made: Done = await carried_out(Wish(passphrase=passphrase, bound=bound, text=text))
    except OSError as error:
        raise BackupError(str(error)) from error
    if made.sealed is None:
        raise BackupError(made.wrong)
    return SealedParts(configuration=made.sealed, station=msgspec.json.decode(station, type=Sealed) if station else None)


def _plain_tree(tree: Any) -> dict[str, Any]:
    """As JSON can hold it. Raises BackupError."""
    if not isinstance(tree, dict):
        raise BackupError("the configuration is no table; mend it first: chargepoint check-config")
    plain: dict[str, Any] = msgspec.to_builtins(tree, str_keys=True)
    return plain


def _identity(tree: object) -> str:
    station = tree.get("station") if isinstance(tree, dict) else None
    name = station.get("id") if isinstance(station, dict) else None
    return name if isinstance(name, str) else "station"


def _plain(name: str) -> str:
    """As a part of a file's name."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-")[:48] or "station"


def release() -> str:
    """Of this software."""
    from importlib.metadata import version

    return version("chargepoint")

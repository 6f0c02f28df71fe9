"""The format of a backup: one JSON file.

    format, version     what it is; another version is refused, whatever else is in it
    station, made ...   whose, when, of which release
    configuration       the file's tree without its secrets
    parts               what the station gave (``chargepoint.inquiry.keeping.Parts``)
    sealed              the configuration file as it stands, and keys and passwords of the station; with a passphrase only
    digest              SHA-256 over all of this: against files that were cut off or edited, not against forgers

The sealed parts are bound to station and moment: those of one backup do not open in another.
"""

import hashlib
from typing import Any

import msgspec
from msgspec import Struct

from chargepoint.inquiry.keeping import Parts
from chargepoint.pki.sealed import Sealed
from chargepoint.web.keeping import MOST_BYTES, BackupError

FORMAT = "chargepoint-backup"
VERSION = 1
LARGEST = 200_000
"""Bytes of a configuration, as a file: what the pages read. One that is much larger is none, and takes minutes to be checked."""
HINT = "take the file as chargepoint backup wrote it"


class Heading(Struct, frozen=True, kw_only=True):
    """What tells whether the rest can be read."""

    format: str
    version: int


class SealedParts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Both with one passphrase."""

    configuration: Sealed
    station: Sealed | None = None


class Backup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    format: str = FORMAT
    version: int = VERSION
    station: str
    made: str
    release: str
    json: bool = False
    """The configuration was JSON."""
    configuration: dict[str, Any]
    parts: Parts
    sealed: SealedParts | None = None
    digest: str = ""

    @property
    def bound(self) -> str:
        """What its sealed parts belong to."""
        return bound(self.station, self.made)


def bound(station: str, made: str) -> str:
    """For ``chargepoint.pki.sealing``."""
    return f"{FORMAT} {station} {made}"


def written(backup: Backup) -> bytes:
    """The file. Raises BackupError: it would be too large."""
    data = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(backup, digest=_digest(backup))), indent=1) + b"\n"
    if len(data) > MOST_BYTES:
        raise BackupError(f"the backup would have {len(data)} bytes, {MOST_BYTES} are taken at most; shorten the local list at the CSMS")
    return data


def read(data: bytes) -> Backup:
    """What is in the file. Raises BackupError, which says what is wrong with it."""
    if not data:
        raise BackupError(f"the file is empty; {HINT}")
    if len(data) > MOST_BYTES:
        raise BackupError(f"it has more than {MOST_BYTES} bytes, so it is no backup; {HINT}")
    try:
        heading = msgspec.json.decode(data, type=Heading)
        if heading.format != FORMAT:
            raise BackupError(f"this is a file of another kind ({heading.format[:40]!r}); {HINT}")
        if heading.version != VERSION:
            raise BackupError(
                f"its format is version {heading.version}, this release reads version {VERSION}; use the release that made it, or one later"
            )
        backup = msgspec.json.decode(data, type=Backup)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BackupError(f"it cannot be read ({error}): it is cut off, changed, or no backup at all; {HINT}") from None
    if backup.digest != _digest(backup):
        raise BackupError(f"it was changed since it was made, or is damaged (the digest does not match); {HINT}")
    return backup


def _digest(backup: Backup) -> str:
    plain = msgspec.structs.replace(backup, digest="")
    try:
        return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()
    except (UnicodeEncodeError, msgspec.MsgspecError):
        raise BackupError(f"text in it is none; {HINT}") from None

"""What has to be remembered of a change of slots: RAUC tells a slot that was written to the end from one that was not only by counting.

Beside the note lies ``unproven``, with the boot loader's name of the slot in which nothing but us may tell the boot loader that it is
good (docs/images.md): from the first byte that is written until the image has shown that it works, or has been left.
"""

from pathlib import Path

import msgspec

from chargepoint.pki import files
from chargepoint.update.ports import FellBack, InstallError


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One change of slots, from ``before_slot`` to ``slot`` and perhaps back."""

    under_way: bool
    sha256: str = ""
    """Of the payload that is installed; empty: this is just a way back."""
    version: str
    slot: str
    bootname: str
    """Of ``slot``."""
    count: int
    """So often ``slot`` had been written to before."""
    before: str
    """The version that ran then."""
    before_slot: str
    boot: str = ""
    """Id of the boot in which the machine was asked to restart into ``slot``; empty: not yet."""

    def fallen_back(self, runs: str) -> FellBack:
        """``runs``: the slot that the boot loader has gone back to."""
        now = f"the boot loader went back to slot {runs}, with version {self.before or 'unknown'}"
        return FellBack(f"version {self.version} in slot {self.slot} did not stay up: {now}; see journalctl --boot=-1")


class Notebook:
    """The note on disk."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "rauc.json"
        self._unproven = folder / "unproven"

    def read(self) -> Note | None:
        """``None``: there is none, or it cannot be read; an image is then written anew."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Note)
        except (OSError, msgspec.MsgspecError):
            return None

    def write(self, note: Note) -> Note:
        """Replace it. Raises InstallError where the disk does not take it."""
        try:
            if note.under_way:
                files.replace(self._unproven, f"{note.bootname}\n".encode())
            files.replace(self._path, msgspec.json.encode(note), files.PRIVATE)
            if not note.under_way:
                files.remove(self._unproven)
        except OSError as error:
            raise InstallError(f"{self._path}: cannot be written ({error}); see that its disk is neither full nor read-only") from error
        return note

"""The meters' registers on disk: what a meter has shown to anybody, it never shows less of again.

So the file is written *before* a reading with a new whole Wh leaves the world. It is replaced whole, and SIGKILL between any two
instructions leaves the old one or the new one.
"""

from pathlib import Path

import msgspec

FILE = "registers.json"


class RegisterError(Exception):
    """The file is there but cannot be used. Message: which file, what is wrong, what to do."""


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader, now or after a kill, sees all of it or what was there before."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    new.replace(path)


class Registers:
    """Registers by EVSE, in Wh. Without a directory they live in memory only."""

    def __init__(self, directory: Path | None) -> None:
        self._path = None if directory is None else directory / FILE
        self._kept: dict[str, float] = {}

    def load(self) -> None:
        """Read the file, if there is one. Raises RegisterError."""
        if self._path is None or not self._path.exists():
            return
        try:
            self._kept = msgspec.json.decode(self._path.read_bytes(), type=dict[str, float])
        except msgspec.DecodeError as error:
            raise RegisterError(f"{self._path}: not a file of meter registers ({error}); restore it, or delete it to start anew") from error

    def of(self, evse: int) -> float | None:
        """The register of an EVSE, if it was ever kept."""
        return self._kept.get(str(evse))

    def keep(self, evse: int, register_wh: float) -> None:
        """Before a reading of this register is shown: have its whole Wh on disk."""
        kept = self._kept.get(str(evse))
        if kept is None or int(kept) != int(register_wh):
            self.save({evse: register_wh})

    def save(self, registers: dict[int, float]) -> None:
        """Have these on disk now."""
        self._kept.update({str(evse): register for evse, register in registers.items()})
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, msgspec.json.encode(self._kept))

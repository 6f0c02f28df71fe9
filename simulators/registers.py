"""The meters' registers on disk: what a meter has shown to anybody, it never shows less of again.

So the file is written *before* a reading with a new whole Wh leaves the world. It is replaced whole, and SIGKILL between any two
instructions leaves the old one or the new one.
"""

from collections.abc import Mapping, Sequence
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

    def of_phases(self, evse: int) -> list[float]:
        """Those of its phases; nothing where they were never kept."""
        return [self._kept[name] for name in _phases(evse) if name in self._kept]

    def keep(self, evse: int, register_wh: float, phase_wh: Sequence[float] = ()) -> None:
        """Before a reading of these registers is shown: have their whole Wh on disk."""
        now = _named(evse, register_wh, phase_wh)
        if any(name not in self._kept or int(self._kept[name]) != int(value) for name, value in now.items()):
            self._save(now)

    def save(self, registers: Mapping[int, tuple[float, Sequence[float]]]) -> None:
        """Have these on disk now: of each EVSE its register, and those of its phases."""
        self._save({name: value for evse, each in registers.items() for name, value in _named(evse, *each).items()})

    def _save(self, values: Mapping[str, float]) -> None:
        self._kept.update(values)
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, msgspec.json.encode(self._kept))


def _phases(evse: int) -> tuple[str, ...]:
    return tuple(f"{evse} L{phase}" for phase in (1, 2, 3))


def _named(evse: int, register_wh: float, phase_wh: Sequence[float]) -> dict[str, float]:
    return {str(evse): register_wh, **dict(zip(_phases(evse), phase_wh, strict=False))}

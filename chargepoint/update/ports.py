"""What the updater needs of the world: an installer, cars that are not charging, and a station that works."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from chargepoint.update.messages import Manifest, Part

Told = Callable[[int], bool]
"""How far it is, in per cent. The answer: does nobody charge, and does nobody begin to for a while? So it is called while that lasts."""
TELL_S = 20.0
"""So often at least."""


class Later(Exception):
    """Somebody has begun to charge, and nothing has been done that would concern him; it is called again."""


class InstallError(Exception):
    """It was not installed. The message is for people; ``code`` is of the catalogue."""

    def __init__(self, message: str, code: str = "CP-826") -> None:
        super().__init__(message)
        self.code = code


def words(error: InstallError | OSError) -> tuple[str, str]:
    """Number and text of what went wrong, for people."""
    if isinstance(error, InstallError):
        return error.code, str(error)
    where = f"{error.filename}: " if error.filename else ""
    return "CP-826", f"{where}{error.strerror or error}; see that this disk is neither full nor read-only (df -h, dmesg)"


class FellBack(InstallError):
    """It was installed and begun, and did not stay up: the machine went back to the version before by itself, and runs it."""


class Installer(Protocol):
    """One way of putting a version in its place. Members may block; after a power cut in any of them it is called again.

    Who takes minutes with ``install`` or ``take_back`` keeps telling how far it is, and asks so once more before what a car would feel."""

    name: str
    restarts: bool
    """Does it restart the machine, and so end whatever goes on there?"""

    def running(self) -> str:
        """The version that is in its place now; empty: none is whole, or it is not known."""

    def parts(self) -> tuple[Part, ...]:
        """What else it knows the version of."""

    def misfit(self, manifest: Manifest) -> str | None:
        """Why this device cannot take it; ``None``: it can."""

    def install(self, manifest: Manifest, payload: Path, told: Told) -> None:
        """Put it in its place; what ran before must stay to be gone back to. What is there already is left. Raises InstallError,
        Later."""

    def start(self, told: Told) -> None:
        """Have the new version run, where ``install`` has not. May end this process, with the machine; it is then called again. Raises
        InstallError, Later."""

    def confirm(self) -> None:
        """It works: it stays."""

    def before(self) -> str:
        """The version that ``take_back`` would put in its place; empty: none."""

    def take_back(self, told: Told) -> None:
        """Put the version before in its place, and have it run. Raises InstallError, Later."""


class Health(Struct, frozen=True):
    """How the station is, as far as an update is concerned."""

    station: str
    """Version of the station process that answers; empty: none does."""
    control: str
    """Version of the control process that the station hears; empty: none."""
    faults: tuple[str, ...] = ()
    """Names of faults of the station itself and its devices."""
    connected: bool | None = None
    """Does the CSMS take its messages? ``None``: it has none."""
    busy: tuple[int, ...] = ()
    """EVSEs with a session."""


class World(Protocol):
    """The station, seen from here."""

    def health(self) -> Health:
        """Now. Never raises."""

    def quiet(self, for_s: float) -> bool:
        """Let no new session begin for so long. Is none there? One that begins in spite of it ends the wait anew."""

    def deserted(self) -> bool:
        """Where the station does not answer: does nobody charge without it either? It may take until a car has left."""

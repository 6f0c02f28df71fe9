"""What the pages for backup, restore and factory reset need from elsewhere; the composition (``chargepoint.cli.keeping``) has it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection

from msgspec import Struct

from chargepoint.inquiry.keeping import Parts, Secrets
from chargepoint.web.wizard.ports import Progress

MOST_BYTES = 8_000_000
"""Of a backup: what a station takes at once, and a browser sends."""


class BackupError(Exception):
    """It cannot be read, or not be taken. The message is for people."""


class Looked(Struct, frozen=True, kw_only=True):
    """A backup that was read whole, and held against what this station can take."""

    station: str
    made: str
    release: str
    contents: tuple[tuple[str, str], ...]
    """(section, what is in it) of what will be restored."""
    problems: tuple[tuple[str, str], ...] = ()
    """(section, what does not fit): left out."""
    refused: tuple[str, ...] = ()
    """Why nothing of it can be restored."""
    sealed: bool = False
    """There are keys and passwords in it."""
    opened: bool = False
    """And the passphrase opens them."""
    text: str = ""
    """The configuration file as it will be."""
    parts: Parts = Parts()
    secrets: Secrets | None = None

    def __repr__(self) -> str:
        return f"Looked(station={self.station!r}, made={self.made!r})"


Told = AsyncGenerator[Progress, None]
Proof = Callable[[Collection[str]], Told]
"""Given the entries of ``[web]`` that are other ones: what has to be seen once both processes are up. ``failed``: what was before comes
back."""


async def found_already(moves: Collection[str]) -> Told:
    """Nothing has to be seen."""
    return
    yield


class KeepingPorts(Struct, frozen=True, kw_only=True):
    """Functions of the composition."""

    back_up: Callable[[str, str], Awaitable[tuple[str, bytes, tuple[str, ...]]]]
    """(passphrase, by): name of the file, the file, what was left out. Without a passphrase no secrets. Raises BackupError."""
    look: Callable[[bytes, str], Awaitable[Looked]]
    """(file, passphrase). Raises BackupError."""
    change: Callable[[str, str, Proof], Told]
    """(text of the configuration, by, what has to be seen)"""
    restore: Callable[[Looked, str, Proof], Told]
    """(what was looked at, by, what has to be seen)"""
    reset: Callable[[str, bool], Told]
    """(by, lose what is unsent)"""
    begun: Callable[[Proof], tuple[str, Told] | None] = lambda proof: None
    """Title and rest of a change, or a restore, that a power cut has interrupted. Raises OSError."""
    elsewhere: Callable[[], bool] = lambda: False
    """Is a configuration, or a backup, on its way at a terminal? To be asked where nothing is under way here."""
    call_off: Callable[[], None] = lambda: None
    """What is under way is not wanted any more: it counts as long as it waits for a car."""
    due: Callable[[], bool] = lambda: False
    """Is all that is left of a factory reset that the pages start anew?"""

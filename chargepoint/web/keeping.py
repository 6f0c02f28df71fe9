"""What the pages for backup, restore and factory reset need from elsewhere; the composition (``chargepoint.cli.keeping``) has it."""

from collections.abc import AsyncGenerator, Awaitable, Callable

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


class KeepingPorts(Struct, frozen=True, kw_only=True):
    """Functions of the composition."""

    back_up: Callable[[str, str], Awaitable[tuple[str, bytes, tuple[str, ...]]]]
    """(passphrase, by): name of the file, the file, what was left out. Without a passphrase no secrets. Raises BackupError."""
    look: Callable[[bytes, str], Awaitable[Looked]]
    """(file, passphrase). Raises BackupError."""
    restore: Callable[[Looked, str], AsyncGenerator[Progress, None]]
    """(what was looked at, by)"""
    reset: Callable[[str, bool], AsyncGenerator[Progress, None]]
    """(by, lose what is unsent)"""
    begun: Callable[[], AsyncGenerator[Progress, None] | None] = lambda: None
    """A restore that a power cut has interrupted: the rest of it."""
    due: Callable[[], bool] = lambda: False
    """Is all that is left of a factory reset that the pages start anew?"""

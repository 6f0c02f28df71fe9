"""What the wizard needs from elsewhere; the composition (``chargepoint.cli.wizard``) has it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, Literal

from msgspec import Struct

from chargepoint.domain.findings import Finding
from chargepoint.inquiry.trial import Sight, Try

Tree = dict[str, Any]
"""A configuration as plain values."""


class Checked(Struct, frozen=True):
    """What ``chargepoint check-config`` says of a candidate."""

    errors: tuple[str, ...] = ()
    """Each begins with its entry: ``site.fuse_a: ...``."""
    warnings: tuple[str, ...] = ()
    summary: str = ""


class Entry(Struct, frozen=True, kw_only=True):
    """Of a driver's table."""

    name: str
    meaning: str = ""
    kind: Literal["text", "number", "truth", "any"] = "text"
    """``any``: a number, ``true``, ``false``, a list, or else text."""
    required: bool = False


class DriverLine(Struct, frozen=True, kw_only=True):
    """A driver that there is, with what is to be known of it before it is chosen."""

    kind: Literal["boards", "meters", "readers"]
    name: str
    title: str
    link: str = ""
    safety: str = ""
    watchdog: str = ""
    doubts: tuple[str, ...] = ()
    lacks: str = ""
    """What is not installed here."""
    entries: tuple[Entry, ...] = ()


class Progress(Struct, frozen=True):
    """How far a new configuration is. ``refused``, ``put back``, ``up`` and ``failed`` are the end."""

    state: Literal["saved", "waiting", "restarting", "up", "refused", "put back", "failed"]
    text: str
    link: str = ""
    """Where to go."""


END = ("refused", "put back", "up", "failed")


async def unseen(tree: Tree) -> Finding | None:
    """Where nobody can look."""
    return None


class WizardPorts(Struct, frozen=True, kw_only=True):
    """Functions of the composition."""

    check: Callable[[Tree], Checked]
    """Takes some milliseconds the first time."""
    drivers: Callable[[], tuple[DriverLine, ...]]
    """Of boards, meters and readers; takes some hundred milliseconds the first time."""
    attempt: Callable[[Try], AsyncGenerator[Sight, None]]
    """``chargepoint trial``; closing it ends the trial."""
    reach: Callable[[Tree], AsyncGenerator[Finding, None]]
    """The way to the CSMS of a candidate, rung by rung."""
    secured: Callable[[Tree], Awaitable[Finding | None]] = unseen
    """The TLS rung of a candidate alone, which disturbs no station; ``None``: it was not reached."""
    apply: Callable[[str], AsyncGenerator[Progress, None]]
    """Put this text in the configuration's place and see that everything comes up with it, else put the old one back."""
    call_off: Callable[[], None] = lambda: None
    """What is applied is not wanted any more: it counts as long as it waits for a car."""
    proposals: Callable[[], Mapping[str, str]]
    """``serial``: the board's own; ``id``: from it."""

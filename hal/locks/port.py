"""Plug locks that a board's outputs move: state machines without I/O, turned by whoever has the outputs.

They never wait. While the main contacts are or may be closed (``free`` False) nothing is moved that is not moving already, and what moves
comes to rest as it would anyway.
"""

from typing import Literal, Protocol

from msgspec import Struct

Push = Literal["lock", "unlock"]


class Drive(Struct, frozen=True):
    """What the two outputs do: at rest neither is active."""

    lock: bool = False
    unlock: bool = False


REST = Drive()


class PlugLock(Protocol):
    """One lock."""

    failed: str | None
    """Why it is not where it is wanted, although everything was tried."""

    def turn(self, wanted: bool | None, switch: bool | None, free: bool, now: float) -> Drive:
        """``wanted``: locked, or ``None``: as it is. ``switch``: its feedback, True: locked, ``None``: it has none."""

"""What a simulated device is, towards its wire; and what can be wrong between it and the host."""

from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from msgspec import Struct

WireFault = Literal["silent", "garbage", "bad_checksum", "exception", "slow", "half_frame", "unplugged"]
"""``silent``: nothing gets through, either way. ``garbage``: other bytes in place of an answer. ``slow``: answers come ``SLOW_S`` later.
``half_frame``: an answer ends in its middle. ``unplugged``: the adapter is gone, with everything behind it. ``bad_checksum`` and
``exception``: as the device's own protocol has it."""

OF_FACE = ("bad_checksum", "exception")
"""Faults that only the device itself can make."""
SLOW_S = 0.8
OF_STATION = ("reader", "display")
"""Devices that belong to no single EVSE."""


class Reply(Struct, frozen=True):
    """Bytes that a device sends, so long after it was asked."""

    data: bytes
    after_s: float = 0.0


@runtime_checkable
class Face(Protocol):
    """One device on a line. No method blocks; times are of the host's monotonic clock."""

    fault: WireFault | None
    """``bad_checksum``, ``exception`` or nothing: all others are made by the line, and never set here."""

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """These bytes arrived, in whatever pieces; it keeps what is not a whole frame yet. On a line with several devices it hears what is
        meant for others too. Empty ``data``: somebody opened the line anew, so what was half is forgotten."""

    def due_s(self) -> float:
        """When it wants to be called by itself; infinite when it does not."""

    def tick(self, now: float) -> list[Reply]:
        """That time has come."""


@runtime_checkable
class Fixture(Protocol):
    """A device that is no stream of bytes: files, or a socket of its own."""

    fault: WireFault | None
    """May be set at any time. A fixture fails in the way that comes nearest."""

    def open(self, root: Path) -> None:
        """Put it up beneath ``root``, which stands for ``/``; in the event loop that runs. Raises OSError."""

    def close(self) -> None:
        """Take it away."""

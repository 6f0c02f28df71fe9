"""What a session needs of a connection. ``connection`` is the real one; tests have one in memory."""

from collections.abc import Callable
from typing import Protocol

BytesLike = bytes | bytearray | memoryview


class WireClosed(Exception):
    """The connection is gone; the message says how, for people."""


class Wire(Protocol):
    """A pipe of messages."""

    def send(self, data: bytes) -> None:
        """Hand over one text message; never waits. Raises WireClosed, also where the other side has long ceased to read."""

    def listen(self, take: Callable[[BytesLike], None]) -> None:
        """Give ``take`` every message as it arrives, beginning with those that are already there. It must not raise."""

    async def closed(self) -> str:
        """Wait until the connection is gone; how it went, for people."""

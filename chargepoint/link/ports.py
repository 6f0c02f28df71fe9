"""The two ends of the link, as the processes see them. ``seqpacket`` is the real one, ``pair`` the one in memory."""

from typing import Protocol

from chargepoint.link.messages import Down, Up


class LinkClosed(Exception):
    """The other side is gone. Whoever hears it connects again; nothing is lost, events are replayed."""


class ControlEnd(Protocol):
    """Control's end: a listener with at most one station. No method ever blocks."""

    def receive(self) -> list[Down]:
        """Everything that has arrived since the last call, in order. A ``Hello`` marks a new connection."""

    def send(self, message: Up) -> bool:
        """Hand over a message; False when there is no station or its queue is full: try again at a later scan."""

    def close(self) -> None:
        """Stop listening."""


class StationEnd(Protocol):
    """Station's end of one connection."""

    async def receive(self) -> Up:
        """The next message. Raises LinkClosed."""

    async def send(self, message: Down) -> None:
        """Hand over a message. Raises LinkClosed."""

    def close(self) -> None:
        """Hang up."""

"""The link in memory: both ends in one thread, messages through the codec as on the wire.

Hanging up and connecting again can be played: ``station.close()`` and ``control.hang_up()`` end a connection, ``control.connect()`` begins
one, and takes the place of the one before. There is no clock inside, so it runs under a virtual one.
"""

import asyncio
from collections import deque

from chargepoint.link.codec import BadMessage, VersionMismatch, check_version, decode_down, decode_up, encode
from chargepoint.link.messages import Down, Hello, Snapshot, Up
from chargepoint.link.ports import LinkClosed

QUEUE = 256
"""Messages on their way in one direction; about what the kernel holds for a socket."""


class PairControl:
    """Control's end (``ports.ControlEnd``)."""

    def __init__(self) -> None:
        self._station: PairStation | None = None
        self._greeted = False
        self._listening = True

    def connect(self) -> "PairStation":
        """What ``seqpacket.connect`` does. Raises ConnectionRefusedError when control has stopped listening."""
        if not self._listening:
            raise ConnectionRefusedError("link in memory: control has stopped listening")
        self.hang_up()
        self._station = PairStation()
        return self._station

    def hang_up(self) -> None:
        """End the present connection from control's side."""
        if self._station is not None:
            self._station.close()
        self._station, self._greeted = None, False

    def receive(self) -> list[Down]:
        """Everything that has arrived."""
        station = self._station
        if station is None:
            return []
        messages: list[Down] = []
        try:
            while station.said:
                self._take(station.said.popleft(), messages)
        except (BadMessage, VersionMismatch):
            station.close()
        if station.closed:
            self.hang_up()
        station.room.set()
        return messages

    def _take(self, data: bytes, messages: list[Down]) -> None:
        message = decode_down(data)
        if isinstance(message, Hello):
            check_version(message.version)
            self._greeted = True
        elif not self._greeted:
            raise BadMessage(f"link: {type(message).__name__} before Hello")
        if message is not None:
            messages.append(message)

    def send(self, message: Up) -> bool:
        """Hand over a message; False when nobody listens or the queue is full."""
        station = self._station
        if station is None or station.closed or not self._greeted or len(station.heard) >= QUEUE:
            return False
        station.heard.append(encode(message))
        station.wake.set()
        return True

    def close(self) -> None:
        """Stop listening."""
        self._listening = False
        self.hang_up()


class PairStation:
    """Station's end of one connection (``ports.StationEnd``)."""

    def __init__(self) -> None:
        self.said: deque[bytes] = deque()
        self.heard: deque[bytes] = deque()
        self.wake = asyncio.Event()
        self.room = asyncio.Event()
        self.closed = False

    async def receive(self) -> Up:
        """The next message. Raises LinkClosed."""
        while True:
            while not self.heard:
                if self.closed:
                    raise LinkClosed("link in memory: hung up")
                self.wake.clear()
                await self.wake.wait()
            message = decode_up(self.heard.popleft())
            if isinstance(message, Snapshot):
                check_version(message.version)
            if message is not None:
                return message

    async def send(self, message: Down) -> None:
        """Hand over a message, waiting while control does not keep up. Raises LinkClosed."""
        while len(self.said) >= QUEUE and not self.closed:
            self.room.clear()
            await self.room.wait()
        if self.closed:
            raise LinkClosed("link in memory: hung up")
        self.said.append(encode(message))

    def close(self) -> None:
        """Hang up."""
        self.closed = True
        self.wake.set()
        self.room.set()


def pair() -> tuple[PairControl, PairStation]:
    """Two ends, connected."""
    control = PairControl()
    return control, control.connect()

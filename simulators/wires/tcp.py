"""A line as a TCP port on loopback, as devices and gateways with Ethernet have it. One host at a time: the newest."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from simulators.wires.line import Line
from simulators.wires.pump import Pump

MAX_BYTES = 4096
RESET = struct.pack("ii", 1, 0)
"""Of SO_LINGER: closing resets."""


class TcpWire:
    """``port`` 0: one that is free; ``port`` then says which. Lives in the event loop in which ``open`` was called."""

    def __init__(self, line: Line, port: int = 0, host: str = "127.0.0.1", moved: Callable[[], None] = lambda: None) -> None:
        self.line = line
        self.host = host
        self.port = port
        self._moved = moved
        self._listener: socket.socket | None = None
        self._host: socket.socket | None = None
        self._pump: Pump | None = None

    def open(self) -> None:
        """Listen. Raises OSError."""
        self._pump = Pump(self.line, self._send, self._moved)
        self.plug()

    def close(self) -> None:
        """Hang up, and listen no more."""
        self.unplug()
        if self._pump is not None:
            self._pump.stop()
            self._pump = None

    @property
    def plugged(self) -> bool:
        """Does it listen?"""
        return self._listener is not None

    def plug(self) -> None:
        """Listen (again), on the same port. Raises OSError. Twice is once."""
        if self._listener is None and self._pump is not None:
            self._listener = socket.create_server((self.host, self.port))
            self._listener.setblocking(False)
            self.port = self._listener.getsockname()[1]
            asyncio.get_running_loop().add_reader(self._listener, self._accept, self._listener)

    def unplug(self) -> None:
        """The network cable is out; the host sees a reset, and then a port that refuses."""
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None
        self._hang_up()

    def stir(self) -> None:
        """The world has changed: a device may have something to say."""
        if self._pump is not None:
            self._pump.stir()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            host, _ = listener.accept()
            self._hang_up()
            host.setblocking(False)
            host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._host = host
            asyncio.get_running_loop().add_reader(host, self._read, host)
            assert self._pump is not None
            self._pump.begin()

    def _hang_up(self) -> None:
        if self._host is not None:
            asyncio.get_running_loop().remove_reader(self._host)
            self._host.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self._host.close()
            self._host = None

    def _read(self, host: socket.socket) -> None:
        assert self._pump is not None
        try:
            data = host.recv(MAX_BYTES)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if data:
            self._pump.take(data)
        else:
            self._hang_up()

    def _send(self, data: bytes) -> None:
        if self._host is not None:
            with contextlib.suppress(BlockingIOError, ConnectionError):  # what a host does not read is lost
                self._host.send(data)

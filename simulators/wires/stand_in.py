"""The bench's end of what stands in for the kernel (``hal.bus.stand_in``): a socket under the name of a device, or of a file in sysfs."""

import asyncio
import errno
import socket
from collections.abc import Callable
from pathlib import Path

from hal.bus.stand_in import MAX_BYTES, answered, short

BACKLOG = 16


class Caller:
    """Somebody who has the device open."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line

    def send(self, data: bytes) -> None:
        """A caller that does not read loses it."""
        try:
            self.line.send(data)
        except (BlockingIOError, ConnectionError):
            return
        except OSError as error:
            if error.errno != errno.EBADF:  # it has hung up meanwhile
                raise


class StandIn:
    """One device. ``said`` hears every datagram, ``gone`` of everybody who hangs up. Lives in the event loop in which it was opened."""

    def __init__(self, path: Path, said: Callable[[Caller, bytes], None], gone: Callable[[Caller], None] = lambda _: None) -> None:
        self.path = path
        self._said = said
        self._gone = gone
        self._listener: socket.socket | None = None
        self._callers: list[Caller] = []

    def open(self) -> None:
        """Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unborn = self.path.with_name(f".{self.path.name}")
        unborn.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        with short(unborn) as name:
            listener.bind(name)
        listener.listen(BACKLOG)
        unborn.rename(self.path)  # only now: whoever finds the name is answered
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(listener, self._accept)

    def close(self) -> None:
        """Hang up on everybody, and take the name away. Twice is once."""
        if self._listener is None:
            return
        for caller in tuple(self._callers):
            self._drop(caller)
        self._loop.remove_reader(self._listener)
        self._listener.close()
        self._listener = None
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            line, _ = self._listener.accept()
        except BlockingIOError:
            return
        line.setblocking(False)
        caller = Caller(line)
        self._callers.append(caller)
        self._loop.add_reader(line, self._read, caller)
        self._read(caller)

    def _read(self, caller: Caller) -> None:
        while caller in self._callers:
            try:
                data = caller.line.recv(MAX_BYTES)
            except BlockingIOError:
                return
            except ConnectionError:
                data = b""
            if data:
                self._said(caller, data)
            else:
                self._drop(caller)

    def _drop(self, caller: Caller) -> None:
        self._callers.remove(caller)
        self._loop.remove_reader(caller.line)
        caller.line.close()
        self._gone(caller)


def attribute(path: Path, read: Callable[[], object], write: Callable[[str], None] | None = None) -> StandIn:
    """A file of sysfs. Both functions refuse by an OSError with the kernel's errno."""

    def said(caller: Caller, data: bytes) -> None:
        try:
            if data[:1] == b"r":
                caller.send(answered(f"{read()}\n".encode("ascii")))
            elif write is None:
                caller.send(answered(number=errno.EACCES))
            else:
                write(data[1:].decode("ascii"))
                caller.send(answered())
        except OSError as error:
            caller.send(answered(number=error.errno or errno.EIO))

    return StandIn(path, said)

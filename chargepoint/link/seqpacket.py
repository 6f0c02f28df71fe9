"""The link over a Unix SEQPACKET socket: packets keep their bounds and their order, and a path crosses network namespaces.

Control listens, and never blocks. It serves one station at a time: a newer connection takes the place of the older. Until a connection has
said ``Hello`` it is nobody. The station's end is asynchronous; asyncio is imported only there, because control does without.
"""

import contextlib
import logging
import os
import select
import socket
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chargepoint.link.codec import BadMessage, MessageTooLong, VersionMismatch, check_version, decode_down, decode_up, encode
from chargepoint.link.messages import MAX_MESSAGE_BYTES, Down, Hello, Snapshot, Up
from chargepoint.link.ports import LinkClosed

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger(__name__)

BATCH = 64
"""Messages taken in one go; the rest waits in the kernel, so that a talkative station cannot stretch a scan."""
READ_BYTES = MAX_MESSAGE_BYTES + 1
"""One more than allowed shows a message that was cut off."""


class ListenError(Exception):
    """The link's socket cannot be set up. Message: which path, why, and what to do."""


def listen(path: str) -> "SeqpacketControl":
    """Take the path, mode 0600, in a directory that exists; what a dead process left there is replaced. Raises ListenError."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    mask = os.umask(0o177)
    try:
        _clear(path)
        listener.bind(path)
        listener.listen(4)
    except OSError as error:
        listener.close()
        raise ListenError(f"link socket {path}: {error.strerror or error}; check that the directory exists and is ours") from error
    except ListenError:
        listener.close()
        raise
    finally:
        os.umask(mask)
    listener.setblocking(False)
    return SeqpacketControl(path, listener)


def _clear(path: str) -> None:
    """Remove a socket that nobody listens on."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise ListenError(f"link socket {path}: there is something that is no socket; remove it or name another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe, contextlib.suppress(ConnectionRefusedError):
        probe.connect(path)
        raise ListenError(f"link socket {path}: another control process listens there; stop it or name another path")
    os.unlink(path)


def adopt(descriptor: int) -> "SeqpacketControl":
    """Serve a socket that a service manager listens on for us; it stays when we leave. Raises ListenError."""
    try:
        listener = socket.socket(fileno=descriptor)
    except OSError as error:
        raise ListenError(
            f"link socket handed over as descriptor {descriptor}: {error.strerror or error}; check the socket unit"
        ) from error
    if (listener.family, listener.type) != (socket.AF_UNIX, socket.SOCK_SEQPACKET):
        listener.close()
        raise ListenError(
            f"link socket handed over as descriptor {descriptor}: {listener.family.name} {listener.type.name}; expected "
            "AF_UNIX SOCK_SEQPACKET: ListenSequentialPacket= in the socket unit"
        )
    listener.set_inheritable(False)
    listener.setblocking(False)
    return SeqpacketControl(None, listener)


class SeqpacketControl:
    """Control's end (``ports.ControlEnd``). ``path``: what to remove at the end; ``None``: nothing, it is somebody else's."""

    def __init__(self, path: str | None, listener: socket.socket) -> None:
        self._path = path
        self._listener = listener
        self._station: socket.socket | None = None
        self._greeted = False
        self._poll = select.poll()
        self._poll.register(listener, select.POLLIN)

    def receive(self) -> list[Down]:
        """Everything that has arrived, up to a bound; a Hello marks a new connection."""
        ready = self._poll.poll(0)
        if any(number == self._listener.fileno() for number, _ in ready):
            self._accept()
        if not ready or self._station is None:
            return []
        return self._read(self._station)

    def send(self, message: Up) -> bool:
        """Hand a message to the kernel; False when nobody listens or the station does not keep up."""
        if self._station is None or not self._greeted:
            return False
        try:
            self._station.send(encode(message))
        except BlockingIOError:
            return False
        except OSError as error:
            self._drop(f"{error.strerror or error}")
            return False
        except MessageTooLong as error:
            log.error("event=link_message_lost error=%r", str(error))
        return True

    def close(self) -> None:
        """Hang up, stop listening, remove the path if it is ours."""
        self._drop("control ends")
        self._poll.unregister(self._listener)
        self._listener.close()
        if self._path is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            station, _ = self._listener.accept()
            self._drop("a newer connection")
            station.setblocking(False)
            self._poll.register(station, select.POLLIN)
            self._station = station

    def _read(self, station: socket.socket) -> list[Down]:
        messages: list[Down] = []
        while len(messages) < BATCH:
            try:
                data = station.recv(READ_BYTES)
            except BlockingIOError:
                break
            except OSError as error:
                self._drop(f"{error.strerror or error}")
                break
            if not data:
                self._drop("it hung up")
                break
            if not self._take(data, messages):
                break
        return messages

    def _take(self, data: bytes, messages: list[Down]) -> bool:
        """Read one packet; False if it cost the station its connection."""
        try:
            message = decode_down(data)
            if isinstance(message, Hello):
                check_version(message.version)
                self._greeted = True
            elif not self._greeted:
                raise BadMessage(f"link: {type(message).__name__} before Hello")
        except (BadMessage, VersionMismatch) as error:
            log.error("event=link_error error=%r", str(error))
            self._drop("it cannot be understood")
            return False
        if message is not None:
            messages.append(message)
        return True

    def _drop(self, reason: str) -> None:
        if self._station is not None:
            log.info("event=station_gone reason=%r", reason)
            self._poll.unregister(self._station)
            self._station.close()
            self._station, self._greeted = None, False


async def connect(path: str) -> "SeqpacketStation":
    """Knock at control's socket. Raises OSError while nobody listens there."""
    import asyncio

    station = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    station.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(station, path)
    except BaseException:
        station.close()
        raise
    return SeqpacketStation(station, loop)


class SeqpacketStation:
    """Station's end of one connection (``ports.StationEnd``)."""

    def __init__(self, control: socket.socket, loop: "asyncio.AbstractEventLoop") -> None:
        self._control = control
        self._loop = loop
        self._closed = False
        self._waiting = 0

    async def receive(self) -> Up:
        """The next message. Raises LinkClosed; VersionMismatch is one."""
        while True:
            with self._use():
                data = await self._loop.sock_recv(self._control, READ_BYTES)
                if not data:
                    raise LinkClosed("link: control hung up")
                message = decode_up(data)
                if isinstance(message, Snapshot):
                    check_version(message.version)
            if message is not None:
                return message

    async def send(self, message: Down) -> None:
        """Hand over a message, waiting while control does not keep up. Raises LinkClosed."""
        data = encode(message)
        with self._use():
            await self._loop.sock_sendall(self._control, data)

    def close(self) -> None:
        """Hang up. Whoever waits for a message gets LinkClosed."""
        if not self._closed:
            self._closed = True
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)
            self._release()

    @contextlib.contextmanager
    def _use(self) -> Iterator[None]:
        """Around every wait: errors become LinkClosed, and end the connection."""
        if self._closed:
            raise LinkClosed("link: already hung up")
        self._waiting += 1
        try:
            yield
        except (OSError, BadMessage) as error:
            self.close()
            raise LinkClosed(f"{error}") from error
        except LinkClosed:
            self.close()
            raise
        finally:
            self._waiting -= 1
            if self._closed:
                self._release()

    def _release(self) -> None:
        """A socket that the event loop still watches must not be closed under it."""
        if self._waiting == 0:
            self._control.close()

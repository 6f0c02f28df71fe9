"""The wire to the simulated world: a Unix SEQPACKET socket, one msgpack message per datagram, and the client side of it.

    driver                                world
       ── Attach…(who I am) ──────────────▶   first of all, on every connection
       ── Kick(outputs) ──────────────────▶   board: at the scan's pace; feeds the dead-man
       ◀───────────────────── Measured ──   the answer, and at once whenever something changes by itself
       ── ReadMeter(number) ──────────────▶   meter
       ◀──────────────── MeterShows(number) ──   nothing comes from a lost meter
       ── AskRecord(number) ──────────────────▶   meter, about what it signs
       ◀────────────────── RecordIs(number) ──
       ◀───────────────────────── Card ──   reader
       ── ShowLight, SoundBeeps ──────────▶   indicator
       ◀─────────────────────── SiteIs ──   site: after Attach, and on every change

The world may go and come back; every client connects again by itself. asyncio is imported only for clients that are asynchronous: boards
and meters, and with them control, do without.
"""

import logging
import select
import socket
import time
from collections.abc import AsyncIterator
from contextlib import closing
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from hal.errors import DeviceError, DriverError
from hal.measured import Beeps, BoardInputs, Light, MeterReading, SignedRecord, SwitchedPhases, TokenSeen

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 131_072
MAX_PER_READ = 64
"""Messages that one ``receive`` takes in at most; the rest comes with the next."""
RETRY_S = 0.1
"""A lost world is looked for at most this often."""


class AttachBoard(Struct, frozen=True, array_like=True, tag="board"):
    """I drive the board of this EVSE; the newest one does."""

    evse: int


class AttachMeter(Struct, frozen=True, array_like=True, tag="meter"):
    """I read the meter of this EVSE."""

    evse: int


class AttachReader(Struct, frozen=True, array_like=True, tag="reader"):
    """I am a card reader for these EVSEs; ``None``: all."""

    evses: tuple[int, ...] | None


class AttachIndicator(Struct, frozen=True, array_like=True, tag="indicator"):
    """I am the indicator of this EVSE; it is dark when I am gone."""

    evse: int


class AttachSite(Struct, frozen=True, array_like=True, tag="site"):
    """I want to know the uplink and the clock."""


class Kick(Struct, frozen=True, array_like=True, tag="k"):
    """A board's outputs, stamped with the monotonic clock when they were sent."""

    sent_s: float
    duty_ppm: int
    contactor: bool
    lock: bool | None
    """``None``: leave it as it is, and the number of phases too."""
    phases: SwitchedPhases = 3
    rcd_test: bool = False
    shunt_trip: bool = False


class ReadMeter(Struct, frozen=True, array_like=True, tag="r"):
    """A question; its answer has the same number."""

    number: int


class AskRecord(Struct, frozen=True, array_like=True, tag="q"):
    """A question about what the meter signs, or an order; the answer has the same number."""

    number: int
    act: Literal["look", "begin", "end"]
    says: str = ""
    unix_s: int = 0
    from_utc_min: int = 0


class ShowLight(Struct, frozen=True, array_like=True, tag="l"):
    """This is what it looks like now."""

    light: Light


class SoundBeeps(Struct, frozen=True, array_like=True, tag="b"):
    """It sounds, once."""

    beeps: Beeps


class Measured(BoardInputs, frozen=True, kw_only=True, array_like=True, tag="i"):
    """A board's inputs, as they go over the wire."""


class MeterShows(Struct, frozen=True, array_like=True, tag="m"):
    """The answer to ReadMeter."""

    number: int
    reading: MeterReading


class RecordIs(Struct, frozen=True, array_like=True, tag="n"):
    """How it is after that."""

    number: int
    public_key: bytes
    open_record: str | None
    last_record: SignedRecord | None
    error: str = ""
    """Why it did not do what it was ordered."""


class Card(Struct, frozen=True, array_like=True, tag="c"):
    """A card was presented."""

    token: TokenSeen


class SiteIs(Struct, frozen=True, array_like=True, tag="s"):
    """Everything about the site."""

    network_up: bool
    clock_offset_s: float


Attach = AttachBoard | AttachMeter | AttachReader | AttachIndicator | AttachSite
ToWorld = Attach | Kick | ReadMeter | AskRecord | ShowLight | SoundBeeps
FromWorld = Measured | MeterShows | RecordIs | Card | SiteIs

encode = msgspec.msgpack.Encoder().encode
decode_to_world = msgspec.msgpack.Decoder(ToWorld).decode
decode_from_world = msgspec.msgpack.Decoder(FromWorld).decode


def connect(path: str, hello: Attach) -> socket.socket:
    """A connection that does not block, with the hello sent. Raises DeviceError, and DriverError for a path that cannot be one."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    try:
        line.connect(path)
        line.send(encode(hello))
    except OSError as error:
        line.close()
        if "too long" in str(error):
            raise DriverError(f"hal.sim.socket {path!r}: too long for a Unix socket; use a path below 108 bytes") from error
        raise DeviceError(f"simulated world at {path}: {error.strerror or error}; start it, or correct hal.sim.socket") from error
    return line


class Line:
    """One connection that mends itself. No method blocks but ``wait``."""

    def __init__(self, path: str, hello: Attach) -> None:
        self._path = path
        self._hello = hello
        self._socket: socket.socket | None = None
        self._tried_s = float("-inf")
        self._buffer = memoryview(bytearray(MAX_MESSAGE_BYTES))

    def open(self) -> None:
        """Connect now. Raises DeviceError or DriverError."""
        self.close()
        self._tried_s = time.monotonic()
        self._socket = connect(self._path, self._hello)
        log.debug("world attached socket=%s as=%r", self._path, self._hello)

    @property
    def connected(self) -> bool:
        """Is there a connection, as far as the last use could tell?"""
        return self._socket is not None

    def send(self, message: ToWorld) -> bool:
        """Hand over a message; False when the world is not there or does not keep up."""
        line = self._socket or self._connected()
        if line is None:
            return False
        try:
            line.send(encode(message))
        except BlockingIOError:
            return False
        except OSError as error:
            self._lost(error)
            return False
        return True

    def receive(self) -> list[FromWorld]:
        """What has arrived, oldest first."""
        arrived: list[FromWorld] = []
        line = self._socket or self._connected()
        try:
            while line is not None and len(arrived) < MAX_PER_READ:
                size = line.recv_into(self._buffer)
                if size == 0:
                    raise ConnectionResetError("closed by the world")
                arrived.append(decode_from_world(self._buffer[:size]))
        except BlockingIOError:
            pass
        except OSError as error:
            self._lost(error)
        return arrived

    def wait(self, timeout_s: float) -> None:
        """Block until something has arrived, or for that long."""
        if self._socket is not None:
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            poll.poll(max(0.0, timeout_s) * 1000)

    def close(self) -> None:
        """Hang up. The next use connects again."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket | None:
        if self._socket is None and time.monotonic() - self._tried_s >= RETRY_S:
            try:
                self.open()
            except DeviceError:
                return None
            log.info("world found socket=%s as=%r", self._path, self._hello)
        return self._socket

    def _lost(self, error: OSError) -> None:
        log.warning("world lost socket=%s as=%r error=%s", self._path, self._hello, error)
        self.close()


async def messages(path: str, hello: Attach) -> AsyncIterator[FromWorld]:
    """Everything that the world sends to this client. Raises DeviceError when the world is not there, or goes."""
    import asyncio

    loop = asyncio.get_running_loop()
    with closing(connect(path, hello)) as line:
        while message := await _next(loop, line, path):
            yield decode_from_world(message)
    raise DeviceError(f"simulated world at {path}: it closed the connection; start it again")


async def _next(loop: "asyncio.AbstractEventLoop", line: socket.socket, path: str) -> bytes:
    try:
        return await loop.sock_recv(line, MAX_MESSAGE_BYTES)
    except OSError as error:
        raise DeviceError(f"simulated world at {path}: {error.strerror or error}; start it again") from error

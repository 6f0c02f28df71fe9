"""The WebSocket to the CSMS: the only module that knows the ``websockets`` package, but for the names of its errors."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.connection import broadcast
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import DATA_OPCODES, Frame
from websockets.protocol import Event, State
from websockets.typing import Subprotocol

from chargepoint.ocpp import tls
from chargepoint.ocpp.frames import printable
from chargepoint.ocpp.negotiate import TLS, authorization, connection_url, offer
from chargepoint.ocpp.problems import EXPECTED, Unreachable, problem
from chargepoint.ocpp.reaching import reached
from chargepoint.ocpp.settings import OcppSettings
from chargepoint.ocpp.wire import BytesLike, WireClosed

MAX_MESSAGE_BYTES = 1 << 20
"""Largest message taken. A larger one closes the connection with 1009, and we connect again."""
MAX_UNREAD_BYTES = 4 << 20
"""A CSMS that leaves so much unread is given up."""
OPEN_WITHIN_S = 15.0
CLOSE_WITHIN_S = 2.0
PONG_WITHIN_S = 30.0
"""A pong is waited for as long as one ping interval, but at most so long."""
GLANCE_S = 1.0
"""How often to see whether the ping interval has been changed."""


NEWER = frozenset({"2.0.1", "2.1"})
"""Versions whose CSMS has to know compression (2.0.1 part 4 §3.3)."""


def compression(versions: tuple[str, ...]) -> list[ClientPerMessageDeflateFactory] | None:
    """What is offered of RFC 7692: a window of 4 KiB for what we send; for what we hear the CSMS has its own, at most 32 KiB: many servers
    decline an offer that limits theirs. It costs 40 KiB while the connection stands, and microseconds a message. To 1.6
    nothing is offered: its CSMS need not know it, and some only say that they do.
    """
    if NEWER.isdisjoint(versions):
        return None
    small = {"memLevel": 5}
    return [ClientPerMessageDeflateFactory(client_max_window_bits=12, compress_settings=small)]


async def dial(url: str, settings: OcppSettings, compressed: bool = True) -> "Connection":
    """Connect to the CSMS whose endpoint this is, or to the one that the access names. Raises Unreachable. With what is asked now: it may
    have changed. ``compressed``: offer it."""
    dialled = url
    made: list[Socket] = []
    try:
        access = settings.access()
        profile = access.security_profile
        versions = access.versions or settings.versions
        dialled = connection_url(access.url or url, settings.identity, profile)
        websocket = await Dial(
            dialled,
            made,
            subprotocols=[Subprotocol(name) for name in offer(versions)],
            additional_headers=authorization(settings.identity, access.password, versions[0], profile),
            user_agent_header=None,
            compression=None,
            extensions=compression(versions) if compressed else None,
            proxy=None,
            open_timeout=OPEN_WITHIN_S,
            close_timeout=CLOSE_WITHIN_S,
            ping_interval=None,
            max_size=MAX_MESSAGE_BYTES,
            ssl=tls.context(access) if profile in TLS else None,
        )
    except EXPECTED as error:
        raise Unreachable(problem(made[-1].broke or error if made else error), dialled) from error
    assert isinstance(websocket, Socket), "made by create_connection"
    return Connection(websocket, dialled, versions)


class Dial(connect):
    """One attempt, over a TCP connection of ours (``reaching``). Whenever it is given up, nothing of it is left open. ``made``: gets the
    WebSocket before it is open."""

    def __init__(self, uri: str, made: "list[Socket]", **options: Any) -> None:
        def make(*arguments: Any, **more: Any) -> Socket:
            made.append(Socket(*arguments, **more))
            return made[-1]

        self._made = made
        super().__init__(uri, create_connection=make, **options)  # type: ignore[arg-type]  # any factory will do

    async def open_tcp_connection(self) -> ClientConnection:
        """Called by ``websockets``; again for each redirection."""
        self.create_connection_kwargs["sock"] = await reached(self.ws_uri.host, self.ws_uri.port)
        try:
            return await super().open_tcp_connection()
        except asyncio.CancelledError:
            for each in self._made:
                each.drop()
            raise
        finally:
            del self.create_connection_kwargs["sock"]


class Socket(ClientConnection):
    """Hands each message over as it arrives instead of queueing it for a reader: one turn of the event loop less for each.

    Its size is bounded by ``max_size`` whatever its fragments are.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.early: list[BytesLike] = []
        self.take: Callable[[BytesLike], None] = self.early.append
        self._fragments = bytearray()
        self.broke: ssl.SSLError | None = None

    def drop(self) -> None:
        """At once, if it is open. asyncio itself would wait for the farewell of the peer's TLS, which may not come."""
        if hasattr(self, "transport"):
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """A server that refuses our certificate says so after its handshake (TLS 1.3), when ``websockets`` waits for HTTP."""
        self.broke = exc if isinstance(exc, ssl.SSLError) else None
        super().connection_lost(exc)

    def process_event(self, event: Event) -> None:
        """Called by ``websockets`` for each event of the protocol, the handshake's answer first."""
        if not isinstance(event, Frame) or event.opcode not in DATA_OPCODES:
            super().process_event(event)
        elif event.fin and not self._fragments:
            self.take(event.data)
        else:
            self._fragments += event.data
            if event.fin:
                whole, self._fragments = self._fragments, bytearray()
                self.take(whole)


class Connection:
    """An open WebSocket; a ``Wire`` for the session."""

    def __init__(self, websocket: Socket, url: str, versions: tuple[str, ...] = ()) -> None:
        self.url = url
        self.versions = versions
        self._websocket = websocket
        self._end: str | None = None

    @property
    def subprotocol(self) -> str | None:
        """What the CSMS has chosen."""
        return self._websocket.subprotocol

    @property
    def verified_chain(self) -> tuple[bytes, ...]:
        """The CSMS's certificates from its own to the root, DER; none without TLS."""
        return tls.verified_chain(self._websocket.transport.get_extra_info("ssl_object"))

    def send(self, data: bytes) -> None:
        """One text message, into the socket or the buffer before it."""
        if self._websocket.state is not State.OPEN:
            raise WireClosed(self._end or "the connection is closing")
        unread = self._websocket.transport.get_write_buffer_size()
        if unread > MAX_UNREAD_BYTES:
            self._abort(f"the CSMS does not read: {unread} bytes wait")
            raise WireClosed(str(self._end))
        broadcast((self._websocket,), data, text=True)

    def listen(self, take: Callable[[BytesLike], None]) -> None:
        """Every message, put together from its fragments."""
        early, self._websocket.early = self._websocket.early, []
        for data in early:
            take(data)
        self._websocket.take = take

    async def closed(self) -> str:
        """Wait until the connection is gone; how it went."""
        await self._websocket.wait_closed()
        return self._end or _how(self._websocket.protocol.close_exc)

    async def keep_alive(self, interval_s: Callable[[], float]) -> None:
        """Ping at the interval, as it is now; a missing pong is the end (1.6-J §5.3, errata 3.11; 2.0.1 part 4 §5.2, §8.4)."""
        clock = asyncio.get_running_loop().time
        last_s = clock()
        while self._websocket.state is not State.CLOSED:
            every_s = interval_s()
            rest_s = last_s + every_s - clock() if every_s > 0 else GLANCE_S
            if rest_s > 0:
                await self._wait(min(rest_s, GLANCE_S))
            else:
                last_s = clock()
                await self._ping(min(every_s, PONG_WITHIN_S))

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._websocket.wait_closed()

    async def _ping(self, within_s: float) -> None:
        try:
            async with asyncio.timeout(within_s):
                await (await self._websocket.ping())
        except TimeoutError:
            self._abort(f"no pong within {within_s:g} s")
        except ConnectionClosed:
            return

    async def close(self) -> None:
        """Say goodbye; takes two seconds at most."""
        with contextlib.suppress(ConnectionClosed):
            await self._websocket.close()

    def abort(self) -> None:
        """Drop the TCP connection at once, without a close frame."""
        self._websocket.transport.abort()

    def _abort(self, reason: str) -> None:
        self._end = reason
        self.abort()


def _how(closed: ConnectionClosed) -> str:
    by_us = closed.sent is not None and not closed.rcvd_then_sent
    frame = closed.sent if by_us else closed.rcvd
    if frame is None:
        return "the connection broke, no close frame"
    return f"closed by {'this station' if by_us else 'the CSMS'} with {frame.code} {printable(frame.reason, 123)}".rstrip()

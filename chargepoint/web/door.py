"""A listener that lets in so many, all in all and from each address, counted from before the TLS handshake."""

import asyncio
import logging
import socket
import ssl
from collections import Counter
from typing import Any

from uvicorn.server import ServerState

from chargepoint.web.clock import Clock
from chargepoint.web.connection import Bounded, config
from chargepoint.web.seldom import Seldom
from chargepoint.web.throttle import neighbourhood

log = logging.getLogger(__name__)

MOST, MOST_EACH = 64, 24
HANDSHAKE_S, GOODBYE_S, ABORTED_S = 8.0, 2.0, 1.0
BACKLOG = 64
EVERYWHERE = "::"
FULL_S = 0.5
"""After the system has no more files for us."""


class Door:
    """``tls``: ``None``: plain HTTP."""

    def __init__(self, application: Any, tls: ssl.SSLContext | None, clock: Clock) -> None:
        self._config = config(application)
        self._tls = tls
        self._clock = clock
        self._state = ServerState()
        self._inside: Counter[str] = Counter()
        self._greeting: set[asyncio.Task[None]] = set()
        self._refused, self._cut = Seldom(), Seldom()
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None

    def open(self, host: str, port: int) -> None:
        """Listen. ``::`` is every address, of IPv4 as well. Raises OSError."""
        self._listener = _listener(host, port)
        self._accepting = asyncio.get_running_loop().create_task(self._accept(self._listener))

    @property
    def place(self) -> tuple[str, int]:
        """Where it listens."""
        assert self._listener is not None
        host, port = self._listener.getsockname()[:2]
        return host, port

    @property
    def port(self) -> int:
        """Of these."""
        return self.place[1]

    @property
    def inside(self) -> int:
        """How many are connected, or about to be."""
        return self._inside.total()

    async def close(self) -> None:
        """Let nobody in any more; who is in may finish what he has asked for, for a moment."""
        if self._accepting is None or self._listener is None:
            return
        self._accepting.cancel()
        await asyncio.wait({self._accepting})  # until then the loop looks at the number of this socket, which the next one gets
        self._listener.close()
        self._accepting = None
        for connection in tuple(self._state.connections):
            connection.shutdown()
        await self._done(GOODBYE_S)
        for connection in tuple(self._state.connections):
            if isinstance(connection, Bounded):
                connection.transport.abort()
        await self._done(ABORTED_S)
        for task in (*self._state.tasks, *self._greeting):
            task.cancel()

    async def _done(self, seconds: float) -> None:
        if self._state.tasks:
            await asyncio.wait(tuple(self._state.tasks), timeout=seconds)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                line, address = await loop.sock_accept(listener)
            except ConnectionError:
                continue
            except OSError as error:
                log.warning("event=accept_failed cause=%s again_s=%.1f", error.strerror, FULL_S)
                await self._clock.pause(FULL_S)
                continue
            near = neighbourhood(address[0])
            if self.inside >= MOST or self._inside[near] >= MOST_EACH:
                if count := self._refused.due(self._clock.monotonic()):
                    log.info("event=connection_refused from=%s inside=%d count=%d", near, self.inside, count)
                line.close()
                continue
            self._inside[near] += 1
            task = loop.create_task(self._greet(line, near))
            self._greeting.add(task)
            task.add_done_callback(self._greeting.discard)

    async def _greet(self, line: socket.socket, near: str) -> None:
        """The handshake; then the connection lives by itself."""
        loop = asyncio.get_running_loop()
        patience: dict[str, float] = {} if self._tls is None else {"ssl_handshake_timeout": HANDSHAKE_S, "ssl_shutdown_timeout": GOODBYE_S}
        try:
            line.setblocking(False)
            await loop.connect_accepted_socket(
                lambda: Bounded(self._config, self._state, loop, lambda: self._left(near), self._cut), line, ssl=self._tls, **patience
            )
        except (OSError, ssl.SSLError) as error:  # who does not trust our certificate, or speaks something else
            log.debug("event=handshake_failed from=%s cause=%r", near, error)
            line.close()
            self._left(near)

    def _left(self, near: str) -> None:
        self._inside[near] -= 1
        if self._inside[near] <= 0:
            del self._inside[near]


def _listener(host: str, port: int) -> socket.socket:
    if host == EVERYWHERE and not socket.has_dualstack_ipv6():
        host = "0.0.0.0"
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(address)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener

"""One connection of a browser, by HTTP/1.1: uvicorn's with bounds on time, for who is slow on purpose holds nothing for long.

head       has to be there within ``HEAD_S`` of the connection, or of its first byte on a connection that is kept
body       has ``GRACE_S``, and then to come with ``SLOWEST_BYTES_PER_S`` at least
answer     has to be taken: nobody reads for ``STUCK_S`` and it is cut
silence    between requests: ``KEPT_S``
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from chargepoint.web.headers import HEAD_BYTES
from chargepoint.web.seldom import Seldom

log = logging.getLogger(__name__)

HEAD_S, GRACE_S, STUCK_S, KEPT_S = 10.0, 15.0, 20.0, 15
SLOWEST_BYTES_PER_S = 2_000
LOOK_S = 1.0
"""How exactly these are kept."""


def config(application: Any) -> Config:
    """Of uvicorn: h11 only, no WebSocket, no headers about ourselves."""
    made = Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEPT_S,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )
    made.load()
    return made


class Bounded(H11Protocol):
    """``gone`` is called at its end. ``cut``: of all connections of a door."""

    def __init__(self, config: Config, state: ServerState, loop: asyncio.AbstractEventLoop, gone: Callable[[], None], cut: Seldom) -> None:
        super().__init__(config, state, {}, loop)
        self._gone = gone
        self._cut = cut
        self._since_s = 0.0
        self._body_bytes = 0
        self._body_since_s: float | None = None
        self._stuck_since_s: float | None = None
        self._look: asyncio.TimerHandle | None = None
        self._head_open = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._since_s = self.loop.time()
        self._look = self.loop.call_later(LOOK_S, self._hold_bounds)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)
        self._gone()

    def data_received(self, data: bytes) -> None:
        idle = self.conn.their_state is h11.IDLE
        if idle and not self._head_open:
            self._since_s, self._head_open = self.loop.time(), True
        super().data_received(data)
        their = self.conn.their_state
        self._head_open = their is h11.IDLE and self._head_open
        if their is h11.SEND_BODY:
            if self._body_since_s is None:
                self._body_since_s, self._body_bytes = self.loop.time(), 0
            self._body_bytes += len(data)
        else:
            self._body_since_s = None

    def pause_writing(self) -> None:
        self._stuck_since_s = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stuck_since_s = None
        super().resume_writing()

    def _hold_bounds(self) -> None:
        now_s = self.loop.time()
        if why := self._too_slow(now_s):
            if count := self._cut.due(now_s):
                log.info("event=slow_connection_cut from=%s why=%s count=%d", self.client[0] if self.client else "", why, count)
            self.transport.abort()
            return
        self._look = self.loop.call_later(LOOK_S, self._hold_bounds)

    def _too_slow(self, now_s: float) -> str:
        if self._head_open and now_s - self._since_s > HEAD_S:
            return "head"
        if self._stuck_since_s is not None and now_s - self._stuck_since_s > STUCK_S:
            return "answer"
        if self._body_since_s is None or self.flow.read_paused:
            return ""
        return "body" if now_s - self._body_since_s > GRACE_S + self._body_bytes / SLOWEST_BYTES_PER_S else ""

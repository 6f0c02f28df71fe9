"""A station that does what the test says, a wire in memory, and a CSMS on the loopback interface."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from chargepoint.domain.commands import Command, Outcome, Reply, Verdict
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.notifications import Answer, Notification, Registration
from chargepoint.ocpp.dialect import Dialect, Site, load
from chargepoint.ocpp.session import Session
from chargepoint.ocpp.wire import WireClosed

CONNECTORS = (ConnectorId(1, 1), ConnectorId(1, 2), ConnectorId(2, 1))
"""Two EVSEs, the first with two connectors: 1.6 numbers them 1, 2, 3."""

VERSIONS = ("1.6", "2.0.1")
WAIT_S = 10.0


def dialect(version: str, csms_ids: dict[str, str] | None = None) -> Dialect:
    return load(version, Site(CONNECTORS, ({} if csms_ids is None else csms_ids).get))


class FakeStation:
    """Obeys by the function ``reply``; keeps what it was asked and told."""

    def __init__(self, registration: Registration = Registration.ACCEPTED) -> None:
        self.registration = registration
        self.commands: list[Command] = []
        self.news: list[str] = []
        self.notes: list[tuple[str, str]] = []
        self.frames: list[tuple[bool, bytes]] = []
        self.then: Callable[[], None] | None = None
        self.reply: Callable[[Command], Coroutine[Any, Any, Reply]] = accept

    def csms_connected(self) -> None:
        self.news.append("connected")

    def csms_lost(self, reason: str) -> None:
        self.news.append(reason)

    def framed(self, sent: bool, data: bytes | bytearray | memoryview) -> None:
        self.frames.append((sent, bytes(data)))

    def noted(self, kind: str, info: str) -> None:
        self.notes.append((kind, info))

    async def obey(self, command: Command) -> tuple[Reply, Callable[[], None] | None]:
        self.commands.append(command)
        return await self.reply(command), self.then

    def csms_transaction_id(self, transaction_id: str) -> str | None:
        return None


async def accept(_: Command) -> Reply:
    return Outcome(Verdict.ACCEPTED)


class MemoryWire:
    """What the session sends is in ``sent``; ``hear`` is the CSMS speaking."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self._take: Callable[[bytes], None] = lambda _: None
        self._closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def send(self, data: bytes) -> None:
        if self._closed.done():
            raise WireClosed(self._closed.result())
        self.sent.append(json.loads(data))

    def listen(self, take: Callable[[Any], None]) -> None:
        self._take = take

    async def closed(self) -> str:
        return await asyncio.shield(self._closed)

    def hear(self, frame: Any) -> None:
        self._take(frame if isinstance(frame, bytes) else json.dumps(frame).encode())

    def break_off(self, reason: str = "gone") -> None:
        self._closed.set_result(reason)


class Talk:
    """A session on a wire in memory. Times are virtual when run so."""

    def __init__(self, version: str, station: FakeStation | None = None, time_out_s: float = 30.0) -> None:
        self.wire = MemoryWire()
        self.station = station or FakeStation()
        self.session = Session(self.wire, dialect(version), self.station, lambda: time_out_s)

    async def __aenter__(self) -> "Talk":
        self._run = asyncio.create_task(self.session.run())
        await settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._run.cancel()
        await asyncio.wait({self._run})

    async def call(self, message_id: str, action: str, payload: Any) -> Any:
        """A CALL of the CSMS and what is sent at once in answer; ``None``: nothing."""
        before = len(self.wire.sent)
        self.wire.hear([2, message_id, action, payload])
        await settle()
        return self.wire.sent[-1] if len(self.wire.sent) > before else None


async def settle(turns: int = 20) -> None:
    """Let every task that can run do so."""
    loop = asyncio.get_running_loop()
    for _ in range(turns):
        turn = loop.create_future()
        loop.call_soon(turn.set_result, None)
        await turn


async def until(condition: Callable[[], Any]) -> None:
    """Wait for something real. Fails after ten seconds."""
    async with asyncio.timeout(WAIT_S):
        while not condition():  # noqa: ASYNC110  real sockets have no event of ours
            await asyncio.sleep(0.005)


class FakeCsms:
    """A CSMS for real sockets. ``answer`` turns a frame into frames to send; each connection and its headers are kept."""

    def __init__(self) -> None:
        self.connections: list[ServerConnection] = []
        self.received: list[Any] = []
        self.subprotocol: Callable[[list[str]], str | None] = lambda offered: offered[0] if offered else None
        self.http_status: int | None = None
        self.closes: list[int | None] = []
        self.url = ""
        self._server: Server | None = None

    @contextlib.asynccontextmanager
    async def listening(self, port: int = 0, **more: Any) -> AsyncIterator["FakeCsms"]:
        async with serve(
            self._converse,
            "127.0.0.1",
            port,
            select_subprotocol=lambda _, offered: self.subprotocol(list(offered)),  # type: ignore[arg-type,return-value]
            process_request=self._admit,
            **more,
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            self.url = f"ws://127.0.0.1:{self.port}/ocpp"
            yield self

    async def has(self, connections: int) -> None:
        """Wait for that many connections."""
        await until(lambda: len(self.connections) == connections)

    def _admit(self, connection: ServerConnection, _: Any) -> Any:
        return None if self.http_status is None else connection.respond(self.http_status, "no")

    async def _converse(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        try:
            async for message in connection:
                frame = json.loads(message)
                self.received.append(frame)
                if frame[0] == 2:
                    await connection.send(json.dumps([3, frame[1], {"currentTime": "2026-03-01T12:00:00Z"}]))
        except ConnectionClosed:
            pass
        self.closes.append(connection.close_code)


async def answer_with(talk: Talk, notification: Notification, payload: Any) -> Answer:
    """What is made of this answer to a CALL of ours. Raises what ``ask`` raises."""
    asked = asyncio.create_task(talk.session.ask(notification))
    await settle()
    talk.wire.hear([3, talk.wire.sent[-1][1], payload])
    return await asked

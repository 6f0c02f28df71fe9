"""The bench CSMS: one WebSocket port for OCPP 1.6 and 2.0.1, and everything that may be asked of it."""

import asyncio
import http
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random
from ssl import SSLContext

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from simulators.csms import lines
from simulators.csms.admission import authenticated, authentication, chosen, refusal, station_id
from simulators.csms.attention import BEAT_S, Attention
from simulators.csms.behaviour import KIND, Behaviour, read_behaviour
from simulators.csms.book import Book, Conversation
from simulators.csms.connection import Connection
from simulators.csms.court import Court
from simulators.csms.errors import NotConnected, UnknownStation
from simulators.csms.frames import Payload
from simulators.csms.message_log import MessageLog
from simulators.csms.records import Station, Transaction
from simulators.csms.tokens import TokenList
from simulators.csms.versions import VERSIONS

log = logging.getLogger(__name__)

MAX_SIZE = 4 * 1024 * 1024
"""Bytes of one message of a station; above it the connection is closed with 1009."""
CLOSE_TIMEOUT_S = 1.0
CALL_TIMEOUT_S = 30.0


def wall_clock() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def _quiet(line: str) -> None:
    """Nobody reads along."""


class Csms:
    """The CSMS. It may be stopped and started again, and then still knows what it knew.

    ``tls``: serve wss with this context, which also says whether stations need a certificate (security profiles 2 and 3).
    ``sign``: makes the certificate chain for a SignCertificate. ``seed``: of what chance does (behaviour ``chaos``).
    """

    def __init__(
        self,
        *,
        versions: Sequence[str] = tuple(VERSIONS),
        password: str | None = None,
        tls: SSLContext | None = None,
        sign: Callable[[str], str] | None = None,
        seed: int = 0,
        on_line: Callable[[str], None] = _quiet,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        self.on_line = on_line
        self.url = ""
        """ws://host:port (wss with TLS) while it listens; the station's identity is to be appended."""
        self.password = password
        """What new connections must bring with HTTP basic authentication; ``None``: nothing."""
        self.tls = tls
        """Of the port, from its next ``start`` on."""
        self._versions = tuple(versions)
        self._clock = clock
        self._book = Book(sign)
        self._court = Court(self._book, self._say, Random(seed))
        self._connections: dict[str, Connection] = {}
        self._server: Server | None = None
        self._news = asyncio.Event()
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def stations(self) -> dict[str, Station]:
        """Every station that has been here, by its identity."""
        return self._book.stations

    @property
    def transactions(self) -> list[Transaction]:
        """Every transaction, in the order in which they became known."""
        return self._book.transactions

    @property
    def messages(self) -> MessageLog:
        """Every frame, both directions, in order."""
        return self._book.log

    @property
    def tokens(self) -> TokenList:
        """Who may charge."""
        return self._book.tokens

    @property
    def behaviour(self) -> Behaviour:
        """How unkind it is from now on."""
        return self._court.behaviour

    @behaviour.setter
    def behaviour(self, behaviour: Behaviour) -> None:
        self._court.behaviour = behaviour

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0: one that is free. Raises OSError."""
        self._server = await serve(
            self._welcome,
            host,
            port,
            process_request=self._admit,
            select_subprotocol=self._select,
            ssl=self.tls,
            max_size=MAX_SIZE,
            close_timeout=CLOSE_TIMEOUT_S,
        )
        self._run(self._listen())
        chosen_port = next(iter(self._server.sockets)).getsockname()[1]
        self.url = f"{'ws' if self.tls is None else 'wss'}://{f'[{host}]' if ':' in host else host}:{chosen_port}"
        log.info("csms=listening url=%s versions=%s", self.url, ",".join(self._versions))

    async def stop(self) -> None:
        """Close every connection and listen no more. What is known stays."""
        if self._server is None:
            return
        self._server.close()
        await self._server.wait_closed()
        for errand in self._errands:
            errand.cancel()
        self._server, self.url = None, ""

    async def call(self, station: str, action: str, payload: Payload, timeout_s: float = CALL_TIMEOUT_S) -> Payload:
        """Ask a station something and wait for its answer.

        Raises UnknownStation, NotConnected, NoAnswer, Busy, or CallRefused for a CALLERROR.
        """
        return await self._connection(station).call(action, payload, timeout_s)

    def put_behaviour(self, body: object) -> Behaviour:
        """Take the body of ``PUT /v1/behaviour``. Raises BadRequest, and then nothing has changed."""
        wish = read_behaviour(body)
        if wish.behaviour is not None:
            self.behaviour = wish.behaviour
        if "oversize" in wish.orders:
            self.oversize()
        if "drop" in wish.orders:
            self.drop()
        return self.behaviour

    def kind(self) -> None:
        """Restore everything that was unkind."""
        self.behaviour = KIND

    def drop(self) -> None:
        """Cut every connection now, without a close frame."""
        for connection in self._connections.values():
            connection.drop()

    def oversize(self) -> None:
        """Send every station a frame above 1 MiB."""
        for connection in self._connections.values():
            self._run(connection.oversize())

    async def until(self, condition: Callable[[], bool], timeout_s: float) -> None:
        """Wait until something holds that the stations' messages bring about. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                await self._news.wait()

    def _connection(self, station: str) -> Connection:
        if station not in self.stations:
            known = ", ".join(sorted(self.stations)) or "none so far"
            raise UnknownStation(f"station {station!r} has never connected; known are: {known}")
        if station not in self._connections:
            raise NotConnected(f"station {station!r} is not connected now; wait for it to come back")
        return self._connections[station]

    async def _admit(self, socket: ServerConnection, request: Request) -> Response | None:
        """The HTTP part of the handshake: who is it, may it come in?"""
        station = station_id(request.path)
        if station is None:
            return socket.respond(http.HTTPStatus.NOT_FOUND, "the path must end with the station's identity\n")
        if self.behaviour.refuse is not None:
            self._note(station, f"○ refused with HTTP {self.behaviour.refuse}, as told")
            return refusal(socket, self.behaviour.refuse)
        if self.password is not None and not authenticated(request.headers.get("Authorization"), station, self.password):
            self._note(station, "○ refused: wrong or missing password")
            response = socket.respond(http.HTTPStatus.UNAUTHORIZED, "wrong or missing password\n")
            response.headers["WWW-Authenticate"] = 'Basic realm="csms"'
            return response
        return None

    def _select(self, socket: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        version = chosen(offered, self._versions)
        return None if version is None else Subprotocol(version.subprotocol)

    async def _welcome(self, socket: ServerConnection) -> None:
        """One connection, from the end of the handshake on."""
        assert socket.request is not None, "the handshake is over"
        name = station_id(socket.request.path)
        assert name is not None, "a request without identity was refused"
        version = chosen([socket.subprotocol] if socket.subprotocol else [], self._versions)
        if version is None:
            offered = ", ".join(socket.request.headers.get_all("Sec-WebSocket-Protocol")) or "nothing"
            self._note(name, f"○ closed: it offers {offered}, served are {', '.join(VERSIONS[v].subprotocol for v in self._versions)}")
            await socket.close(1002, "no subprotocol in common")
            return
        address = "{}:{}".format(*socket.remote_address[:2])
        station = self._book.arrive(name, version, address, self._clock())
        station.authenticated_by = authentication(socket.transport.get_extra_info("peercert"), self.password is not None)
        connection = Connection(socket, self._court, Conversation(station=station, version=version), self._clock)
        self._replace(name, connection)
        self._note(name, f"● connected with OCPP {version.name} from {address}")
        ending = await connection.serve()
        self._leave(name, connection, ending)

    def _replace(self, name: str, connection: Connection) -> None:
        """The newer connection of a station counts; the older one may still hang."""
        older = self._connections.get(name)
        self._connections[name] = connection
        if older is not None:
            self._note(name, "○ its older connection is closed: there is a newer one")
            self._run(older.close(1000, "replaced by a newer connection"))

    def _leave(self, name: str, connection: Connection, ending: str) -> None:
        if self._connections.get(name) is not connection:
            return
        del self._connections[name]
        self.stations[name].connected = False
        self._note(name, f"○ disconnected: {ending}")

    async def _listen(self) -> None:
        """A process that gets no processor hears late, and several at once: the court must know."""
        self._court.attention = attention = Attention(self._clock())
        while True:
            await asyncio.sleep(BEAT_S)
            attention.beat(self._clock())

    def _run(self, errand: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _note(self, station: str, text: str) -> None:
        self._say(lines.note(self._clock(), station, text))

    def _say(self, line: str) -> None:
        self.on_line(line)
        self._news.set()
        self._news = asyncio.Event()

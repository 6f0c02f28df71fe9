"""The world in real time, for drivers on a Unix SEQPACKET socket (``hal.bus.simulated`` has the messages).

There is no tick. A timer stands at the world's next event, datagrams are taken in as they arrive, and after either the drivers hear
at once of what has changed. An idle world costs nothing.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from errno import EADDRINUSE
from math import inf
from pathlib import Path

import msgspec

from hal.bus.simulated import (
    MAX_MESSAGE_BYTES,
    AskRecord,
    AttachBoard,
    AttachIndicator,
    AttachMeter,
    AttachReader,
    AttachSite,
    Card,
    Kick,
    MeterShows,
    ReadMeter,
    RecordIs,
    ShowLight,
    SiteIs,
    SoundBeeps,
    ToWorld,
    decode_to_world,
)
from hal.measured import BoardOutputs, TokenSeen
from simulators.client import Client
from simulators.electrics import Electrics
from simulators.memory import ordered
from simulators.meter import SLOW_S
from simulators.world import World

log = logging.getLogger(__name__)

BACKLOG = 64
MAX_PER_TURN = 512
"""Datagrams taken from one driver before the others have their turn: more than its socket holds, so a late world catches up at once."""


class WorldServer:
    """Serves one world. ``open`` listens, ``close`` hangs up on everybody."""

    def __init__(self, world: World, path: str) -> None:
        self._world = world
        self._path = path
        self._listener: socket.socket | None = None
        self._clients: dict[int, Client] = {}
        self._timer: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Listen. A socket that a killed world left behind is replaced. Raises OSError, also when another world is there."""
        self._loop = asyncio.get_running_loop()
        make_way(self._path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        listener.bind(self._path)
        listener.listen(BACKLOG)
        self._listener = listener
        self._loop.add_reader(listener.fileno(), self._accept)
        self._world.inlet = self._take_in_all
        self._world.observers.append(self._changed)
        self._changed()
        log.info("world open socket=%s evses=%s", self._path, list(self._world.evses))

    def close(self) -> None:
        """Hang up on everybody, and keep what the world keeps."""
        if self._listener is None:
            return
        self._world.inlet = None
        self._world.observers.remove(self._changed)
        if self._timer is not None:
            self._timer.cancel()
        for client in tuple(self._clients.values()):
            self._drop(client)
        self._loop.remove_reader(self._listener.fileno())
        self._listener.close()
        self._listener = None
        Path(self._path).unlink(missing_ok=True)
        self._world.close(time.monotonic())

    # Time

    def moved(self) -> None:
        """Somebody else has moved the world: look again when something happens by itself."""
        if self._listener is not None:
            self._set_timer()

    def _changed(self) -> None:
        now = time.monotonic()
        for client in tuple(self._clients.values()):
            if client.drives_board:
                client.measure(now, always=False)
            elif client.wants_site:
                client.send(self._site())
        self._set_timer()

    def _set_timer(self) -> None:
        due_s = self._world.next_event_s
        if self._timer is not None and (self._timer.when() > due_s or self._timer.cancelled()):
            self._timer.cancel()
            self._timer = None
        if self._timer is None and due_s < inf:
            self._timer = self._loop.call_at(due_s, self._tick)

    def _tick(self) -> None:
        self._timer = None
        now = time.monotonic()
        self._world.advance(now)
        self._world.keep()
        for client in tuple(self._clients.values()):
            if client.drives_board:
                client.measure(now, always=False)
        self._set_timer()

    # Drivers

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            line, _ = self._listener.accept()
        except BlockingIOError:
            return
        line.setblocking(False)
        client = self._clients[line.fileno()] = Client(line)
        self._loop.add_reader(line.fileno(), self._take_in, client)

    def _take_in_all(self) -> None:
        for client in tuple(self._clients.values()):
            self._take_in(client)

    def _take_in(self, client: Client) -> None:
        for _ in range(MAX_PER_TURN):
            try:
                datagram = client.line.recv(MAX_MESSAGE_BYTES)
            except BlockingIOError:
                return
            except ConnectionResetError:
                continue  # it left without reading everything; what it said before is still there
            except OSError:
                datagram = b""
            if not datagram:
                self._drop(client)
                return
            try:
                self._obey(client, decode_to_world(datagram))
            except msgspec.DecodeError as error:
                log.warning("driver dropped reason=unreadable_message error=%s", error)
                self._drop(client)
                return

    def _drop(self, client: Client) -> None:
        if self._clients.pop(client.line.fileno(), None) is not None:
            self._loop.remove_reader(client.line.fileno())
            client.leave()
            client.line.close()

    # Messages

    def _obey(self, client: Client, message: ToWorld) -> None:
        match message:
            case Kick():
                self._kick(client, message)
            case ReadMeter():
                self._read_meter(client, message)
            case AttachBoard() | AttachMeter() | AttachIndicator():
                self._attach(client, message)
            case AskRecord():
                self._ask_record(client, message)
            case ShowLight() | SoundBeeps():
                self._indicate(client, message)
            case AttachReader():
                self._attach_reader(client, message)
            case AttachSite():
                client.wants_site = True
                client.send(self._site())

    def _kick(self, client: Client, kick: Kick) -> None:
        if client.evse is None or not client.drives_board:
            return
        now, evse = time.monotonic(), client.evse
        evse.kick(outputs_of(kick, evse), kick.sent_s, now)
        client.measure(now, always=True)
        self._set_timer()

    def _read_meter(self, client: Client, question: ReadMeter) -> None:
        evse = client.evse
        if evse is None or evse.meter.condition == "lost":
            return
        answer = MeterShows(question.number, self._world.show(evse, time.monotonic()))
        if evse.meter.condition == "slow":
            self._loop.call_later(SLOW_S, client.send, answer)
        else:
            client.send(answer)

    def _ask_record(self, client: Client, question: AskRecord) -> None:
        evse = client.evse
        if evse is None or evse.meter.condition == "lost" or evse.recorder.fault == "silent":
            return
        error = ordered(self._world, evse, question, time.monotonic())
        recorder = evse.recorder
        client.send(RecordIs(question.number, recorder.public_key, recorder.open_record, recorder.last_record, error))

    def _indicate(self, client: Client, message: ShowLight | SoundBeeps) -> None:
        if client.evse is None:
            return
        if isinstance(message, ShowLight):
            client.evse.lamp.show(message.light, time.monotonic())
        else:
            client.evse.lamp.sound(message.beeps)

    def _attach(self, client: Client, attach: AttachBoard | AttachMeter | AttachIndicator) -> None:
        client.evse = self._world.evses.get(attach.evse)
        if client.evse is None:
            log.warning("driver dropped reason=unknown_evse evse=%s known=%s", attach.evse, list(self._world.evses))
            self._drop(client)
            return
        log.info("driver attached as=%r", attach)
        if isinstance(attach, AttachBoard):
            self._attach_board(client, client.evse)
        elif isinstance(attach, AttachIndicator):
            client.leave = client.evse.lamp.go_dark

    def _attach_board(self, client: Client, evse: Electrics) -> None:
        for other in tuple(self._clients.values()):
            if other is not client and other.drives_board and other.evse is evse:
                log.warning("driver dropped reason=board_taken_by_newer evse=%s", evse.plan.id)
                self._drop(other)
        client.drives_board = True
        now = time.monotonic()
        evse.attach(now)
        client.measure(now, always=True)
        self._set_timer()

    def _attach_reader(self, client: Client, attach: AttachReader) -> None:
        def hold(token: TokenSeen) -> None:
            client.send(Card(token))

        client.leave()
        client.leave = self._world.add_reader(attach.evses, hold)

    def _site(self) -> SiteIs:
        return SiteIs(self._world.network_up, self._world.clock_offset_s)


def outputs_of(kick: Kick, evse: Electrics) -> BoardOutputs:
    """What a kick wants of a board. Without a word on the lock it leaves lock and phases as they are."""
    left = kick.lock is None
    lock = evse.outputs.lock if kick.lock is None else kick.lock
    phases = evse.outputs.phases if left else kick.phases
    return BoardOutputs(kick.duty_ppm, kick.contactor, lock, phases, kick.rcd_test, kick.shunt_trip)


def make_way(path: str) -> None:
    """Remove a socket that nobody listens to any more. Raises OSError when somebody does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
        try:
            probe.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            Path(path).unlink(missing_ok=True)
            return
    raise OSError(EADDRINUSE, f"hal.sim.socket {path}: another simulated world serves it; stop that one, or name another path")


async def serve_world(world: World, socket_path: str, ready: Callable[[], None] | None = None) -> None:
    """Open the world, serve it until cancelled, close it. ``ready`` is called once it listens. Raises OSError or RegisterError."""
    world.open(time.monotonic())
    server = WorldServer(world, socket_path)
    server.open()
    try:
        if ready is not None:
            ready()
        await asyncio.get_running_loop().create_future()
    finally:
        server.close()

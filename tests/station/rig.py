"""A station on a virtual clock, with the two that it talks to played by hand: control over the link in memory, the CSMS at its port."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.configuration import Configuration, ConnectorPart, EvsePart, OcppPart, SitePart, StationPart
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId, PlugInId
from chargepoint.domain.notifications import (
    Answer,
    Authorize,
    AuthorizeAnswer,
    BootAnswer,
    BootNotification,
    DataTransferAnswer,
    DataTransferOut,
    Heartbeat,
    HeartbeatAnswer,
    Notification,
    Received,
    Registration,
    StationIdentity,
    TransactionAnswer,
)
from chargepoint.domain.status import ConnectorFacts, StatusNotification
from chargepoint.domain.transaction import EventKind, TransactionEvent
from chargepoint.link.messages import (
    Ack,
    ClearFault,
    ClearOutcome,
    Down,
    Event,
    EvseState,
    Hello,
    Permit,
    Record,
    RecordOutcome,
    Revoke,
    Snapshot,
    Telemetry,
    Unlock,
    UnlockOutcome,
)
from chargepoint.link.pair import PairControl, PairStation
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import CsmsOffline, Line, StationPort
from chargepoint.station.settings import EvseSettings, StationSettings
from chargepoint.station.station import Station
from chargepoint.station.transfers import Files
from chargepoint.store.store import Store
from hal.api import WallClock
from hal.errors import DeviceError
from hal.measured import MeterReading, TokenSeen
from tests import virtual_time

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
CARD = TokenSeen("04A1")
IDENTITY = StationIdentity("cp001", "Acme", "One", "0001", "1.0")


class PlayedControl:
    """Control as the station sees it: one EVSE, whose state the test sets."""

    def __init__(self, boot: str = "boot-1") -> None:
        self.boot = boot
        self.end = PairControl()
        self.state = EvseState(evse=1)
        self.number = 0
        self.ring: list[Event] = []
        self.heard: list[Down] = []
        self.connections = 0
        self.release = ""
        """Version of its software; empty: it does not tell."""
        self.absent = False
        """The process is gone, and nobody starts it anew."""
        self.hangs = False
        """The process is there, and does nothing."""
        self.signing: Callable[[Record], RecordOutcome | None] = lambda wish: None
        """What its meter makes of a wish; nothing: it is still at it."""
        self.clearing: Callable[[ClearFault], ClearOutcome | None] = lambda wish: ClearOutcome(wish.wish, True)

    async def connect(self) -> PairStation:
        """What the station calls."""
        if self.absent:
            raise ConnectionRefusedError
        return self.end.connect()

    async def run(self) -> None:
        """Ten scans a second are plenty for a game."""
        for turn in count():
            if not self.hangs:
                for message in self.end.receive():
                    self._hear(message)
                if turn % 50 == 49:
                    self.end.send(Telemetry(self.boot, virtual_time.now_s(), self.state))
            await asyncio.sleep(0.2)

    def _hear(self, message: Down) -> None:
        if isinstance(message, Hello):
            self.connections += 1
            self.end.send(Snapshot(self.boot, virtual_time.now_s(), (self.state,), self.number, release=self.release))
            for event in self.ring:
                self.end.send(event)
        elif isinstance(message, Ack):
            self.ring = [event for event in self.ring if event.number > message.number]
        else:
            self.heard.append(message)
            if isinstance(message, Unlock):
                self.change(unlock=UnlockOutcome(message.wish, True))
            elif isinstance(message, ClearFault):
                self._clear(message)
            elif isinstance(message, Record) and (outcome := self.signing(message)) not in (None, self.state.record):
                self.change(record=outcome)

    def _clear(self, wish: ClearFault) -> None:
        outcome = self.clearing(wish)
        if outcome is not None:
            left = tuple(fault for fault in self.state.faults if not (outcome.cleared and fault.name == wish.name))
            self.change(cleared=outcome, faults=left)

    def change(self, **fields: Any) -> None:
        """Something happens at the EVSE."""
        self.state = replace(self.state, **fields)
        self.number += 1
        event = Event(self.boot, self.number, virtual_time.now_s(), self.state)
        self.ring.append(event)
        self.end.send(event)

    def measure(self, energy_wh: int, power_w: int = 0) -> None:
        """The meter is read."""
        self.state = replace(self.state, reading=MeterReading(at_s=virtual_time.now_s(), energy_wh=energy_wh, power_w=power_w))
        self.end.send(Telemetry(self.boot, virtual_time.now_s(), self.state))

    def plug(self, number: int = 1, **fields: Any) -> None:
        """A car is plugged in."""
        self.change(plug_in=PlugInId(self.boot, number), cp="B", state="B1", **fields)

    def charge(self) -> None:
        """The car takes the offer."""
        self.change(cp="C", state="C2", contactor_closed=True, offered_ma=16_000, permit="live")

    def open(self, energy_wh: int) -> None:
        """The permit is gone, the car has let go, the contactor is open and the meter was read after that."""
        self.change(cp="B", state="B1", contactor_closed=False, offered_ma=0, permit="none")
        self.measure(energy_wh)

    def unplug(self, energy_wh: int) -> None:
        """The car is gone."""
        self.change(plug_in=None, cp="A", state="A", contactor_closed=False, offered_ma=0, permit="none", found_at_start=False)
        self.measure(energy_wh)

    def fail(self, *faults: Fault) -> None:
        """Faults that stop charging are raised, or none is left: F for a moment, then X1."""
        if faults and self.state.contactor_closed:
            self.change(faults=faults, cp="F", state="fault_f", contactor_closed=False, offered_ma=0)
        here = self.state.plug_in is not None
        state = "fault" if faults else "B1" if here else "A"
        self.change(faults=faults, cp="B" if here else "A", state=state, contactor_closed=False, offered_ma=0)

    def warn(self, *faults: Fault) -> None:
        """Faults that stop nobody are raised, or none is left."""
        self.change(faults=faults)

    @property
    def permits(self) -> list[Permit | Revoke]:
        """What was said about charging, without repetitions."""
        said = [message for message in self.heard if isinstance(message, Permit | Revoke)]
        return [message for place, message in enumerate(said) if place == 0 or said[place - 1] != message]


class PlayedCsms:
    """A CSMS at the port: answers everything, unless ``answer`` raises or says otherwise."""

    version = "1.6"
    resend_keeps_id = True
    line = Line()

    def __init__(self, station: StationPort) -> None:
        self.station = station
        self.connected = False
        self.asked: list[tuple[str | None, Notification]] = []
        self.drops: list[str] = []
        self.answer: Callable[[Notification], Answer] = self.kindly
        self.boot = BootAnswer(Registration.ACCEPTED, 300, MIDNIGHT)
        self.token = TokenInfo(AuthorizationStatus.ACCEPTED)
        self._one = asyncio.Lock()

    def says(self, notification: Notification) -> bool:
        """Everything."""
        return True

    async def ask(self, notification: Notification, message_id: str | None = None) -> Answer:
        """Note it and answer, a moment later."""
        async with self._one:
            if not self.connected:
                raise CsmsOffline
            self.asked.append((message_id, notification))
            await asyncio.sleep(0.01)
            if not self.connected:
                raise CsmsOffline
            return self.answer(notification)

    def kindly(self, notification: Notification) -> Answer:
        """The answer of a good CSMS."""
        match notification:
            case BootNotification():
                return self.boot
            case Heartbeat():
                return HeartbeatAnswer(None)
            case Authorize():
                return AuthorizeAnswer(self.token)
            case TransactionEvent():
                started = notification.kind is EventKind.STARTED
                return TransactionAnswer(self.token if started else None, "17" if started else None)
            case DataTransferOut():
                return DataTransferAnswer("Accepted")
        return Received()

    def status_word(self, facts: ConnectorFacts) -> str:
        """Good enough to tell one from another."""
        return f"{facts.operative} {facts.unheard} {facts.plugged} {facts.preparing} {facts.charging_state} {facts.finishing}"

    async def run(self) -> None:
        """The test connects."""
        await asyncio.Event().wait()

    def drop(self, reason: str) -> None:
        """Noted; the connection goes, the test makes the next."""
        self.drops.append(reason)
        if self.connected:
            self.lose()

    def connect(self) -> None:
        """The connection stands."""
        self.connected = True
        self.station.csms_connected()

    def lose(self) -> None:
        """The connection is gone."""
        self.connected = False
        self.station.csms_lost("test")

    @property
    def events(self) -> list[TransactionEvent]:
        """Transaction events in the order in which they were sent."""
        return [notification for _, notification in self.asked if isinstance(notification, TransactionEvent)]

    @property
    def story(self) -> list[str]:
        """The same, as words."""
        return [f"{event.kind} {event.trigger}" for event in self.events]

    def of(self, kind: type) -> list[Notification]:
        """Everything of one kind."""
        return [notification for _, notification in self.asked if isinstance(notification, kind)]

    @property
    def statuses(self) -> list[StatusNotification]:
        """Status notifications."""
        return [notification for _, notification in self.asked if isinstance(notification, StatusNotification)]


class PlayedReader:
    """A reader whose cards the test presents."""

    def __init__(self) -> None:
        self._cards: asyncio.Queue[TokenSeen | None] = asyncio.Queue()
        self.broken: str | None = None
        """What its driver says while it does not work."""
        self._error: type[Exception] = DeviceError

    def present(self, card: TokenSeen) -> None:
        """Hold a card to it."""
        self._cards.put_nowait(card)

    def fail(self, reason: str | None, error: type[Exception] = DeviceError) -> None:
        """It breaks, or is mended."""
        self.broken, self._error = reason, error
        self._cards.put_nowait(None)

    async def tokens(self) -> AsyncIterator[TokenSeen]:
        """As a driver does."""
        while self.broken is None:
            card = await self._cards.get()
            if card is not None:
                yield card
        raise self._error(self.broken)


class HostClock:
    """The host's time of day: midnight when the virtual clock starts."""

    def now_s(self) -> float:
        """Seconds since 1970."""
        return MIDNIGHT.timestamp() + virtual_time.now_s()


def configuration(keys: dict[str, str] | None = None, evses: int = 1, connectors: int = 1, signs: bool = False) -> Configuration:
    """EVSEs with a socket, or several. ``signs``: their meters do."""
    meter: dict[str, Any] = {"driver": "iskra-wm3m4" if signs else "simulated"}
    sockets = tuple(ConnectorPart(id=number + 1) for number in range(connectors))
    return Configuration(
        station=StationPart(id="cp001", vendor="Acme", model="One"),
        site=SitePart(fuse_a=63),
        evses=tuple(EvsePart(id=number + 1, max_current_a=32, connectors=sockets, meter=meter) for number in range(evses)),
        ocpp=OcppPart(csms_url="ws://127.0.0.1:1", keys=keys or {}),
    )


def settings(**changes: Any) -> StationSettings:
    """What the station is told of it."""
    evse = EvseSettings(
        evse=1, connectors=(ConnectorId(1),), sockets=frozenset({1}), rating_ma=32_000, failsafe_ma=6_000, phases=3, voltage_v=230
    )
    return replace(StationSettings(identity=IDENTITY, evses=(evse,)), **changes)


class Game:
    """A station at work and everybody who plays with it."""

    def __init__(
        self,
        path: Path,
        control: PlayedControl,
        settings: StationSettings,
        keys: dict[str, str] | None = None,
        files: Files | None = None,
    ) -> None:
        self.control = control
        self.clock = StationClock(self._host(), virtual_time.now_s)
        self.store = self._open(path)
        self.reader = PlayedReader()
        facts = self.store.facts
        evses, connectors = settings.evses, max(len(evse.connectors) for evse in settings.evses)
        signs = any(evse.signs for evse in evses)
        model = DeviceModel(configuration(keys, len(evses), connectors, signs), facts.changed_variables(), facts.change_variable)
        self.station = Station(settings, self.store, model, self.clock, control.connect, self._csms, (self.reader,), files)
        self.restarts: bool | None = None

    def _host(self) -> WallClock:
        return HostClock()

    def _open(self, path: Path) -> Store:
        return Store(path)

    def _csms(self, station: StationPort) -> PlayedCsms:
        self.csms = PlayedCsms(station)
        return self.csms

    async def run(self) -> None:
        """Until it leaves or is cancelled."""
        self.restarts = await self.station.run()

    async def until(self, condition: Callable[[], object], seconds: float = 60.0) -> None:
        """Let time pass until something holds."""
        end = virtual_time.now_s() + seconds
        while not condition():
            assert virtual_time.now_s() < end, f"not within {seconds} s; heard: {self.csms.story}"
            await asyncio.sleep(0.05)

    async def swipe(self, card: TokenSeen = CARD) -> None:
        """A card, and time to judge it."""
        self.reader.present(card)
        await asyncio.sleep(0.5)

    @property
    def transaction(self) -> Any:
        """The running transaction of EVSE 1, or None."""
        return self.station.transacting.sessions[1].transaction


def play(
    script: Callable[[Game], Coroutine[Any, Any, None]],
    path: Path | str = ":memory:",
    control: PlayedControl | None = None,
    connected: bool = True,
    keys: dict[str, str] | None = None,
    files: Files | None = None,
    **changes: Any,
) -> Game:
    """Start a station, let the script play, and kill the station without a word, as a power cut does."""

    async def main() -> Game:
        game = Game(Path(path), control or PlayedControl(), settings(**changes), keys, files)
        tasks = [asyncio.create_task(game.control.run()), asyncio.create_task(game.run())]
        try:
            await game.until(lambda: game.station.link.connected)
            if game.control.state.reading is None:
                game.control.measure(1000)
            if connected:
                game.csms.connect()
            await asyncio.sleep(0.5)
            await script(game)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            game.control.end.hang_up()
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
        return game

    return virtual_time.run(main())

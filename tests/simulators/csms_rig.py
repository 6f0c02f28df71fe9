"""Stations written by hand: one that talks to the court without any wire, one with a real WebSocket."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from simulators.csms.book import Book, Conversation
from simulators.csms.court import Court, Reply
from simulators.csms.frames import Call, Result, write
from simulators.csms.versions import VERSIONS

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
T = "2026-01-01T12:00:00Z"
WAIT_S = 10.0

BOOT: dict[str, dict[str, Any]] = {
    "1.6": {"chargePointVendor": "Acme", "chargePointModel": "One"},
    "2.0.1": {"reason": "PowerUp", "chargingStation": {"vendorName": "Acme", "model": "One"}},
}


def meter(wh: float, version: str = "1.6", context: str = "Sample.Periodic") -> list[dict[str, Any]]:
    """One meter value with the energy register."""
    return [{"timestamp": T, "sampledValue": [{"value": str(wh) if version == "1.6" else wh, "context": context}]}]


def start(**changes: Any) -> dict[str, Any]:
    """A StartTransaction."""
    return {"connectorId": 1, "idTag": "04A1", "meterStart": 100, "timestamp": T, **changes}


def stop(transaction: int, **changes: Any) -> dict[str, Any]:
    """A StopTransaction."""
    return {"transactionId": transaction, "meterStop": 500, "timestamp": T, "reason": "Local", **changes}


def event(seq_no: int, kind: str, wh: float | None = None, transaction: str = "tx-1", **changes: Any) -> dict[str, Any]:
    """A TransactionEvent."""
    values = {} if wh is None else {"meterValue": meter(wh, "2.0.1")}
    base = {
        "eventType": kind,
        "timestamp": T,
        "triggerReason": "Trigger",
        "seqNo": seq_no,
        "transactionInfo": {"transactionId": transaction},
    }
    return {**base, **values, **changes}


class Bench:
    """A court and one station before it, without any wire. Messages are a minute apart unless told."""

    def __init__(self, version: str = "1.6", *, booted: bool = True) -> None:
        self.now = NOON
        self.said: list[str] = []
        self.book = Book()
        self.court = Court(self.book, self.said.append)
        self.version = VERSIONS[version]
        self._ids: Iterator[int] = count(1)
        self.connect()
        if booted:
            self.call("BootNotification", BOOT[version])

    def connect(self) -> None:
        """A new connection of the same station."""
        self.station = self.book.arrive("cp001", self.version, "test", self.now)
        self.conversation = Conversation(station=self.station, version=self.version)

    @property
    def rules(self) -> list[str]:
        """The rules that were broken so far."""
        return [violation.rule for violation in self.station.violations]

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def hear(self, data: str | bytes) -> Reply | None:
        """The station sends this."""
        return self.court.hear(self.conversation, data, self.now)[1]

    def open(self, action: str, payload: dict[str, Any], identity: str | None = None) -> Reply:
        """The station sends a CALL; the answer is there, and has not left."""
        self.later(60)
        reply = self.hear(json.dumps([2, identity or f"m{next(self._ids)}", action, payload]))
        assert reply is not None
        return reply

    def call(self, action: str, payload: dict[str, Any], identity: str | None = None) -> dict[str, Any]:
        """The station sends a CALL and gets its answer; of a CALLERROR, the code."""
        reply = self.open(action, payload, identity)
        if not reply.manner.silent:
            self.court.answered(self.conversation, reply, write(reply.answer), self.now)
        return reply.answer.payload if isinstance(reply.answer, Result) else {"code": reply.answer.code}

    def asked(self, action: str, payload: dict[str, Any], identity: str = "c1") -> None:
        """The CSMS sends a CALL."""
        self.court.asks(self.conversation, Call(identity, action, payload), self.now)


class FakeStation:
    """A station with a real WebSocket. It answers CALLs from ``answers``, by action; ``None`` there: not at all."""

    def __init__(self, url: str, version: str = "1.6", identity: str = "cp001", **options: Any) -> None:
        self._url, self.version = f"{url}/{identity}", version
        self._options = {"subprotocols": [f"ocpp{version}"], "proxy": None, **options}
        self.answers: dict[str, Any] = {}
        self.frames: asyncio.Queue[Any] = asyncio.Queue()
        """What came and is no CALL: parsed, or the text where it is no JSON."""
        self.calls: list[Any] = []
        self._ids = count(1)
        self._stack = AsyncExitStack()
        self.socket: ClientConnection

    async def __aenter__(self) -> Self:
        self.socket = await self._stack.enter_async_context(connect(self._url, **self._options))
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        await self._reader

    async def send(self, *parts: Any) -> None:
        """Send a frame."""
        await self.socket.send(json.dumps(parts))

    async def call(self, action: str, payload: dict[str, Any], identity: str | None = None) -> Any:
        """Send a CALL; the next frame that comes and is no CALL."""
        await self.send(2, identity or f"{id(self)}-{next(self._ids)}", action, payload)
        return await self.answer()

    async def answer(self) -> Any:
        """The next frame that is no CALL."""
        return await asyncio.wait_for(self.frames.get(), WAIT_S)

    async def boot(self) -> Any:
        """Send a BootNotification."""
        return await self.call("BootNotification", BOOT[self.version])

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self.socket:
                await self._take(text)

    async def _take(self, text: str | bytes) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            self.frames.put_nowait(text)
            return
        if frame[0] == 2:
            self.calls.append(frame)
            await self._answer(frame[1], frame[2])
        else:
            self.frames.put_nowait(frame)

    async def _answer(self, identity: str, action: str) -> None:
        answer = self.answers.get(action, {"status": "Accepted"})
        if answer is not None:
            await self.send(3, identity, answer)

"""A certification lab: one station in processes of its own, one bench CSMS, and eyes and hands on both."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from simulators.csms.errors import CallRefused
from simulators.csms.message_log import Message
from simulators.csms.records import Station, Transaction
from simulators.csms.server import Csms
from tests.campaigns.bench import Bench, Json
from tests.conformance.hands import CARD, LOOK_S, WAIT_S, Hands
from tests.conformance.processor import processor_s
from tests.conformance.sites import SOCKET, STATION, Change, tree

__all__ = ["CARD", "LOOK_S", "OTHER_CARD", "WAIT_S", "Lab", "LabError", "in_order"]

OTHER_CARD = "04D4E5F6"
ON_THE_WAY = frozenset({"SuspendedEV", "SuspendedEVSE"})


class LabError(AssertionError):
    """The station did not do what the case expects. Message: what was waited for, and what came instead."""


class Lab(Hands):
    """One case. Messages are expected in their order, action by action and connector by connector."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._seen: defaultdict[tuple[str, object], int] = defaultdict(int)
        self.lines: list[str] = []
        self.csms: Csms
        self.tree: Json = {}
        self.processor_s = 0.0

    async def open(
        self, *, csms: Csms | None = None, change: Change | None = None, boots: bool = True, keys: Mapping[str, str] | None = None
    ) -> None:
        """Start both; ``boots``: the station is accepted, and has told how its connectors are, when this returns."""
        self.csms = csms or Csms(versions=("1.6",))
        self.csms.on_line = self.lines.append
        if not self.csms.url:
            await self.csms.start()
        self.tree = tree(self.csms.url, keys or {})
        if change is not None:
            change(self.tree)
        await self.start()
        if boots:
            await self.booted()

    async def start(self) -> None:
        """Start the station with the configuration as it is now."""
        self.bench = Bench(self._folder, self.tree)
        await self.bench.start()
        await self.bench.ready()

    async def close(self) -> None:
        """Nothing is left running."""
        if self.bench is not None:
            self.processor_s += processor_s(self.bench)
            await self.bench.leave()
        await self.csms.stop()

    # What the CSMS does

    @property
    def station(self) -> Station:
        """As the CSMS knows it."""
        return self.csms.stations[STATION]

    @property
    def transactions(self) -> list[Transaction]:
        """All that the CSMS knows."""
        return self.csms.transactions

    async def call(self, action: str, **payload: Any) -> Json:
        """A CALL and its answer. Raises CallRefused for a CALLERROR."""
        return await self.csms.call(STATION, action, payload)

    async def says(self, wanted: str, action: str, **payload: Any) -> Json:
        """A CALL, and the status that its answer must have."""
        answer = await self.call(action, **payload)
        assert answer.get("status") == wanted, f"{action} {payload}: expected {wanted}, got {answer}"
        return answer

    async def refuses(self, code: str, action: str, **payload: Any) -> None:
        """A CALL that must be answered with this CALLERROR."""
        with pytest.raises(CallRefused) as refusal:
            await self.call(action, **payload)
        assert refusal.value.error_code == code, f"{action} {payload}: expected CALLERROR {code}, got {refusal.value}"

    async def configure(self, **keys: str) -> None:
        """ChangeConfiguration, key by key, all accepted."""
        for key, value in keys.items():
            await self.says("Accepted", "ChangeConfiguration", key=key, value=value)

    async def key(self, name: str) -> str | None:
        """The value of one key."""
        answer = await self.call("GetConfiguration", key=[name])
        (entry,) = answer["configurationKey"]
        value: str | None = entry.get("value")
        return value

    # What the CSMS hears

    def heard(self, action: str, *, after: int = 0, **wanted: Any) -> list[Message]:
        """Every message of the station so far, after this number, that has these entries."""
        return [message for message in self.csms.messages.after(after) if _is(message, action, wanted)]

    async def hears(self, action: str, *, within_s: float = WAIT_S, **wanted: Any) -> Message:
        """Wait for the next message of this action that has these entries; those that came before it count as passed."""
        place = action, wanted.get("connectorId")

        def fresh() -> Message | None:
            return next(iter(self.heard(action, after=self._seen[place], **wanted)), None)

        try:
            await self.csms.until(lambda: fresh() is not None, within_s)
        except TimeoutError:
            told = [message.payload for message in self.heard(action)]
            raise LabError(f"expected {action} {wanted} within {within_s:g} s after message {self._seen[place]}; came: {told}") from None
        message = fresh()
        assert message is not None, "waited for"
        self._seen[place] = message.number
        return message

    async def status(self, wanted: str, *, connector: int = SOCKET) -> Message:
        """Wait for this status of one connector. Nothing comes before it but a pause, which car and station may make on the way."""
        while True:
            message = await self.hears("StatusNotification", connectorId=connector)
            seen = message.payload["status"]
            if seen == wanted:
                return message
            if seen not in ON_THE_WAY:
                raise LabError(f"connector {connector}: expected {wanted}, got {message.payload}")

    async def started(self, **wanted: Any) -> int:
        """Wait for the next StartTransaction; the id that it got."""
        message = await self.hears("StartTransaction", **wanted)
        answer = await self.answer(message)
        number: int = answer["transactionId"]
        return number

    async def answer(self, message: Message) -> Json:
        """What the CSMS answered to a message of the station."""

        def sent() -> Message | None:
            replies = (m for m in self.csms.messages if m.direction == "sent" and m.number > message.number)
            return next((m for m in replies if m.frame[:2] == [3, message.frame[1]]), None)

        await self.csms.until(lambda: sent() is not None, WAIT_S)
        reply = sent()
        assert reply is not None, "waited for"
        payload: Json = reply.payload
        return payload

    def passed(self) -> None:
        """Whatever the station has said so far is not looked at any more."""
        last = self.csms.messages.last
        self._seen = defaultdict(lambda: last, dict.fromkeys(self._seen, last))

    async def booted(self) -> Message:
        """Wait for a BootNotification that is accepted, and for the status of every connector; the boot."""
        boot = await self.hears("BootNotification")
        while (await self.answer(boot))["status"] != "Accepted":
            boot = await self.hears("BootNotification")
        for connector in range(len(self.tree["evses"]) + 1):
            await self.hears("StatusNotification", connectorId=connector)
        return boot

    async def online(self) -> None:
        """Wait for the station to be connected again."""
        await self.csms.until(lambda: self.station.connected, WAIT_S)

    async def offline(self) -> None:
        """Wait for the CSMS to see that the station is gone."""
        await self.csms.until(lambda: not self.station.connected, WAIT_S)

    # What both of them do

    async def network(self, state: str) -> None:
        """``down`` or ``up``; returns when the CSMS has seen it."""
        await self.ask("PUT", "/network", state=state)
        await (self.online() if state == "up" else self.offline())

    async def charge(self, evse: int = SOCKET, *, token: str = CARD) -> int:
        """A car that charges, locally authorised, cable first; the id of its transaction."""
        await self.plug(evse)
        await self.status("Preparing", connector=evse)
        await self.card(token, evse=evse)
        number = await self.started(connectorId=evse)
        await self.status("Charging", connector=evse)
        return number


def in_order(*messages: Message) -> bool:
    """Did they come one after the other?"""
    numbers = [message.number for message in messages]
    return numbers == sorted(numbers)


def _is(message: Message, action: str, wanted: Json) -> bool:
    if message.direction != "received" or message.action != action:
        return False
    frame = message.frame
    if not isinstance(frame, list) or frame[0] != 2:
        return False
    return all(frame[-1].get(name) == value for name, value in wanted.items())

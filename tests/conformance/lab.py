"""A certification lab: one station in processes of its own, one bench CSMS, and eyes and hands on both. Words of both versions."""

from collections import defaultdict
from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from simulators.csms.errors import CallRefused
from simulators.csms.message_log import Message
from simulators.csms.records import Station, Transaction
from simulators.csms.server import Csms
from tests.campaigns.bench import Bench, Json
from tests.conformance.hands import CARD, LOOK_S, WAIT_S, Hands
from tests.conformance.processor import processor_s
from tests.conformance.sites import STATION
from tests.conformance.traces import Traces

__all__ = ["CARD", "LOOK_S", "OTHER_CARD", "WAIT_S", "LabError", "Laboratory", "in_order", "is_call"]

OTHER_CARD = "04D4E5F6"


class LabError(AssertionError):
    """The station did not do what the case expects. Message: what was waited for, and what came instead."""


class Laboratory(Hands):
    """Messages are expected in their order, action by action and place by place."""

    VERSION: ClassVar[str]
    SPOILS: ClassVar[frozenset[str]]
    """CALLs that nothing puts back."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._seen: defaultdict[Hashable, int] = defaultdict(int)
        self._first = 0
        """The last message before this case."""
        self.lines: list[str] = []
        self.csms: Csms
        self.served = False
        """Is there a CSMS?"""
        self.tree: Json = {}
        self.processor_s = 0.0
        self.traces = Traces()

    def untouched(self) -> None:
        """What is touched from now on is put back after the case."""
        self.traces = Traces(self.SPOILS)

    def serve(self, csms: Csms | None) -> None:
        """The CSMS, one that is kind if there is none."""
        self.csms = csms or Csms(versions=(self.VERSION,))
        self.csms.on_line = self.lines.append
        self.served = True

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
        if self.served:
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
        self.traces.asked(action, payload)
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

    def tokens(self, entries: object) -> None:
        """Who may charge, as ``PUT /v1/tokens`` takes it; for this case."""
        self.csms.tokens.replace(entries)

    # What a tester does

    async def ask(self, method: str, path: str, **body: Any) -> Json:
        """A verb of the bench."""
        self.traces.done(method, path, body)
        return await super().ask(method, path, **body)

    # What the CSMS hears

    def heard(self, action: str, *, after: int | None = None, **wanted: Any) -> list[Message]:
        """Every message of the station in this case so far, after this number, that has these entries."""
        since = self._first if after is None else after
        return [message for message in self.csms.messages.after(since) if is_call(message, action, wanted)]

    def place(self, action: str, wanted: Json) -> Hashable:
        """Messages are expected in their order within the same place."""
        return action

    async def hears(self, action: str, *, within_s: float = WAIT_S, **wanted: Any) -> Message:
        """Wait for the next message of this action that has these entries; those that came before it count as passed."""
        place = self.place(action, wanted)

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

    async def answer(self, message: Message) -> Json:
        """What the CSMS answered to a message of the station."""

        def sent() -> Message | None:
            replies = (m for m in self.csms.messages.after(message.number) if m.direction == "sent")
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

    def begin(self) -> None:
        """A new case with a station that runs: nothing has been said yet."""
        self.passed()
        self._first = self.csms.messages.last
        self.lines.clear()
        self._log_from = 0 if self.bench is None else self.bench.log.stat().st_size

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


def in_order(*messages: Message) -> bool:
    """Did they come one after the other?"""
    numbers = [message.number for message in messages]
    return numbers == sorted(numbers)


def is_call(message: Message, action: str, wanted: Json) -> bool:
    """Is it this CALL of the station, with these entries?"""
    if message.direction != "received" or message.action != action:
        return False
    frame = message.frame
    if not isinstance(frame, list) or frame[0] != 2:
        return False
    return all(frame[-1].get(name) == value for name, value in wanted.items())

"""What a technician sees of the hardware: the newest signals of every EVSE, which control tells for as long as somebody looks."""

import asyncio
from collections.abc import Callable, Iterable

from chargepoint.inquiry import hardware as questions
from chargepoint.inquiry.hardware import Shown
from chargepoint.link.messages import Down, Signals, Watch
from chargepoint.station.clock import StationClock
from chargepoint.station.inquiry import Takers

LOOK_S = 3.0
"""One question has control tell for so long. Whoever looks on asks again before that."""
FRESH_S = 1.0
"""Signals older than this are waited for."""
ANSWER_S = 2.0


class Inspecting:
    """``linked``: is control there to tell?"""

    def __init__(self, evses: Iterable[int], clock: StationClock, linked: Callable[[], bool], to_control: Callable[[Down], None]) -> None:
        self._evses = tuple(evses)
        self._clock = clock
        self._linked = linked
        self._to_control = to_control
        self._newest: dict[int, Signals] = {}
        self._news = asyncio.Event()

    def takers(self) -> Takers:
        """What it answers."""
        return {questions.ShowSignals: self.show}

    def control_tells(self, signals: Signals) -> None:
        """The signals of one EVSE."""
        self._newest[signals.evse] = signals
        self._news.set()

    async def show(self, question: questions.ShowSignals) -> Shown:
        """What control told within the last second; it is given two to begin."""
        self._to_control(Watch(LOOK_S))
        try:
            async with asyncio.timeout(ANSWER_S):
                while self._linked() and len(self._fresh()) < len(self._evses):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        return Shown(self._fresh(), self._linked())

    def _fresh(self) -> tuple[Signals, ...]:
        now_s = self._clock.monotonic()
        return tuple(self._newest[evse] for evse in self._evses if evse in self._newest and now_s - self._newest[evse].at_s <= FRESH_S)

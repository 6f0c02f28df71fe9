"""What is going to happen on a stage: actions at moments, and scripts, which are actions with waits between them.

A script is a generator. It yields seconds to wait, or ``Until`` something holds, and is then told whether it did:

    def script() -> Script:
        plug()
        if not (yield Until(lambda: charging, within_s=10)):
            ...
        yield 3600
"""

from collections.abc import Callable, Generator
from heapq import heappop, heappush
from itertools import count
from math import inf

from msgspec import Struct


class Until(Struct, frozen=True):
    """Wait for something, at most so long. Looked at after every scan; it must not depend on the mere passing of time."""

    holds: Callable[[], object]
    within_s: float


Script = Generator[float | Until, bool, None]


class _Waiting(Struct, eq=False):
    """A script that waits for something."""

    script: Script
    until: Until
    over: bool = False


class Agenda:
    """Everything that is still to come. Actions of the same moment happen in the order in which they were put down."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._heap: list[tuple[float, int, Callable[[], object]]] = []
        self._order = count()
        self._waiting: list[_Waiting] = []

    @property
    def next_s(self) -> float:
        """When the next action is due."""
        return self._heap[0][0] if self._heap else inf

    def at(self, at_s: float, action: Callable[[], object]) -> None:
        """Put down an action."""
        heappush(self._heap, (at_s, next(self._order), action))

    def start(self, script: Script) -> None:
        """Begin a script now."""
        self._go_on(script, None)

    def perform(self) -> None:
        """Do what is due."""
        while self._heap and self._heap[0][0] <= self._now():
            heappop(self._heap)[2]()

    def look(self) -> bool:
        """Let those go on whose waiting is over; were there any?"""
        seen = [each for each in self._waiting if not each.over and each.until.holds()]
        for each in seen:
            self._end(each, True)
        return bool(seen)

    def _go_on(self, script: Script, answer: bool | None) -> None:
        try:
            wish = next(script) if answer is None else script.send(answer)
            while isinstance(wish, Until) and wish.holds():
                wish = script.send(True)
        except StopIteration:
            return
        if isinstance(wish, Until):
            waiting = _Waiting(script, wish)
            self._waiting.append(waiting)
            self.at(self._now() + wish.within_s, lambda: self._end(waiting, False))
        else:
            self.at(self._now() + wish, lambda: self._go_on(script, True))

    def _end(self, waiting: _Waiting, happened: bool) -> None:
        if not waiting.over:
            waiting.over = True
            self._waiting = [each for each in self._waiting if not each.over]
            self._go_on(waiting.script, happened)

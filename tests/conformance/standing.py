"""The station that stands ready in one process of the tests, and what it has cost."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic

from simulators.csms.errors import CsmsError
from tests.campaigns.bench import CampaignError
from tests.conformance.playing import TIMEOUT_S, Coroutine, L, Player, judged
from tests.conformance.processor import processor_s

NEGLECTED_S = 5.0
"""Nobody has listened to the station for so long: it may have given the connection up."""

Step = Callable[[L], Awaitable[None]]


class Standing(Generic[L]):
    """``makes`` a lab; ``opens`` it with the usual configuration; ``puts_back`` its station, or raises what ``UNSOUND`` has. The loop
    and the shared lab live as long as this does; the lab only while it is in order."""

    def __init__(self, makes: Callable[[], L], opens: Step[L], puts_back: Step[L]) -> None:
        self.runner = asyncio.Runner()
        self._makes = makes
        self.opens = opens
        self.puts_back = puts_back
        self._lab: L | None = None
        self._left_s = 0.0

    def lab(self) -> L:
        """The shared one, or one that is still to be opened."""
        if self._lab is not None and time.monotonic() - self._left_s > NEGLECTED_S:
            self.throw_away()
        if self._lab is None:
            self._lab = self._makes()
        return self._lab

    def left(self) -> None:
        """A case is over."""
        self._left_s = time.monotonic()

    def throw_away(self) -> None:
        """The next case gets another one."""
        lab, self._lab = self._lab, None
        if lab is not None:
            self.runner.run(lab.close())

    def close(self) -> None:
        """No case comes any more."""
        self.throw_away()
        self.runner.close()


class Alone(Player[L]):
    """A case with a station of its own. ``begins``: what comes before the test."""

    def __init__(self, standing: Standing[L], lab: L, begins: Step[L]) -> None:
        self._standing = standing
        self.lab = lab
        self._begins = begins

    def play(self, test: Coroutine) -> None:
        self._standing.runner.run(asyncio.wait_for(self._play(test), TIMEOUT_S))

    async def _play(self, test: Coroutine) -> None:
        try:
            await self._begins(self.lab)
            self.lab.untouched()
            await test()
            judged(self.lab)
        finally:
            await self.lab.close()

    @property
    def processor_s(self) -> float:
        return self.lab.processor_s


UNSOUND = (AssertionError, CampaignError, CsmsError, OSError, TimeoutError)


async def _nothing(lab: L) -> None:
    """The station is as the case wants it."""


class Shared(Player[L]):
    """A case with the station that stands ready. It is put back afterwards, or thrown away. ``begins``: what comes before the test, and
    is put back as well."""

    shared = True

    def __init__(self, standing: Standing[L], begins: Step[L] = _nothing) -> None:
        self._standing = standing
        self.lab = standing.lab()
        self._begins = begins
        self._spent_s = 0.0

    def play(self, test: Coroutine) -> None:
        sound = False
        try:
            sound = self._standing.runner.run(asyncio.wait_for(self._play(test), TIMEOUT_S))
        finally:
            if not sound:
                self._standing.throw_away()
            self._standing.left()

    async def _play(self, test: Coroutine) -> bool:
        """Is the station as it was? Raises what the test raises."""
        before_s = 0.0 if self.lab.bench is None else processor_s(self.lab.bench)
        if self.lab.bench is None:
            await self._standing.opens(self.lab)
        assert self.lab.bench is not None, "opened"
        breaches = len(self.lab.station.violations)
        self.lab.untouched()
        self.lab.begin()
        try:
            await self._begins(self.lab)
            await test()
            judged(self.lab, breaches)
            return await self._put_back()
        finally:
            self._spent_s = processor_s(self.lab.bench) - before_s

    async def _put_back(self) -> bool:
        try:
            await self._standing.puts_back(self.lab)
        except UNSOUND as error:
            self.lab.lines.append(f"thrown away: {error}")
            return False
        return True

    @property
    def processor_s(self) -> float:
        return self._spent_s

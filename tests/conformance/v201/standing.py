"""The station that stands ready in one process of the tests, and what it has cost."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from simulators.csms.errors import CsmsError
from tests.campaigns.bench import CampaignError
from tests.conformance.playing import TIMEOUT_S, Coroutine, Player, judged
from tests.conformance.processor import processor_s
from tests.conformance.v201.cases import Case
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.putting_back import put_back
from tests.conformance.v201.traces import Traces

NEGLECTED_S = 5.0
"""Nobody has listened to the station for so long: it may have given the connection up."""


class Standing:
    """``folder`` makes one. The loop and the shared lab live as long as this does; the lab only while it is in order."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self.runner = asyncio.Runner()
        self._folder = folder
        self._lab: Lab | None = None
        self._left_s = 0.0

    def lab(self) -> Lab:
        """The shared one, or one that is still to be opened."""
        if self._lab is not None and time.monotonic() - self._left_s > NEGLECTED_S:
            self.throw_away()
        if self._lab is None:
            self._lab = Lab(self._folder())
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


class Alone(Player[Lab]):
    """A case with a station of its own."""

    def __init__(self, standing: Standing, lab: Lab) -> None:
        self._standing = standing
        self.lab = lab

    def play(self, case: object, test: Coroutine) -> None:
        assert isinstance(case, Case), "by the decorator of this version"
        self._standing.runner.run(asyncio.wait_for(self._play(case, test), TIMEOUT_S))

    async def _play(self, case: Case, test: Coroutine) -> None:
        try:
            if case.opens:
                await self.lab.open(change=case.change)
                self.lab.traces = Traces()
            await test()
            judged(self.lab)
        finally:
            await self.lab.close()

    @property
    def processor_s(self) -> float:
        return self.lab.processor_s


class Shared(Player[Lab]):
    """A case with the station that stands ready. It is put back afterwards, or thrown away."""

    shared = True

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self.lab = standing.lab()
        self._spent_s = 0.0

    def play(self, case: object, test: Coroutine) -> None:
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
            await self.lab.open()
        assert self.lab.bench is not None, "opened"
        breaches = len(self.lab.station.violations)
        self.lab.traces = Traces()
        self.lab.begin()
        try:
            await test()
            judged(self.lab, breaches)
            return await self._put_back()
        finally:
            self._spent_s = processor_s(self.lab.bench) - before_s

    async def _put_back(self) -> bool:
        try:
            await put_back(self.lab)
        except (AssertionError, CampaignError, CsmsError, OSError, TimeoutError) as error:
            self.lab.lines.append(f"thrown away: {error}")
            return False
        return True

    @property
    def processor_s(self) -> float:
        return self._spent_s

"""One test at a time, and its steps. It goes on whoever looks, but for a guided one: that offers current to a car, so it lasts only while
the page of a technician looks on."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine
from pathlib import Path
from typing import Any

from chargepoint.commissioning.guide import With
from chargepoint.commissioning.guiding import Prompt, Switch, Told
from chargepoint.commissioning.measured import Sheet
from chargepoint.commissioning.report import Facts, Report
from chargepoint.commissioning.steps import Outcome, Record, Step, merged
from chargepoint.web.clock import Clock
from chargepoint.web.commissioning.kept import Kept
from chargepoint.web.commissioning.ports import CommissioningPorts

log = logging.getLogger(__name__)

BY_HAND = "tried by hand, without the test"
TESTED, SHEET, REPORT = "selftest.json", "measured.json", "report.json"
UNSEEN_S, LOOK_S = 15.0, 1.0
"""So long nobody looks on, and a guided test ends."""
NONE = Report(at="", by="", id="", facts=Facts(configuration=""), record=Record(), sheet=Sheet())


class Commissioning:
    """``folder``: the pages' own; without ``ports`` nothing can be tested here."""

    def __init__(self, folder: Path, ports: CommissioningPorts | None, clock: Clock) -> None:
        self._ports = ports
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._switch = Switch()
        self._seen_s = 0.0
        self.record = Kept(folder / TESTED, Record())
        self.sheet = Kept(folder / SHEET, Sheet())
        self.report = Kept(folder / REPORT, NONE)
        self.prompt: Prompt | None = None
        self.words = ""
        """What is under way."""
        self.problem = ""
        """Why the last one ended before its time."""

    @property
    def open(self) -> bool:
        """Is there anything that tests?"""
        return self._ports is not None

    @property
    def ports(self) -> CommissioningPorts:
        """To be asked only where it is open."""
        assert self._ports is not None
        return self._ports

    @property
    def running(self) -> bool:
        """Is a test under way?"""
        return self._task is not None and not self._task.done()

    def begin(self, evse: int | None, by: str) -> bool:
        """The self-test; false: another is under way."""
        if self.running:
            return False
        self._start("the self-test" if evse is None else f"the self-test of EVSE {evse}", self._collect(self.ports.steps(evse), by))
        return True

    def guide(self, evse: int, kind: With, by: str) -> bool:
        """The guided one; false: another is under way."""
        if self.running:
            return False
        self._switch = Switch()
        self._start(f"the guided test of EVSE {evse}", self._watched(self._collect(self.ports.guided(evse, kind, self._switch), by)))
        return True

    def looked(self) -> None:
        """A technician's page is there."""
        self._seen_s = self._clock.monotonic()

    def skip(self, name: str) -> None:
        """This step of the guided test is left out."""
        self._switch.skip(name)

    def stop(self) -> None:
        """The test ends; a guided one first takes back what it offers."""
        self._switch.stop()
        if self._task is not None and self.prompt is None:
            self._task.cancel()

    def seen(self, evse: int | None, name: str, good: bool, by: str) -> bool:
        """Somebody has looked, and says how it is; false: there is no such step that waits for anybody."""
        found = next((each for each in self.record.now.of(evse) if each.name == name and (each.outcome == "by_hand" or each.by)), None)
        if found is None:
            return False
        outcome: Outcome = "passed" if good else "failed"
        text = BY_HAND if found.untried else found.text
        step = Step(evse=evse, name=name, title=found.title, outcome=outcome, text=text, figures=found.figures, by=by)
        self._add(step, self.record.now.by, self.record.now.configuration)
        return True

    def _start(self, words: str, work: Coroutine[Any, Any, None]) -> None:
        self.words, self.prompt, self.problem = words, None, ""
        self.looked()
        self._task = asyncio.get_running_loop().create_task(work)

    async def _collect(self, source: AsyncGenerator[Step, None] | AsyncGenerator[Told, None], by: str) -> None:
        digest = self.ports.digest()
        try:
            async for told in source:
                if isinstance(told, Prompt):
                    self.prompt = told
                else:
                    self._add(told, by, digest)
        except OSError as error:
            log.error("event=selftest_not_kept cause=%s", error)
            self.problem = f"its steps cannot be kept: {error}"
        except Exception as error:  # rim of the test: whatever is wrong with it is told, and the pages go on
            log.exception("event=selftest_broken")
            self.problem = str(error) or type(error).__name__
        finally:
            self.prompt = None
            await source.aclose()

    def _add(self, step: Step, by: str, digest: str) -> None:
        """Steps of another configuration say nothing of this one. Raises OSError."""
        before = self.record.now
        old = before.steps if before.configuration == digest else ()
        at = self._clock.now().isoformat(timespec="seconds")
        self.record.keep(Record(at=at, by=by, configuration=digest, steps=merged(old, (step,))))

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        """Ends it when nobody looks any more."""
        task = asyncio.get_running_loop().create_task(work)
        try:
            while not task.done():
                if self._clock.monotonic() - self._seen_s > UNSEEN_S:
                    self._switch.stop()
                    self.problem = "nobody looked on any more, so it was ended"
                await asyncio.wait({task}, timeout=LOOK_S)
            task.result()
        finally:
            task.cancel()
            await asyncio.wait({task})

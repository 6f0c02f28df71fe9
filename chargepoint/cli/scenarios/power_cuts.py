"""Scenario ``power-cuts``: the power fails at every moment of a session, and whatever was latched or counted is found again.

Each cut is a life of its own: a session with a fault in it, cut at its moment, off for a while, and played to its end.
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from chargepoint.cli.scenarios import sites
from chargepoint.cli.scenarios.agenda import Script, Until
from chargepoint.cli.scenarios.catalogue import Options
from chargepoint.cli.scenarios.judge import Judge
from chargepoint.cli.scenarios.printing import again, happenings, table
from chargepoint.cli.scenarios.rule import Broken
from chargepoint.cli.scenarios.stage import Stage
from chargepoint.domain.fault_table import FAULTS
from simulators import verbs

CUTS = 40
OFF_S = (0.05, 0.4, 3.0, 60.0)
FAULTY_S = 30.0
"""When the fault strikes; before that the session is ordinary."""


class Story(NamedTuple):
    """What happens to the car that charges, over so many seconds; ``latched``: what a technician has to clear at the end."""

    name: str
    lasts_s: float
    broken: dict[str, object]
    latched: str | None = None


STORIES = (
    Story("an ordinary session", 45.0, {}),
    Story("contactor welded", 36.0, {"contactor": "welded"}, "contactor_welded"),
    Story("tilted", 34.0, {"tilted": True}, "tilted"),
    Story("residual current", 34.0, {"rcd": "tripped"}),
    Story("emergency stop", 34.0, {"emergency_stop": True}),
    Story("lock stuck open", 45.0, {"lock": "stuck_open"}),
)


class Life:
    """One story with one cut in it."""

    def __init__(self, story: Story, cut_s: float, off_s: float) -> None:
        self.stage = Stage([sites.socket(1)], sites.FUSE_MA)
        self.judge = Judge(self.stage)
        self.wrong: list[str] = []
        self.over = False
        self._story = story
        self._cut_s = cut_s
        self._off_s = off_s

    def play(self) -> None:
        """To its end."""
        self.stage.agenda.start(self._session())
        self.stage.agenda.start(self._cut())
        try:
            for _ in range(60):
                if not self.over:
                    self.stage.run(10.0)
        except Broken as error:
            self.wrong.append(str(error))
        if not self.over and not self.wrong:
            self.wrong.append("not over after ten minutes")

    def _session(self) -> Script:
        stage = self.stage
        yield 7.0
        stage.do(1, verbs.plug)
        yield 3.0
        yield Until(lambda: stage.told(1).plug_in, 120.0)
        stage.player.permit(1)
        yield FAULTY_S - 10.0
        if self._story.broken:
            stage.do(1, verbs.patch_hardware, **self._story.broken)

    def _cut(self) -> Script:
        stage = self.stage
        yield self._cut_s
        stage.cut()
        yield self._off_s
        stage.restore()
        yield max(20.0, FAULTY_S + 20.0 - self._cut_s)
        yield from self._mended()
        self.over = True

    def _mended(self) -> Script:
        """The EV leaves, the cause is mended, a technician comes; after that everything is as if nothing had been."""
        stage, latched = self.stage, self._story.latched
        stage.do(1, verbs.unplug)
        yield 5.0
        stage.do(1, verbs.patch_hardware, **dict.fromkeys(self._story.broken))
        stage.do(1, verbs.patch_hardware, breaker=None)
        yield 5.0
        if latched is not None:
            self._check(latched in self._faults, f"{latched} is latched")
            stage.player.clear(1, latched)
            yield 10.0
        stage.do(1, verbs.plug)
        yield Until(lambda: stage.told(1).plug_in, 5.0)
        stage.player.permit(1)
        charging = yield Until(lambda: stage.told(1).contactor_closed, 60.0)
        self._check(charging, f"the next car charges; {stage.told(1).state}, {self._faults}")
        yield 5.0

    @property
    def _faults(self) -> list[str]:
        return [fault.name for fault in self.stage.told(1).faults if fault.stops_charging]

    def _check(self, holds: bool, what: str) -> None:
        if not holds:
            self.wrong.append(f"expected: {what}")


def lives(options: Options) -> Iterator[tuple[Story, float, float]]:
    """Every story, cut at moments spread over it; the seed shifts them."""
    for story in STORIES:
        rng = Random(f"{story.name} {options.seed}")
        for number in range(CUTS):
            yield story, 6.0 + (number + rng.random()) * (story.lasts_s - 6.0) / CUTS, rng.choice(OFF_S)


def run(options: Options) -> bool:
    """All stories with all cuts; a row for each story."""
    wrong = dict.fromkeys((story.name for story in STORIES), 0)
    for story, cut_s, off_s in lives(options):
        life = Life(story, cut_s, off_s)
        life.play()
        if life.wrong:
            wrong[story.name] += 1
            print(f"seed {options.seed}: {story.name}, cut at {cut_s:.3f} s for {off_s:g} s: {'; '.join(life.wrong)}")
            happenings(life.stage.happenings.last)
            again(f"--scenario power-cuts --seed {options.seed}")
    rows = [(story.name, story.latched or "-", str(CUTS), str(wrong[story.name] or "none")) for story in STORIES]
    table(("story", "waits for a technician", "cuts", "wrong"), rows, (24, 24, 6, 6))
    return not any(wrong.values())


assert all(story.latched is None or FAULTS[story.latched].clears == "service" for story in STORIES)

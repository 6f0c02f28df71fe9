"""One EVSE, one car, one thing to be timed: what the sequences of Table A.6 are played with. Times are of the world's own events."""

from collections.abc import Callable, Generator
from typing import Any

from chargepoint.cli.scenarios import sites
from chargepoint.cli.scenarios.agenda import Until
from chargepoint.cli.scenarios.judge import Judge
from chargepoint.cli.scenarios.stage import Stage
from simulators import verbs

Timing = Generator[float | Until, bool, float]
"""A script that ends with what was measured, in seconds."""

PATIENCE_S = 60.0


class NotReached(AssertionError):
    """The trial did not come to what was to be timed."""


class Trial:
    """``acted_s``: when something was last done to the world."""

    def __init__(self, offset_s: float) -> None:
        self.stage = Stage([sites.socket(1)], sites.FUSE_MA)
        self.witness = Judge(self.stage).cases[1].witness
        self.acted_s = 0.0
        self.measured_s: float | None = None
        self._offset_s = offset_s

    def run(self, play: Callable[["Trial"], Timing]) -> float:
        """What was measured. Raises NotReached, Broken."""
        self.stage.agenda.start(self._script(play))
        for _ in range(40):
            if self.measured_s is None:
                self.stage.run(10.0)
        if self.measured_s is None:
            raise NotReached(f"not over after {self.stage.clock.now_s - self.stage.began_s:.0f} s")
        return self.measured_s

    def _script(self, play: Callable[["Trial"], Timing]) -> Generator[float | Until, bool, None]:
        yield 7.0 + self._offset_s
        self.measured_s = yield from play(self)

    # What is done

    def plug(self, car: str = "ordinary") -> None:
        """A car comes."""
        self.do(verbs.plug, car=car)

    def do(self, verb: Any, **entries: Any) -> None:
        """A verb of the bench."""
        self.acted_s = self.stage.clock.now_s
        self.stage.do(1, verb, **entries)

    def permit(self) -> None:
        """The station lets it charge."""
        self.acted_s = self.stage.clock.now_s
        self.stage.player.permit(1)

    def until(self, holds: Callable[[], object], what: str) -> Generator[float | Until, bool, None]:
        """Wait for it. Raises NotReached."""
        if not (yield Until(holds, PATIENCE_S)):
            raise NotReached(f"{what}: not within {PATIENCE_S:g} s")

    def offered(self, car: str = "ordinary") -> Generator[float | Until, bool, None]:
        """A car comes, is permitted, and is offered current."""
        self.plug(car)
        yield from self.until(lambda: self.stage.told(1).plug_in, "plugged in")
        yield 3.0
        self.permit()
        yield from self.until(lambda: self.witness.drive.value == "pwm", "an offer")

    def charging(self, car: str = "ordinary") -> Generator[float | Until, bool, None]:
        """And charges for a while."""
        yield from self.offered(car)
        yield from self.until(lambda: self.witness.closed.value, "current")
        yield 20.0

    def until_open(self) -> Generator[float | Until, bool, None]:
        """Wait for the contacts to part, and a little more."""
        yield from self.until(lambda: not self.witness.closed.value, "open contacts")
        yield 1.0

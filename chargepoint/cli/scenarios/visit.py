"""One car's whole session at one EVSE, step by step, each step timed and held against what is expected of a good station."""

from collections.abc import Callable, Generator

from msgspec import Struct

from chargepoint.cli.scenarios.agenda import Script, Until
from chargepoint.cli.scenarios.stage import Stage
from simulators import verbs

LONG_S = 70.0
"""In this time whatever is going to happen has happened: a wake-up among it."""
FOLLOWED_S = 8.0
LIMITED_MA = 10_000


class Expected(Struct, frozen=True, kw_only=True):
    """Longest times in seconds; ``None``: it does not happen. Where a fault is expected the session ends with it."""

    starts_s: float | None = 4.0
    """From the permit to current."""
    fault: str | None = None
    """Told from then on until the car has left; before the first current if the car never starts."""
    fault_s: float = 10.0
    """From the start, or from the permit."""
    lets_go_s: float = 3.2
    """From the end of the offer to open contacts."""
    at_least_s: float = 0.0
    """But not before."""
    full_ma: int = 32_000
    """Drawn where 32 A are permitted."""
    pause_s: float = 20.0
    resumes_s: float | None = 4.0
    one_phase_s: float | None = 66.0
    """From the wish for one phase to current on it."""


class Visit:
    """``notes`` say what happened, ``wrong`` what should not have."""

    def __init__(self, stage: Stage, evse: int, car: str, expected: Expected, offset_s: float) -> None:
        self.notes: list[str] = []
        self.wrong: list[str] = []
        self.over = False
        self._stage = stage
        self._evse = evse
        self._car = car
        self._expected = expected
        self._offset_s = offset_s

    def script(self) -> Script:
        """Arrive, charge as far as that goes, leave."""
        stage, evse = self._stage, self._evse
        yield 7.0 + self._offset_s
        stage.do(evse, verbs.plug, car=self._car)
        yield from self._step("plugged", lambda: stage.told(evse).plug_in, 1.0)
        yield 3.0
        stage.player.permit(evse)
        yield from self._session()
        yield from self._leave()
        self.over = True

    def _session(self) -> Script:
        expected = self._expected
        if expected.starts_s is None:
            if expected.fault is not None:
                yield from self._step(expected.fault, self._faulty, expected.fault_s)
            yield from self._step("starts", self._charging, None)
        elif (yield from self._step("starts", self._charging, expected.starts_s)):
            yield from self._charged()
        self._check(self._faults == ([] if expected.fault is None else [expected.fault]), f"faults: {', '.join(self._faults) or 'none'}")

    def _charged(self) -> Script:
        """It has current."""
        if self._expected.fault is not None:
            yield from self._step(self._expected.fault, self._faulty, self._expected.fault_s)
            yield 20.0
            self._check(self._open(), "open with a fault")
            return
        yield 30.0
        drawn_ma = max(self._stage.world.evses[self._evse].feed.flow_ma)
        self._check(drawn_ma <= self._expected.full_ma, f"draws {drawn_ma} mA, expected at most {self._expected.full_ma}")
        self.notes.append(f"{drawn_ma / 1000:g} A")
        for step in (self._limit, self._pause, self._one_phase, self._stop):
            if not self._faults:
                yield from step()

    def _limit(self) -> Script:
        """A lower limit, and back."""
        self._stage.player.change(self._evse, limit_ma=LIMITED_MA)
        yield FOLLOWED_S
        drawn_ma = max(self._stage.world.evses[self._evse].feed.flow_ma)
        self._check(drawn_ma <= LIMITED_MA * 1.1, f"draws {drawn_ma} mA of {LIMITED_MA}")
        self.notes.append(f"{drawn_ma / 1000:g} A at {LIMITED_MA / 1000:g}")
        self._stage.player.change(self._evse, limit_ma=32_000)
        yield FOLLOWED_S

    def _pause(self) -> Script:
        """A limit of nothing, and back."""
        self._stage.player.change(self._evse, limit_ma=0)
        yield from self._step("lets go", self._open, self._expected.lets_go_s, self._expected.at_least_s)
        yield self._expected.pause_s
        self._stage.player.change(self._evse, limit_ma=32_000)
        yield from self._step("resumes", self._charging, self._expected.resumes_s)

    def _one_phase(self) -> Script:
        if not self._charging():
            return
        self._stage.player.change(self._evse, phases=1)
        yield from self._step("one phase", lambda: self._open() and self._stage.told(self._evse).phases == 1, LONG_S)
        yield from self._step("on one phase", self._charging, self._expected.one_phase_s)
        yield 5.0
        flow_ma = self._stage.world.evses[self._evse].feed.flow_ma
        self._check(not any(flow_ma[1:]), f"L2 and L3 carry {flow_ma[1:]} mA on one phase")

    def _stop(self) -> Script:
        if not self._charging():
            return
        self._stage.player.revoke(self._evse)
        yield from self._step("stops", self._open, self._expected.lets_go_s, self._expected.at_least_s)
        yield 10.0

    def _leave(self) -> Script:
        stage, evse = self._stage, self._evse
        stage.do(evse, verbs.unplug)
        yield from self._step("leaves", lambda: stage.told(evse).plug_in is None and not stage.told(evse).locked, 5.0)
        yield 12.0
        self._check(not self._faults, f"everything cleared when the car has left, but {', '.join(self._faults)}")

    # What is looked at

    @property
    def _faults(self) -> list[str]:
        return [fault.name for fault in self._stage.told(self._evse).faults if fault.stops_charging]

    def _faulty(self) -> bool:
        return self._expected.fault in self._faults

    def _charging(self) -> bool:
        """Current flows."""
        return any(self._stage.world.evses[self._evse].feed.flow_ma)

    def _open(self) -> bool:
        return not self._stage.world.evses[self._evse].contacts.closed

    def _step(
        self, name: str, holds: Callable[[], object], within_s: float | None, at_least_s: float = 0.0
    ) -> Generator[float | Until, bool, bool]:
        """Wait until something is so; with ``within_s`` ``None`` it must not become so."""
        began_s = self._stage.clock.now_s
        happened = yield Until(holds, LONG_S if within_s is None else within_s)
        took_s = self._stage.clock.now_s - began_s
        self.notes.append(f"{name} {took_s:.2f} s" if happened else f"{name} not")
        self._check(happened == (within_s is not None), f"{name}: {'happened' if happened else f'not within {within_s} s'}")
        self._check(not happened or took_s >= at_least_s, f"{name}: after {took_s:.2f} s, not before {at_least_s} s expected")
        return happened

    def _check(self, holds: bool, what: str) -> None:
        if not holds:
            self.wrong.append(what)

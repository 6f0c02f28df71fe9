"""Scenario ``storm``: a seeded, biased storm of faults over many hours, held against every rule at every moment.

Cars come and go; faults come in bursts, several within a second, and mostly when something is going on; the power fails, stations die,
technicians come. The hours are played in spells of at most 50, each with a seed of its own: the first has the seed that is named.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from math import ceil
from random import Random

from msgspec import Struct

from chargepoint.cli.scenarios import sites
from chargepoint.cli.scenarios.agenda import Script, Until
from chargepoint.cli.scenarios.breakages import draw, mend, mend_all, strike
from chargepoint.cli.scenarios.catalogue import Options
from chargepoint.cli.scenarios.clock import shown
from chargepoint.cli.scenarios.driver import Driver
from chargepoint.cli.scenarios.judge import Judge
from chargepoint.cli.scenarios.printing import again, happenings
from chargepoint.cli.scenarios.rule import Broken
from chargepoint.cli.scenarios.stage import Stage
from chargepoint.domain.fault_table import FAULTS

HOURS = 1_000.0
SPELL_H = 50.0
BUSY = ("B2", "C2", "stopping", "waking", "woken", "fault_f", "fault", "B1", "A")
LIVES = (20, 100_000)
"""Closings after which a contactor counts as worn: some are old."""


class Spell(Struct, frozen=True, kw_only=True):
    """What came of one. ``hours``: as far as it has come."""

    seed: int
    hours: float
    scans: int
    sessions: int
    energy_wh: float
    closings: int
    raised: dict[str, int]
    broken: str | None = None
    """The rule, where, when, and what was seen."""
    last: tuple[str, ...] = ()


class Weather(Struct, frozen=True):
    """How bad it is: mean times in seconds without a car, and without a fault, at one EVSE; and of the power and the station,
    and without a bound for all EVSEs together."""

    idle_s: float = 1_800.0
    quiet_s: float = 3_600.0
    powered_s: float = 6 * 3_600.0
    station_s: float = 5 * 3_600.0
    bounded_s: float = 2 * 3_600.0


ROUGH = Weather()


class Storm:
    """One spell of it, on a stage."""

    def __init__(self, seed: int, weather: Weather = ROUGH, *, jumps: bool = True) -> None:
        self._rng = Random(f"storm {seed}")
        self._weather = weather
        life = self._rng.choice(LIVES)
        self.stage = Stage([sites.with_settings(each, contactor_life=life) for each in sites.THREE], sites.FUSE_MA, jumps=jumps)
        self.drivers = [Driver(self.stage, evse, self._another(), weather.idle_s) for evse in self.stage.settings]
        for driver in self.drivers:
            self.stage.agenda.start(driver.script())
        for evse in self.stage.settings:
            self.stage.agenda.start(self._gremlin(evse, self._another()))
        for script in (self._outages, self._deaths, self._bounds, self._technician):
            self.stage.agenda.start(script(self._another()))

    def _another(self) -> Random:
        """Everybody draws from a source of their own: what one does moves nobody else's dice."""
        return Random(self._rng.getrandbits(64))

    def _gremlin(self, evse: int, rng: Random) -> Script:
        """Bursts of faults at one EVSE, mostly when something is going on there."""
        while True:
            yield min(5 * self._weather.quiet_s, rng.expovariate(1 / self._weather.quiet_s))
            if rng.random() < 0.8:
                state = rng.choice(BUSY)
                yield Until(lambda state=state: self.stage.told(evse).state == state, min(1_800.0, self._weather.quiet_s))  # type: ignore[misc]
                yield rng.choice((0.0, 0.01, 0.1, 0.6, 3.0))
            for breakage in draw(rng, rng.choice((1, 1, 1, 2, 3, 5))):
                strike(self.stage, evse, breakage)
                lasts_s = breakage.shortest_s * (breakage.longest_s / breakage.shortest_s) ** rng.random()
                self.stage.agenda.at(self.stage.clock.now_s + lasts_s, lambda b=breakage: mend(self.stage, evse, b))  # type: ignore[misc]
                yield rng.choice((0.0, 0.003, 0.05, 0.3))

    def _outages(self, rng: Random) -> Script:
        """Power cuts, crashes of control, and what it keeps spoilt."""
        while True:
            yield rng.expovariate(1 / self._weather.powered_s)
            crash = rng.random() < 0.3
            (self.stage.kill if crash else self.stage.cut)()
            yield rng.choice((0.02, 0.5, 3.0, 60.0, 1_200.0))
            if rng.random() < 0.05:
                self.stage.happenings.add(None, "what control keeps is spoilt")
                self.stage.control.lose_memory()
            (self.stage.start if crash else self.stage.restore)()

    def _deaths(self, rng: Random) -> Script:
        """The station dies, and comes back."""
        while True:
            yield rng.expovariate(1 / self._weather.station_s)
            self.stage.player.die()
            yield rng.choice((1.0, 15.0, 300.0, 3_600.0))
            self.stage.player.revive()

    def _bounds(self, rng: Random) -> Script:
        """The station lowers what all EVSEs share, and lets go of it again, or forgets to."""
        while True:
            yield rng.expovariate(1 / self._weather.bounded_s)
            for _ in range(rng.choice((1, 1, 2, 5))):
                self.stage.player.bound(
                    rng.choice((0, 5_000, 7_000, 12_000, 16_000, 25_000, 63_000)), rng.choice((0.0, 1.0, 10.0, 60.0, 900.0))
                )
                yield rng.choice((0.02, 0.5, 3.0, 7.0, 60.0))

    def _technician(self, rng: Random) -> Script:
        """Comes where a fault waits, mends everything, and says so."""
        while True:
            yield rng.uniform(600.0, 5_400.0)
            for evse in self.stage.settings:
                waiting = [fault.name for fault in self.stage.told(evse).faults if fault.latched]
                if not waiting or not self.stage.alive:
                    continue
                if rng.random() < 0.9:
                    mend_all(self.stage, evse)
                yield rng.choice((0.1, 5.0, 30.0))
                for name in waiting:
                    self.stage.player.clear(evse, name)
                    yield rng.choice((0.0, 0.5))

    def play(self, seed: int, hours: float) -> Spell:
        """Let it blow under the eyes of a judge, until it is over or a rule is broken."""
        judge, broken = Judge(self.stage), None
        try:
            self.stage.run(hours * 3600)
        except Broken as error:
            broken = f"at {shown(error.at_s)}, {error}"
        stage = self.stage
        return Spell(
            seed=seed,
            hours=(stage.clock.now_s - stage.began_s) / 3600,
            scans=stage.control.scans,
            sessions=sum(driver.sessions for driver in self.drivers),
            energy_wh=sum(evse.meter.register_wh for evse in stage.world.evses.values()),
            closings=sum(case.witness.closings for case in judge.cases.values()),
            raised=dict(stage.happenings.raised),
            broken=broken,
            last=tuple(stage.happenings.last) if broken else (),
        )


def spell(seed: int, hours: float) -> Spell:
    """One spell, for a process of its own."""
    return Storm(seed).play(seed, hours)


def spells(options: Options) -> list[tuple[int, float]]:
    """Seed and length of each."""
    hours = HOURS if options.hours is None else options.hours
    count = ceil(hours / SPELL_H)
    return [(options.seed + i, min(SPELL_H, hours - i * SPELL_H)) for i in range(count)]


def run(options: Options) -> bool:
    """All spells, by as many processes as are allowed."""
    began_s = time.monotonic()
    seen = list(_play(options))
    for each in seen:
        if each.broken is not None:
            print(f"\nseed {each.seed}, {each.broken}")
            happenings(each.last)
            again(f"--scenario storm --seed {each.seed} --hours {dict(spells(options))[each.seed]:g}")
    _report(seen, time.monotonic() - began_s)
    return all(each.broken is None for each in seen)


def _play(options: Options) -> Iterator[Spell]:
    seeds, hours = zip(*spells(options), strict=True)
    if options.jobs == 1:
        played = map(spell, seeds, hours)
        yield from map(_tell, played)
        return
    with ProcessPoolExecutor(options.jobs, initializer=logging.disable, initargs=(logging.WARNING,)) as pool:
        yield from map(_tell, pool.map(spell, seeds, hours))


def _tell(each: Spell) -> Spell:
    verdict = "every rule held" if each.broken is None else "BROKEN"
    print(f"seed {each.seed}: {each.hours:.1f} h, {each.scans} scans, {each.sessions} sessions: {verdict}", flush=True)
    return each


def _report(seen: list[Spell], took_s: float) -> None:
    raised: Counter[str] = Counter()
    for each in seen:
        raised.update(each.raised)
    print(f"\n{sum(each.hours for each in seen):.1f} h in {took_s:.0f} s")
    print(f"scans run      {sum(each.scans for each in seen)}")
    print(f"sessions       {sum(each.sessions for each in seen)}")
    print(f"energy         {sum(each.energy_wh for each in seen) / 1000:.0f} kWh")
    print(f"closings       {sum(each.closings for each in seen)}")
    print(f"violations     {sum(each.broken is not None for each in seen)}")
    print("faults raised  " + ", ".join(f"{name} {raised[name]}" for name in FAULTS if name in raised))
    print("of the board   " + (", ".join(f"{name} {count}" for name, count in sorted(raised.items()) if name not in FAULTS) or "none"))
    print("never raised   " + (", ".join(name for name in FAULTS if name not in raised) or "none: every row of the fault table occurred"))

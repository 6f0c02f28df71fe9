"""Drivers in a storm: cars come, charge, change their mind and leave, in their own time, at one EVSE."""

from collections.abc import Iterator
from random import Random

from chargepoint.cli.scenarios.agenda import Script, Until
from chargepoint.cli.scenarios.stage import Stage
from simulators import verbs
from simulators.garage import GARAGE

ORDINARY = ("ordinary", "one-phase", "brisk", "slow-starter", "two-phase")
LIMITS_MA = (32_000, 32_000, 25_000, 16_000, 10_000, 6_000, 5_900, 0, 80_000)
LONGEST_S = 7_200.0


class Driver:
    """One after the other, for ever. ``sessions`` counts those that came."""

    def __init__(self, stage: Stage, evse: int, rng: Random, idle_s: float) -> None:
        self.sessions = 0
        self._stage = stage
        self._evse = evse
        self._rng = rng
        self._idle_s = idle_s

    def script(self) -> Script:
        """Come, stay, go."""
        stage, evse, rng = self._stage, self._evse, self._rng
        while True:
            yield self._some(self._idle_s)
            self._arrive()
            yield Until(lambda: stage.told(evse).plug_in, 5.0)
            yield rng.uniform(0.0, 4.0) if rng.random() < 0.7 else rng.uniform(0.0, 90.0)
            self._authorise()
            for wait_s in self._stay():
                yield wait_s
                self._change_mind()
            if rng.random() < 0.6 and stage.player.revoke(evse):
                yield rng.choice((0.0, 0.05, 2.0, 10.0))
            yield from self._leave()

    def _some(self, mean_s: float) -> float:
        return min(LONGEST_S, self._rng.expovariate(1 / mean_s))

    def _arrive(self) -> None:
        self.sessions += 1
        rng = self._rng
        car = rng.choice(ORDINARY) if rng.random() < 0.5 else rng.choice(tuple(GARAGE))
        soc = {"soc_percent": rng.choice((20, 90, 99))} if rng.random() < 0.3 else {}
        self._stage.do(self._evse, verbs.plug, car=car, **soc)

    def _authorise(self) -> None:
        rng = self._rng
        renew_s, valid_s = rng.choice(((3.0, 10.0), (30.0, 100.0), (120.0, 400.0), (120.0, 400.0), (60.0, 50.0)))
        self._stage.player.permit(
            self._evse,
            rng.choice(LIMITS_MA),
            then_ma=rng.choice((6_000, 6_000, 10_000, 0)),
            valid_s=valid_s,
            renew_s=renew_s,
            phases=rng.choice((None, None, 1, 3)),
        )

    def _stay(self) -> Iterator[float]:
        """The waits between what happens while it is there."""
        rng = self._rng
        for _ in range(rng.choice((0, 1, 2, 4))):
            yield rng.choice((0.02, 0.3, 2.0, 8.0)) if rng.random() < 0.3 else self._some(400.0)

    def _change_mind(self) -> None:
        """Station, driver or car want something else."""
        stage, evse, rng = self._stage, self._evse, self._rng
        match rng.randrange(8):
            case 0 | 1:
                stage.player.change(evse, limit_ma=rng.choice(LIMITS_MA))
            case 2:
                stage.player.change(evse, phases=rng.choice((1, 3, None)))
            case 3:
                stage.player.unlock(evse)
            case 4:
                stage.player.revoke(evse)
            case 5:
                self._authorise()
            case 6 if stage.world.evses[evse].ev is not None:
                stage.do(evse, verbs.patch_ev, current_a=rng.choice((0, 3, 6, 16, 40)))
            case _ if stage.world.evses[evse].ev is not None:
                stage.do(evse, verbs.patch_ev, request=rng.random() < 0.5)
            case _:
                pass

    def _leave(self) -> Script:
        """At the station, or at the car first and then the cable."""
        if self._rng.random() < 0.2:
            self._stage.do(self._evse, verbs.unplug, side="ev")
            yield self._rng.uniform(0.1, 20.0)
        self._stage.do(self._evse, verbs.unplug)

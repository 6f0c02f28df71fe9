"""A story: things happen at random to two cars and one station, cuts fall in between, and in the end the CSMS must know it all."""

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

from msgspec import Struct

from tests.campaigns.actions import choose
from tests.campaigns.bench import CampaignError
from tests.campaigns.cuts import Blow, Mode, draw
from tests.campaigns.stage import Stage
from tests.campaigns.verdict import energy_wh, excused

STEPS = (10, 16)
CUT_SHARE = {True: 0.4, False: 0.1}
"""So many of the things that happen are cut into: those that make the station say something, and the others."""
PAUSE_S = 1.0


class Plan(Struct, frozen=True):
    """Everything that a story is made from."""

    seed: int
    version: str
    mode: Mode

    @property
    def keep_world(self) -> bool:
        """Does the car survive a power cut of the whole site?"""
        return Random(self.seed).random() < 0.5

    def __str__(self) -> str:
        return f"seed {self.seed} OCPP {self.version} {self.mode} keep_world={str(self.keep_world).lower()}"


class Outcome(Struct, frozen=True):
    """How a story went."""

    plan: Plan
    cuts: Counter[str]
    transactions: int
    energy_wh: float
    resent: int
    excused: int
    seconds: float
    differences: list[str]
    lines: list[str]


async def tell(plan: Plan, folder: Path) -> Outcome:
    """Tell one story to its end, whatever happens in it."""
    stage, random = Stage(plan.version, folder, keep_world=plan.keep_world), Random(f"{plan.seed} {plan.version} {plan.mode}")
    cuts: Counter[str] = Counter()
    clock = asyncio.get_running_loop().time
    began_s = clock()
    try:
        await stage.open()
        await _happen(stage, plan.mode, random, cuts)
        wrong = await stage.settle()
    except (CampaignError, TimeoutError) as error:
        wrong = [f"{type(error).__name__}: {error}", *(f"violation {v.rule}: {v.text}" for v in stage.violations)]
    finally:
        await stage.close()
    return Outcome(
        plan=plan,
        cuts=cuts,
        transactions=len(stage.transactions),
        energy_wh=sum(map(energy_wh, stage.transactions)),
        resent=sum(len(station.duplicates) for station in stage.csms.stations.values()),
        excused=sum(excused(violation, stage.station) for violation in stage.violations),
        seconds=clock() - began_s,
        differences=wrong,
        lines=stage.lines,
    )


async def _happen(stage: Stage, mode: Mode, random: Random, cuts: Counter[str]) -> None:
    for _ in range(random.randint(*STEPS)):
        await stage.look()
        action, place = choose(stage, random)
        stage.note(f"EVSE {place.evse}: {action.name}")
        deed = action.do(stage, place, random)
        if random.random() >= CUT_SHARE[action.dense]:
            await deed
            await asyncio.sleep(random.uniform(0, PAUSE_S))
            continue
        cut = draw(mode, random)
        cuts[cut.kind] += 1
        blow = Blow(stage, cut)
        await blow.around(deed)
        await blow.mend(random)
        await stage.look()
        await stage.goes_on()

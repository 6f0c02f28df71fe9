"""One story: acts at random, cuts in the middle of them, a CSMS that misbehaves; then calm, until everything is told; then the verdict."""

import asyncio
import logging
import random
import shutil
import tempfile
from pathlib import Path

from msgspec import Struct

from simulators.csms.behaviour import Behaviour
from tests import virtual_time
from tests.campaigns import orders
from tests.campaigns.chaos.acts import ACTS, Act
from tests.campaigns.chaos.central import STATION, Central
from tests.campaigns.chaos.judge import differences
from tests.campaigns.chaos.scene import Scene
from tests.campaigns.chaos.site import PowerCut, Site

ACTS_OF_A_STORY = 22
CUT_SHARE = 0.35
"""So often a cut is armed before an act: it falls at one of the next commits."""
SETTLE_S = 1_200.0
QUIET = {"1.6": {"0": "Available", "1": "Available"}, "2.0.1": {"1.1": "Available"}}
POINTS = ("EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer")
MEMORY = Path("/dev/shm")
"""Where a file costs nothing: the power does not really go."""


class Outcome(Struct, frozen=True):
    """How it went."""

    seed: int
    version: str
    cuts: int
    transactions: int
    messages: int
    resent: int
    differences: list[str]
    lines: list[str]


def tell(seed: int, version: str = "1.6") -> Outcome:
    """The story of a seed, in no time."""
    random.seed(seed)  # what the station draws, too
    folder = Path(tempfile.mkdtemp(prefix="chaos-", dir=MEMORY if MEMORY.is_dir() else None))
    logging.disable(logging.CRITICAL)
    try:
        return virtual_time.run(_tell(seed, version, folder))
    finally:
        logging.disable(logging.NOTSET)
        shutil.rmtree(folder)


async def _tell(seed: int, version: str, folder: Path) -> Outcome:
    chance = random.Random(seed)
    central = Central(seed, version)
    site = Site(folder, central, chance)
    scene = Scene(site, central, chance)
    running = asyncio.create_task(site.run())
    play = asyncio.create_task(_play(scene))
    await asyncio.wait({running, play}, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, play):
        task.cancel()
    await asyncio.wait({running, play})
    if not running.cancelled():
        running.result()  # raises: the station ended with an error
    wrong = play.result()
    station = central.stations[STATION]
    return Outcome(seed, version, site.cuts, len(central.transactions), central.messages.last, len(station.duplicates), wrong, scene.lines)


async def _play(scene: Scene) -> list[str]:
    await scene.site.up.wait()
    await asyncio.sleep(5)
    if scene.version != "1.6":
        start, stop = scene.random.choice(POINTS), scene.random.choice(POINTS)
        scene.note(f"from {start} to {stop}: {await scene.status(*orders.set_points(start, stop))}")
    share = scene.random.choice((0.0, 0.1, 0.3))
    scene.central.behaviour = Behaviour(chaos=share)
    scene.note(f"chaos {share}")
    for _ in range(ACTS_OF_A_STORY):
        await _act(scene)
        await asyncio.sleep(scene.random.choice((0.0, 0.2, 1.0, 5.0)))
    await _calm(scene)
    await scene.remembers()
    return scene.wrong + differences(scene)


async def _act(scene: Scene) -> None:
    chance, site = scene.random, scene.site
    await site.up.wait()
    act: Act = chance.choices(ACTS, [row.weight * row.possible(scene) for row in ACTS])[0]
    if chance.random() < CUT_SHARE:
        number, after, power = chance.randint(1, 6), chance.random() < 0.5, chance.random() < 0.4
        scene.note(f"cut {'after' if after else 'before'} commit {number}{', power' if power else ''}")
        site.arm(number, after, power, stays=chance.random() < 0.7)
    scene.note(act.name)
    try:
        await act.do(scene)
    except PowerCut:
        scene.note("cut")


async def _calm(scene: Scene) -> None:
    site, central = scene.site, scene.central
    scene.note("calm")
    central.kind()
    central.network.set()
    await site.up.wait()
    site.arm(None)
    if site.car.here:
        site.car.leave()
    seen: object = None
    for _ in range(int(SETTLE_S)):
        await asyncio.sleep(1)
        if site.up.is_set() and scene.connected:
            seen = _state(scene)
            if seen == (0, 0, True, QUIET[scene.version]):
                await asyncio.sleep(1)
                return
    scene.wrong.append(f"not settled: waiting, given up, nobody there, statuses: {seen}")


def _state(scene: Scene) -> tuple[int, int, bool, dict[str, str]]:
    outbox, session = scene.site.store.outbox, scene.site.game.station.transacting.sessions[1]
    nobody = session.free and session.span is None
    return outbox.waiting(), outbox.given_up(), nobody, dict(scene.central.stations[STATION].connectors)

"""What happens in a story: people, cars, the network, the CSMS's orders, cuts. One row each, with how often and when it makes sense."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

from msgspec import Struct

from chargepoint.domain.notifications import SecurityEvent
from hal.measured import TokenSeen
from simulators.csms.frames import Payload
from tests.campaigns import orders
from tests.campaigns.chaos.central import now
from tests.campaigns.chaos.scene import LOST, Scene

CARDS = ("CARD0", "CARD1", "CARD2")
RESETS = {"1.6": ("Soft", "Hard"), "2.0.1": ("Immediate", "OnIdle")}


class Act(Struct, frozen=True):
    """One row."""

    name: str
    weight: float
    possible: Callable[[Scene], bool]
    do: Callable[[Scene], Awaitable[None]]


async def plug(scene: Scene) -> None:
    """A car comes."""
    scene.site.car.arrive()


async def unplug(scene: Scene) -> None:
    """It goes."""
    scene.site.car.leave()


async def card(scene: Scene) -> None:
    """To start, or to stop."""
    scene.site.game.reader.present(TokenSeen(scene.random.choice(CARDS)))


async def remote_start(scene: Scene) -> None:
    """From an app."""
    scene.numbers += 1
    await scene.status(*orders.start(scene.version, 1, scene.random.choice(CARDS), scene.numbers))


async def remote_stop(scene: Scene) -> None:
    """By the id that the CSMS gave last."""
    await scene.status(*orders.stop(scene.version, scene.central.transactions[-1].id))


async def wait(scene: Scene) -> None:
    """Time passes."""
    await asyncio.sleep(scene.random.uniform(5, 60))


async def network(scene: Scene) -> None:
    """Gone, or back."""
    if scene.central.network.is_set():
        scene.central.unplug_network()
    else:
        scene.central.network.set()


async def drop(scene: Scene) -> None:
    """The CSMS cuts the line."""
    scene.central.drop()


async def cut(scene: Scene) -> None:
    """Station or power, now."""
    scene.site.cut(power=scene.random.random() < 0.5, stays=scene.random.random() < 0.7)


async def interval(scene: Scene) -> None:
    """How often meter values are told."""
    wanted = str(scene.random.randint(5, 30))
    answer = await scene.status(*orders.set_interval(scene.version, wanted))
    scene.intervals = {wanted} if answer == "Accepted" else scene.intervals | ({wanted} if answer == LOST else set())


async def local_list(scene: Scene) -> None:
    """All cards, under a new version."""
    scene.numbers += 1
    answer = await scene.status(*orders.local_list(scene.version, scene.numbers, CARDS))
    scene.lists = {scene.numbers} if answer == "Accepted" else scene.lists | ({scene.numbers} if answer == LOST else set())


async def reservation(scene: Scene) -> None:
    """Kept over a cut, until it is cancelled."""
    scene.numbers += 1
    order = orders.reserve(scene.version, 1, "NOBODY", scene.numbers, now() + timedelta(hours=5))
    answer, cancel = await scene.status(*order), ("CancelReservation", {"reservationId": scene.numbers})
    if answer == "Accepted":
        await scene.survives_a_cut("reservation", cancel, "Accepted")
    if answer in ("Accepted", LOST):
        await _until_not_lost(scene, *cancel)


async def profile(scene: Scene) -> None:
    """Kept over a cut, until it is cleared."""
    scene.numbers += 1
    if await scene.status(*orders.set_limit(scene.version, scene.numbers, 16.0)) == "Accepted":
        await scene.survives_a_cut("profile", orders.clear_limit(scene.version, scene.numbers), "Accepted")


async def availability(scene: Scene) -> None:
    """Out of operation, over a cut, and back."""
    order = orders.availability(scene.version, 1, operative=False)
    if await scene.status(*order) == "Accepted":
        await scene.survives_a_cut("availability", order, "Accepted")
    await _until_not_lost(scene, *orders.availability(scene.version, 1, operative=True))


async def _until_not_lost(scene: Scene, action: str, payload: Payload) -> None:
    for _ in range(20):
        scene.central.network.set()
        if scene.connected and await scene.status(action, payload) != LOST:
            return
        await asyncio.sleep(5)
    scene.wrong.append(f"{action} {payload}: no answer in 20 tries")


async def alarm(scene: Scene) -> None:
    """Something for the security log."""
    with scene.site.store.commit():
        scene.site.store.outbox.put(
            str(uuid4()), SecurityEvent("TamperDetectionActivated", scene.site.game.clock.now(), f"number {len(scene.lines)}")
        )
    scene.site.game.station.uplink.delivery.nudge()


async def reset(scene: Scene) -> None:
    """The station starts anew."""
    await scene.status("Reset", {"type": scene.random.choice(RESETS[scene.version])})


def _here(scene: Scene) -> bool:
    return scene.site.car.here


def _connected(scene: Scene) -> bool:
    return scene.connected


def _nobody(scene: Scene) -> bool:
    """Nor a card that waits for its car: 1.6 knows no way from Preparing to Unavailable."""
    return scene.connected and not scene.site.car.here and scene.site.game.station.transacting.sessions[1].free


ACTS = (
    Act("plug", 8, lambda scene: not _here(scene), plug),
    Act("unplug", 3, _here, unplug),
    Act("card", 9, lambda scene: True, card),
    Act("remote start", 2, _connected, remote_start),
    Act("remote stop", 2, lambda scene: scene.connected and bool(scene.central.transactions), remote_stop),
    Act("wait", 6, lambda scene: True, wait),
    Act("network", 3, lambda scene: True, network),
    Act("network back", 4, lambda scene: not scene.central.network.is_set(), network),
    Act("drop", 1.5, _connected, drop),
    Act("cut", 1.5, lambda scene: True, cut),
    Act("interval", 0.7, _connected, interval),
    Act("local list", 0.7, _connected, local_list),
    Act("reservation", 0.7, _nobody, reservation),
    Act("profile", 0.7, _connected, profile),
    Act("availability", 0.7, _nobody, availability),
    Act("alarm", 2, lambda scene: True, alarm),
    Act("reset", 0.5, _connected, reset),
)

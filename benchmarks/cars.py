"""Cars of the simulated world that pause while they charge, and what is seen of the contactor then."""

import asyncio
import contextlib
import random
import time

from msgspec import Struct, field

from benchmarks.rig import LOOK_S, until
from simulators import verbs
from simulators.electrics import Electrics
from simulators.world import World

CAR = {"reaction_s": 0.2, "current_a": 16, "phases": 3}
DWELL_S = (0.05, 0.6)
"""How long a car charges before it pauses, at random."""
OPEN_WITHIN_S = 5.0
PROBE_S = 0.01
KICK_LOOK_S = 0.002
"""Finer than the pace of the kicks."""


class Opening(Struct, frozen=True):
    """One event, in seconds from the pilot leaving C."""

    told_s: float
    """The measurement was on its way to the board."""
    command_s: float
    """As stamped by control."""
    heard_s: float
    """The world had the command."""
    contacts_s: float


class Seen(Struct):
    """What happened in one arrangement."""

    fifo: bool = False
    """Control was under SCHED_FIFO."""
    openings: list[Opening] = field(default_factory=list)
    unanswered: int = 0
    """Pilots that left C without any command to open within 5 s."""
    interrupted: int = 0
    """Contactors that opened while the car was charging, without a reason: dead-man, or control late."""
    late_s: list[float] = field(default_factory=list)
    """By how much the world's event loop was late, looked at every 10 ms."""
    kick_s: list[float] = field(default_factory=list)
    """From a random moment to the next kick: the least that a command takes, also where no car can charge."""


def charging(evse: Electrics) -> bool:
    """Does current flow?"""
    return evse.contactor.position and evse.outputs.contactor and evse.letter == "C"


async def all_charge(world: World) -> None:
    """Every EVSE has a car, and it charges."""
    now = time.monotonic()
    world.advance(now)
    for evse in world.evses.values():
        if evse.ev is None:
            verbs.plug(world, evse, dict(CAR), now)
    world.changed(now)
    await until(lambda: all(map(charging, world.evses.values())), "all cars charge", PROBE_S)


def request(world: World, evse: Electrics, wanted: bool) -> float:
    """The driver pauses the car, or goes on; when the pilot changed."""
    now = time.monotonic()
    world.advance(now)
    verbs.patch_ev(world, evse, {"request": wanted}, now)
    world.changed(now)
    return now


async def opening(world: World, evse: Electrics) -> Opening | None:
    """Let the car pause, and see. ``None``: nobody commanded the contactor to open."""
    left_s, told_s, timing = request(world, evse, False), time.monotonic(), evse.timing
    assert timing.pilot_left_c_s == left_s, "the pilot has left C"
    with contextlib.suppress(TimeoutError):
        await until(lambda: None not in (timing.open_heard_s, timing.contacts_open_s), "open", PROBE_S, OPEN_WITHIN_S)
    if timing.open_commanded_s is None or timing.open_heard_s is None or timing.contacts_open_s is None:
        return None
    return Opening(told_s - left_s, timing.open_commanded_s - left_s, timing.open_heard_s - left_s, timing.contacts_open_s - left_s)


async def drive(world: World, evse: Electrics, seen: Seen) -> None:
    """One car, until cancelled."""
    while True:
        await until(lambda: charging(evse), f"evse {evse.plan.id} charges", PROBE_S, float("inf"))
        await asyncio.sleep(random.uniform(*DWELL_S))
        if not charging(evse):
            seen.interrupted += 1
            continue
        event = await opening(world, evse)
        if event is None:
            seen.unanswered += 1
        else:
            seen.openings.append(event)
        request(world, evse, True)


async def watch_lateness(seen: Seen) -> None:
    """How late this event loop is."""
    due_s = time.monotonic()
    while True:
        due_s = max(due_s, time.monotonic()) + PROBE_S
        await asyncio.sleep(due_s - time.monotonic())
        seen.late_s.append(time.monotonic() - due_s)


async def watch_kicks(evse: Electrics, seen: Seen) -> None:
    """When control would have written its outputs, had something happened now."""
    while True:
        await asyncio.sleep(random.uniform(0.0, 2 * PROBE_S))
        since_s = time.monotonic()
        kicked_s = evse.timing.last_kick_s or 0.0
        while kicked_s < since_s:
            await asyncio.sleep(KICK_LOOK_S)
            kicked_s = evse.timing.last_kick_s or 0.0
        seen.kick_s.append(kicked_s - since_s)


async def collect(world: World, seen: Seen, events: int, seconds: float) -> None:
    """All cars, until there are enough events or the time is up."""
    tasks = [asyncio.create_task(drive(world, evse, seen)) for evse in world.evses.values()]
    tasks += [asyncio.create_task(watch_lateness(seen)), asyncio.create_task(watch_kicks(next(iter(world.evses.values())), seen))]
    with contextlib.suppress(TimeoutError):
        await until(lambda: len(seen.openings) >= events, "enough events", 0.1, seconds)
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(outcome, asyncio.CancelledError):
            raise RuntimeError("a car of the benchmark broke down") from outcome


async def opened_after_kick(world: World) -> list[float]:
    """Every contactor that is closed: when it was seen open, in seconds after its board's last kick."""
    closed = [evse for evse in world.evses.values() if evse.contactor.position]
    took: list[float] = []
    while closed:
        await asyncio.sleep(LOOK_S)
        now = time.monotonic()
        took += [now - (evse.timing.last_kick_s or 0.0) for evse in closed if not evse.contactor.position]
        closed = [evse for evse in closed if evse.contactor.position]
    return took

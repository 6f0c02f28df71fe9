"""What people, cars, the network and the CSMS do in a story: one row each, with how often, and when it makes sense.

An action returns when it is done in the world, or when nobody can tell any more because the bench died over it. What may follow from it
is in the ledger before it is done.
"""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from msgspec import Struct

from simulators.csms.behaviour import Behaviour
from simulators.csms.versions import STATION_ACTIONS
from tests.campaigns import configuration, orders
from tests.campaigns.ledger import Place
from tests.campaigns.stage import Stage

SILENT = STATION_ACTIONS - {"BootNotification"}
"""A boot that is not answered is asked for again after half a minute; that is shown elsewhere."""


class Action(Struct, frozen=True):
    """One row."""

    name: str
    weight: float
    possible: Callable[[Stage, Place], bool]
    do: Callable[[Stage, Place, Random], Awaitable[None]]
    dense: bool = False
    """Does it make the station commit something and say it?"""


async def plug(stage: Stage, place: Place, random: Random) -> None:
    """A car comes."""
    place.plugged, place.stirred, place.paused = True, True, False
    body = {"phases": 3, "current_a": 32, "reaction_s": random.choice([0.0, 0.2, 0.5])}
    await stage.verb("POST", f"/evses/{place.evse}/ev/plug", body)


async def unplug(stage: Stage, place: Place, random: Random) -> None:
    """It leaves."""
    await stage.unplug(place)


async def show_card(stage: Stage, place: Place, random: Random) -> None:
    """To start, or to stop."""
    card = stage.ledger.show(place)
    await stage.verb("POST", "/rfid", {"token": card.token, "type": orders.TOKEN_TYPE, "evses": [place.evse]})


async def remote_start(stage: Stage, place: Place, random: Random) -> None:
    """Accepted for a car that stands there and waits: from then on there is a transaction, where no plug has to lock first."""
    waiting = place.waiting and place.operative is True and place.evse == configuration.FIXED
    card = stage.ledger.show(place)
    answer = await stage.call(orders.start(stage.version, place.evse, card.token, random.randrange(1000)))
    card.promised = card.promised or (waiting and answer == "Accepted")


async def remote_stop(stage: Stage, place: Place, random: Random) -> None:
    """By the id that the CSMS knows."""
    assert place.card is not None
    assert place.running is not None
    named = place.card.seen[place.running]
    assert named is not None
    card, first = place.card, place.unended
    answer = await stage.call(orders.stop(stage.version, named))
    if answer == "Accepted" and first:
        card.reasons, card.decided = {"Remote"}, True
    elif answer != "Rejected":
        stage.ledger.end_may_follow(place, "Remote")


async def pause(stage: Stage, place: Place, random: Random) -> None:
    """The car wants nothing for a while, or again."""
    place.paused = not place.paused
    await stage.verb("PATCH", f"/evses/{place.evse}/ev", {"request": not place.paused})


async def charge(stage: Stage, place: Place, random: Random) -> None:
    """Time passes."""
    await asyncio.sleep(random.uniform(0.5, 2.5))


async def network(stage: Stage, place: Place, random: Random) -> None:
    """Cut, or restored."""
    stage.network_up = not stage.network_up
    await stage.verb("PUT", "/network", {"state": "up" if stage.network_up else "down"})


async def drop(stage: Stage, place: Place, random: Random) -> None:
    """The CSMS cuts the connection."""
    stage.csms.drop()


async def silence(stage: Stage, place: Place, random: Random) -> None:
    """The CSMS answers nothing for a moment."""
    stage.csms.behaviour = Behaviour(silent=SILENT)
    asyncio.get_running_loop().call_later(random.uniform(0.2, 2.0), stage.csms.kind)


async def delay(stage: Stage, place: Place, random: Random) -> None:
    """The CSMS takes its time for a while."""
    stage.csms.behaviour = Behaviour(delay_s=random.uniform(0.1, 0.8))
    asyncio.get_running_loop().call_later(random.uniform(0.5, 3.0), stage.csms.kind)


async def chaos(stage: Stage, place: Place, random: Random) -> None:
    """The CSMS does whatever it likes with a third of the messages for a while."""
    stage.csms.behaviour = Behaviour(chaos=0.3)
    asyncio.get_running_loop().call_later(random.uniform(0.5, 3.0), stage.csms.kind)


async def availability(stage: Stage, place: Place, random: Random) -> None:
    """Out of operation, or back; what was accepted holds from then on."""
    wanted = place.operative is False
    place.operative = None
    if await stage.call(orders.availability(stage.version, place.evse, operative=wanted)) == "Accepted":
        place.operative = wanted


async def setting(stage: Stage, place: Place, random: Random) -> None:
    """How often meter values are told."""
    wanted, stage.interval = str(random.randint(1, 3)), None
    if await stage.call(orders.set_interval(stage.version, wanted)) == "Accepted":
        stage.interval = wanted


async def reset(stage: Stage, place: Place, random: Random) -> None:
    """The station process starts anew; what runs ends, unless it is asked to wait."""
    kind, reason = random.choice(RESETS[stage.version])
    answer = await stage.call(("Reset", {"type": kind}))
    stage.ledger.station_dies()
    if answer != "Rejected" and reason:
        for each in stage.ledger.places.values():
            stage.ledger.end_may_follow(each, reason)


RESETS = {
    "1.6": (("Soft", "SoftReset"), ("Hard", "HardReset")),
    "2.0.1": (("Immediate", "ImmediateReset"), ("OnIdle", "")),
}
"""Types of a reset, and the reason that it gives to what runs."""


def _free(stage: Stage, place: Place) -> bool:
    return not place.plugged


def _there(stage: Stage, place: Place) -> bool:
    return place.plugged


def _runs(stage: Stage, place: Place) -> bool:
    return place.running is not None


def _waits(stage: Stage, place: Place) -> bool:
    return place.plugged and place.running is None and not place.pending


def _idle(stage: Stage, place: Place) -> bool:
    return not place.plugged and place.running is None and not place.pending


def _nobody(stage: Stage, place: Place) -> bool:
    """Without a car, and without a card that waits for one: 1.6 knows no way from Preparing to Unavailable."""
    return not place.plugged and place.running is None and place.card is None


def _known(stage: Stage, place: Place) -> bool:
    named = place.card is not None and place.running is not None and place.card.seen.get(place.running) is not None
    return named and stage.connected


ACTIONS = (
    Action("plug", 8, _free, plug),
    Action("unplug", 2, _there, unplug, dense=True),
    Action("show card", 8, _waits, show_card, dense=True),
    Action("show card first", 1, _idle, show_card),
    Action("show card again", 2.5, _runs, show_card, dense=True),
    Action("remote start", 2.5, lambda stage, place: _waits(stage, place) and stage.connected, remote_start, dense=True),
    Action("remote stop", 3, _known, remote_stop, dense=True),
    Action("pause or resume", 1, _there, pause),
    Action("charge", 4, _runs, charge, dense=True),
    Action("network down", 1, lambda stage, place: stage.network_up, network),
    Action("network up", 2.5, lambda stage, place: not stage.network_up, network, dense=True),
    Action("CSMS drops", 0.7, lambda stage, place: stage.connected, drop),
    Action("CSMS silent", 0.7, lambda stage, place: stage.connected, silence),
    Action("CSMS delays", 0.7, lambda stage, place: stage.connected, delay),
    Action("CSMS chaos", 1, lambda stage, place: stage.connected, chaos, dense=True),
    Action("availability", 0.7, lambda stage, place: _nobody(stage, place) and stage.connected, availability),
    Action("setting", 0.5, lambda stage, place: stage.connected, setting),
    Action("reset", 0.4, lambda stage, place: stage.connected, reset),
)


def choose(stage: Stage, random: Random) -> tuple[Action, Place]:
    """The next thing to happen, and where."""
    place = random.choice(list(stage.ledger.places.values()))
    possible = [action for action in ACTIONS if action.possible(stage, place)]
    return random.choices(possible, [action.weight for action in possible])[0], place

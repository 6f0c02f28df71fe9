"""The verdict on a story: what was put into the outbox, held against what the CSMS received and what it made of it.

Nothing lost: every message that the version has words for arrived and was answered. Nothing doubled: a message that came again is
recognised and said the same. In order: each lane's messages arrived, the first time, in the order in which they were put in. With their
right times: where station and CSMS go by one clock, nobody has a reason to set it, however late answers come; where the board forgets the
time, what was stamped wrongly is told rightly (``clocks``), and nothing of a transaction before what was told of it already.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime

import msgspec
from msgspec import Struct

from chargepoint.domain.notifications import Kept, SecurityEvent
from chargepoint.domain.transaction import TransactionEvent
from simulators.csms.message_log import Message
from tests.campaigns.chaos import identity
from tests.campaigns.chaos.car import FIRST_WH
from tests.campaigns.chaos.central import STATION
from tests.campaigns.chaos.clocks import Stamp
from tests.campaigns.chaos.scene import Scene
from tests.campaigns.verdict import energy_wh, excused, of_itself

Arrived = tuple[Hashable, datetime | None]
"""What it is, and its time."""


class Posted(Struct, frozen=True):
    """What was put in, and its stamp where it has one."""

    told: Arrived
    stamp: Stamp | None


def differences(scene: Scene) -> list[str]:
    """Everything that is wrong."""
    station = scene.central.stations[STATION]
    return [
        *(f"violation {violation.rule}: {violation.text}" for violation in station.violations if not excused(violation, station)),
        *_of_messages(scene),
        *_of_transactions(scene),
    ]


def _of_messages(scene: Scene) -> Iterator[str]:
    version, received = scene.version, [message for message in scene.central.messages if identity.kept(message)]
    first: dict[Hashable, Message] = {}
    for message in received:
        earlier = first.setdefault(identity.of_message(version, message), message)
        if identity.said(version, earlier) != identity.said(version, message):
            yield f"message {message.number} is {earlier.number} again and says something else: {message.text}"
    for lane in ("transaction", "security"):
        posted = list(_posted(scene, lane))
        arrived = [(each, identity.time(message.payload)) for each, message in first.items() if identity.lane(message) == lane]
        yield from _of_lane(lane, posted, arrived, scene.site.host.forgetful)
    ids = {message.frame[1] for message in scene.central.messages if message.direction == "sent" and message.frame[0] == 3}
    answered = {identity.of_message(version, message) for message in received if message.frame[1] in ids}
    yield from (f"message {message.number} was never answered" for each, message in first.items() if each not in answered)


def _of_lane(lane: str, posted: list[Posted], arrived: list[Arrived], forgetful: bool) -> Iterator[str]:
    put, told = (_once(these, forgetful) for these in ((each.told for each in posted), arrived))
    if put != told:
        yield f"lane {lane}: lost {_without(put, told)}, strange {_without(told, put)}, or out of order: {put} {told}"
    elif forgetful:
        yield from _of_times(posted, arrived)


def _once(these: Iterable[Arrived], forgetful: bool) -> list[Arrived]:
    """2.x cannot tell two alike of one second apart. Where the clock is set meanwhile, its times are judged one by one."""
    return list(dict.fromkeys((identity.timeless(each), None) if forgetful else (each, at) for each, at in these))


def _of_times(posted: list[Posted], arrived: list[Arrived]) -> Iterator[str]:
    stamps, times = defaultdict(list), defaultdict(list)
    for each in posted:
        stamps[identity.timeless(each.told[0])].append(each.stamp)
    for name, told in arrived:
        times[identity.timeless(name)].append(told)
    for name, alike in stamps.items():
        if len(alike) == len(times[name]):  # else two of one second were taken for one
            yield from (
                f"{name} was told with {told}, {fault}"
                for stamp, told in zip(alike, times[name], strict=True)
                if (fault := _fault(stamp, told))
            )


def _fault(stamp: Stamp | None, told: datetime | None) -> str:
    return "" if stamp is None or told is None else stamp.faults(told)


def _posted(scene: Scene, lane: str) -> Iterator[Posted]:
    scene.site.note()
    statement = "SELECT message_id, body, life, ahead_s, since_s FROM posted WHERE lane = ? ORDER BY number"
    for message_id, body, life, ahead_s, since_s in scene.site.store._database.rows(statement, lane):
        event: Kept = msgspec.json.decode(body, type=Kept)
        named = identity.of_posted(scene.version, message_id, event)
        if named is not None:
            stamped = isinstance(event, TransactionEvent | SecurityEvent)
            yield Posted(named, Stamp(event.at, ahead_s, since_s, life in scene.site.knowing) if stamped else None)


def _without(these: list[Arrived], those: list[Arrived]) -> list[Arrived]:
    return [each for each in these if each not in those]


def _of_transactions(scene: Scene) -> Iterator[str]:
    transactions = scene.central.transactions
    ours = scene.site.store._database.rows("SELECT csms_id, open FROM transactions ORDER BY number")
    if scene.version == "1.6" and [(transaction.id, 0) for transaction in transactions] != ours:
        yield f"transactions of the CSMS {[transaction.id for transaction in transactions]}, of the station {ours}"
    if any(still for _, still in ours):
        yield f"transactions of the station are still open: {ours}"
    yield from (difference for transaction in transactions for difference in of_itself(transaction))
    told_wh, passed_wh = sum(map(energy_wh, transactions)), int(scene.site.car.energy_wh) - int(FIRST_WH)
    if told_wh != passed_wh:
        parts = [(transaction.meter_start_wh, transaction.meter_stop_wh, transaction.reason) for transaction in transactions]
        yield f"{told_wh:g} Wh in transactions, {passed_wh} Wh through the meter: {parts}"

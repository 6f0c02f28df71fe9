"""The verdict on a story: what was put into the outbox, held against what the CSMS received and what it made of it.

Nothing lost: every message that the version has words for arrived and was answered. Nothing doubled: a message that came again is
recognised and said the same. In order: each lane's messages arrived, the first time, in the order in which they were put in. With the
times that they were put in with: station and CSMS go by one clock here, so nobody has a reason to set it, however late answers come.
"""

from collections.abc import Hashable, Iterator

import msgspec

from chargepoint.domain.notifications import Kept
from simulators.csms.message_log import Message
from tests.campaigns.chaos import identity
from tests.campaigns.chaos.car import FIRST_WH
from tests.campaigns.chaos.central import STATION
from tests.campaigns.chaos.scene import Scene
from tests.campaigns.verdict import energy_wh, excused, of_itself


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
        posted = list(dict.fromkeys(_posted(scene, lane)))  # 2.x cannot tell two alike of one second apart
        arrived = [(each, identity.time(message.payload)) for each, message in first.items() if identity.lane(message) == lane]
        if posted != arrived:
            yield f"lane {lane}: lost {_without(posted, arrived)}, strange {_without(arrived, posted)}, or out of order: {posted} {arrived}"
    ids = {message.frame[1] for message in scene.central.messages if message.direction == "sent" and message.frame[0] == 3}
    answered = {identity.of_message(version, message) for message in received if message.frame[1] in ids}
    yield from (f"message {message.number} was never answered" for each, message in first.items() if each not in answered)


def _posted(scene: Scene, lane: str) -> Iterator[tuple[Hashable, object]]:
    rows = scene.site.store._database.rows("SELECT message_id, body FROM posted WHERE lane = ? ORDER BY number", lane)
    for message_id, body in rows:
        named = identity.of_posted(scene.version, message_id, msgspec.json.decode(body, type=Kept))
        if named is not None:
            yield named


def _without(these: list[tuple[Hashable, object]], those: list[tuple[Hashable, object]]) -> list[tuple[Hashable, object]]:
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

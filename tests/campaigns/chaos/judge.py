"""The verdict on a story: what was put into the outbox, held against what the CSMS received and what it made of it.

Nothing lost: every message that 1.6 has words for arrived and was answered. Nothing doubled: a message that came again had the same id
and said the same. In order: each lane's messages arrived, the first time, in the order in which they were put in.
"""

from collections.abc import Iterator

import msgspec

from chargepoint.domain.notifications import Kept
from simulators.csms.message_log import Message
from tests.campaigns.chaos.car import FIRST_WH
from tests.campaigns.chaos.central import STATION, dialect
from tests.campaigns.chaos.scene import Scene
from tests.campaigns.verdict import energy_wh, excused

KEPT = frozenset({"StartTransaction", "MeterValues", "StopTransaction", "SecurityEventNotification"})


def differences(scene: Scene) -> list[str]:
    """Everything that is wrong."""
    station = scene.central.stations[STATION]
    return [
        *(f"violation {violation.rule}: {violation.text}" for violation in station.violations if not excused(violation, station)),
        *_of_messages(scene),
        *_of_transactions(scene),
    ]


def _of_messages(scene: Scene) -> Iterator[str]:
    received = [message for message in scene.central.messages if _is_kept(message)]
    first: dict[str, Message] = {}
    for message in received:
        identity = message.frame[1]
        if identity in first and first[identity].frame[2:] != message.frame[2:]:
            yield f"message {message.number} has the id of {first[identity].number} and says something else: {message.text}"
        first.setdefault(identity, message)
    for lane in ("transaction", "security"):
        posted = [identity for identity, event in _posted(scene, lane) if dialect().encode(event) is not None]
        arrived = [identity for identity, message in first.items() if _lane(message) == lane]
        if posted != arrived:
            yield f"lane {lane}: lost {_without(posted, arrived)}, strange {_without(arrived, posted)}, or out of order: {posted} {arrived}"
    answered = {message.frame[1] for message in scene.central.messages if message.direction == "sent" and message.frame[0] == 3}
    yield from (f"message {message.number} was never answered" for identity, message in first.items() if identity not in answered)


def _is_kept(message: Message) -> bool:
    if message.direction != "received" or message.frame[0] != 2 or message.action not in KEPT:
        return False
    return message.action != "MeterValues" or "transactionId" in message.payload


def _lane(message: Message) -> str:
    return "security" if message.action == "SecurityEventNotification" else "transaction"


def _posted(scene: Scene, lane: str) -> Iterator[tuple[str, Kept]]:
    rows = scene.site.store._database.rows("SELECT message_id, body FROM posted WHERE lane = ? ORDER BY number", lane)
    yield from ((identity, msgspec.json.decode(body, type=Kept)) for identity, body in rows)


def _without(these: list[str], those: list[str]) -> list[str]:
    return [each for each in these if each not in those]


def _of_transactions(scene: Scene) -> Iterator[str]:
    transactions = scene.central.transactions
    ours = scene.site.store._database.rows("SELECT csms_id, open FROM transactions ORDER BY number")
    if [(transaction.id, 0) for transaction in transactions] != ours:
        yield f"transactions of the CSMS {[transaction.id for transaction in transactions]}, of the station {ours}"
    yield from (f"transaction {transaction.id} is still open" for transaction in transactions if transaction.open)
    told_wh, passed_wh = sum(map(energy_wh, transactions)), int(scene.site.car.energy_wh) - int(FIRST_WH)
    if told_wh != passed_wh:
        parts = [(transaction.meter_start_wh, transaction.meter_stop_wh, transaction.reason) for transaction in transactions]
        yield f"{told_wh:g} Wh in transactions, {passed_wh} Wh through the meter: {parts}"

"""What the CSMS was told, held against what really happened: every difference in words, none when all is well."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from simulators.csms.message_log import Message
from simulators.csms.records import Station, Transaction, Violation
from tests.campaigns.ledger import Card

TOLERANCE_WH = 0
"""None: the register shows whole Wh, nothing flows between two transactions, so the roundings of one's end and the next one's start are the
same rounding."""

FLOWING = "(Charging|SuspendedEV|SuspendedEVSE)"
SKIPPED = re.compile(f"connector [12] went from ({FLOWING} to Preparing|Finishing to {FLOWING})")
"""1.6 §4.9 has Available, or Preparing, in between. Status is told as it is, never as it was: when the CSMS is silent, or the station dead,
while one car leaves and the next one comes, or another card is shown, nobody is told of the moment between them."""


OF_TRANSACTIONS = ("StartTransaction", "MeterValues", "StopTransaction")


class Register(Struct, frozen=True):
    """What the meter of one EVSE showed before the story and after it."""

    before_wh: int
    after_wh: int


def differences(
    cards: Sequence[Card],
    transactions: Sequence[Transaction],
    registers: dict[int, Register],
    station: Station,
    messages: Iterable[Message] = (),
) -> list[str]:
    """Everything that is wrong."""
    return [
        *(_unrecognisable(messages) if station.version == "1.6" else ()),
        *(f"violation {violation.rule}: {violation.text}" for violation in station.violations if not excused(violation, station)),
        *(difference for transaction in transactions for difference in of_itself(transaction)),
        *_strangers(cards, transactions),
        *(difference for card in cards for difference in _of_card(card, [t for t in transactions if t.token == card.token])),
        *(difference for evse, register in registers.items() for difference in _of_energy(evse, register, transactions)),
    ]


def excused(violation: Violation, station: Station) -> bool:
    """Is it no fault of the station? A late answer may cross the same message that is sent again, which then looks unanswered."""
    if violation.rule == "two_calls":
        return any(duplicate.message_id in violation.text for duplicate in station.duplicates)
    return violation.rule == "status" and SKIPPED.match(violation.text) is not None


def place_of(transaction: Transaction) -> int | None:
    """Its EVSE; with one connector at each, 1.6 numbers them alike."""
    return transaction.connector if transaction.version == "1.6" else transaction.evse


def energy_wh(transaction: Transaction) -> float:
    """What it charged."""
    return (transaction.meter_stop_wh or 0.0) - (transaction.meter_start_wh or 0.0)


def of_itself(transaction: Transaction) -> Iterator[str]:
    """What is wrong with one by what was told of it alone: its end, its register, its events."""
    name = f"transaction {transaction.id} of {transaction.token}"
    if transaction.open:
        yield f"{name}: still open"
        return
    if transaction.stopped_at is None or transaction.stopped_at < transaction.started_at:
        yield f"{name}: from {transaction.started_at} to {transaction.stopped_at}"
    yield from (f"{name}: {fault}" for fault in _of_meter(transaction))
    if transaction.version != "1.6":
        yield from (f"{name}: {fault}" for fault in _of_events(transaction))


def _of_meter(transaction: Transaction) -> Iterator[str]:
    """That they never run backwards is among the CSMS's own rules."""
    start_wh, stop_wh = transaction.meter_start_wh, transaction.meter_stop_wh
    if start_wh is None or stop_wh is None or stop_wh < start_wh:
        yield f"register from {start_wh} to {stop_wh} Wh"
        return
    told = [value.energy_wh for value in transaction.meter_values if value.energy_wh is not None]
    outside = [wh for wh in told if not start_wh <= wh <= stop_wh]
    if outside:
        yield f"meter values {outside} Wh outside of {start_wh:g} to {stop_wh:g} Wh"


def _of_events(transaction: Transaction) -> Iterator[str]:
    numbers = [event.seq_no for event in transaction.events]
    kinds = [event.type for event in transaction.events]
    if numbers != list(range(len(numbers))):
        yield f"seqNo {numbers}"
    if kinds[:1] != ["Started"] or kinds[-1:] != ["Ended"] or set(kinds[1:-1]) - {"Updated"}:
        yield f"events {kinds}"


def _strangers(cards: Iterable[Card], transactions: Iterable[Transaction]) -> Iterator[str]:
    known = {(card.token, card.evse) for card in cards}
    for transaction in transactions:
        if (transaction.token, place_of(transaction)) not in known:
            yield f"transaction {transaction.id}: nobody showed {transaction.token} at EVSE {place_of(transaction)}"


def _of_card(card: Card, found: Sequence[Transaction]) -> Iterator[str]:
    name = f"{card.token} at EVSE {card.evse}"
    if not card.least <= len(found) <= card.shown:
        yield f"{name}: {len(found)} transactions {[t.id for t in found]}; expected {card.least} to {card.shown}, seen were {card.seen}"
    ids = {transaction.id for transaction in found}
    version = found[0].version if found else None
    told = {(csms if version == "1.6" else ours) for ours, csms in card.seen.items()} - {None}
    if told - ids:
        yield f"{name}: the station showed {sorted(map(str, told - ids))}, the CSMS has {sorted(ids)}"
    for transaction in found:
        if not transaction.open and transaction.reason not in card.reasons:
            yield f"{name}: transaction {transaction.id} ended with {transaction.reason}; expected one of {sorted(card.reasons)}"


def _of_energy(evse: int, register: Register, transactions: Iterable[Transaction]) -> Iterator[str]:
    told_wh = sum(energy_wh(transaction) for transaction in transactions if place_of(transaction) == evse)
    passed_wh = register.after_wh - register.before_wh
    if abs(told_wh - passed_wh) > TOLERANCE_WH:
        yield f"EVSE {evse}: {told_wh:g} Wh in transactions, {passed_wh} Wh through the meter ({register.before_wh} to {register.after_wh})"


def _unrecognisable(messages: Iterable[Message]) -> Iterator[str]:
    """1.6 has nothing but the id to recognise a message by that is sent again after a restart."""
    known: dict[str, tuple[int, str, int]] = {}
    boots = 0
    for message in messages:
        if message.direction != "received" or not isinstance(message.frame, list) or message.frame[0] != 2:
            continue
        boots += message.action == "BootNotification"
        number, identity, boot = known.setdefault(json.dumps(message.frame[2:]), (message.number, message.frame[1], boots))
        if message.action in OF_TRANSACTIONS and boot != boots and identity != message.frame[1]:
            yield f"{message.action} of message {number} again as message {message.number}, with another id: {message.frame[1]}"

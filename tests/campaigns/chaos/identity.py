"""By what the CSMS recognises a message that comes again: 1.6 by its message id; 2.x, which gives every try an id of its own (part 4,
4.1.4), by what it tells of."""

from collections.abc import Hashable
from datetime import datetime
from typing import Any

from chargepoint.domain.notifications import Kept
from simulators.csms.frames import Payload
from simulators.csms.message_log import Message
from tests.campaigns.chaos.central import dialect

KEPT = frozenset({"StartTransaction", "MeterValues", "StopTransaction", "TransactionEvent", "SecurityEventNotification"})
SECURITY = "SecurityEventNotification"


def kept(message: Message) -> bool:
    """Is it one that waits until it is answered?"""
    if message.direction != "received" or message.frame[0] != 2 or message.action not in KEPT:
        return False
    return message.action != "MeterValues" or "transactionId" in message.payload


def lane(message: Message) -> str:
    """In which it waited."""
    return "security" if message.action == SECURITY else "transaction"


def of_message(version: str, message: Message) -> Hashable:
    """That of one which has arrived."""
    return _identity(version, message.frame[1], message.action, message.payload)


def of_posted(version: str, message_id: str, event: Kept) -> tuple[Hashable, datetime | None] | None:
    """That of one which was put into the outbox, and its time; ``None``: this version has no words for it."""
    request = dialect(version).encode(event)
    return None if request is None else (_identity(version, message_id, request.action, request.payload), time(request.payload))


def time(payload: Payload) -> datetime | None:
    """When that happened what it tells of; ``None``: it says so only of values."""
    told = payload.get("timestamp")
    return None if told is None else datetime.fromisoformat(str(told))


def timeless(identity: Hashable) -> Hashable:
    """What is left of it when the clock is set between."""
    return (identity[0], identity[2]) if isinstance(identity, tuple) and len(identity) == 3 else identity


def _identity(version: str, message_id: str, action: str | None, payload: Payload) -> Hashable:
    if version == "1.6":
        return message_id
    if action == SECURITY:
        return payload["type"], payload["timestamp"], payload.get("techInfo")
    return payload["transactionInfo"]["transactionId"], payload["seqNo"]


def said(version: str, message: Message) -> Any:
    """What must be the same however often it is sent. 2.x: only whether it was offline meanwhile may differ."""
    action, payload = message.frame[2:]
    return action, {name: value for name, value in payload.items() if version == "1.6" or name != "offline"}

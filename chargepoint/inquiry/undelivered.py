"""Messages to the CSMS that were given up."""

from datetime import datetime

from msgspec import Struct


class ListMessages(Struct, frozen=True, tag_field="ask", tag="list-messages"):
    """Which messages to the CSMS were given up and are kept?"""


class Message(Struct, frozen=True, kw_only=True):
    """One of them."""

    number: int
    """Its place in the order of telling, and its name for ``ResendMessages``."""
    kind: str
    """Started, Updated or Ended for a transaction; NotifyEvent, MeterValues; else the name of the security event."""
    at: datetime
    """When it happened."""
    transaction: str | None
    """Ours."""
    evse: int | None
    attempts: int
    cause: str
    """What the CSMS said last."""
    given_up: datetime


class Messages(Struct, frozen=True):
    """The oldest first. ``total`` is greater than their number when there are too many for one answer."""

    total: int
    waiting: int
    """How many are on their way."""
    messages: tuple[Message, ...]


class ResendMessages(Struct, frozen=True, tag_field="ask", tag="resend-messages"):
    """Put them back into the queue; without numbers all of them."""

    numbers: tuple[int, ...] | None = None


class Resent(Struct, frozen=True):
    """How many go out again. ``unknown``: numbers that are not kept; then nothing is resent."""

    count: int
    unknown: tuple[int, ...] = ()

"""One CALL of a station while it is being judged and answered."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from simulators.csms.behaviour import Behaviour
from simulators.csms.book import Book, Conversation, Memory
from simulators.csms.frames import Call
from simulators.csms.records import Duplicate, Station

Report = Callable[[str, str], None]
"""Writes a violation down: rule and text."""


class Hearing(Struct, frozen=True, kw_only=True):
    """The CALL and everything around it."""

    book: Book
    conversation: Conversation
    behaviour: Behaviour
    call: Call
    number: int
    """Of the message."""
    now: datetime
    report: Report

    @property
    def station(self) -> Station:
        return self.conversation.station

    @property
    def memory(self) -> Memory:
        return self.book.memory(self.station)

    def timestamp(self) -> str:
        """The time of day for an answer (RFC 3339, UTC, milliseconds)."""
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def duplicate(self, first: int, transaction: str | None = None, seq_no: int | None = None) -> Duplicate:
        """Write this CALL down as one that came again."""
        entry = Duplicate(
            message=self.number,
            first=first,
            action=self.call.action,
            message_id=self.call.id,
            transaction=transaction,
            seq_no=seq_no,
            at=self.now,
        )
        self.station.duplicates.append(entry)
        return entry

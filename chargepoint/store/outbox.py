"""Messages on their way to the CSMS: in order, kept until answered, never dropped silently.

Two lanes, each in the order of its numbers, neither waiting for the other:

    transaction   what is told of transactions (1.6 §3.7.1, §4.10; OCPP 2.0.1 E12)
    security      security events (OCPP 2.0.1 A04)

What was given up is kept aside, under the number it had (``dead_letters``).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from chargepoint.domain.notifications import ConnectorUnplugged, Kept, SecurityEvent
from chargepoint.domain.transaction import EventKind, TransactionEvent
from chargepoint.store.bodies import written
from chargepoint.store.database import Database
from chargepoint.store.dead_letters import DeadLetters
from chargepoint.store.thinning import Thinning

MOST = 100_000
"""How many may wait before intermediate ones thin out; some 100 MB."""
SLACK = 100
"""How many more may come before it is tried again."""


class Lane(StrEnum):
    """What waits for each other."""

    TRANSACTION = "transaction"
    SECURITY = "security"


LANES: Mapping[type, Lane] = {
    TransactionEvent: Lane.TRANSACTION,
    ConnectorUnplugged: Lane.TRANSACTION,
    SecurityEvent: Lane.SECURITY,
}


class Letter(msgspec.Struct, frozen=True):
    """One message that waits, and how often it was tried in vain."""

    number: int
    message_id: str
    """Stays the same however often it is sent, where the protocol lets us."""
    attempts: int
    event: Kept


class Outbox:
    """The queue. What is put in leaves in order; what was given up is kept apart."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dead = DeadLetters(database)
        self._thinning = Thinning(database)
        self._last = max(self.newest(), self._dead.newest(), self._newest_end())
        self._count: tuple[int, int] | None = None
        self._thin_above = 0
        self.most: Callable[[], int] = lambda: MOST
        """Beyond so many, every second one between start and end of a transaction goes, the oldest first (E12.FR.07, 1.6 §3.7.1)."""

        self.tight = False
        """There is hardly any room on the disk: thin out whatever there is."""

    def put(self, message_id: str, event: Kept) -> None:
        """Append, as part of the commit that makes it true."""
        waiting = self.waiting()
        if waiting >= max(0 if self.tight else self.most(), self._thin_above):
            waiting -= self._thinning.thin()
            self._thin_above = waiting + SLACK
        self._last += 1
        lane, subject = LANES[type(event)], "" if isinstance(event, SecurityEvent) else event.transaction_id
        self._database.change(
            "INSERT INTO outbox (number, lane, subject, message_id, body) VALUES (?, ?, ?, ?, ?)",
            self._last,
            lane.value,
            subject,
            message_id,
            written(event),
        )
        if isinstance(event, ConnectorUnplugged) or (isinstance(event, TransactionEvent) and event.kind is EventKind.ENDED):
            self._database.change("UPDATE transactions SET last_letter = ? WHERE id = ?", self._last, subject)
        self._counted(waiting + 1)

    def first(self, lane: Lane) -> Letter | None:
        """The next to send."""
        row = self._database.row("SELECT number, message_id, attempts, body FROM outbox WHERE lane = ? ORDER BY number LIMIT 1", lane.value)
        return None if row is None else Letter(row[0], row[1], row[2], msgspec.json.decode(row[3], type=Kept))

    def delivered(self, number: int) -> None:
        """It was answered."""
        waiting = self.waiting()
        self._counted(waiting - self._database.change("DELETE FROM outbox WHERE number = ?", number))

    def tried(self, number: int) -> None:
        """It was sent and not answered as it should."""
        self._database.change("UPDATE outbox SET attempts = attempts + 1 WHERE number = ?", number)

    def give_up(self, number: int, cause: str, now: datetime) -> None:
        """The last attempt failed: out of the way, but kept."""
        self._dead.keep(number, cause, now)
        self.delivered(number)

    def resend(self, numbers: Iterable[int] | None = None) -> int:
        """Put dead letters back, all of them without ``numbers``; how many there were.

        Each gets back the place that it had: before everything that waits, and in order among themselves (1.6 §3.7.1). So a start is told
        before its end, and the transaction id that its answer brings reaches whatever of it has not been sent.
        """
        waiting = self.waiting()
        returned = self._dead.take_back(numbers)
        self._counted(waiting + returned)
        return returned

    @property
    def dead(self) -> DeadLetters:
        """Those given up, for who wants to read them."""
        return self._dead

    def newest(self) -> int:
        """The number of the message that was put in last; 0 when nothing waits."""
        row = self._database.row("SELECT max(number) FROM outbox")
        return int(row[0] or 0) if row else 0

    def _newest_end(self) -> int:
        """Numbers are not used twice as long as a transaction remembers one."""
        row = self._database.row("SELECT max(last_letter) FROM transactions WHERE open = 0")
        return int(row[0] or 0) if row else 0

    def waiting(self) -> int:
        """How many are on their way. Counted once, and after a commit that failed."""
        if self._count is None or self._count[0] != self._database.rollbacks:
            row = self._database.row("SELECT count(*) FROM outbox")
            self._counted(int(row[0]) if row else 0)
        assert self._count is not None
        return self._count[1]

    def given_up(self) -> int:
        """How many are kept for the technician."""
        return self._dead.count()

    def _counted(self, waiting: int) -> None:
        self._count = (self._database.rollbacks, waiting)

"""Messages on their way to the CSMS: in order, kept until answered, never dropped silently.

Four lanes, each in the order of its numbers, none waiting for another:

    transaction   what is told of transactions (1.6 §3.7.1, §4.10; OCPP 2.0.1 E12)
    security      security events (OCPP 2.0.1 A04)
    monitoring    events of monitors that are grave enough to be kept (OCPP 2.0.1 N07.FR.04, N08.FR.03)
    values        meter values without a transaction, where they are to be kept (QueueAllMessages, part 2 §2.1.9)

What was given up is kept aside, under the number it had (``dead_letters``). What was stamped by a clock that has been set since is told
with its right time (``eras``), unless it may have been sent before: whoever hears it twice hears the same.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import ConnectorUnplugged, Kept, MeterValues, NotifyEvent, SecurityEvent, Untied
from chargepoint.domain.retiming import Correction
from chargepoint.domain.transaction import EventKind, PathStep, TransactionEvent
from chargepoint.store.anonymous import names, needle
from chargepoint.store.bodies import written
from chargepoint.store.database import Database
from chargepoint.store.dead_letters import DeadLetters
from chargepoint.store.eras import Eras
from chargepoint.store.thinning import Thinning

log = logging.getLogger(__name__)

MOST = 100_000
"""How many may wait before intermediate ones thin out; some 100 MB."""
SLACK = 100
"""How many more may come before it is tried again."""
WINDOW = 500
"""So many messages are looked at in one go, where all of them are."""
MOST_EVENTS = 1000
"""So many events of monitors may wait; one more, and the oldest goes."""
MOST_VALUES = 10_000
"""So many meter values without a transaction may wait; one more, and they thin out."""


class Lane(StrEnum):
    """What waits for each other."""

    TRANSACTION = "transaction"
    SECURITY = "security"
    MONITORING = "monitoring"
    VALUES = "values"


LANES: Mapping[type, Lane] = {
    TransactionEvent: Lane.TRANSACTION,
    ConnectorUnplugged: Lane.TRANSACTION,
    SecurityEvent: Lane.SECURITY,
    NotifyEvent: Lane.MONITORING,
    MeterValues: Lane.VALUES,
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
        self._eras = Eras(database)
        self._thinning = Thinning(database)
        self._last = max(self.newest(), self._dead.newest(), self._newest_end(), self._eras.newest())
        self._count: tuple[int, int] | None = None
        self._thin_above = 0
        self.most: Callable[[], int] = lambda: MOST
        """Beyond so many, every second one between start and end of a transaction goes, the oldest first (E12.FR.05, 1.6 §3.7.1)."""

        self.tight = False
        """There is hardly any room on the disk: thin out whatever there is."""

    def put(self, message_id: str, event: Kept) -> None:
        """Append, as part of the commit that makes it true."""
        waiting = self.waiting()
        if waiting >= max(0 if self.tight else self.most(), self._thin_above):
            waiting -= self._thinning.thin_values() or self._thinning.thin()
            self._thin_above = waiting + SLACK
        self._last += 1
        lane, subject = _place(event)
        self._database.change(
            "INSERT INTO outbox (number, lane, subject, message_id, body) VALUES (?, ?, ?, ?, ?)",
            self._last,
            lane.value,
            subject,
            message_id,
            written(event),
        )
        for transaction in _over(event):
            self._database.change("UPDATE transactions SET last_letter = ? WHERE id = ?", self._last, transaction)
        self._counted(waiting + 1 - self._bounded(lane))

    def _bounded(self, lane: Lane) -> int:
        """How many had to go, so that others never crowd out transactions. Of events the oldest, but for the first, which may be on its
        way."""
        if lane not in (Lane.MONITORING, Lane.VALUES):
            return 0
        row = self._database.row("SELECT count(*), min(number) FROM outbox WHERE lane = ?", lane.value)
        if row is None or row[0] <= (MOST_EVENTS if lane is Lane.MONITORING else MOST_VALUES):
            return 0
        if lane is Lane.VALUES:
            return self._thinning.thin_values()
        log.warning("event=monitoring_event_dropped kept=%d", MOST_EVENTS)
        oldest = "SELECT min(number) FROM outbox WHERE lane = ? AND number > ?"
        return self._database.change(f"DELETE FROM outbox WHERE number = ({oldest})", lane.value, row[1])

    def joined(self, message_id: str, event: SecurityEvent, most: int) -> bool:
        """Where so many of its kind wait, the last of them tells of this one as well: no room for a flood. Inside a commit.

        It says something else then, so it gets this id.
        """
        row = self._database.row("SELECT count(*), max(number) FROM outbox WHERE lane = ? AND subject = ?", Lane.SECURITY.value, event.kind)
        if row is None or row[0] < most:
            return False
        (body,) = self._database.rows("SELECT body FROM outbox WHERE number = ?", row[1])[0]
        last = msgspec.json.decode(body, type=SecurityEvent).with_more(1 + event.more, event.last or event.at)
        self._database.change("UPDATE outbox SET message_id = ?, body = ? WHERE number = ?", message_id, written(last), row[1])
        return True

    def first(self, lane: Lane) -> Letter | None:
        """The next to send."""
        return self._letter("lane = ? ORDER BY number LIMIT 1", lane.value)

    def _letter(self, which: str, value: str | int) -> Letter | None:
        row = self._database.row(f"SELECT number, message_id, attempts, body, fixed FROM outbox WHERE {which}", value)
        if row is None:
            return None
        number, message_id, attempts, body, fixed = row
        event: Kept = msgspec.json.decode(body, type=Kept)
        return Letter(number, message_id, attempts, event if fixed else self._eras.corrected(number, event))

    def delivered(self, number: int) -> None:
        """It was answered."""
        waiting = self.waiting()
        self._counted(waiting - self._database.change("DELETE FROM outbox WHERE number = ?", number))

    def tried(self, number: int) -> None:
        """It was sent and not answered as it should."""
        self.fix(number)
        self._database.change("UPDATE outbox SET attempts = attempts + 1 WHERE number = ?", number)

    def fix(self, number: int) -> None:
        """It was sent: if it still waits, its time stays as it is."""
        letter = self._letter("number = ?", number)
        if letter is not None:
            self._database.change("UPDATE outbox SET fixed = 1, body = ? WHERE number = ?", written(letter.event), number)

    def correct(self, by: Correction, first: int, told: Collection[str]) -> None:
        """The clock was set; what waits from number ``first`` on was stamped before. ``told``: transactions that never become earlier."""
        if self.waiting() and self._last >= first and not self._eras.jump(by, first, self._last, told):
            log.warning("event=clock_set_too_often action=messages_keep_their_times jump_s=%.1f", by.jump_s)

    def put_behind(self, number: int) -> None:
        """Behind everything that waits, with all attempts before it."""
        self._last += 1
        self._database.change("UPDATE outbox SET number = ?, attempts = 0 WHERE number = ?", self._last, number)

    def give_up(self, number: int, cause: str, now: datetime) -> None:
        """The last attempt failed: out of the way, but kept."""
        self._dead.keep(number, cause, now)
        self.delivered(number)

    def set_aside(self, letter: Letter, cause: str, now: datetime) -> None:
        """One that had left the queue under this number (0: nobody knows it any more), and was told anew in vain: kept as well."""
        lane, subject = _place(letter.event)
        if not letter.number:
            self._last += 1
        number = letter.number or self._last
        self._dead.add(number, lane.value, subject, letter.message_id, letter.attempts, written(letter.event), cause, now)

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

    @property
    def next(self) -> int:
        """The number of the message that is put in next."""
        return self._last + 1

    def newest_at(self) -> datetime | None:
        """When the message was stamped that was put in last; ``None`` when nothing waits."""
        letter = self._letter("number = ?", self.newest())
        return None if letter is None else letter.event.at

    def newest(self) -> int:
        """The number of the message that was put in last; 0 when nothing waits."""
        row = self._database.row("SELECT max(number) FROM outbox")
        return int(row[0] or 0) if row else 0

    def _newest_end(self) -> int:
        """Numbers are not used twice as long as a transaction remembers one."""
        row = self._database.row("SELECT max(last_letter) FROM transactions WHERE open = 0")
        return int(row[0] or 0) if row else 0

    def unsent(self) -> list[tuple[str, int, int]]:
        """(transaction, messages that wait, messages that were given up) of each that has any, in the order of their numbers."""
        rows = self._database.rows(
            "SELECT subject, sum(waits), sum(1 - waits) FROM (SELECT subject, number, 1 AS waits FROM outbox WHERE lane = ? "
            "UNION ALL SELECT subject, number, 0 FROM dead_letters WHERE lane = ?) GROUP BY subject ORDER BY min(number)",
            *(Lane.TRANSACTION.value, Lane.TRANSACTION.value),
        )
        return [(str(subject), int(waiting), int(given_up)) for subject, waiting, given_up in rows]

    def unsent_numbers(self) -> dict[str, int]:
        """Of each transaction that waits and is not ``broken``: the seqNo of the first event of it that waits."""
        found, broken = {}, self.broken()
        for transaction, waiting, _ in self.unsent():
            letter = self._letter("lane = 'transaction' AND subject = ? ORDER BY number LIMIT 1", transaction) if waiting else None
            if letter is not None and isinstance(letter.event, TransactionEvent) and transaction not in broken:
                found[transaction] = letter.event.seq_no
        return found

    def broken(self) -> set[str]:
        """Transactions of which something was given up that is not the beginning: it may be told yet, under its number."""
        within = "lane = ? AND json_extract(body, '$.kind') IS NOT ?"
        rows = self._database.rows(
            f"SELECT DISTINCT subject FROM dead_letters WHERE {within}", Lane.TRANSACTION.value, EventKind.STARTED.value
        )
        return {str(subject) for (subject,) in rows}

    def naming(self, token: IdToken) -> Iterator[int]:
        """How many of them, or of those that were given up, name this token, window by window: a long queue takes seconds, and others have
        their turn between. They stay: the CSMS has yet to hear of them."""
        for queue in ("outbox", "dead_letters"):
            chosen = f"SELECT number, CASE WHEN instr(upper(body), ?) THEN body END FROM {queue} WHERE number > ? ORDER BY number LIMIT ?"
            last = 0
            while rows := self._database.rows(chosen, needle(token), last, WINDOW):
                last = rows[-1][0]
                yield sum(names(body, token) for _, body in rows if body is not None)

    def holds(self, transaction_id: str | None = None) -> bool:
        """Is anything of this transaction on its way, or of any?"""
        return self._has("outbox", transaction_id)

    def knows(self, transaction_id: str) -> bool:
        """The same, or was anything of it given up?"""
        return self._has("outbox", transaction_id) or self._has("dead_letters", transaction_id)

    def _has(self, table: str, transaction_id: str | None) -> bool:
        which = f"SELECT 1 FROM {table} WHERE lane = ?1 AND (?2 IS NULL OR subject = ?2) LIMIT 1"
        return self._database.row(which, Lane.TRANSACTION.value, transaction_id) is not None

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


def _place(event: Kept) -> tuple[Lane, str]:
    """The lane of a message, and its subject."""
    if isinstance(event, MeterValues):
        return Lane.VALUES, f"{event.kind} {event.evse}"
    return LANES[type(event)], event.kind if isinstance(event, Untied) else event.transaction_id


def _over(event: Kept) -> set[str]:
    """The transactions whose end a message tells, in 1.6 or in 2.x."""
    if isinstance(event, ConnectorUnplugged):
        return {event.transaction_id}
    if not isinstance(event, TransactionEvent):
        return set()
    ended = {event.transaction_id} if event.kind is EventKind.ENDED else set()
    return ended | ({event.path.transaction_id} if event.path.step is PathStep.OPENS else set())

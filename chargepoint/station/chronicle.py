"""The history of the station, written as things happen: what has changed since it was looked last, and what others tell of themselves.

    Transacting, Availability ── changed ──▶ glances ── news ──┐
    transactions that end, CSMS, control, technicians ── note ─┴──▶ pending ── at most FLUSH_S ──▶ store

What goes wrong is on disk at once. Something that happens over and over gets a line of its own ``OFTEN`` times in an hour and is counted
beyond that, so that nothing flickers the disk to death or pushes everything else out.
"""

import logging
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.fault_table import OF_STATION
from chargepoint.domain.history import Glance, Happening, news
from chargepoint.domain.ids import IdToken
from chargepoint.domain.redaction import masked
from chargepoint.domain.transaction import Transaction
from chargepoint.inquiry import history as questions
from chargepoint.inquiry.history import EventLine, Events
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.inquiry import Takers
from chargepoint.station.transacting import Transacting
from chargepoint.store.history import Line, Wanted
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

FLUSH_S = 5.0
"""So long a line may wait for others that are written with it."""
COUNT_S = 60.0
"""How often what was only counted is written down."""
OFTEN = 20
WINDOW_S = 3600.0

Key = tuple[str, int | None]
"""Kind, EVSE."""


class Tally(Struct):
    """One kind at one place."""

    began_s: float
    seen: int = 0
    number: int = 0
    """Of its newest line."""
    more: int = 0
    last: datetime | None = None


class Chronicle:
    """``follow`` after whatever may have changed, ``note`` for the rest."""

    def __init__(self, store: Store, clock: StationClock, transacting: Transacting, availability: Availability) -> None:
        self._store = store
        self._clock = clock
        self._transacting = transacting
        self._availability = availability
        self._glances: dict[int, Glance] = {}
        self._station = Glance(evse=0)
        self._pending: list[tuple[datetime, Happening]] = []
        self._waits_since_s: float | None = None
        self._tallies: dict[Key, Tally] = {}
        self._next_count_s = 0.0
        transacting.at_end.append(self.transaction_ended)

    def takers(self) -> Takers:
        """What it answers."""
        return {questions.ListEvents: self.list}

    def note(self, what: Happening) -> None:
        """It happened just now."""
        log.info("event=history area=%s kind=%r evse=%s level=%s code=%s text=%r", *_words(what))
        self._pending.append((self._clock.now(), what))
        if self._waits_since_s is None:
            self._waits_since_s = self._clock.monotonic()
        if what.level == "error":
            self._flush()

    def follow(self) -> None:
        """Something changed."""
        for evse in self._transacting.sheets:
            self._compare(self._glances.get(evse), self._glance(evse))
        station = Glance(evse=0, operative=self._availability.station_operative, faults=self._availability.station_faults())
        for what in news(self._station, station):
            self.note(replace(what, evse=None))
        self._station = station

    def _compare(self, before: Glance | None, after: Glance) -> None:
        self._glances[after.evse] = after
        if before is not None:
            for what in news(before, after):
                self.note(what)

    def _glance(self, evse: int) -> Glance:
        sheet, session = self._transacting.sheets[evse], self._transacting.sessions[evse]
        known = sheet.state is not None and sheet.state.plug_known
        transaction, authorization = session.transaction, session.authorization
        return Glance(
            evse=evse,
            plugged=session.plug_in is not None if known else None,
            operative=any(map(self._availability.operative, sheet.settings.connectors)),
            authorised=None if authorization is None else _shown(authorization.token),
            transaction=None if transaction is None else transaction.id,
            charging=None if transaction is None else transaction.charging_state.value,
            faults=sheet.faults,
        )

    def transaction_ended(self, transaction: Transaction) -> None:
        """Inside the commit that ends it."""
        reason = "" if transaction.stop is None else f", {transaction.stop.reason}"
        energy_wh = transaction.last_wh - transaction.start_wh
        signed = ", signed" if transaction.signing is not None and transaction.signing.record is not None else ""
        text = f"transaction {transaction.id}: {energy_wh} Wh{reason}{signed}"
        self.note(Happening(area="session", kind="transaction_ended", evse=transaction.connector.evse, text=text))

    def record_missing(self, transaction: Transaction, reason: str) -> None:
        """Its meter should have signed it."""
        text = f"transaction {transaction.id} is not signed: {reason}"
        self.note(
            Happening(
                area="session",
                kind="record_missing",
                evse=transaction.connector.evse,
                level="error",
                code=OF_STATION["record_missing"].code,
                text=text,
            )
        )

    def tick(self, now_s: float) -> None:
        """Once a second."""
        if self._waits_since_s is not None and now_s - self._waits_since_s >= FLUSH_S:
            self._flush()
        if now_s >= self._next_count_s:
            self._next_count_s = now_s + COUNT_S
            self._write_counted()

    def settle(self) -> None:
        """Nothing waits any longer."""
        self._flush()
        self._write_counted()

    def _flush(self) -> None:
        """Write what waits."""
        pending, self._pending, self._waits_since_s = self._pending, [], None
        with self._store.commit():
            for at, what in pending:
                self._write(at, what)

    def _write(self, at: datetime, what: Happening) -> None:
        key, now_s = (what.kind, what.evse), self._clock.monotonic()
        tally = self._tallies.get(key)
        if tally is None or now_s - tally.began_s >= WINDOW_S:
            self._settle(tally)
            tally = self._tallies[key] = Tally(now_s)
        tally.seen += 1
        if tally.seen <= OFTEN:
            tally.number = self._store.history.add(at, what)
        else:
            tally.more, tally.last = tally.more + 1, at

    def _write_counted(self) -> None:
        with self._store.commit():
            for tally in self._tallies.values():
                self._settle(tally)

    def _settle(self, tally: Tally | None) -> None:
        if tally is not None and tally.last is not None:
            self._store.history.again(tally.number, tally.more, tally.last)
            tally.more, tally.last = 0, None

    async def list(self, question: questions.ListEvents) -> Events:
        """The lines that are wanted."""
        self.settle()
        wanted = Wanted(after=question.after, evse=question.evse, area=question.area, least=question.least)
        lines = self._store.history.lines(wanted, max(0, min(question.count, questions.MOST)))
        return Events(lines=tuple(map(_told, lines)), after=self._store.history.sequence(lines))


def _told(line: Line) -> EventLine:
    return EventLine(number=line.number, at=line.at, what=line.what, more=line.more, last=line.last)


def _shown(token: IdToken) -> str:
    return f"token {masked(token)}"


def _words(what: Happening) -> tuple[str, str, int | str, str, str, str]:
    return what.area, what.kind, "-" if what.evse is None else what.evse, what.level, what.code or "-", what.text

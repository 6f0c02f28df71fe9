"""Transactions for technicians: those that run as they are now, the others as they have ended."""

from collections.abc import Callable
from datetime import UTC, datetime

from chargepoint.domain.ids import IdToken
from chargepoint.domain.redaction import masked
from chargepoint.inquiry.sessions import MOST, ListTransactions, Told, TransactionLine, Transactions
from chargepoint.station.clock import StationClock
from chargepoint.station.inquiry import Takers
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store
from chargepoint.store.transactions import Record


class Past:
    """``name_of``: of a card, if it is ours; ``has_csms``: is there anybody to tell?"""

    def __init__(
        self, store: Store, clock: StationClock, transacting: Transacting, name_of: Callable[[IdToken], str], has_csms: bool
    ) -> None:
        self._store = store
        self._clock = clock
        self._transacting = transacting
        self._name_of = name_of
        self._has_csms = has_csms

    def takers(self) -> Takers:
        """What it answers."""
        return {ListTransactions: self.list}

    async def list(self, question: ListTransactions) -> Transactions:
        """A page."""
        count = max(0, min(question.count, MOST))
        records = self._store.transactions.page(question.before, count + 1)
        page = records[:count]
        return Transactions(lines=tuple(map(self._line, page)), before=page[-1].number if page and len(records) > count else None)

    def _line(self, record: Record) -> TransactionLine:
        brief, token = record.brief, record.brief.authorization.token
        end_wh = max(brief.last_wh, self._newest_wh(record)) if brief.ended is None else brief.last_wh
        reason = "" if brief.stop is None else brief.stop.reason.value
        return TransactionLine(
            number=record.number,
            id=brief.id,
            csms_id=record.csms_id or "",
            evse=brief.connector.evse,
            connector=brief.connector.connector,
            started=_written(brief.started),
            ended="" if brief.ended is None else _written(brief.ended),
            duration_s=max(0, int(((brief.ended or self._clock.now()) - brief.started).total_seconds())),
            start_wh=brief.start_wh,
            end_wh=end_wh,
            energy_wh=end_wh - brief.start_wh,
            token=masked(token),
            name=self._name_of(token),
            origin=brief.authorization.origin.value,
            stop_reason=reason,
            cost=record.cost or "",
            told=self._told(record),
        )

    def _newest_wh(self, record: Record) -> int:
        sheet = self._transacting.sheets.get(record.brief.connector.evse)
        return 0 if sheet is None or sheet.reading is None else sheet.reading.energy_wh

    def _told(self, record: Record) -> Told:
        if record.given_up:
            return "given_up"
        if record.waits:
            return "waiting"
        running = record.brief.ended is None and self._has_csms
        return "told" if record.told_of or running else ""


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")

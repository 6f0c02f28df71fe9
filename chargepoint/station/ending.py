"""The second step of a transaction's end: when the contactor is open, the meter has been read after that, and has signed if it does
(OCPP 2.0.1 E06; 1.6 §4.10)."""

import logging
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.metering import MeterValue, ReadingContext
from chargepoint.domain.session import Session
from chargepoint.domain.transaction import ChargingState, Stop, StopReason, Transaction, TriggerReason
from chargepoint.domain.variables.metering import TX_ENDED_MEASURANDS
from chargepoint.domain.variables.transactions import TX_STOP_POINT
from chargepoint.station.book import Book
from chargepoint.station.clock import StationClock
from chargepoint.station.desk import Sheet
from chargepoint.station.measurand_lists import listed
from chargepoint.station.signed_records import SignedRecords
from chargepoint.station.story import Story
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

LAST_READING_S = 3.0
"""How long after the contactor opened the end of a transaction waits for the meter."""
LET_GO_S = 10.0
"""How long it waits for the contactor: the EV has 6 s (IEC 61851-1 seq. 10.2), then control opens under load."""


class Ending:
    """``at_end``: told of each transaction inside the commit that ends it."""

    def __init__(self, store: Store, model: DeviceModel, clock: StationClock, book: Book, story: Story, records: SignedRecords) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._book = book
        self._story = story
        self._records = records
        self.at_end: list[Callable[[Transaction], None]] = []

    def due(self, evse: int, now_s: float) -> bool:
        """Is there nothing left to wait for? From then on ``over_s`` of the sheet says when it was over: a record takes its time."""
        sheet = self._book.sheets[evse]
        if sheet.stop_s is None:  # decided before a restart
            sheet.stop_s = now_s
        if not self._over(sheet, sheet.stop_s, now_s):
            sheet.over_s = None
            return False
        sheet.over_s = now_s if sheet.over_s is None else sheet.over_s
        return self._records.done(evse, now_s)

    def _over(self, sheet: Sheet, stop_s: float, now_s: float) -> bool:
        if sheet.live:
            return now_s - stop_s >= LET_GO_S
        read = sheet.reading is not None and sheet.reading.at_s >= sheet.changed_s
        return read or now_s - max(sheet.changed_s, stop_s) >= LAST_READING_S

    def end(self, session: Session, at: datetime) -> None:
        """End a transaction whose end is decided, now, with the newest reading (E06.FR.11, E07.FR.08, E08.FR.09, E09.FR.05, E10.FR.04,
        E12.FR.07, E15.FR.01, F03.FR.04, F04.FR.04, I03.FR.01)."""
        transaction, sheet = session.transaction, self._book.sheets[session.evse]
        assert transaction is not None
        assert transaction.stop is not None
        stop = transaction.stop
        power_lost = stop.reason is StopReason.POWER_LOSS  # nobody charged while there was no power
        at = transaction.last_at if power_lost else max(stop.at or at, transaction.last_at)
        end_wh = max(transaction.last_wh, sheet.reading.energy_wh if sheet.reading else 0)
        if session.span is None and end_wh > transaction.start_wh:
            session = self._begun(session, sheet, stop)
            transaction = session.transaction
            assert transaction is not None
        values = transaction.end_values + sheet.values(at, ReadingContext.END, listed(self._model, TX_ENDED_MEASURANDS))
        session = self._close(session, transaction, stop, at, end_wh, values)
        finishing = session.plug_in is not None or sheet.cable_in
        self._book.save(replace(session, transaction=None, authorization=None, finishing=finishing))

    def _begun(self, session: Session, sheet: Sheet, stop: Stop) -> Session:
        """By the register energy has flowed, and nobody has seen it: the power was cut before that was written down. A CSMS that wants to
        hear of transactions from there on hears of this one (E01.FR.06)."""
        transaction = session.transaction
        assert transaction is not None
        charged = replace(session, transaction=replace(transaction, stop=None, charging_state=ChargingState.CHARGING))
        stops = self._model.read(TX_STOP_POINT)
        session = self._story.start(charged, sheet, TriggerReason.CHARGING_STATE_CHANGED, transaction.last_at, stops)
        assert session.transaction is not None
        assert session.span is not None
        return replace(session, transaction=replace(session.transaction, stop=stop), span=replace(session.span, stop=stop))

    def end_removed(self) -> None:
        """Transactions of EVSEs that the configuration no longer has end with what is known of them."""
        for session in self._book.removed():
            if session.transaction_id is None:
                continue
            log.warning("event=evse_removed evse=%d transaction=%s", session.evse, session.transaction_id)
            with self._store.commit():
                self._end_removed(session)
                self._store.sessions.save(Session(evse=session.evse))

    def _end_removed(self, session: Session) -> None:
        stop, transaction, span = Stop(StopReason.OTHER, TriggerReason.ABNORMAL_CONDITION), session.transaction, session.span
        if transaction is None:
            assert span is not None
            self._story.close(session, stop, span.last_at, span.end_values)
            return
        stop = transaction.stop or stop
        session = replace(session, span=None if span is None else replace(span, stop=span.stop or stop))
        self._close(session, transaction, stop, transaction.last_at, transaction.last_wh, transaction.end_values)

    def _close(
        self, session: Session, transaction: Transaction, stop: Stop, at: datetime, end_wh: int, values: tuple[MeterValue, ...]
    ) -> Session:
        values = self._records.with_record(transaction, values, at, end_wh)
        session, ended = self._story.end(session, stop, at, end_wh, values)
        for told in self.at_end:
            told(ended)
        return session

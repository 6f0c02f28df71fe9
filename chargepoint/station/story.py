"""What is told of a transaction, from its start to its end (OCPP 2.0.1 E01 to E13; 1.6 §4.7, §4.8, §4.10).

Every event is written in the commit that holds what it tells of: either both are on disk, or neither is. Each function gives the session
back as it is afterwards; who calls saves it.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import IdToken
from chargepoint.domain.metering import END_VALUES, MeterValue, ReadingContext, most_values, one_story, thinned
from chargepoint.domain.session import Session
from chargepoint.domain.span import Span
from chargepoint.domain.transaction import EventKind, PowerPath, Stop, StopReason, Transaction, TransactionEvent, TriggerReason
from chargepoint.domain.variables.metering import TX_ENDED_MEASURANDS, TX_STARTED_MEASURANDS
from chargepoint.station.desk import Sheet
from chargepoint.station.measurand_lists import listed
from chargepoint.station.telling import News, closing, opening, phases_of, state_of, worded
from chargepoint.store.store import Store

log = logging.getLogger(__name__)


class Story:
    """Tells transactions. ``sends``: is there a CSMS to tell them to? Without one they are history only."""

    def __init__(self, store: Store, model: DeviceModel, sends: bool) -> None:
        self._store = store
        self._model = model
        self._sends = sends
        self.by_16: Callable[[], bool] = lambda: False

    # What a driver gets

    def begin(self, session: Session, sheet: Sheet, at: datetime, reservation_id: int | None) -> Session:
        """A car is there, and who pays for it: both have to be, and a reading. Nothing is told yet."""
        assert session.plug_in is not None
        assert session.authorization is not None
        assert sheet.reading is not None
        span = session.span
        transaction = Transaction(
            id=str(uuid.uuid4()) if span is None or span.served else span.id,
            connector=session.place,
            plug_in=session.plug_in,
            authorization=session.authorization,
            started=at,
            start_wh=sheet.reading.energy_wh,
            last_wh=sheet.reading.energy_wh,
            last_at=at,
            reservation_id=reservation_id,
            end_values=sheet.values(at, ReadingContext.BEGIN, listed(self._model, TX_ENDED_MEASURANDS)),
        )
        log.info("event=transaction_started transaction=%s evse=%d start_wh=%d", transaction.id, session.evse, transaction.start_wh)
        self._store.transactions.save(transaction)
        span = None if span is None else replace(span, served=True)
        return replace(session, transaction=transaction, span=span, reserved=None)

    def stopping(self, transaction: Transaction, sheet: Sheet, stop: Stop, now: datetime) -> Transaction:
        """Its end is decided: what the register says by then is kept, should the power go before it has ended."""
        last_wh = max(transaction.last_wh, sheet.reading.energy_wh if sheet.reading else 0)
        if stop.reason is StopReason.POWER_LOSS:
            return replace(transaction, stop=stop)
        return replace(transaction, stop=stop, last_wh=last_wh, last_at=max(transaction.last_at, stop.at or now))

    def end(self, session: Session, stop: Stop, at: datetime, end_wh: int, values: tuple[MeterValue, ...]) -> tuple[Session, Transaction]:
        """The transaction is over; from now on it is history, in this form. If the span goes on, what was collected for the end waits."""
        assert session.transaction is not None
        ended = replace(session.transaction, stop=stop, ended=at, last_wh=end_wh, last_at=at)
        self._store.transactions.save(ended)
        path, span = opening(ended, stop, at, end_wh, values), session.span
        if span is not None and span.stop is not None:
            session = self._last(session, span, span.stop, at, span.end_values + values, path)
        elif span is not None:
            span = replace(span, end_values=self.collected(span.end_values, values))
            news = News(EventKind.UPDATED, TriggerReason.CHARGING_STATE_CHANGED, at, path=path)
            session = self._tell(replace(session, span=span), news)
        self._store.transactions.forget_old()
        log.info("event=transaction_ended transaction=%s reason=%s end_wh=%d", ended.id, stop.reason, end_wh)
        return session, ended

    def collected(self, before: tuple[MeterValue, ...], values: tuple[MeterValue, ...]) -> tuple[MeterValue, ...]:
        """Kept for the end, which adds one more."""
        return self._fitting(before + values, spare=1)

    def _fitting(self, values: tuple[MeterValue, ...], spare: int = 0) -> tuple[MeterValue, ...]:
        return thinned(values, (END_VALUES if self.by_16() else most_values(values)) - spare)

    # What a CSMS is told

    def start(self, session: Session, sheet: Sheet, trigger: TriggerReason, at: datetime, stops: tuple[str, ...]) -> Session:
        """It begins, with whatever holds (E01.FR.07, E01.FR.15). It has the id of the transaction that already runs in it, and begins with
        its register: where energy has to flow before it is told, the first of it is not lost."""
        transaction = session.transaction
        sheet = sheet if transaction is None else sheet.read_as(transaction.start_wh)
        identity = str(uuid.uuid4()) if transaction is None else transaction.id
        kept = sheet.values(at, ReadingContext.BEGIN, listed(self._model, TX_ENDED_MEASURANDS)) if session.placed else ()
        span = Span(id=identity, stops=stops, last_at=at, served=transaction is not None, end_values=kept if transaction is None else ())
        if transaction is not None:
            transaction = replace(transaction, end_values=kept)
        return self._tell(replace(session, span=span, transaction=transaction), News(EventKind.STARTED, trigger, at), sheet)

    def update(
        self,
        session: Session,
        sheet: Sheet,
        trigger: TriggerReason,
        at: datetime,
        values: tuple[MeterValue, ...] = (),
        token: IdToken | None = None,
    ) -> Session:
        """Something about it changed, or it was measured (E02.FR.16). Nothing is told with an earlier time than what was told before."""
        transaction = session.transaction
        if transaction is not None:
            last_wh = max(transaction.last_wh, sheet.reading.energy_wh if sheet.reading else 0)
            session = replace(session, transaction=replace(transaction, last_wh=last_wh, last_at=max(at, transaction.last_at)))
        if session.span is None:
            return session
        return self._tell(session, News(EventKind.UPDATED, trigger, at, token, values), sheet)

    def finish(self, session: Session, sheet: Sheet, stop: Stop, at: datetime) -> Session:
        """It ends, and nobody charges, with what the register says now (E06.FR.11, E15.FR.01)."""
        assert session.span is not None
        values = session.span.end_values + sheet.values(at, ReadingContext.END, listed(self._model, TX_ENDED_MEASURANDS))
        return self.close(session, stop, at, values)

    def close(self, session: Session, stop: Stop, at: datetime, values: tuple[MeterValue, ...]) -> Session:
        """The same, with these values."""
        assert session.span is not None
        return self._last(session, session.span, stop, at, values)

    def _last(
        self, session: Session, span: Span, stop: Stop, at: datetime, values: tuple[MeterValue, ...], path: PowerPath | None = None
    ) -> Session:
        reason = span.over_by if stop.reason is StopReason.EV_DISCONNECTED and span.over_by is not None else stop.reason
        values = self._fitting(one_story(values))
        news = News(EventKind.ENDED, stop.trigger, at, token=stop.token, values=values, reason=reason, path=path)
        return replace(self._tell(session, news), span=None)

    def _tell(self, session: Session, news: News, sheet: Sheet | None = None) -> Session:
        span, transaction = session.span, session.transaction
        assert span is not None
        if transaction is not None and not transaction.announced:
            if news.path is not None:  # nothing was told since it began: 1.6 has to hear of both, in two messages
                session = self._tell(session, News(EventKind.UPDATED, TriggerReason.CHARGING_STATE_CHANGED, news.at))
                return self._tell(session, news, sheet)
            news = replace(news, path=closing(transaction))
        news = replace(news, at=max(news.at, span.last_at), values=self._begin_values(session, news, sheet) + news.values)
        event = worded(session, span, news)
        if sheet is not None and event.plugged and not span.plugged:
            event = replace(event, cable_a=sheet.cable_a)
        self._post(event)
        span = replace(
            span.told(event.at, state_of(session, news)),
            told_for=session.payer,
            begun_by=span.begun_by or session.payer,
            placed=event.placed,
            plugged=event.plugged,
            begun=span.begun or any(value.context is ReadingContext.BEGIN for value in news.values),
            phases=phases_of(session) or span.phases,
            over_by=None if session.payer is not None else span.over_by,
        )
        return replace(session, span=span, transaction=None if transaction is None else replace(transaction, announced=True))

    def _begin_values(self, session: Session, news: News, sheet: Sheet | None) -> tuple[MeterValue, ...]:
        """The register at the beginning: in Started if the EVSE is known, else when the car may charge (E01.FR.09, E01.FR.17, E02.FR.09,
        E02.FR.21, E03.FR.07, E03.FR.11, E04.FR.05, E04.FR.11, E05.FR.05, E05.FR.08, F01.FR.14, F02.FR.02)."""
        known = session.transaction is not None or (news.kind is EventKind.STARTED and session.placed)
        if sheet is None or session.span is None or session.span.begun or not known:
            return ()
        return sheet.values(news.at, ReadingContext.BEGIN, listed(self._model, TX_STARTED_MEASURANDS))

    def _post(self, event: TransactionEvent) -> None:
        """Into the queue, online or not (E04.FR.01, E08.FR.04, E08.FR.05, E11.FR.01, E12.FR.01)."""
        if self._sends:
            self._store.outbox.put(str(uuid.uuid4()), event)

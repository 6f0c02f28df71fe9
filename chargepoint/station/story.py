"""What is told of a transaction, from its start to its end (OCPP 2.0.1 E01 to E13; 1.6 §4.7, §4.8, §4.10).

Every event is written in the commit that holds what it tells of: either both are on disk, or neither is.
"""

import logging
import uuid
from datetime import datetime

from msgspec.structs import replace

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.metering import MeterValue, ReadingContext
from chargepoint.domain.session import Session
from chargepoint.domain.transaction import EventKind, Stop, StopReason, Transaction, TransactionEvent, TriggerReason, tell
from chargepoint.domain.variables import TX_ENDED_MEASURANDS, TX_STARTED_MEASURANDS
from chargepoint.station.desk import Sheet
from chargepoint.store.store import Store

log = logging.getLogger(__name__)


class Story:
    """Tells transactions. ``sends``: is there a CSMS to tell them to? Without one they are history only."""

    def __init__(self, store: Store, model: DeviceModel, sends: bool) -> None:
        self._store = store
        self._model = model
        self._sends = sends

    def begin(self, session: Session, sheet: Sheet, trigger: TriggerReason, at: datetime, reservation_id: int | None) -> Transaction:
        """A car is there, and who pays for it: both have to be, and a reading."""
        assert session.plug_in is not None
        assert session.authorization is not None
        assert sheet.reading is not None
        transaction = Transaction(
            id=str(uuid.uuid4()),
            connector=session.place,
            plug_in=session.plug_in,
            authorization=session.authorization,
            started=at,
            start_wh=sheet.reading.energy_wh,
            last_wh=sheet.reading.energy_wh,
            last_at=at,
            reservation_id=reservation_id,
            end_values=sheet.values(at, ReadingContext.BEGIN, self._model.read(TX_ENDED_MEASURANDS)),
        )
        transaction, event = tell(
            transaction,
            EventKind.STARTED,
            trigger,
            at,
            values=sheet.values(at, ReadingContext.BEGIN, self._model.read(TX_STARTED_MEASURANDS)),
            id_token=session.authorization.token,
            meter_wh=transaction.start_wh,
        )
        log.info("event=transaction_started transaction=%s evse=%d start_wh=%d", transaction.id, session.evse, transaction.start_wh)
        self._store.transactions.save(transaction)
        self._post(event)
        return transaction

    def update(
        self, transaction: Transaction, sheet: Sheet, trigger: TriggerReason, at: datetime, values: tuple[MeterValue, ...] = ()
    ) -> Transaction:
        """Something about it changed, or it was measured. Nothing is told with an earlier time than what was told before."""
        at = max(at, transaction.last_at)
        last_wh = max(transaction.last_wh, sheet.reading.energy_wh if sheet.reading else 0)
        transaction, event = tell(replace(transaction, last_wh=last_wh, last_at=at), EventKind.UPDATED, trigger, at, values=values)
        self._post(event)
        return transaction

    def stopping(self, transaction: Transaction, sheet: Sheet, stop: Stop, now: datetime) -> Transaction:
        """Its end is decided: what the register says by then is kept, should the power go before it has ended."""
        last_wh = max(transaction.last_wh, sheet.reading.energy_wh if sheet.reading else 0)
        if stop.reason is StopReason.POWER_LOSS:
            return replace(transaction, stop=stop)
        return replace(transaction, stop=stop, last_wh=last_wh, last_at=max(transaction.last_at, stop.at or now))

    def end(self, transaction: Transaction, stop: Stop, at: datetime, end_wh: int, values: tuple[MeterValue, ...]) -> Transaction:
        """It is over; from now on it is history, in this form."""
        transaction, event = tell(
            transaction, EventKind.ENDED, stop.trigger, at, values=values, id_token=stop.token, meter_wh=end_wh, stop_reason=stop.reason
        )
        ended = replace(transaction, stop=stop, ended=at, last_wh=end_wh, last_at=at)
        self._store.transactions.save(ended)
        self._post(event)
        self._store.transactions.forget_old()
        log.info("event=transaction_ended transaction=%s reason=%s end_wh=%d", transaction.id, stop.reason, end_wh)
        return ended

    def _post(self, event: TransactionEvent) -> None:
        if self._sends:
            self._store.outbox.put(str(uuid.uuid4()), event)

"""Records that the meter signs, one for each transaction (OCPP 2.0.1 J02.FR.21; OCA's application note on signed meter values).

However it begins and ends, its last event has the record (E02.FR.14, E03.FR.10, E04.FR.10, E05.FR.06, E07.FR.12, E08.FR.12, E09.FR.08,
E10.FR.07, E11.FR.08, E12.FR.10); with AlignedDataCtrlr.SignReadings as well (J01.FR.21).

    start ── begin ──▶ control ── open ──▶ permit        no energy before the meter has begun, for BEGIN_S at most
    contactor open, meter read ── end ──▶ control ── signed ──▶ the end of the transaction tells it

Whatever is asked is asked again until it is answered, by the transaction's id: after a restart of either side too. What the meter does not
answer in time leaves the transaction without a record: that is told in the history, in the log and as a fault, and ends nothing.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from chargepoint.domain import ocmf
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.fault_table import OF_STATION
from chargepoint.domain.faults import Fault
from chargepoint.domain.local_time import offset
from chargepoint.domain.measurands import DEFAULT_MEASURAND
from chargepoint.domain.metering import MeterValue, ReadingContext, Sample, SignedValue
from chargepoint.domain.session import Session
from chargepoint.domain.signing import Signing
from chargepoint.domain.transaction import Transaction
from chargepoint.domain.variables.cost import TIME_OFFSET
from chargepoint.domain.variables.metering import ALIGNED_SIGNED, PUBLIC_KEY, PUBLIC_KEY_16, PUBLIC_KEY_WITH, SAMPLED_SIGNED
from chargepoint.link.messages import Down, Record, RecordOutcome
from chargepoint.station.book import Book
from chargepoint.station.clock import StationClock
from chargepoint.station.settings import StationSettings
from chargepoint.store.store import Store
from hal.measured import SignedRecord

log = logging.getLogger(__name__)

WAIT_S = 20.0
"""So long the meter may take to begin, and to sign: 15 s by its manual, and some on the line."""
ASK_S = 5.0
"""How often it is asked again."""
NAME = "record_missing"
ROW = OF_STATION[NAME]


class SignedRecords:
    """Everything but ``faults`` and ``key`` is part of the commit around it."""

    def __init__(
        self,
        settings: StationSettings,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        book: Book,
        to_control: Callable[[Down], None],
    ) -> None:
        self._station = settings.identity
        self._numbers = {connector: number for number, connector in enumerate((c for e in settings.evses for c in e.connectors), start=1)}
        self._store = store
        self._model = model
        self._clock = clock
        self._book = book
        self._to_control = to_control
        self._faults: dict[int, Fault] = {}
        self.failed: Callable[[Transaction, str], None] = lambda transaction, reason: None
        """A transaction goes on, or ends, without a record; why."""
        self.opened: Callable[[int], None] = lambda evse: None
        """The car may charge now."""
        for evse in (each for each in settings.evses if each.signs):
            model.show(PUBLIC_KEY, partial(self.key, evse.evse), evse.evse)
            for connector in evse.connectors:
                model.show(PUBLIC_KEY_16, partial(self.key, evse.evse), evse.evse, connector.connector)

    def faults(self) -> tuple[Fault, ...]:
        """Of the station as a whole, one for all: EVSEs whose meter should have signed and did not."""
        found = list(self._faults.values())
        return (
            (Fault(NAME, ROW.kind, "; ".join(each.info for each in found), since_s=min(each.since_s for each in found)),) if found else ()
        )

    def key(self, evse: int) -> str:
        """The public key of a meter as OCPP tells it: as configured, else as the meter told it last."""
        settings = self._book.sheets[evse].settings
        return ocmf.told_key(settings.public_key or self._store.facts.meter_key(evse))

    # A transaction

    def begin(self, transaction: Transaction) -> Transaction:
        """It has just started: have it signed, if that is to be."""
        sheet = self._book.sheets[transaction.connector.evse]
        sheet.asked_s = sheet.waits_for_record_s = sheet.over_s = sheet.record_before = None
        wanted = sheet.settings.signs and (self._model.read(SAMPLED_SIGNED) or self._model.read(ALIGNED_SIGNED))
        return replace(transaction, signing=Signing()) if wanted else transaction

    def waits(self, evse: int) -> bool:
        """Is a record still to come for the transaction that ends there?"""
        transaction = self._book.sessions[evse].transaction
        return transaction is not None and transaction.signing is not None and transaction.signing.state not in ("signed", "failed")

    def done(self, evse: int, now_s: float) -> bool:
        """Everything else that belongs to its end has been done: is the record there, or given up? If it has not been asked for yet, it is
        now."""
        session = self._book.sessions[evse]
        if not self.waits(evse):
            return True
        assert session.transaction is not None
        assert session.transaction.signing is not None
        if session.transaction.signing.state != "ending":
            self._book.sheets[evse].waits_for_record_s = None
            self._save(session, Signing("ending"))
            self.follow(evse, now_s)
        return not self.waits(evse)

    def follow(self, evse: int, now_s: float) -> None:
        """Ask, and ask again; or give up."""
        session, sheet = self._book.sessions[evse], self._book.sheets[evse]
        transaction = session.transaction
        if transaction is None or transaction.signing is None or not transaction.signing.pending:
            return
        if sheet.waits_for_record_s is None:
            sheet.waits_for_record_s, sheet.asked_s = now_s, None
            sheet.record_before = None if sheet.state is None else sheet.state.record
        if now_s - sheet.waits_for_record_s >= WAIT_S:
            self._fail(session, f"the meter has not answered for {WAIT_S:.0f} s; see the log of chargepoint control")
        elif sheet.asked_s is None or now_s - sheet.asked_s >= ASK_S:
            sheet.asked_s = now_s
            self._ask(transaction, transaction.signing)

    def restate(self, now_s: float) -> None:
        """Control is there, perhaps anew: what it was asked it may not have heard."""
        for evse, sheet in self._book.sheets.items():
            sheet.asked_s = None
            self.follow(evse, now_s)

    def _ask(self, transaction: Transaction, signing: Signing) -> None:
        about = self._station
        place = f"{about.id} {self._numbers.get(transaction.connector, transaction.connector.connector)}"
        self._to_control(
            Record(
                transaction.connector.evse,
                transaction.id,
                "begin" if signing.state == "wanted" else "end",
                ocmf.says(
                    transaction.id, transaction.authorization, place, (f"{about.vendor} {about.model}", about.serial, about.firmware)
                ),
                int(self._clock.now_s()),
                int(offset(self._model.read(TIME_OFFSET)).total_seconds() // 60),
            )
        )

    # What control answers

    def hear(self, evse: int) -> None:
        """Control said how an EVSE is."""
        session, sheet = self._book.sessions[evse], self._book.sheets[evse]
        transaction, outcome = session.transaction, None if sheet.state is None else sheet.state.record
        if transaction is None or transaction.signing is None or outcome is None or outcome.wish != transaction.id:
            return
        if outcome.state == "working":
            sheet.record_before = None
        elif outcome.record is not None and transaction.signing.pending:
            self._signed(session, outcome, outcome.record)
        elif outcome.state == "open" and transaction.signing.state == "wanted":
            self._remember_key(evse, outcome.public_key)
            self._save(session, Signing("open"))
            self.opened(evse)
        elif outcome.state == "failed" and transaction.signing.pending and sheet.asked_s is not None and outcome != sheet.record_before:
            self._fail(session, outcome.reason)

    def _signed(self, session: Session, outcome: RecordOutcome, record: SignedRecord) -> None:
        self._remember_key(session.evse, outcome.public_key)
        self._save(session, Signing("signed", record))
        log.info("event=record_signed transaction=%s evse=%d bytes=%d", outcome.wish, session.evse, len(record.data))
        if self._faults.pop(session.evse, None) is not None:
            self._book.news()

    def _fail(self, session: Session, reason: str) -> None:
        transaction = session.transaction
        assert transaction is not None
        assert transaction.signing is not None
        began = transaction.signing.state == "wanted"
        self._save(session, Signing("failed", reason=reason))
        self._missing(transaction, reason)
        if began:
            self.opened(session.evse)

    def _missing(self, transaction: Transaction, reason: str) -> None:
        evse = transaction.connector.evse
        log.error("event=record_missing code=%s transaction=%s evse=%d reason=%r", ROW.code, transaction.id, evse, reason)
        self._faults[evse] = Fault(NAME, ROW.kind, f"EVSE {evse}: {reason}", since_s=self._clock.monotonic())
        self._book.news()
        self.failed(transaction, reason)

    def _save(self, session: Session, signing: Signing) -> None:
        assert session.transaction is not None
        self._book.save(replace(session, transaction=replace(session.transaction, signing=signing)))

    def _remember_key(self, evse: int, key: bytes) -> None:
        printed = ocmf.printed_key(key)
        if printed and printed != self._store.facts.meter_key(evse):
            self._store.facts.keep_meter_key(evse, printed)
            configured = self._book.sheets[evse].settings.public_key
            if configured and ocmf.told_key(configured) != ocmf.told_key(printed):
                log.warning("event=public_key_differs evse=%d configured=%.200r meter=%s told=configured", evse, configured, printed)

    # The end

    def with_record(self, transaction: Transaction, values: tuple[MeterValue, ...], at: datetime, end_wh: int) -> tuple[MeterValue, ...]:
        """The values that the end of a transaction tells, and what was signed: one record of beginning and end, so it belongs to the last
        (application note 3.1.4, 4.1.2)."""
        signing = transaction.signing
        if signing is None or signing.record is None:
            if signing is not None and signing.state != "failed":
                self._missing(transaction, "it had to end before the meter could be asked")
            return values
        last = values[-1] if values and values[-1].context is ReadingContext.END else MeterValue(at, ReadingContext.END, ())
        before = values[:-1] if values and last is values[-1] else values
        if not any((sample.measurand, sample.phase) == (DEFAULT_MEASURAND, None) for sample in last.samples):
            last = replace(last, samples=(Sample(DEFAULT_MEASURAND, end_wh, "Wh"), *last.samples))
        return (*before, replace(last, signed=self._value(transaction.connector.evse, signing.record)))

    def _value(self, evse: int, record: SignedRecord) -> SignedValue:
        key = ""
        if self._model.read(PUBLIC_KEY_WITH) != "Never":
            sheet = self._book.sheets.get(evse)
            key = ocmf.told_key((sheet.settings.public_key if sheet else "") or ocmf.printed_key(record.public_key))
        return SignedValue(ocmf.text(record), record.format, record.method, key)

"""Transactions from plug-in to unplug (OCPP 2.0.1 E01 to E10, 1.6 §4.8, §4.10).

    plug-in ──┐                                                ┌── card, remote, unplug, reset, power loss
              ├── both: Started, permit ── Updated ... ── Stop ┤
    token  ───┘                                                └── contactor open and meter read: Ended

A transaction ends in two steps. First the cause is written down and the permit revoked; then, when the contactor is open and the
meter has been read once more, it ends with that reading. Each step is one commit with the message that tells of it.

A fault that clears by itself suspends the transaction, which goes on afterwards. One that is latched ends it, with the reason of its row
in the fault table: an abnormal condition (OCPP 2.0.1 E06.FR.16; the reason by E06.FR.08 and E07.FR.06; 1.6 §4.10, §7.36). That its permit
is revoked releases the plug, as at every other end (E06.FR.10), once the contactor is seen to be open. A plug that does not lock never
charges (G05.FR.01): control offers nothing, and latches the fault when its tries are used up.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from chargepoint.domain import metering
from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.metering import MeterValue, ReadingContext, thinned
from chargepoint.domain.session import Session, charging_state
from chargepoint.domain.transaction import (
    EventKind,
    Stop,
    StopReason,
    Transaction,
    TransactionEvent,
    TriggerReason,
    tell,
)
from chargepoint.domain.variables import TX_ENDED_MEASURANDS, TX_STARTED_MEASURANDS
from chargepoint.link.messages import Down, EvseState, Permit, Revoke
from chargepoint.station.allowance import Allowance
from chargepoint.station.clock import StationClock
from chargepoint.station.desk import Sheet
from chargepoint.station.settings import StationSettings
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

PERMIT_S = 10.0
"""How long a permit holds without the station."""
RENEW_S = 3.0
"""How often it is renewed."""
LAST_READING_S = 3.0
"""How long after the contactor opened the end of a transaction waits for the meter."""
END_VALUES = 60
"""How many meter values are kept for the end of a transaction; beyond that every second one in between goes."""
LET_GO_S = 10.0
"""How long it waits for the contactor: the EV has 6 s (IEC 61851-1 seq. 10.2), then control opens under load."""


class Transacting:
    """All sessions of the station."""

    def __init__(
        self, settings: StationSettings, store: Store, model: DeviceModel, clock: StationClock, to_control: Callable[[Down], None]
    ) -> None:
        self._settings = settings
        self._store = store
        self._model = model
        self._clock = clock
        self._to_control = to_control
        self._renewed_s = 0.0
        self._dirty = False
        self.sheets = {evse.evse: Sheet(evse) for evse in settings.evses}
        self.sessions = {evse: store.sessions.load(evse) for evse in self.sheets}
        self.may_start: Callable[[Session], bool] = lambda session: True
        self.allowance: Callable[[int], Allowance] = lambda evse: Allowance(self.sheets[evse].settings.rating_ma)
        """What a schedule leaves of an EVSE's current now."""
        self.changed: Callable[[], None] = lambda: None
        self.ended: Callable[[], None] = lambda: None

    # What control says

    def hear(self, state: EvseState, at_s: float, boot: str, power_cut: bool = False) -> None:
        """Control says how an EVSE is. ``power_cut``: control and station both started anew since it was last heard."""
        sheet = self.sheets.get(state.evse)
        if sheet is None:
            log.warning("event=unknown_evse evse=%d expected=%s", state.evse, sorted(self.sheets))
            return
        news = sheet.take(state, at_s)
        with self._store.commit():
            session = self.sessions[state.evse]
            if state.plug_known and state.plug_in != session.plug_in:
                self._plug_changed(session, state, self._clock.at(at_s), boot, power_cut)
            self._follow(state.evse, at_s)
        self._dirty = self._dirty or news
        self._announce()

    def _plug_changed(self, session: Session, state: EvseState, at: datetime, boot: str, power_cut: bool) -> None:
        rebooted = session.plug_in is not None and session.plug_in.boot != boot
        if rebooted and state.plug_in and state.found_at_start and state.connector == session.connector:
            self._same_car(session, state.plug_in, power_cut)
            return
        if session.plug_in is not None:
            self._car_left(session, StopReason.POWER_LOSS if rebooted and power_cut else StopReason.EV_DISCONNECTED)
        if state.plug_in is not None:
            self._car_came(self.sessions[session.evse], state.plug_in, state.connector, at)

    def _same_car(self, session: Session, plug_in: PlugInId, power_cut: bool) -> None:
        """Control booted with the car still there: it is the same one."""
        transaction = session.transaction
        if transaction is not None:
            transaction = replace(transaction, plug_in=plug_in)
        self._save(replace(session, plug_in=plug_in, transaction=transaction))
        if transaction is None:
            return
        if power_cut and not self._settings.resume_after_power_loss:
            self.stop(session.evse, Stop(StopReason.POWER_LOSS, TriggerReason.ABNORMAL_CONDITION))
        else:
            log.info("event=transaction_resumed transaction=%s evse=%d", transaction.id, session.evse)
            self._grant(self.sessions[session.evse])

    def _car_left(self, session: Session, reason: StopReason) -> None:
        self._save(replace(session, plug_in=None, authorization=None, finishing=False))
        if session.transaction is not None:
            lost = reason is StopReason.POWER_LOSS
            trigger = TriggerReason.ABNORMAL_CONDITION if lost else TriggerReason.EV_COMMUNICATION_LOST
            self.stop(session.evse, Stop(reason, trigger))

    def _car_came(self, session: Session, plug_in: PlugInId, connector: int, at: datetime) -> None:
        if session.transaction is not None:  # still waiting for its last reading
            self._end(session, at)
            session = self.sessions[session.evse]
        authorization = session.authorization
        if authorization is None and self._settings.free_token is not None:
            authorization = Authorization(self._settings.free_token, Origin.FREE)
        self.sheets[session.evse].waits_since_s = None
        self._save(replace(session, plug_in=plug_in, connector=connector, authorization=authorization, finishing=False))
        self._start_if_ready(session.evse, TriggerReason.CABLE_PLUGGED_IN, at)

    def _follow(self, evse: int, at_s: float) -> None:
        """Whatever follows from the present state, without a new cause."""
        session, fault = self.sessions[evse], self.sheets[evse].lasting
        if session.transaction is None:
            self._start_if_ready(evse, _belated(session), self._clock.at(at_s))
        elif session.transaction.stop is not None:
            self._end_if_due(evse, at_s)
        elif fault is not None:
            self.stop(evse, Stop(StopReason(fault.row.stop_reason), TriggerReason.ABNORMAL_CONDITION))
        else:
            self._follow_charging(session, at_s)

    def _follow_charging(self, session: Session, at_s: float) -> None:
        transaction, sheet, at = session.transaction, self.sheets[session.evse], self._clock.at(at_s)
        assert transaction is not None
        assert sheet.state is not None
        now = charging_state(
            transaction.charging_state,
            energised=sheet.state.state in ("C2", "D2"),
            offered_for_s=None if sheet.offered_s is None else at_s - sheet.offered_s,
            age_s=(at - transaction.started).total_seconds(),
        )
        if now is not transaction.charging_state:
            self._tell(session, replace(transaction, charging_state=now), TriggerReason.CHARGING_STATE_CHANGED, at)

    # What people and the CSMS want

    def authorize(self, evse: int, authorization: Authorization) -> None:
        """A token was accepted for this EVSE: start, or wait for the car."""
        with self._store.commit():
            session = self.sessions[evse]
            self._save(replace(session, authorization=authorization, finishing=False))
            if session.plug_in is None:
                self.sheets[evse].waits_since_s = self._clock.monotonic()
            self._start_if_ready(evse, _trigger_of(authorization), self._clock.now())
        self._announce()

    def stop(self, evse: int, stop: Stop) -> None:
        """The transaction of this EVSE shall end. The first cause counts."""
        session = self.sessions[evse]
        transaction = session.transaction
        if transaction is None or transaction.stop is not None:
            return
        log.info("event=transaction_stopping transaction=%s evse=%d reason=%s", transaction.id, evse, stop.reason)
        with self._store.commit():
            self._save(replace(session, transaction=replace(transaction, stop=stop)))
            self.sheets[evse].stop_s = self._clock.monotonic()
            self._to_control(Revoke(evse, transaction.plug_in))
            self._end_if_due(evse, self._clock.monotonic())
        self._announce()

    def withdraw(self, evse: int) -> None:
        """Deauthorised, but the transaction stays open without energy (StopTxOnInvalidId false, E05.FR.02)."""
        session = self.sessions[evse]
        transaction = session.transaction
        if transaction is None or transaction.withdrawn or transaction.stop is not None:
            return
        with self._store.commit():
            withdrawn = replace(transaction, withdrawn=True)
            self._tell(session, withdrawn, TriggerReason.DEAUTHORIZED, self._clock.now())
            self._to_control(Revoke(evse, transaction.plug_in))
        self._announce()

    def abandon(self, evse: int) -> None:
        """The token no longer waits for its car (EVConnectionTimeOut)."""
        with self._store.commit():
            self._save(replace(self.sessions[evse], authorization=None))
        self.sheets[evse].waits_since_s = None
        self._announce()

    def tick(self, now_s: float) -> None:
        """Once a second: what is due without anybody's doing."""
        for evse, session in self.sessions.items():
            if session.transaction is not None and self.sheets[evse].state is not None:
                with self._store.commit():
                    self._follow(evse, now_s)
        self._announce()
        if now_s - self._renewed_s >= RENEW_S:
            self._renewed_s = now_s
            self.regrant()

    def end_removed(self) -> None:
        """Transactions of EVSEs that the configuration no longer has end with what is known of them."""
        for session in self._store.sessions.absent(frozenset(self.sheets)):
            transaction = session.transaction
            if transaction is None:
                continue
            log.warning("event=evse_removed evse=%d transaction=%s", session.evse, transaction.id)
            stop = transaction.stop or Stop(StopReason.OTHER, TriggerReason.ABNORMAL_CONDITION)
            with self._store.commit():
                self._close(transaction, stop, transaction.last_at, transaction.last_wh, transaction.end_values)
                self._store.sessions.save(Session(evse=session.evse))

    def regrant(self) -> None:
        """What is allowed has changed: say so at once."""
        for session in self.sessions.values():
            self._grant(session)

    def restate(self) -> None:
        """Control is there: say of every car whether it may charge."""
        for session in self.sessions.values():
            if not self._grant(session) and session.plug_in is not None:
                self._to_control(Revoke(session.evse, session.plug_in))

    # Steps

    def _start_if_ready(self, evse: int, trigger: TriggerReason, at: datetime) -> None:
        session, sheet = self.sessions[evse], self.sheets[evse]
        if session.transaction is not None or session.finishing or session.plug_in is None or session.authorization is None:
            return
        if sheet.blocked or sheet.reading is None or not self.may_start(session):
            return
        transaction = Transaction(
            id=str(uuid.uuid4()),
            connector=session.place,
            plug_in=session.plug_in,
            authorization=session.authorization,
            started=at,
            start_wh=sheet.reading.energy_wh,
            last_wh=sheet.reading.energy_wh,
            last_at=at,
        )
        values = self._values(sheet, at, ReadingContext.BEGIN, self._model.read(TX_STARTED_MEASURANDS))
        transaction, event = tell(
            replace(transaction, end_values=self._values(sheet, at, ReadingContext.BEGIN, self._model.read(TX_ENDED_MEASURANDS))),
            EventKind.STARTED,
            trigger,
            at,
            values=values,
            id_token=session.authorization.token,
            meter_wh=transaction.start_wh,
        )
        log.info("event=transaction_started transaction=%s evse=%d start_wh=%d", transaction.id, evse, transaction.start_wh)
        sheet.stop_s = None
        sheet.sampled_s = sheet.end_sampled_s = self._clock.monotonic()
        self._store.transactions.save(transaction)
        self._post(event)
        self._save(replace(session, transaction=transaction))
        self._grant(self.sessions[evse])

    def _end_if_due(self, evse: int, now_s: float) -> None:
        session, sheet = self.sessions[evse], self.sheets[evse]
        assert session.transaction is not None
        if sheet.stop_s is None:  # decided before a restart
            sheet.stop_s = now_s
        if sheet.live:
            due = now_s - sheet.stop_s >= LET_GO_S
        else:
            read = sheet.reading is not None and sheet.reading.at_s >= sheet.changed_s
            due = read or now_s - max(sheet.changed_s, sheet.stop_s) >= LAST_READING_S
        if due:
            self._end(session, self._clock.at(now_s))

    def _end(self, session: Session, at: datetime) -> None:
        transaction, sheet = session.transaction, self.sheets[session.evse]
        assert transaction is not None
        assert transaction.stop is not None
        stop = transaction.stop
        if stop.reason is StopReason.POWER_LOSS:
            at = transaction.last_at  # nobody charged while there was no power
        end_wh = max(transaction.last_wh, sheet.reading.energy_wh if sheet.reading else 0)
        values = transaction.end_values + self._values(sheet, at, ReadingContext.END, self._model.read(TX_ENDED_MEASURANDS))
        self._close(transaction, stop, at, end_wh, values)
        self._save(replace(session, transaction=None, authorization=None, finishing=session.plug_in is not None))
        self.ended()

    def told(self, evse: int, trigger: TriggerReason, values: tuple[MeterValue, ...], end_values: tuple[MeterValue, ...] = ()) -> None:
        """Meter values of a running transaction, told now or kept for its end. A triggered event is told without values too."""
        session = self.sessions[evse]
        transaction = session.transaction
        if transaction is None:
            return
        with self._store.commit():
            transaction = replace(transaction, end_values=thinned(transaction.end_values + end_values, END_VALUES))
            if values or trigger is TriggerReason.TRIGGER:
                self._tell(session, transaction, trigger, self._clock.now(), values)
            elif end_values:
                self._save(replace(session, transaction=transaction))
        self._announce()

    def _tell(
        self, session: Session, transaction: Transaction, trigger: TriggerReason, at: datetime, values: tuple[MeterValue, ...] = ()
    ) -> TransactionEvent:
        reading = self.sheets[session.evse].reading
        last_wh = max(transaction.last_wh, reading.energy_wh if reading else 0)
        transaction, event = tell(replace(transaction, last_wh=last_wh, last_at=at), EventKind.UPDATED, trigger, at, values=values)
        self._post(event)
        self._save(replace(session, transaction=transaction))
        return event

    def _close(self, transaction: Transaction, stop: Stop, at: datetime, end_wh: int, values: tuple[MeterValue, ...]) -> None:
        """Tell the end, and keep it as history."""
        transaction, event = tell(
            transaction, EventKind.ENDED, stop.trigger, at, values=values, id_token=stop.token, meter_wh=end_wh, stop_reason=stop.reason
        )
        self._store.transactions.save(replace(transaction, ended=at, last_wh=end_wh, last_at=at))
        self._store.transactions.forget_old()
        self._post(event)
        log.info("event=transaction_ended transaction=%s reason=%s end_wh=%d", transaction.id, stop.reason, end_wh)

    def _values(self, sheet: Sheet, at: datetime, context: ReadingContext, measurands: tuple[str, ...]) -> tuple[MeterValue, ...]:
        if sheet.reading is None:
            return ()
        samples = metering.samples(sheet.reading, sheet.offer, measurands)
        return (MeterValue(at, context, samples),) if samples else ()

    def _grant(self, session: Session) -> bool:
        transaction = session.transaction
        if transaction is None or transaction.stop is not None or transaction.withdrawn:
            return False
        allowed, failsafe_ma = self.allowance(session.evse), self.sheets[session.evse].settings.failsafe_ma
        self._to_control(
            Permit(
                session.evse,
                transaction.plug_in,
                allowed.limit_ma,
                PERMIT_S,
                failsafe_ma,
                source=allowed.source,
                phases=allowed.phases,
            )
        )
        return True

    def _post(self, event: TransactionEvent) -> None:
        if self._settings.has_csms:
            self._store.outbox.put(str(uuid.uuid4()), event)

    def _save(self, session: Session) -> None:
        self._store.sessions.save(session)
        self.sessions[session.evse] = session
        self._dirty = True

    def _announce(self) -> None:
        """Let those know who live on what changed."""
        if self._dirty:
            self._dirty = False
            self.changed()


def _trigger_of(authorization: Authorization) -> TriggerReason:
    return TriggerReason.REMOTE_START if authorization.origin is Origin.REMOTE else TriggerReason.AUTHORIZED


def _belated(session: Session) -> TriggerReason:
    """The cause of a start that had to wait for a fault to clear or for the first reading."""
    return _trigger_of(session.authorization) if session.authorization else TriggerReason.CABLE_PLUGGED_IN

"""Transactions from plug-in to unplug (OCPP 2.0.1 E01 to E10, 1.6 §4.8, §4.10). What a CSMS of 2.x is told of them, and from when to when,
is the business of ``spanning``.

    plug-in ──┐                                                ┌── card, remote, unplug, reset, power loss
              ├── both: Started, permit ── Updated ... ── Stop ┤
    token  ───┘                                                └── contactor open and meter read: Ended

A transaction ends in two steps. First the cause is written down and the permit revoked; then, when the contactor is open and the
meter has been read once more, it ends with that reading. Each step is one commit with the message that tells of it.

A fault that clears by itself suspends the transaction, which goes on afterwards. One that is latched ends it, with the reason of its row
in the fault table: an abnormal condition (OCPP 2.0.1 E06.FR.16; the reason by E06.FR.08 and E07.FR.06; 1.6 §4.10, §7.36). That its permit
is revoked releases the plug, as at every other end (E06.FR.10, E07.FR.07, E08.FR.03), once the contactor is seen to be open. A plug that
does not lock never charges (G05.FR.01), and no transaction begins with it: control says what is wrong, and latches the fault when its
tries are used up.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from math import inf

from msgspec.structs import replace

from chargepoint.domain.authorization import Authorization, TokenInfo
from chargepoint.domain.charging_profile import ChargingProfile
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.fault_table import OF_STATION
from chargepoint.domain.faults import gravest
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.metering import MeterValue
from chargepoint.domain.retiming import Correction, of_span, of_transaction
from chargepoint.domain.session import Session, charging_state
from chargepoint.domain.transaction import ChargingState, Stop, StopReason, Transaction, TriggerReason
from chargepoint.domain.tx_points import TxPoint
from chargepoint.domain.variables.transactions import MAX_ENERGY_ON_INVALID_ID
from chargepoint.link.messages import Down, EvseState
from chargepoint.station.allowance import Allowance
from chargepoint.station.beginning import Beginning
from chargepoint.station.book import Book
from chargepoint.station.clock import StationClock
from chargepoint.station.desk import SILENT, Sheet
from chargepoint.station.ending import Ending
from chargepoint.station.kept_plugs import KeptPlugs
from chargepoint.station.permits import RENEW_S, Permits
from chargepoint.station.plugging import LOST_POWER, Plugging
from chargepoint.station.settings import StationSettings
from chargepoint.station.signed_records import SignedRecords
from chargepoint.station.spanning import Spanning
from chargepoint.station.story import Story
from chargepoint.station.telling import trigger_of
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

TIMED_OUT = Stop(StopReason.TIMEOUT, TriggerReason.EV_CONNECT_TIMEOUT)
"""No car came, or came back, in EVConnectionTimeOut."""


class Transacting:
    """All sessions of the station."""

    def __init__(
        self, settings: StationSettings, store: Store, model: DeviceModel, clock: StationClock, to_control: Callable[[Down], None]
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._renewed_s = 0.0
        self._silent_s: float | None = None
        self._book = Book(settings.evses, store, lambda: self.changed())
        self._story = Story(store, model, settings.has_csms)
        self.spanning = Spanning(model, self._book, self._story, self)
        self._story.by_16 = lambda: self.spanning.by_16()
        self.now = clock.now
        self.records = SignedRecords(settings, store, model, clock, self._book, to_control)
        self.records.opened = lambda evse: self.go_on(evse)
        self._ending = Ending(store, model, clock, self._book, self._story, self.records)
        self.sheets = self._book.sheets
        self.sessions = self._book.sessions
        self._permits = Permits(self.sheets, model, lambda evse: self.allowance(evse), to_control)
        kept_plugs = KeptPlugs(store, self._book, self._permits)
        self.release, self.let_go = kept_plugs.release, kept_plugs.let_go
        self._beginning = Beginning(clock, self._book, self._story, self.spanning, self._permits, self)
        self.start_if_ready = self._beginning.start_if_ready
        self._plugging = Plugging(settings, model, clock, self._book, self)
        self.may_start: Callable[[Session], bool] = lambda session: True
        self.allowance: Callable[[int], Allowance] = lambda evse: Allowance(self.sheets[evse].settings.rating_ma)
        """What a schedule leaves of an EVSE's current now."""
        self.reservation: Callable[[Session], int | None] = lambda session: None
        """The reservation that a starting transaction uses and thereby ends; asked inside the commit that starts it."""
        self.profile_given: Callable[[int, ChargingProfile], None] = lambda evse, profile: None
        """What begins there, or goes on, has the profile of a remote start from now on; told inside the commit that makes it so."""
        self.free_token: Callable[[], IdToken | None] = lambda: settings.free_token
        """With what a car charges for which nobody has shown a token; ``None``: it waits for one."""
        self.waits_elsewhere: Callable[[Session], int | None] = lambda session: None
        """A car came here, and no token waits for it: the EVSE whose waiting token is its, if there is one."""
        self.before_permits: Callable[[], None] = lambda: None
        """Says what bounds all EVSEs together, before each of them is granted anew."""
        self.at_end = self._ending.at_end
        """Told of each transaction inside the commit that ends it."""
        self.changed: Callable[[], None] = lambda: None
        self.ended: Callable[[], None] = lambda: None
        self.end_removed, self.keep = self._ending.end_removed, self._book.keep

    def running(self) -> list[int]:
        """EVSEs with a transaction."""
        return [evse for evse, session in self.sessions.items() if session.transaction is not None]

    def runs_at(self, connector: ConnectorId) -> bool:
        """Is there a transaction at just this connector?"""
        transaction = self.sessions[connector.evse].transaction
        return transaction is not None and transaction.connector == connector

    def going_on(self) -> list[int]:
        """EVSEs where something goes on that a CSMS knows as a transaction, whether somebody may charge or not."""
        return [evse for evse, session in self.sessions.items() if session.transaction_id is not None]

    def goes_on_at(self, connector: ConnectorId) -> bool:
        """Does it at just this connector? One whose car has yet to come does wherever it may come."""
        session = self.sessions[connector.evse]
        here = session.place == connector or session.waits_for_car_at(connector.connector)
        return self.runs_at(connector) or (session.span is not None and here)

    def named(self, transaction_id: str) -> int | None:
        """The EVSE where what a CSMS knows by this id goes on."""
        return next((evse for evse, session in self.sessions.items() if session.transaction_id == transaction_id), None)

    # What control says

    def hear(self, state: EvseState, at_s: float, boot: str, power_cut: bool = False) -> None:
        """Control says how an EVSE is. ``power_cut``: control and station both started anew since it was last heard."""
        sheet = self.sheets.get(state.evse)
        if sheet is None:
            log.warning("event=unknown_evse evse=%d expected=%s", state.evse, sorted(self.sheets))
            return
        if sheet.take(state, at_s):
            self._book.news()
        with self._store.commit():
            self.records.hear(state.evse)
            self._plugging.hear(state, at_s, boot, power_cut)
            self._follow(state.evse, at_s)
        self._book.announce()

    def control_silent(self, since_s: float | None) -> None:
        """Nobody knows how the EVSEs are; ``None``: control is heard."""
        if since_s != self._silent_s:
            self._silent_s = since_s
            state = "cleared" if since_s is None else "raised"
            log.warning("event=fault code=%s fault=%s state=%s", OF_STATION[SILENT].code, SILENT, state)
        for sheet in self.sheets.values():
            if sheet.silent_s != since_s:
                sheet.silent_s = since_s
                self._book.news()
        self._book.announce()

    def _follow(self, evse: int, at_s: float) -> None:
        """Whatever follows from the present state, without a new cause."""
        session, fault = self.sessions[evse], self.sheets[evse].lasting
        if session.transaction is None:
            self._beginning.belated(evse, self._clock.at(at_s))
        elif session.transaction.stop is not None:
            self._end_if_due(evse, at_s)
        elif fault is not None:
            self.stop(evse, Stop(StopReason(fault.row.stop_reason), TriggerReason.ABNORMAL_CONDITION))
        elif session.plug_in is not None:
            self._follow_charging(session, at_s)
        self._follow_fault(session, at_s)
        self.spanning.follow(self.sessions[evse], self._clock.at(at_s))

    def _follow_charging(self, session: Session, at_s: float) -> None:
        transaction, sheet, at = session.transaction, self.sheets[session.evse], self._clock.at(at_s)
        assert transaction is not None
        assert sheet.state is not None
        if transaction.exceeds(0 if sheet.reading is None else sheet.reading.energy_wh):
            self.update(session, replace(transaction, ceiling_wh=None), TriggerReason.ENERGY_LIMIT_REACHED, at)
            self._permits.revoke(self.sessions[session.evse])
            return
        now = charging_state(
            transaction.charging_state,
            energised=sheet.state.state in ("C2", "D2"),
            offered_for_s=None if sheet.offered_s is None else at_s - sheet.offered_s,
            age_s=self._age_s(transaction, sheet, at_s),
        )
        if now is not transaction.charging_state and not self._suspended(session, transaction, now):
            why = TriggerReason.ABNORMAL_CONDITION if sheet.faulty else TriggerReason.CHARGING_STATE_CHANGED  # the more specific one
            self.update(session, replace(transaction, charging_state=now), why, at)

    def _follow_fault(self, before: Session, at_s: float) -> None:
        """A fault begins that has changed nothing else of what goes on (E02.FR.17, E03.FR.12). ``before``: what it has changed."""
        sheet, session = self.sheets[before.evse], self.sessions[before.evse]
        known, sheet.fault_told = sheet.fault_told, sheet.faulty
        if known is False and sheet.faulty and session.span is not None and session.span == before.span:
            self.tell(session, TriggerReason.ABNORMAL_CONDITION, self._clock.at(at_s))

    def _age_s(self, transaction: Transaction, sheet: Sheet, at_s: float) -> float:
        """How long its car could have charged by now: one that may not is not waited for (E05.FR.02)."""
        if transaction.withdrawn and not transaction.wants_energy:
            return inf
        since_s = sheet.replugged_s
        return (self._clock.at(at_s) - transaction.started).total_seconds() if since_s is None else at_s - since_s

    def _suspended(self, session: Session, transaction: Transaction, now: ChargingState) -> bool:
        """No energy flows any more: does that end it? (E06.FR.07; by a fault: E06.FR.16). After a power cut that was the reason, whether
        transactions outlast one or not (E06.FR.08)."""
        if transaction.charging_state is not ChargingState.CHARGING or TxPoint.ENERGY_TRANSFER not in self.spanning.stops(session):
            return False
        fault = gravest(self.sheets[session.evse].faults)
        if transaction.withdrawn:
            self.stop(session.evse, Stop(StopReason.DE_AUTHORIZED, TriggerReason.DEAUTHORIZED))
        elif fault is not None:
            self.stop(session.evse, Stop(StopReason(fault.row.stop_reason), TriggerReason.ABNORMAL_CONDITION))
        elif self.sheets[session.evse].interrupted is not None:
            self.stop(session.evse, LOST_POWER)
        else:
            by_ev = now is ChargingState.SUSPENDED_EV
            self.stop(session.evse, Stop(StopReason.STOPPED_BY_EV if by_ev else StopReason.OTHER, TriggerReason.CHARGING_STATE_CHANGED))
        return True

    # What people and the CSMS want

    def authorize(self, evse: int, authorization: Authorization, profile: ChargingProfile | None = None) -> None:
        """A token was accepted for this EVSE: start, or wait for the car."""
        with self._store.commit():
            session = replace(self.sessions[evse], authorization=authorization, profile=profile, finishing=False, plug_kept_for=None)
            if not self.spanning.by_16() and session.reserved is None:
                session = replace(session, reserved=self.reservation(session))
            self._book.save(session)
            if session.plug_in is None:
                self.sheets[evse].waits_since_s = self._clock.monotonic()
            self.start_if_ready(evse, trigger_of(authorization), self._clock.now())
            self.spanning.news(evse, session.span, trigger_of(authorization), self._clock.now())
        self._book.announce()

    def stop(self, evse: int, stop: Stop) -> None:
        """The transaction of this EVSE shall end. The first cause counts. Where nobody charges, what goes on ends, or what was authorised
        is so no longer."""
        session = self.sessions[evse]
        transaction = session.transaction
        if transaction is None or transaction.stop is not None:
            self._stop_idle(session, stop)
            return
        log.info("event=transaction_stopping transaction=%s evse=%d reason=%s", transaction.id, evse, stop.reason)
        kept_for = session.plug_kept_for
        if stop.reason is StopReason.DE_AUTHORIZED and self._plugging.can_keep(session, transaction):  # E05.FR.11, C15.FR.05
            kept_for = transaction.authorization
        with self._store.commit():
            stopping = self._story.stopping(transaction, self.sheets[evse], stop, self._clock.now())
            self._book.save(replace(session, transaction=stopping, plug_kept_for=kept_for))
            self.spanning.stop(evse, stop)
            self.sheets[evse].stop_s = self._clock.monotonic()
            self._permits.revoke(self.sessions[evse])
            self._end_if_due(evse, self._clock.monotonic())
        self._book.announce()

    def _stop_idle(self, session: Session, stop: Stop) -> None:
        """Where its end is decided nobody is authorised any more, and a card ends nothing: it was held to the reader too long."""
        if session.span is None or (session.transaction is not None and stop.trigger is TriggerReason.STOP_AUTHORIZED):
            return
        with self._store.commit():
            if session.transaction is None:
                self._forget(session)
            self.spanning.stop(session.evse, stop)
        self._book.announce()

    def withdraw(self, evse: int) -> None:
        """Deauthorised, but the transaction stays open (StopTxOnInvalidId false): without energy (E05.FR.02, C15.FR.06), or with the
        rest of MaxEnergyOnInvalidId, which counts from its start (E05.FR.03, C15.FR.07)."""
        session = self.sessions[evse]
        transaction = session.transaction
        if transaction is None or transaction.withdrawn or transaction.stop is not None:
            return
        most_wh = self._model.read(MAX_ENERGY_ON_INVALID_ID)
        with self._store.commit():
            withdrawn = replace(transaction, withdrawn=True, ceiling_wh=transaction.start_wh + most_wh if most_wh > 0 else None)
            if self.spanning.by_16():
                self.update(session, withdrawn, TriggerReason.DEAUTHORIZED, self._clock.now())
            else:  # it is not deauthorised: that nothing flows is told when nothing does
                self._book.save(replace(session, transaction=withdrawn))
            if not withdrawn.wants_energy:
                self._permits.revoke(self.sessions[evse])
        self._book.announce()

    def introduce(self, evse: int, info: TokenInfo) -> None:
        """Only now the CSMS says of which group the token there is (1.6 §3.10, OCPP 2.0.1 C09), or in which languages its driver is to
        be spoken to (C01.FR.08). Whom it accepts is no stranger any more."""

        def known(by: Authorization) -> Authorization:
            return replace(by, group=info.group or by.group, languages=info.languages or by.languages, stranger=False)

        self._rewrite(evse, known)

    def prioritise(self, evse: int, of_it: int | None, of_token: int | None) -> None:
        """So what goes on there counts against other EVSEs. What is said of it goes before what is said of its token, whenever that was,
        and nothing else of the token does (OCPP 2.0.1 K03.FR.05)."""
        span = self.sessions[evse].span
        if span is not None and of_it not in (None, span.priority):
            with self._store.commit():
                self._book.save(replace(self.sessions[evse], span=replace(span, priority=of_it)))
            self.regrant()
        if of_token is not None and self._rewrite(evse, lambda by: replace(by, priority=of_token)):
            self.regrant()

    def _rewrite(self, evse: int, say: Callable[[Authorization], Authorization]) -> bool:
        """Keep something else of whoever charges there, or could. False: it was known."""
        session = self.sessions[evse]
        transaction, waits = session.transaction, session.authorization
        changed = replace(
            session,
            authorization=None if waits is None else say(waits),
            transaction=None if transaction is None else replace(transaction, authorization=say(transaction.authorization)),
        )
        if changed == session:
            return False
        with self._store.commit():
            self._book.save(changed)
        return True

    def time_out(self, evse: int) -> None:
        """Nobody authorised this car in time: it is as good as one whose transaction is over."""
        self.sheets[evse].timed_out = self.sessions[evse].plug_in
        with self._store.commit():
            self._book.save(replace(self.sessions[evse], finishing=True))
        self._book.announce()

    def abandon(self, evse: int, stop: Stop = TIMED_OUT) -> None:
        """The token no longer waits for its car (EVConnectionTimeOut; E03.FR.05), or for its plug to be locked."""
        with self._store.commit():
            self._forget(self.sessions[evse])
            self.spanning.stop(evse, stop)
        self._book.announce()

    def _forget(self, session: Session) -> None:
        """Nobody is authorised there."""
        self._book.save(replace(session, authorization=None, profile=None, reserved=None))
        self.sheets[session.evse].waits_since_s = self.sheets[session.evse].locking = None
        self._permits.hold(self.sessions[session.evse])

    def told(self, evse: int, trigger: TriggerReason, values: tuple[MeterValue, ...], end_values: tuple[MeterValue, ...] = ()) -> None:
        """Meter values of a running transaction, told now or kept for its end. A triggered event is told without values too."""
        session = self.sessions[evse]
        if session.transaction_id is None:
            return
        with self._store.commit():
            session = self._collected(session, end_values)
            if values or trigger is TriggerReason.TRIGGER:
                self.tell(session, trigger, self._clock.now(), values)
            elif end_values:
                self._book.save(session)
        self._book.announce()

    def _collected(self, session: Session, values: tuple[MeterValue, ...]) -> Session:
        """With values that are kept for the end."""
        transaction, span = session.transaction, session.span
        if transaction is not None:
            kept = self._story.collected(transaction.end_values, values)
            return replace(session, transaction=replace(transaction, end_values=kept))
        assert span is not None
        return replace(session, span=replace(span, end_values=self._story.collected(span.end_values, values)))

    def rate_changed(self, evse: int) -> None:
        """What its car may draw has changed by more than LimitChangeSignificance: a CSMS of 2.x is told."""
        session = self.sessions[evse]
        if session.transaction is not None and session.transaction.stop is None and not self.spanning.by_16():
            with self._store.commit():
                self.tell(session, TriggerReason.CHARGING_RATE_CHANGED, self._clock.now())
            self._book.announce()

    def unlock_commanded(self, connector: ConnectorId) -> None:
        """The CSMS has a plug let go; a CSMS of 2.x hears of that where something goes on that nobody pays for (E02.FR.17)."""
        session = self.sessions[connector.evse]
        if session.span is not None and session.payer is None and self.goes_on_at(connector) and not self.spanning.by_16():
            with self._store.commit():
                self.tell(session, TriggerReason.UNLOCK_COMMAND, self._clock.now())
            self._book.announce()

    # Time

    def retime(self, evse: int, by: Correction, *, told: bool) -> None:
        """The clock was set. ``told``: the start of what goes on has been sent."""
        session = self.sessions[evse]
        transaction, span = session.transaction, session.span
        with self._store.commit():
            self._book.save(
                replace(
                    session,
                    transaction=None if transaction is None else of_transaction(transaction, by, told=told),
                    span=None if span is None else of_span(span, by, told=told),
                )
            )

    def tick(self, now_s: float) -> None:
        """Once a second: what is due without anybody's doing."""
        for evse, session in self.sessions.items():
            if session.transaction is not None and self.sheets[evse].state is not None:
                with self._store.commit():
                    self.records.follow(evse, now_s)
                    self._follow(evse, now_s)
            self._plugging.tick(evse, now_s)
        self._book.announce()
        if now_s - self._renewed_s >= RENEW_S:
            self._renewed_s = now_s
            self.regrant()

    def regrant(self) -> None:
        """What is allowed has changed: say so at once."""
        self.before_permits()
        for session in self.sessions.values():
            self._permits.grant(session)

    def restate(self) -> None:
        """Control is there: say of every car whether it may charge."""
        with self._store.commit():
            self.records.restate(self._clock.monotonic())
        self.before_permits()
        for session in self.sessions.values():
            self._permits.restate(session)

    # Steps, each within a commit

    def go_on(self, evse: int) -> None:
        """The car of the transaction may charge. One more may lower what all EVSEs have together."""
        self.before_permits()
        self._permits.grant(self.sessions[evse])

    def update(
        self, session: Session, transaction: Transaction, trigger: TriggerReason, at: datetime, values: tuple[MeterValue, ...] = ()
    ) -> None:
        """Tell of a running transaction, and keep it as it is now."""
        self.tell(replace(session, transaction=transaction), trigger, at, values)

    def tell(self, session: Session, trigger: TriggerReason, at: datetime, values: tuple[MeterValue, ...] = ()) -> None:
        """Tell of what goes on there, and keep it as it is now."""
        self._book.save(self._story.update(session, self.sheets[session.evse], trigger, at, values))

    def _end_if_due(self, evse: int, now_s: float) -> None:
        if self._ending.due(evse, now_s):
            over_s = self.sheets[evse].over_s
            self.end(self.sessions[evse], self._clock.at(now_s if over_s is None else over_s))

    def end(self, session: Session, at: datetime) -> None:
        """End a transaction whose end is decided, now, with the newest reading."""
        self._ending.end(session, at)
        self.ended()

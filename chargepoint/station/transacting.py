"""Transactions from plug-in to unplug (OCPP 2.0.1 E01 to E10, 1.6 §4.8, §4.10).

    plug-in ──┐                                                ┌── card, remote, unplug, reset, power loss
              ├── both: Started, permit ── Updated ... ── Stop ┤
    token  ───┘                                                └── contactor open and meter read: Ended

A transaction ends in two steps. First the cause is written down and the permit revoked; then, when the contactor is open and the
meter has been read once more, it ends with that reading. Each step is one commit with the message that tells of it.

A fault that clears by itself suspends the transaction, which goes on afterwards. One that is latched ends it, with the reason of its row
in the fault table: an abnormal condition (OCPP 2.0.1 E06.FR.16; the reason by E06.FR.08 and E07.FR.06; 1.6 §4.10, §7.36). That its permit
is revoked releases the plug, as at every other end (E06.FR.10), once the contactor is seen to be open. A plug that does not lock never
charges (G05.FR.01), and no transaction begins with it: control says what is wrong, and latches the fault when its tries are used up.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from chargepoint.domain.authorization import Authorization
from chargepoint.domain.charging_profile import ChargingProfile
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.fault_table import OF_STATION
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.metering import END_VALUES, MeterValue, thinned
from chargepoint.domain.session import Session, charging_state
from chargepoint.domain.transaction import Stop, StopReason, Transaction, TriggerReason
from chargepoint.domain.variables import MAX_ENERGY_ON_INVALID_ID
from chargepoint.link.messages import Down, EvseState
from chargepoint.station.allowance import Allowance
from chargepoint.station.beginning import Beginning, trigger_of
from chargepoint.station.book import Book
from chargepoint.station.clock import StationClock
from chargepoint.station.desk import SILENT
from chargepoint.station.ending import Ending
from chargepoint.station.kept_plugs import KeptPlugs
from chargepoint.station.permits import RENEW_S, Permits
from chargepoint.station.plugging import Plugging
from chargepoint.station.settings import StationSettings
from chargepoint.station.signed_records import SignedRecords
from chargepoint.station.story import Story
from chargepoint.store.store import Store

log = logging.getLogger(__name__)


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
        self.records = SignedRecords(settings, store, model, clock, self._book, to_control)
        self.records.opened = lambda evse: self.go_on(evse)
        self._ending = Ending(store, model, clock, self._book, self._story, self.records)
        self.sheets = self._book.sheets
        self.sessions = self._book.sessions
        self._permits = Permits(self.sheets, model, lambda evse: self.allowance(evse), to_control)
        kept_plugs = KeptPlugs(store, self._book, self._permits)
        self.release, self.let_go = kept_plugs.release, kept_plugs.let_go
        self._beginning = Beginning(clock, self._book, self._story, self._permits, self)
        self.start_if_ready = self._beginning.start_if_ready
        self._plugging = Plugging(settings, model, clock, self._book, self)
        self.may_start: Callable[[Session], bool] = lambda session: True
        self.allowance: Callable[[int], Allowance] = lambda evse: Allowance(self.sheets[evse].settings.rating_ma)
        """What a schedule leaves of an EVSE's current now."""
        self.reservation: Callable[[Session], int | None] = lambda session: None
        """The reservation that a starting transaction uses and thereby ends; asked inside the commit that starts it."""
        self.profile_given: Callable[[Transaction, ChargingProfile], None] = lambda transaction, profile: None
        """A starting transaction brings the profile of its remote start along; told inside the commit that starts it."""
        self.waits_elsewhere: Callable[[Session], int | None] = lambda session: None
        """A car came here, and no token waits for it: the EVSE whose waiting token is its, if there is one."""
        self.before_permits: Callable[[], None] = lambda: None
        """Says what bounds all EVSEs together, before each of them is granted anew."""
        self.at_end = self._ending.at_end
        """Told of each transaction inside the commit that ends it."""
        self.changed: Callable[[], None] = lambda: None
        self.ended: Callable[[], None] = lambda: None
        self.end_removed, self.keep = self._ending.end_removed, self._book.keep

    def runs_at(self, connector: ConnectorId) -> bool:
        """Is there a transaction at just this connector?"""
        transaction = self.sessions[connector.evse].transaction
        return transaction is not None and transaction.connector == connector

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
            age_s=(at - transaction.started).total_seconds(),
        )
        if now is not transaction.charging_state:
            self.update(session, replace(transaction, charging_state=now), TriggerReason.CHARGING_STATE_CHANGED, at)

    # What people and the CSMS want

    def authorize(self, evse: int, authorization: Authorization, profile: ChargingProfile | None = None) -> None:
        """A token was accepted for this EVSE: start, or wait for the car."""
        with self._store.commit():
            session = self.sessions[evse]
            self._book.save(replace(session, authorization=authorization, profile=profile, finishing=False, plug_kept_for=None))
            if session.plug_in is None:
                self.sheets[evse].waits_since_s = self._clock.monotonic()
            self.start_if_ready(evse, trigger_of(authorization), self._clock.now())
        self._book.announce()

    def stop(self, evse: int, stop: Stop) -> None:
        """The transaction of this EVSE shall end. The first cause counts."""
        session = self.sessions[evse]
        transaction = session.transaction
        if transaction is None or transaction.stop is not None:
            return
        log.info("event=transaction_stopping transaction=%s evse=%d reason=%s", transaction.id, evse, stop.reason)
        kept_for = session.plug_kept_for
        if stop.reason is StopReason.DE_AUTHORIZED and self._plugging.can_keep(session, transaction):
            kept_for = transaction.authorization
        with self._store.commit():
            stopping = self._story.stopping(transaction, self.sheets[evse], stop, self._clock.now())
            self._book.save(replace(session, transaction=stopping, plug_kept_for=kept_for))
            self.sheets[evse].stop_s = self._clock.monotonic()
            self._permits.revoke(self.sessions[evse])
            self._end_if_due(evse, self._clock.monotonic())
        self._book.announce()

    def withdraw(self, evse: int) -> None:
        """Deauthorised, but the transaction stays open (StopTxOnInvalidId false, E05.FR.02, E05.FR.03): without energy, or with the rest
        of MaxEnergyOnInvalidId, which counts from its start."""
        session = self.sessions[evse]
        transaction = session.transaction
        if transaction is None or transaction.withdrawn or transaction.stop is not None:
            return
        most_wh = self._model.read(MAX_ENERGY_ON_INVALID_ID)
        with self._store.commit():
            withdrawn = replace(transaction, withdrawn=True, ceiling_wh=transaction.start_wh + most_wh if most_wh > 0 else None)
            self.update(session, withdrawn, TriggerReason.DEAUTHORIZED, self._clock.now())
            if not withdrawn.wants_energy:
                self._permits.revoke(self.sessions[evse])
        self._book.announce()

    def regroup(self, evse: int, group: IdToken) -> None:
        """Only now the CSMS says of which group the token of the running transaction is (1.6 §3.10, OCPP 2.0.1 C09)."""
        session = self.sessions[evse]
        transaction = session.transaction
        if transaction is None or group.same_as(transaction.authorization.group):
            return
        self.keep(evse, replace(transaction, authorization=replace(transaction.authorization, group=group)))

    def time_out(self, evse: int) -> None:
        """Nobody authorised this car in time: it is as good as one whose transaction is over."""
        self.sheets[evse].timed_out = self.sessions[evse].plug_in
        with self._store.commit():
            self._book.save(replace(self.sessions[evse], finishing=True))
        self._book.announce()

    def abandon(self, evse: int) -> None:
        """The token no longer waits for its car (EVConnectionTimeOut), or for its plug to be locked."""
        with self._store.commit():
            self._book.save(replace(self.sessions[evse], authorization=None, profile=None))
        self.sheets[evse].waits_since_s = self.sheets[evse].locking = None
        self._permits.hold(self.sessions[evse])
        self._book.announce()

    def told(self, evse: int, trigger: TriggerReason, values: tuple[MeterValue, ...], end_values: tuple[MeterValue, ...] = ()) -> None:
        """Meter values of a running transaction, told now or kept for its end. A triggered event is told without values too."""
        session = self.sessions[evse]
        transaction = session.transaction
        if transaction is None:
            return
        with self._store.commit():
            transaction = replace(transaction, end_values=thinned(transaction.end_values + end_values, END_VALUES - 1))
            if values or trigger is TriggerReason.TRIGGER:
                self.update(session, transaction, trigger, self._clock.now(), values)
            elif end_values:
                self._book.save(replace(session, transaction=transaction))
        self._book.announce()

    # Time

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
        transaction = self._story.update(transaction, self.sheets[session.evse], trigger, at, values)
        self._book.save(replace(session, transaction=transaction))

    def _end_if_due(self, evse: int, now_s: float) -> None:
        if self._ending.due(evse, now_s):
            over_s = self.sheets[evse].over_s
            self.end(self.sessions[evse], self._clock.at(now_s if over_s is None else over_s))

    def end(self, session: Session, at: datetime) -> None:
        """End a transaction whose end is decided, now, with the newest reading."""
        self._ending.end(session, at)
        self.ended()

"""Cars that come and go, and those that nobody pays for (OCPP 2.0.1 E02, E03, E09, E10; 1.6 §4.9, §4.10).

A car that is unplugged at its own side leaves the cable in the socket. StopTransactionOnEVSideDisconnect true: its transaction ends, and
the plug is let go at once, or, UnlockConnectorOnEVSideDisconnect false, when the driver shows his token. False: the transaction waits with
the plug locked, and the next car on that cable goes on with it; on a fixed cable too, where nothing is locked. A cable that is torn out of
its socket ends it.

A car that nobody authorises within ConnectionTimeOut is Finishing (1.6 transition B6): no card shown for another connector starts it by
accident. A card meant for it still does.
"""

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import NEVER_SHOWN, PlugInId
from chargepoint.domain.session import Session
from chargepoint.domain.transaction import ChargingState, Stop, StopReason, Transaction, TriggerReason
from chargepoint.domain.tx_points import outlasts_unplugging
from chargepoint.domain.variables.communication import UNLOCK_ON_EV_SIDE_DISCONNECT
from chargepoint.domain.variables.transactions import EV_CONNECTION_TIMEOUT, STOP_TX_ON_EV_SIDE_DISCONNECT
from chargepoint.link.messages import EvseState
from chargepoint.station.book import Book
from chargepoint.station.clock import StationClock
from chargepoint.station.settings import StationSettings

if TYPE_CHECKING:
    from chargepoint.station.transacting import Transacting

log = logging.getLogger(__name__)

LOST_POWER = Stop(StopReason.POWER_LOSS, TriggerReason.ABNORMAL_CONDITION)
UNPLUGGED = Stop(StopReason.EV_DISCONNECTED, TriggerReason.EV_COMMUNICATION_LOST)


class Plugging:
    """What plug and cable make of the sessions. Everything but ``tick`` is part of the commit around it."""

    def __init__(self, settings: StationSettings, model: DeviceModel, clock: StationClock, book: Book, transacting: "Transacting") -> None:
        self._settings = settings
        self._model = model
        self._clock = clock
        self._book = book
        self._transacting = transacting
        self._waited = {evse: session.authorization for evse, session in book.sessions.items() if session.waits_for_car}
        """Tokens that waited for a car when this process began."""

    def hear(self, state: EvseState, at_s: float, boot: str, power_cut: bool) -> None:
        """Control says how an EVSE is."""
        session = self._book.sessions[state.evse]
        if not state.plug_known:
            return
        if power_cut:
            self._forget_waiting()
            session = self._book.sessions[state.evse]
        if state.plug_in != session.plug_in:
            self._changed(session, state, self._clock.at(at_s), boot, power_cut)
        elif _waits_for_reconnection(session):
            self._still_gone(session, boot, power_cut)
        session = self._book.sessions[state.evse]
        if state.cable is False and session.plug_in is None:
            self._cable_gone(session)

    def _forget_waiting(self) -> None:
        """Tokens that waited when the power was cut: nobody knows how long ago that was, and whose cars have come since."""
        for evse, waited in self._waited.items():
            session = self._book.sessions[evse]
            if session.waits_for_car and session.authorization == waited:
                log.info("event=token_dropped evse=%d reason=power_cut", evse)
                self._transacting.abandon(evse, LOST_POWER)
        self._waited.clear()

    def _changed(self, session: Session, state: EvseState, at: datetime, boot: str, power_cut: bool) -> None:
        rebooted = session.plug_in is not None and session.plug_in.boot != boot
        if rebooted and power_cut:
            session = self._over_by_then(session)
        if rebooted and state.plug_in and state.found_at_start and state.connector == session.connector:
            self._same_car(session, state.plug_in, power_cut)
            return
        if session.plug_in is not None:
            self._car_left(session, state, at, LOST_POWER if rebooted and power_cut else UNPLUGGED)
        if state.plug_in is not None:
            self._car_came(self._book.sessions[session.evse], state.plug_in, state.connector, at)

    def _same_car(self, session: Session, plug_in: PlugInId, power_cut: bool) -> None:
        """Control booted with the car still there: it is the same one."""
        transaction = session.transaction
        if transaction is not None:
            transaction = replace(transaction, plug_in=plug_in)
        self._book.save(replace(session, plug_in=plug_in, transaction=transaction))
        if power_cut and not self._settings.resume_after_power_loss:
            self._transacting.stop(session.evse, LOST_POWER)
            return
        if transaction is None:
            return
        log.info("event=transaction_resumed transaction=%s evse=%d", transaction.id, session.evse)
        if power_cut and transaction.stop is None:
            self._book.sheets[session.evse].interrupted = (transaction.last_at, transaction.last_wh)
        self._transacting.go_on(session.evse)

    def _over_by_then(self, session: Session) -> Session:
        """A transaction whose end was decided before the power cut has not lasted until the power was back."""
        transaction = session.transaction
        if transaction is None or transaction.stop is None or transaction.stop.at is not None:
            return session
        stop = replace(transaction.stop, at=transaction.last_at)
        session = replace(session, transaction=replace(transaction, stop=stop))
        self._book.save(session)
        return session

    def _car_left(self, session: Session, state: EvseState, at: datetime, stop: Stop) -> None:
        """The pilot is gone. Was it unplugged at the car, with the cable left behind? Unless its transaction waits, nobody is authorised
        there any longer (E09.FR.01)."""
        sheet, transaction = self._book.sheets[session.evse], session.transaction
        running = transaction is not None and transaction.stop is None
        if transaction is not None and running and stop is UNPLUGGED and self._waits(session, transaction):
            log.info("event=ev_side_disconnected transaction=%s evse=%d goes_on=True", transaction.id, session.evse)
            gone = replace(session, plug_in=None)
            sheet.waits_since_s = self._clock.monotonic()
            self._transacting.update(gone, replace(transaction, charging_state=ChargingState.IDLE), stop.trigger, at)
            return
        finishing = sheet.cable_in and (session.finishing or transaction is not None)
        kept_for = self._keeper(transaction) if running and stop is UNPLUGGED else session.plug_kept_for
        kept_for = kept_for if sheet.cable_in else None  # nothing would tell when an empty socket may be opened
        self._book.save(replace(session, plug_in=None, authorization=None, profile=None, finishing=finishing, plug_kept_for=kept_for))
        self._transacting.stop(session.evse, replace(stop, at=at))

    def _waits(self, session: Session, transaction: Transaction) -> bool:
        """Does this transaction outlast an unplugging at the car? Its permit stands, and so the plug stays locked (E10.FR.01)."""
        if self._model.read(STOP_TX_ON_EV_SIDE_DISCONNECT) or transaction.authorization.origin is Origin.FREE:
            return False
        if not outlasts_unplugging(self._transacting.spanning.stops(session)):
            return False
        sheet = self._book.sheets[session.evse]
        return sheet.cable_in or session.connector not in sheet.settings.sockets

    def _keeper(self, transaction: Transaction | None) -> Authorization | None:
        """For whom the plug stays locked when a car is unplugged at its own side, and that ends its transaction (E09.FR.03); nobody: it is
        let go (E09.FR.02)."""
        if transaction is None or self._model.read(UNLOCK_ON_EV_SIDE_DISCONNECT) or transaction.authorization.origin is Origin.FREE:
            return None
        return transaction.authorization

    def can_keep(self, session: Session, transaction: Transaction) -> bool:
        """Is there a plug in a socket, and somebody who could show his token?"""
        by = transaction.authorization
        if by.origin is Origin.FREE or by.browser or by.token.kind in NEVER_SHOWN:
            return False
        sheet = self._book.sheets[session.evse]
        return session.connector in sheet.settings.sockets and (session.plug_in is not None or sheet.cable_in)

    def _car_came(self, session: Session, plug_in: PlugInId, connector: int, at: datetime) -> None:
        transaction = session.transaction
        if transaction is not None and transaction.stop is None and connector == session.connector:
            self._reconnected(session, transaction, plug_in, at)
            return
        if transaction is not None:  # still waiting for its last reading, or for a car at another connector
            self._transacting.stop(session.evse, UNPLUGGED)
            session = self._book.sessions[session.evse]
        if session.transaction is not None:
            if self._transacting.records.waits(session.evse):
                return  # control tells of this car again a second later, and by then of the record
            self._transacting.end(session, at)
            session = self._book.sessions[session.evse]
        authorization = session.authorization
        if authorization is not None and authorization.connector not in (None, connector):
            log.info("event=car_elsewhere evse=%d connector=%d authorised=%d", session.evse, connector, authorization.connector)
            self._transacting.abandon(session.evse, Stop(StopReason.OTHER, TriggerReason.EV_CONNECT_TIMEOUT))
            session, authorization = self._book.sessions[session.evse], None
        if authorization is None:
            session = self._token_of(replace(session, connector=connector))
            authorization = session.authorization
        free = self._transacting.free_token()
        if authorization is None and free is not None:
            authorization = Authorization(free, Origin.FREE)
        sheet = self._book.sheets[session.evse]
        sheet.waits_since_s = sheet.unpaid_since_s = None
        self._book.save(replace(session, plug_in=plug_in, connector=connector, authorization=authorization, finishing=False))
        self._transacting.start_if_ready(session.evse, TriggerReason.CABLE_PLUGGED_IN, at)
        self._transacting.spanning.news(session.evse, session.span, TriggerReason.CABLE_PLUGGED_IN, at)

    def _token_of(self, session: Session) -> Session:
        """A car came, and no token waits for it here: one that was shown for it may wait at another EVSE of the reader."""
        session = replace(session, authorization=None)
        evse = self._transacting.waits_elsewhere(session)
        if evse is None:
            return session
        there = self._book.sessions[evse]
        log.info("event=token_moved evse=%d to=%d", evse, session.evse)
        moved = replace(session, authorization=there.authorization, profile=there.profile)
        if session.span is None:  # what its token began goes along
            moved = replace(moved, span=there.span, reserved=there.reserved)
            self._book.save(replace(there, span=None))
        self._book.save(moved)  # first, so that whoever follows the token does not lose it
        self._transacting.abandon(evse, Stop(StopReason.OTHER, TriggerReason.CABLE_PLUGGED_IN))
        return moved

    def _reconnected(self, session: Session, transaction: Transaction, plug_in: PlugInId, at: datetime) -> None:
        """A car on the cable that was unplugged at the car: nobody can tell whether it is the same one (1.6 §4.10)."""
        log.info("event=ev_side_reconnected transaction=%s evse=%d", transaction.id, session.evse)
        state = ChargingState.SUSPENDED_EVSE if self._transacting.spanning.by_16() else ChargingState.EV_CONNECTED
        back = replace(transaction, plug_in=plug_in, charging_state=state)
        sheet = self._book.sheets[session.evse]
        sheet.waits_since_s, sheet.replugged_s = None, self._clock.monotonic()
        self._transacting.update(replace(session, plug_in=plug_in), back, TriggerReason.CABLE_PLUGGED_IN, at)
        self._transacting.go_on(session.evse)

    def _still_gone(self, session: Session, boot: str, power_cut: bool) -> None:
        """A power cut while a transaction waited for its car."""
        assert session.transaction is not None
        if session.transaction.plug_in.boot != boot and power_cut and not self._settings.resume_after_power_loss:
            self._transacting.stop(session.evse, LOST_POWER)

    def _cable_gone(self, session: Session) -> None:
        """There is no cable in the socket: nothing waits for one, and nothing holds one."""
        if _waits_for_reconnection(session):
            self._transacting.stop(session.evse, UNPLUGGED)
        self._transacting.let_go(session.evse)
        session = self._book.sessions[session.evse]
        if session.finishing:
            self._book.save(replace(session, finishing=False))

    def tick(self, evse: int, now_s: float) -> None:
        """Cars that nobody authorises in time. The time counts while it would start: not while it is out of order or of service."""
        session, sheet = self._book.sessions[evse], self._book.sheets[evse]
        self._await_return(session, now_s)
        if not session.waits_for_token or session.finishing or sheet.blocked or not self._transacting.may_start(session):
            sheet.unpaid_since_s = None
        elif sheet.unpaid_since_s is None:
            sheet.unpaid_since_s = now_s
        elif now_s - sheet.unpaid_since_s >= self._model.read(EV_CONNECTION_TIMEOUT):
            log.info("event=nobody_pays evse=%d waited_s=%d", evse, now_s - sheet.unpaid_since_s)
            self._transacting.time_out(evse)

    def _await_return(self, session: Session, now_s: float) -> None:
        """A car that was unplugged from a fixed cable has as long as one that has yet to come (E10.FR.02). 1.6 waits for ever."""
        sheet = self._book.sheets[session.evse]
        fixed = session.connector not in sheet.settings.sockets
        if not fixed or not _waits_for_reconnection(session) or self._transacting.spanning.by_16():
            return
        if sheet.waits_since_s is None:
            sheet.waits_since_s = now_s
        elif now_s - sheet.waits_since_s >= self._model.read(EV_CONNECTION_TIMEOUT):
            log.info("event=car_did_not_come_back evse=%d waited_s=%d", session.evse, now_s - sheet.waits_since_s)
            sheet.waits_since_s = None
            self._transacting.stop(session.evse, Stop(StopReason.TIMEOUT, TriggerReason.EV_CONNECT_TIMEOUT))


def _waits_for_reconnection(session: Session) -> bool:
    """Its transaction runs, and its car was unplugged at its own side."""
    return session.plug_in is None and session.transaction is not None and session.transaction.stop is None

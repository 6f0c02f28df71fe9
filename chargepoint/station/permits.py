"""Who may charge, and whose plug is held, as control is told: leases that the station renews for as long as they hold.

A plug is locked for as long as its car has a permit; that is control's own doing. It is held beyond that for a driver who unplugs at the
EV, if OCPP's keys want it so, and for one whose token was withdrawn until he shows it again. A permit ends with its plug-in, in the very
scan that sees the car leave; so the hold begins with the transaction, lest the lock open for a moment in between. And before a transaction
begins its plug is held until it is seen to be locked.
"""

from collections.abc import Callable, Mapping

from chargepoint.domain.authorization import Origin
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.session import Session
from chargepoint.domain.variables.communication import UNLOCK_ON_EV_SIDE_DISCONNECT
from chargepoint.domain.variables.transactions import STOP_TX_ON_EV_SIDE_DISCONNECT
from chargepoint.link.messages import Down, HoldPlug, Permit, Revoke
from chargepoint.station.allowance import Allowance
from chargepoint.station.desk import Sheet

PERMIT_S = 10.0
"""How long a permit holds without the station."""
RENEW_S = 3.0
"""How often it is renewed."""


class Permits:
    """``allowance``: what is left of an EVSE's current now."""

    def __init__(
        self, sheets: Mapping[int, Sheet], model: DeviceModel, allowance: Callable[[int], Allowance], to_control: Callable[[Down], None]
    ) -> None:
        self._sheets = sheets
        self._model = model
        self._allowance = allowance
        self._to_control = to_control
        self._held: set[int] = set()

    def grant(self, session: Session) -> bool:
        """Let the car of this session charge, if its transaction runs. Did it?"""
        granted = self._grant(session)
        self.hold(session)  # after the permit: the lock must not open in between
        return granted

    def _grant(self, session: Session) -> bool:
        transaction = session.transaction
        if transaction is None or session.plug_in is None or not transaction.wants_energy:
            return False
        allowed, failsafe_ma = self._allowance(session.evse), self._sheets[session.evse].settings.failsafe_ma
        self._to_control(
            Permit(
                session.evse,
                transaction.plug_in,
                allowed.limit_ma,
                PERMIT_S,
                failsafe_ma,
                source=allowed.source,
                phases=allowed.phases,
                priority=session.priority,
            )
        )
        return True

    def revoke(self, session: Session) -> None:
        """The car of this session gets no more energy."""
        self.hold(session)
        if session.transaction is not None:
            self._to_control(Revoke(session.evse, session.transaction.plug_in))

    def hold(self, session: Session) -> None:
        """Keep its plug locked beyond what a permit does, or no longer."""
        if self._to_be_held(session):
            self._held.add(session.evse)
            self._to_control(HoldPlug(session.evse, PERMIT_S))
        elif session.evse in self._held:
            self._held.discard(session.evse)
            self._to_control(HoldPlug(session.evse, 0.0))

    def restate(self, session: Session) -> None:
        """Control is there: say of a car whether it may charge. Of a hold it may still know from before."""
        self._held.add(session.evse)
        if not self.grant(session) and session.plug_in is not None:
            self._to_control(Revoke(session.evse, session.plug_in))

    def _to_be_held(self, session: Session) -> bool:
        if session.connector not in self._sheets[session.evse].settings.sockets:
            return False
        if session.plug_kept_for is not None or self._sheets[session.evse].locking is not None:
            return True
        transaction = session.transaction
        if transaction is None or transaction.stop is not None or transaction.authorization.origin is Origin.FREE:
            return False
        return not (self._model.read(STOP_TX_ON_EV_SIDE_DISCONNECT) and self._model.read(UNLOCK_ON_EV_SIDE_DISCONNECT))

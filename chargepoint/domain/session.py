"""What the station remembers of one EVSE from plug-in to unplug, and the rules that need nothing else."""

from msgspec import Struct

from chargepoint.domain.authorization import Authorization
from chargepoint.domain.charging_profile import ChargingProfile
from chargepoint.domain.ids import ConnectorId, PlugInId
from chargepoint.domain.span import Span
from chargepoint.domain.transaction import ChargingState, Transaction
from chargepoint.domain.tx_points import TxPoint, held

REACTION_S = 10.0
"""Cars take up to ten seconds to close S2 after an offer. So long a transaction without current is ``EVConnected`` after its start, and
stays ``SuspendedEVSE`` when the offer is back after a pause of the EVSE's own: a fault, a limit, a change of the number of phases."""


class Session(Struct, frozen=True, kw_only=True):
    """One EVSE. Saved with every change, so that a restart goes on where it was."""

    evse: int
    plug_in: PlugInId | None = None
    connector: int = 1
    authorization: Authorization | None = None
    """Granted to this EVSE: it waits for its car, or has one."""
    profile: ChargingProfile | None = None
    """Came with the remote start that the authorisation is from (1.6 §5.11, OCPP 2.0.1 F01); its transaction takes it over."""
    transaction: Transaction | None = None
    """Somebody charges, or may."""
    span: Span | None = None
    """What a CSMS of 2.x is told as a transaction."""
    reserved: int | None = None
    """The reservation that its authorisation has used, while no transaction has taken it over."""
    finishing: bool = False
    """The transaction of this plug-in is over, or nobody authorised it in time; the car, or at least its cable, is still there."""
    plug_kept_for: Authorization | None = None
    """The plug stays locked, although no transaction runs, until this token or one of its group is shown."""

    @property
    def place(self) -> ConnectorId:
        """The connector that is, or was last, in use."""
        return ConnectorId(self.evse, self.connector)

    @property
    def waits_for_car(self) -> bool:
        """Authorised, not plugged in."""
        return self.authorization is not None and self.plug_in is None and self.transaction is None

    @property
    def awaits_car(self) -> bool:
        """The same; or the token that began what goes on was withdrawn, and only a car could end it."""
        return self.waits_for_car or (self.span is not None and self.plug_in is None and self.transaction is None)

    def waits_for_car_at(self, connector: int) -> bool:
        """Authorised for a car that is plugged in at this connector?"""
        return self.waits_for_car and self.authorization is not None and self.authorization.connector in (None, connector)

    def busy_elsewhere(self, connector: int) -> bool:
        """Is another connector of the EVSE in use, or its car expected there? An EVSE serves one car at a time (E01.FR.14)."""
        if self.transaction is not None:
            return self.transaction.connector.connector != connector
        if self.plug_in is not None:
            return self.connector != connector
        return self.waits_for_car and not self.waits_for_car_at(connector)

    @property
    def waits_for_token(self) -> bool:
        """Plugged in, nobody has said who pays."""
        return self.plug_in is not None and self.authorization is None and self.transaction is None

    @property
    def payer(self) -> Authorization | None:
        """Who may charge there, or could if his car were there; nobody any longer once the transaction's end is decided."""
        if self.transaction is None:
            return self.authorization
        return self.transaction.authorization if self.transaction.stop is None else None

    @property
    def priority(self) -> int:
        """How much it matters: as the CSMS says of what goes on, else of the token (K03.FR.05)."""
        if self.span is not None and self.span.priority is not None:
            return self.span.priority
        return 0 if self.payer is None else self.payer.priority

    @property
    def points(self) -> frozenset[TxPoint]:
        """Those that hold. A car whose session is over counts no more."""
        runs = self.transaction is not None and self.transaction.stop is None
        return held(
            connected=self.plug_in is not None and not self.finishing,
            authorized=self.payer is not None,
            closed=runs,
            flows=runs and self.transaction is not None and self.transaction.charging_state is ChargingState.CHARGING,
        )

    @property
    def placed(self) -> bool:
        """Is it sure that what goes on is at this EVSE? A token that was shown for several waits at one of them."""
        if self.plug_in is not None or self.transaction is not None or (self.span is not None and self.span.placed):
            return True
        return self.payer is not None and not self.payer.evses

    @property
    def transaction_id(self) -> str | None:
        """What a CSMS calls what goes on there; ``None``: nothing does."""
        if self.span is not None:
            return self.span.id
        return None if self.transaction is None else self.transaction.id

    @property
    def free(self) -> bool:
        """Nothing going on."""
        return self.plug_in is None and self.authorization is None and self.transaction is None


def charging_state(before: ChargingState, *, energised: bool, offered_for_s: float | None, age_s: float) -> ChargingState:
    """The state of a transaction (OCPP 2.0.1 ChargingStateEnumType) from what control reports.

    A car that stops drawing is SuspendedEV, for as long as it likes (E01.FR.19).

    ``energised``: the EV asks and the contactor is closed or closing; ``offered_for_s``: how long an offer has stood, ``None`` without one;
    ``age_s``: since the transaction's start. If neither side is ready, SuspendedEVSE wins (1.6 §4.9).
    """
    if energised:
        return ChargingState.CHARGING
    if before is ChargingState.EV_CONNECTED and age_s < REACTION_S:
        return before
    if offered_for_s is None or (before is ChargingState.SUSPENDED_EVSE and offered_for_s < REACTION_S):
        return ChargingState.SUSPENDED_EVSE
    return ChargingState.SUSPENDED_EV

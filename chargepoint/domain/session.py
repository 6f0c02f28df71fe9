"""What the station remembers of one EVSE from plug-in to unplug, and the rules that need nothing else."""

from msgspec import Struct

from chargepoint.domain.authorization import Authorization
from chargepoint.domain.charging_profile import ChargingProfile
from chargepoint.domain.ids import ConnectorId, PlugInId
from chargepoint.domain.transaction import ChargingState, Transaction

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
    """Came with the remote start that the authorisation is from (1.6 §5.11, OCPP 2.0.1 F01.FR.08); its transaction takes it over."""
    transaction: Transaction | None = None
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

    def waits_for_car_at(self, connector: int) -> bool:
        """Authorised for a car that is plugged in at this connector?"""
        return self.waits_for_car and self.authorization is not None and self.authorization.connector in (None, connector)

    def busy_elsewhere(self, connector: int) -> bool:
        """Is another connector of the EVSE in use, or its car expected there? An EVSE serves one car at a time."""
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
    def free(self) -> bool:
        """Nothing going on."""
        return self.plug_in is None and self.authorization is None and self.transaction is None


def charging_state(before: ChargingState, *, energised: bool, offered_for_s: float | None, age_s: float) -> ChargingState:
    """The state of a transaction (OCPP 2.0.1 ChargingStateEnumType) from what control reports.

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

"""What OCPP 2.x calls a transaction: from a TxStartPoint to a TxStopPoint (E01, E06).

    span           Started ───────────────────────────────────────────────── Ended
    transaction         ├── power path closed ──┤      ├── once more ──┤
    1.6               Start                   Stop   Start            Stop

The ``Transaction`` is what a driver gets, and what 1.6 tells: from connected and authorised to the end of either. With the points that hold
unless a CSMS says otherwise, both are one and the same.
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.authorization import Authorization
from chargepoint.domain.metering import MeterValue
from chargepoint.domain.transaction import ChargingState, Stop, StopReason


class Span(Struct, frozen=True, kw_only=True):
    """Kept with its session, after every change."""

    id: str
    """Ours, a UUID, never repeated (E01.FR.08, E02.FR.08); transactionId."""
    stops: tuple[str, ...]
    """TxStopPoint as it was at the beginning."""
    last_at: datetime
    """When something was told of it last: nothing is told with an earlier time."""
    next_seq_no: int = 0
    """From 0 on, one more with each event, whatever happens in between (E01.FR.07, E02.FR.07, E03.FR.06, E04.FR.04, E05.FR.04, E06.FR.14,
    E07.FR.11, E08.FR.08, E09.FR.04, E10.FR.03)."""
    charging_state: ChargingState = ChargingState.IDLE
    """As told last."""
    told_for: Authorization | None = None
    """The authorisation that the CSMS knows of."""
    begun_by: Authorization | None = None
    """The first that it knew of."""
    placed: bool = False
    """Its EVSE has been told."""
    plugged: bool = False
    """Its connector has been told."""
    begun: bool = False
    """The register at its beginning has been told."""
    served: bool = False
    """The first transaction in it has its id."""
    phases: int | None = None
    """As told last."""
    charged_s: float = 0.0
    """How long energy has flowed, up to ``last_at``."""
    priority: int | None = None
    """chargingPriority, as the CSMS says of it; ``None``: it does not."""
    end_values: tuple[MeterValue, ...] = ()
    """Of transactions in it that are over."""
    over_by: StopReason | None = None
    """By what its last authorisation ended."""
    stop: Stop | None = None
    """It ends with the transaction in it: decided, while the contactor opens and the meter is read once more."""

    def told(self, at: datetime, state: ChargingState) -> "Span":
        """One event more."""
        flowed_s = (at - self.last_at).total_seconds() if self.charging_state is ChargingState.CHARGING else 0.0
        return replace(
            self, next_seq_no=self.next_seq_no + 1, last_at=at, charging_state=state, charged_s=self.charged_s + max(0.0, flowed_s)
        )

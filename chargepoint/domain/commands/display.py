"""Messages for displays, and what a session costs by now (OCPP 2.0.1 blocks O and I)."""

from decimal import Decimal

from msgspec import Struct

from chargepoint.domain.display_messages import DisplayMessage


class SetDisplayMessage(Struct, frozen=True):
    """O01, O02, O06."""

    message: DisplayMessage


class GetDisplayMessages(Struct, frozen=True, kw_only=True):
    """O03, O04. What is not named does not matter."""

    request_id: int
    ids: tuple[int, ...] = ()
    priority: str | None = None
    state: str | None = None


class ClearDisplayMessage(Struct, frozen=True):
    """O05."""

    id: int


class CostUpdated(Struct, frozen=True):
    """I02: what a transaction costs by now, in the currency of the station."""

    transaction_id: str
    total_cost: Decimal

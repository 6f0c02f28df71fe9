"""Starting, stopping and unlocking from afar (OCPP 2.0.1 block F; 1.6 §5.11, §5.12, §5.18)."""

from msgspec import Struct

from chargepoint.domain.charging_profile import ChargingProfile
from chargepoint.domain.ids import ConnectorId, IdToken


class RequestStart(Struct, frozen=True):
    """F01, F02; 1.6 RemoteStartTransaction (§5.11). ``evse`` ``None``: the station chooses."""

    token: IdToken
    remote_start_id: int | None = None
    """Absent in 1.6."""
    evse: int | None = None
    authorize: bool | None = None
    """``None``: as AuthorizeRemoteStart says."""
    profile: ChargingProfile | None = None
    """For the transaction that it starts (TxProfile, K05)."""
    connector: int | None = None
    """1.6 names one connector of an EVSE; 2.x an EVSE."""
    group: IdToken | None = None
    """Of the token, where the CSMS says it. 2.x only."""


class RequestStop(Struct, frozen=True):
    """F03; 1.6 RemoteStopTransaction (§5.12). The id is the one that the CSMS knows: ours in 2.x, its own in 1.6."""

    transaction_id: str


class UnlockConnector(Struct, frozen=True):
    """F05; 1.6 §5.18. ``ends_transaction``: 1.6 stops a running transaction first, 2.x refuses while one is authorised."""

    connector: ConnectorId
    ends_transaction: bool


class GetTransactionStatus(Struct, frozen=True):
    """E14. ``transaction_id`` ``None``: of all of them together."""

    transaction_id: str | None = None


class TransactionStatus(Struct, frozen=True):
    """What it is answered with."""

    queued: bool
    """Messages of it, or any, are still to be delivered."""
    ongoing: bool | None = None
    """``None``: no transaction was named."""

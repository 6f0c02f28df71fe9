"""What the OCPP client has to be told."""

from collections.abc import Callable

from msgspec import Struct

from chargepoint.domain.ids import ConnectorId
from chargepoint.ocpp.backoff import BackOffRule
from chargepoint.station.csms import Access


class OcppSettings(Struct, frozen=True, kw_only=True):
    """Values of the configuration, and readers for those that the CSMS may change while we run."""

    url: str | None
    """``None``: there is no CSMS."""
    identity: str
    versions: tuple[str, ...]
    """Offered in this order."""
    access: Callable[[], Access] = Access
    """With what to connect; asked once at each attempt. May raise OSError."""
    verified: Callable[[tuple[bytes, ...]], None] = lambda chain: None
    """Told at each connection: the CSMS's certificates from its own to the root, DER; none without TLS."""
    failed: Callable[[bool], None] = lambda answered: None
    """Told of each attempt that fails; true: not because nobody was there."""
    assume_subprotocol: bool = False
    """Go on with the one configured version when the server names none."""
    connectors: tuple[ConnectorId, ...] = ()
    """All of the station, in order: 1.6 numbers them through."""
    reconnect: Callable[[], BackOffRule] = BackOffRule
    ping_interval_s: Callable[[], float] = lambda: 0.0
    """WebSocketPingInterval; 0: no pings of ours."""
    message_time_out_s: Callable[[], float] = lambda: 30.0
    """MessageTimeout: how long an answer may take."""

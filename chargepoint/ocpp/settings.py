"""What the OCPP client has to be told."""

from collections.abc import Callable

from msgspec import Struct

from chargepoint.domain.ids import ConnectorId
from chargepoint.ocpp.backoff import BackOffRule
from chargepoint.ocpp.tls import TlsSettings


class OcppSettings(Struct, frozen=True, kw_only=True):
    """Values of the configuration, and readers for those that the CSMS may change while we run."""

    url: str | None
    """``None``: there is no CSMS."""
    identity: str
    versions: tuple[str, ...]
    """Offered in this order."""
    security_profile: int = 0
    """0: no authentication; 1: basic; 2: basic over TLS; 3: client certificate over TLS."""
    password: Callable[[], str | None] = lambda: None
    """Basic authentication; read at each attempt."""
    assume_subprotocol: bool = False
    """Go on with the one configured version when the server names none."""
    tls: TlsSettings = TlsSettings()
    connectors: tuple[ConnectorId, ...] = ()
    """All of the station, in order: 1.6 numbers them through."""
    reconnect: Callable[[], BackOffRule] = BackOffRule
    ping_interval_s: Callable[[], float] = lambda: 0.0
    """WebSocketPingInterval; 0: no pings of ours."""
    message_time_out_s: Callable[[], float] = lambda: 30.0
    """MessageTimeout: how long an answer may take."""

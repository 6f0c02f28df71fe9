"""Where to, with what, and what the station says of itself."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from chargepoint.inquiry.ladder import UplinkSeen
from chargepoint.ladder.words import Presence
from chargepoint.ocpp.negotiate import TLS, connection_url
from chargepoint.ocpp.settings import OcppSettings

Ip = IPv4Address | IPv6Address

DEFAULT_PORTS = {"ws": 80, "wss": 443}


class Way(Struct, frozen=True, kw_only=True):
    """``settings.url`` is set: without a CSMS there is no ladder."""

    settings: OcppSettings
    """Of the configuration; ``access`` may raise OSError."""
    security_profile: int
    """Of the configuration."""
    presence: Presence
    uplink: UplinkSeen | None = None
    """What the station says."""
    ask_how: str = ""
    """How to get at a station that may be there: a sentence."""
    root: Path = Path("/")
    """Where files of the system are read."""

    @property
    def profile(self) -> int:
        """The security profile in force."""
        return self.security_profile if self.uplink is None else self.uplink.security_profile

    @property
    def url(self) -> str:
        """As it is dialled, identity and all."""
        return connection_url(self.settings.url or "", self.settings.identity, self.profile)

    @property
    def host(self) -> str:
        """Name or address, of ``csms_url``."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """TCP. Raises ValueError where ``csms_url`` has none that is possible."""
        parts = urlsplit(self.url)
        return parts.port or DEFAULT_PORTS[parts.scheme]

    @property
    def with_tls(self) -> bool:
        """As the security profile says."""
        return self.profile in TLS

    @property
    def literal(self) -> Ip | None:
        """The address, where ``csms_url`` has one in place of a name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def at_home(self) -> bool:
        """Is the CSMS on this computer?"""
        return self.literal.is_loopback if self.literal else self.host == "localhost"

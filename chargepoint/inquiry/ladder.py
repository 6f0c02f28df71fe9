"""How the connection to the CSMS is, as the station sees it that keeps it."""

from msgspec import Struct

from chargepoint.domain.notifications import Registration


class SeeUplink(Struct, frozen=True, tag_field="ask", tag="see-uplink"):
    """How is the connection to the CSMS? Answered from memory: nothing is tried for it."""


class FailedAttempt(Struct, frozen=True, kw_only=True):
    """An attempt to connect that failed."""

    seen: str
    """A fact."""
    check: str
    """Advice."""
    code: str = ""
    """Of the error catalogue: the rung that gave way; empty: a setting or a file of the station's."""
    at: str
    """ISO 8601, UTC, by the station's clock."""
    age_s: float


class UplinkSeen(Struct, frozen=True, kw_only=True):
    """Durations in seconds, until now or from now on."""

    configured: bool
    url: str = ""
    """As it was dialled last, without user and password; empty before the first attempt."""
    security_profile: int = 0
    """In force: the CSMS may have changed it."""
    version: str = ""
    """Agreed upon; before the first connection the first of the configuration."""
    connected: bool = False
    stands_s: float | None = None
    """So long the connection has stood; ``None``: there is none."""
    network: bool = True
    """Whether the network is there, as far as the station knows by itself."""
    failed: int = 0
    """Attempts since there was a connection."""
    last_failure: FailedAttempt | None = None
    """The newest of all, also when there is a connection by now."""
    again_s: float | None = None
    """The next attempt; ``None``: none is waited for."""
    ended: str = ""
    """How the connection before this one ended; empty: there was none."""
    ended_s: float | None = None
    registration: Registration = Registration.NONE
    interval_s: float = 0.0
    """Of heartbeats, in force."""
    boot_again_s: float | None = None
    """The next boot; ``None``: none is waited for."""
    boot_failure: str = ""
    """Why the newest boot was not answered; empty: it was, or has not been asked yet."""

"""The port between the station and whatever speaks OCPP for it.

Downwards (the station asks): ``Csms.ask`` one notification at a time. Upwards (the CSMS wants): the OCPP client holds a ``StationPort``
and calls it. Neither side knows a version.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from chargepoint.domain.commands import Command, Reply
from chargepoint.domain.notifications import Answer, Notification, Registration
from chargepoint.domain.status import ConnectorFacts


class Access(Struct, frozen=True, kw_only=True):
    """With what to connect. Files are PEM."""

    security_profile: int = 0
    """0: no authentication; 1: basic; 2: basic over TLS; 3: client certificate over TLS."""
    url: str = ""
    """Of the network profile whose turn it is, without the identity; empty: as the configuration file says."""
    versions: tuple[str, ...] = ()
    """Offered in this order; none: as the configuration file says."""
    password: str | None = None
    """Basic authentication."""
    trust_file: str | None = None
    """Roots. Without it, and without the system's, nobody is trusted."""
    trust_pem: str = ""
    """Roots as text, in place of that file."""
    system_trust: bool = False
    """The system's own roots count as well."""
    verify_server_name: bool = True
    wildcards: bool = True
    """May the certificate of the CSMS name it by a wildcard?"""
    certificate_file: str | None = None
    """Of this station, with its chain: profile 3."""
    key_file: str | None = None
    key_password: str | None = None

    def __repr__(self) -> str:
        return f"Access(security_profile={self.security_profile})"


class Failure(Struct, frozen=True, kw_only=True):
    """An attempt to connect that failed: what was seen, what to check, the number of the rung that gave way (empty: none of them)."""

    seen: str
    check: str
    code: str = ""
    at_s: float = 0.0


class Line(Struct, frozen=True, kw_only=True):
    """How the connection is, and became so. Moments are monotonic seconds."""

    url: str = ""
    """As it was dialled last, without user and password."""
    network: bool = True
    """Is it there, as far as the uplink tells?"""
    since_s: float | None = None
    """It stands; ``None``: it does not."""
    failed: int = 0
    """Attempts since it stood."""
    failure: Failure | None = None
    """The newest."""
    again_s: float | None = None
    """The next attempt."""
    ended: str = ""
    """How the connection before this one ended."""
    ended_s: float | None = None


class CsmsError(Exception):
    """The CSMS did not do what it was asked.

    ├── CsmsOffline   there is no connection, or it broke before the answer: nobody's fault, try when it is back
    ├── CsmsSilent    connected, but no answer in time: counts as an attempt
    └── CsmsRefused   a CALLERROR, or an answer that lacks what it has to say: counts as an attempt. None lacks anything in answer to
                      what is told of a transaction
    """


class CsmsOffline(CsmsError):
    """No connection, or lost before the answer came."""


class CsmsSilent(CsmsError):
    """No answer within the message time-out."""


class CsmsRefused(CsmsError):
    """CALLERROR: ``code`` as on the wire."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(f"{code}: {description}" if description else code)
        self.code = code
        self.description = description


class Csms(Protocol):
    """What the station sees of its CSMS."""

    @property
    def version(self) -> str:
        """The negotiated OCPP version; before that the first configured."""

    @property
    def connected(self) -> bool:
        """Is there a WebSocket with an agreed subprotocol?"""

    @property
    def line(self) -> Line:
        """How the connection is, for people."""

    @property
    def resend_keeps_id(self) -> bool:
        """May a resent message keep its message id (1.6, 2.1), or must it have a new one (2.0.1 part 4 §4.1)?"""

    def says(self, notification: Notification) -> bool:
        """Does this version have a message for it? 1.6 has none for a mere change of the charging state, say."""

    async def ask(self, notification: Notification, message_id: str | None = None) -> Answer:
        """Send it and wait for the answer. One CALL is open at a time; further callers wait in order.

        Raises CsmsOffline, CsmsSilent or CsmsRefused. ``message_id``: to recognise a resent message; else a new one.
        """

    def status_word(self, facts: ConnectorFacts) -> str:
        """The connector status in the running version's words."""

    async def run(self) -> None:
        """Connect, for ever."""

    def drop(self, reason: str) -> None:
        """Close the connection and connect again at once (new credentials, say)."""


class StationPort(Protocol):
    """What the OCPP client sees of the station."""

    @property
    def registration(self) -> Registration:
        """Where the boot stands; commands before ``accepted`` are answered as the version's standard says."""

    def csms_connected(self) -> None:
        """A connection stands: boot if that is due, send what waits."""

    def csms_lost(self, reason: str) -> None:
        """The connection is gone."""

    def framed(self, sent: bool, data: bytes | bytearray | memoryview) -> None:
        """A frame as it went, or came; kept for technicians. Costs next to nothing."""

    def noted(self, kind: str, info: str) -> None:
        """Something that the security log has to know; a name of ``domain.security_events``."""

    async def obey(self, command: Command) -> tuple[Reply, Callable[[], None] | None]:
        """Carry out a command. The second value, if any, is called after the answer has left (TriggerMessage, Reset)."""

    def csms_transaction_id(self, transaction_id: str) -> str | None:
        """The 1.6 transactionId of one of our transactions, once known (else messages carry -1, 1.6 errata)."""

"""Who may charge (OCPP 2.0.1 block C): what is known of a token, and what a driver holds once it was accepted."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.ids import IdToken


class AuthorizationStatus(StrEnum):
    """OCPP 2.0.1 AuthorizationStatusEnumType."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    CONCURRENT_TX = "ConcurrentTx"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    NO_CREDIT = "NoCredit"
    NOT_ALLOWED_TYPE_EVSE = "NotAllowedTypeEVSE"
    NOT_AT_THIS_LOCATION = "NotAtThisLocation"
    NOT_AT_THIS_TIME = "NotAtThisTime"
    UNKNOWN = "Unknown"


WRONG = frozenset({AuthorizationStatus.BLOCKED, AuthorizationStatus.EXPIRED, AuthorizationStatus.INVALID, AuthorizationStatus.UNKNOWN})
"""What is said of a token that is not, or no longer, in order. 1.6 §3.5.2 counts ConcurrentTx among the valid."""


class TokenInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """What somebody answered about a token (IdTokenInfoType, 1.6 IdTagInfo)."""

    status: AuthorizationStatus
    group: IdToken | None = None
    """groupIdToken, 1.6 parentIdTag: whoever shares it may stop the transaction."""
    expires: datetime | None = None
    """cacheExpiryDateTime, 1.6 expiryDate."""
    evses: tuple[int, ...] = ()
    """evseId: may charge at these only; none named: at all of them."""
    languages: tuple[str, ...] = ()
    """language1 and language2: in which its driver wants to be spoken to, the better one first."""
    message: str = ""
    """personalMessage: for its driver, now. Tariffs are told so as well."""
    priority: int | None = None
    """chargingPriority, -9 to 9; ``None``: not said."""

    @property
    def accepted(self) -> bool:
        """May it charge, as whoever answered just now says? The date is for those who remember the answer (1.6 §7.27)."""
        return self.status is AuthorizationStatus.ACCEPTED

    @property
    def valid(self) -> bool:
        """Is nothing wrong with the token itself? One that charges elsewhere, or must not charge here or now, is in order all the same."""
        return self.status not in WRONG

    def allows(self, evse: int) -> bool:
        """If it may charge at all: at this EVSE? (C01.FR.21)"""
        return not self.evses or evse in self.evses

    @property
    def lasting(self) -> "TokenInfo":
        """What of it is worth remembering: what a tariff was then is not (C10.FR.09)."""
        return replace(self, message="") if self.message else self

    def at(self, now: datetime) -> "TokenInfo":
        """What of a remembered answer holds now: when its date has come, it is Expired (1.6 §3.5.1)."""
        over = self.valid and self.expires is not None and now >= self.expires
        return replace(self, status=AuthorizationStatus.EXPIRED) if over else self


class Origin(StrEnum):
    """How an authorisation came about."""

    LOCAL = "local"
    """A card or code at the station."""
    REMOTE = "remote"
    """RequestStartTransaction, 1.6 RemoteStartTransaction."""
    FREE = "free"
    """Free charging: every plug-in."""


class Authorization(Struct, frozen=True):
    """An accepted token that waits for its car, or already has one."""

    token: IdToken
    origin: Origin
    group: IdToken | None = None
    remote_start_id: int | None = None
    connector: int | None = None
    """Granted for this connector of the EVSE and for no other (1.6 §5.11)."""
    evses: tuple[int, ...] = ()
    """Where its car may come instead of to the EVSE that holds it."""
    languages: tuple[str, ...] = ()
    """Of its driver, as whoever accepted it said."""
    message: str = ""
    """For its driver."""
    browser: str = ""
    """Started on the driver's page: which browser, as a hash of its secret; nobody else may end it there."""
    priority: int = 0
    """chargingPriority; 0 where nobody has said any (OCPP 2.0.1 K03.FR.06)."""
    stranger: bool = False
    """Let in while nobody could be asked, though nobody here knew the token (OCPP 2.0.1 C15.FR.08), and not accepted by the CSMS since."""

    def covers(self, token: IdToken, group: IdToken | None = None) -> bool:
        """Is this token the same, or of the same group? (OCPP 2.0.1 C01.FR.03, C09; 1.6 §4.8)"""
        return self.token.same_as(token) or (self.group is not None and self.group.same_as(group))

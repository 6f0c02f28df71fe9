"""The authorisation cache and the local list (OCPP 2.0.1 C11, D01, D02; 1.6 §5.4, §5.10, §5.15)."""

from msgspec import Struct

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.ids import IdToken


class ClearCache(Struct, frozen=True):
    """C11; 1.6 §5.4."""


class LocalListEntry(Struct, frozen=True, gc=False):
    """``info`` ``None``, in a differential update: the token leaves the list."""

    token: IdToken
    info: TokenInfo | None


class SendLocalList(Struct, frozen=True):
    """D01; 1.6 §5.15. Answered by an Outcome: Accepted, Failed, NotSupported (1.6), VersionMismatch."""

    version: int
    full: bool
    entries: tuple[LocalListEntry, ...] = ()
    empty_is_none: bool = True
    """A list that nothing is in has no version: any other is above it (1.6)."""
    size: int = 0
    """Bytes of the message, as far as they are limited."""


class GetLocalListVersion(Struct, frozen=True):
    """D02; 1.6 §5.10. Answered by a LocalListVersion."""


class LocalListVersion(Struct, frozen=True):
    """0: the list is empty, or there is none; 1.6 tells the second apart as -1 (``supported`` false)."""

    version: int
    supported: bool = True
    sent: int = 0
    """As in the last update, whatever that has left in the list: what 2.x calls the version. 0: there was none (D02.FR.02)."""

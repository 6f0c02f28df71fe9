"""Names of things that more than one room speaks of."""

from msgspec import Struct


class PlugInId(Struct, frozen=True):
    """One plug-in of one car: the ``number``-th that control saw since it booted as ``boot``.

    A permit names it and ends with it, so nobody charges on a stranger's permit.
    """

    boot: str
    number: int


ANY = ""
"""The type of a token that was named by 1.6, which has no types: the same as any other with its value."""
CENTRAL, NO_AUTHORIZATION, LOCAL, KEY_CODE = "Central", "NoAuthorization", "Local", "KeyCode"
"""IdTokenEnumType, those of which something else is true than of a card."""
NEVER_SHOWN = frozenset({CENTRAL, NO_AUTHORIZATION})
"""Of these, those that nobody can hold to a reader."""

KINDS = frozenset({CENTRAL, NO_AUTHORIZATION, LOCAL, KEY_CODE, "ISO14443", "ISO15693", "eMAID", "MacAddress"})
"""IdTokenEnumType."""


class AdditionalInfo(Struct, frozen=True, gc=False):
    """What is to be judged beside a token (OCPP 2.0.1 AdditionalInfoType)."""

    value: str
    kind: str


class IdToken(Struct, frozen=True, gc=False):
    """Who asks to charge (OCPP 2.0.1 IdTokenType). Compared without case (CiString, identifierString), and without what goes with it."""

    value: str
    kind: str = "ISO14443"
    additional: tuple[AdditionalInfo, ...] = ()

    @property
    def key(self) -> str:
        """What two presentations of the same token have in common."""
        return self.value.upper()

    def same_as(self, other: "IdToken | None") -> bool:
        """Is this the other token, however it is written? The type counts as well, where both have one (OCPP 2.0.1 C01.FR.25)."""
        return other is not None and self.key == other.key and (self.kind == other.kind or ANY in (self.kind, other.kind))


def spelt(token: IdToken) -> str:
    """Its key, and its type if it has one: for a file."""
    return f"{token.key} {token.kind}" if token.kind else token.key


def spoken(text: str) -> IdToken:
    """What ``spelt`` has written."""
    key, _, kind = text.rpartition(" ")
    return IdToken(key, kind) if key and kind in KINDS else IdToken(text, ANY)


class ConnectorId(Struct, frozen=True, order=True):
    """A connector of an EVSE, both counted from 1. OCPP 1.6 numbers all connectors of the station through."""

    evse: int
    connector: int = 1

"""Names of things that more than one room speaks of."""

from msgspec import Struct


class PlugInId(Struct, frozen=True):
    """One plug-in of one car: the ``number``-th that control saw since it booted as ``boot``.

    A permit names it and ends with it, so nobody charges on a stranger's permit.
    """

    boot: str
    number: int


class IdToken(Struct, frozen=True, gc=False):
    """Who asks to charge (OCPP 2.0.1 IdTokenType). Compared without case (CiString, identifierString)."""

    value: str
    kind: str = "ISO14443"

    @property
    def key(self) -> str:
        """What two presentations of the same token have in common."""
        return self.value.upper()

    def same_as(self, other: "IdToken | None") -> bool:
        """Is this the other token, however it is written?"""
        return other is not None and self.key == other.key


class ConnectorId(Struct, frozen=True, order=True):
    """A connector of an EVSE, both counted from 1. OCPP 1.6 numbers all connectors of the station through."""

    evse: int
    connector: int = 1

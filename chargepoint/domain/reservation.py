"""A reservation (OCPP 2.0.1 block H; 1.6 §3.11, §5.13)."""

from datetime import datetime

from msgspec import Struct

from chargepoint.domain.ids import IdToken


class Reservation(Struct, frozen=True, kw_only=True):
    """As it is kept until it is used, cancelled, or has expired."""

    id: int
    token: IdToken
    expires: datetime
    group: IdToken | None = None
    evse: int | None = None
    """``None``: any EVSE that is free when its owner comes."""
    connector: int | None = None
    connector_type: str | None = None

    def admits(self, token: IdToken, group: IdToken | None = None) -> bool:
        """Is this token, or one of its group, the one that it was made for? (H03.FR.07, 1.6 §5.13)"""
        return self.token.same_as(token) or (self.group is not None and self.group.same_as(group))

"""Reservations (OCPP 2.0.1 block H; 1.6 §3.11, §5.13), and who may charge where because of them.

    of an EVSE     only its owner, or somebody of his group, may charge there
    of any EVSE    as many EVSEs stay free as there are such reservations; their owners take any that nobody has reserved for himself

An EVSE serves one car at a time, so a reservation of one of its connectors keeps everybody else from the others, too.
"""

from datetime import datetime

from msgspec import Struct

from chargepoint.domain.ids import ConnectorId, IdToken


class Reservation(Struct, frozen=True, kw_only=True):
    """As it is kept until it is used, cancelled, or has expired."""

    id: int
    token: IdToken
    expires: datetime
    group: IdToken | None = None
    evse: int | None = None
    """``None``: any EVSE that is free when its owner comes."""
    connector: int | None = None

    def admits(self, token: IdToken, group: IdToken | None = None) -> bool:
        """Is this token, or one of its group, the one that it was made for? (H03.FR.07, 1.6 §5.13)"""
        return self.token.same_as(token) or (self.group is not None and self.group.same_as(group))


class Promises(Struct, frozen=True):
    """The reservations at one moment, and what could be given to whoever comes next."""

    reservations: tuple[Reservation, ...]
    free: frozenset[int]
    """EVSEs in order that nobody uses, whether they are reserved or not."""

    def of(self, evse: int) -> Reservation | None:
        """The reservation of just this EVSE."""
        return next((reservation for reservation in self.reservations if reservation.evse == evse), None)

    @property
    def anywhere(self) -> tuple[Reservation, ...]:
        """Those of any EVSE."""
        return tuple(reservation for reservation in self.reservations if reservation.evse is None)

    @property
    def left(self) -> frozenset[int]:
        """Free EVSEs that nobody has reserved for himself."""
        return self.free - {reservation.evse for reservation in self.reservations}

    @property
    def one_more(self) -> bool:
        """Is an EVSE left that no reservation counts on?"""
        return len(self.left) > len(self.anywhere)

    def may_use(self, evse: int, token: IdToken, group: IdToken | None = None) -> bool:
        """May this token be charged with here?"""
        here = self.of(evse)
        if here is not None:
            return here.admits(token, group)
        if any(reservation.admits(token, group) for reservation in self.anywhere):
            return True
        return len(self.left - {evse}) >= len(self.anywhere)

    def a_group_may_use(self, evse: int) -> bool:
        """May somebody charge here because of his group?"""
        here = self.of(evse)
        return any(reservation.group is not None for reservation in (self.anywhere if here is None else (here,)))

    def used_by(self, evse: int, token: IdToken, group: IdToken | None = None) -> Reservation | None:
        """The reservation that this token uses if it charges here; of several, the one that ends first."""
        here = self.of(evse)
        mine = [each for each in (self.anywhere if here is None else (here,)) if each.admits(token, group)]
        return min(mine, key=lambda reservation: reservation.expires, default=None)

    def keeps(self, connector: ConnectorId) -> bool:
        """Is this connector kept for somebody who has not come? If no more EVSEs are left than are promised, all that are left are kept."""
        here = self.of(connector.evse)
        if here is not None:
            return here.connector in (None, connector.connector)
        return connector.evse in self.left and not self.one_more

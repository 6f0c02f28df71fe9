"""Reservations (OCPP 2.0.1 block H; 1.6 §3.11, §5.13), and who may charge where because of them.

    of an EVSE     only its owner, or somebody of his group, may charge there
    of any EVSE    as many EVSEs stay free as there are such reservations; their owners take any that nobody has reserved for himself
    of a type      the same among the EVSEs that have a connector of this type

An EVSE serves one car at a time, so a reservation of one of its connectors keeps everybody else from the others, too.
"""

from collections.abc import Iterable, Mapping
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
    connector_type: str | None = None
    """ConnectorEnumType: only EVSEs with such a connector will do."""

    def admits(self, token: IdToken, group: IdToken | None = None) -> bool:
        """Is this token, or one of its group, the one that it was made for? (1.6 §5.13)"""
        return self.token.same_as(token) or (self.group is not None and self.group.same_as(group))


class Promises(Struct, frozen=True):
    """The reservations at one moment, and what could be given to whoever comes next."""

    reservations: tuple[Reservation, ...]
    free: frozenset[int]
    """EVSEs in order that nobody uses, whether they are reserved or not."""
    types: Mapping[int, frozenset[str]] = {}
    """The types of connectors that each EVSE has."""

    def of(self, evse: int) -> Reservation | None:
        """The reservation of just this EVSE."""
        return next((reservation for reservation in self.reservations if reservation.evse == evse), None)

    @property
    def anywhere(self) -> tuple[Reservation, ...]:
        """Those of no EVSE in particular."""
        return tuple(reservation for reservation in self.reservations if reservation.evse is None)

    @property
    def left(self) -> frozenset[int]:
        """Free EVSEs that nobody has reserved for himself."""
        return self.free - {reservation.evse for reservation in self.reservations}

    def fits(self, reservation: Reservation, evse: int) -> bool:
        """Has this EVSE what was reserved?"""
        return reservation.connector_type is None or reservation.connector_type in self.types.get(evse, ())

    def room_for(self, wanted: Reservation) -> bool:
        """Can one more promise be given, and every other one still be kept? (H01.FR.07, H01.FR.09)"""
        if wanted.evse is not None:
            return self._kept(self.left - {wanted.evse}, self.anywhere) == len(self.anywhere)
        return self._kept(self.left, (*self.anywhere, wanted)) > len(self.anywhere)

    def may_use(self, evse: int, token: IdToken, group: IdToken | None = None) -> bool:
        """May this token be charged with here? (H03.FR.01, H03.FR.02, H03.FR.03, H03.FR.04, H03.FR.05, H03.FR.06)"""
        here = self.of(evse)
        if here is not None:
            return here.admits(token, group)
        left, mine = self.left - {evse}, self.used_by(evse, token, group)
        if mine is None:
            return self._kept(left, self.anywhere) == len(self.anywhere)
        others = tuple(reservation for reservation in self.anywhere if reservation.id != mine.id)
        return self._kept(left, others) >= self._kept(self.left, self.anywhere) - 1

    def a_group_may_use(self, evse: int) -> bool:
        """May somebody charge here because of his group?"""
        here = self.of(evse)
        return any(reservation.group is not None for reservation in (self.anywhere if here is None else (here,)))

    def used_by(self, evse: int, token: IdToken, group: IdToken | None = None) -> Reservation | None:
        """The reservation that this token uses if it charges here; of several, the one that ends first."""
        here = self.of(evse)
        usable = (each for each in self.anywhere if self.fits(each, evse)) if here is None else (here,)
        return min((each for each in usable if each.admits(token, group)), key=lambda reservation: reservation.expires, default=None)

    def keeps(self, connector: ConnectorId) -> bool:
        """Is this connector kept for somebody who has not come (H01.FR.23)? If no more EVSEs are left than are promised, all that are left
        are kept (H01.FR.20, H01.FR.24)."""
        here = self.of(connector.evse)
        if here is not None:
            return here.connector in (None, connector.connector)
        return connector.evse in self.left and self._kept(self.left - {connector.evse}, self.anywhere) < len(self.anywhere)

    def _kept(self, evses: frozenset[int], reservations: Iterable[Reservation]) -> int:
        """How many of these promises such EVSEs can keep at most, one each."""
        given: dict[int, Reservation] = {}
        return sum(self._give(each, evses, given, set()) for each in reservations)

    def _give(self, reservation: Reservation, evses: frozenset[int], given: dict[int, Reservation], tried: set[int]) -> bool:
        """Find an EVSE for it; whoever has it may find another one (a matching, by augmenting paths)."""
        for evse in sorted(evses - tried):
            if evse in tried or not self.fits(reservation, evse):
                continue
            tried.add(evse)
            if evse not in given or self._give(given[evse], evses, given, tried):
                given[evse] = reservation
                return True
        return False

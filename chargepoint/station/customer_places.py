"""Where a station keeps something of a customer: how it is found, and what takes it away (OCPP 2.0.1 N09, N10).

place                  taken away
─────────────────────  ─────────────────────────────────────────────────────────────────────────────────────────
authorisation cache    yes (*)
local list             no: only SendLocalList changes it (N10.FR.03, N10.FR.06)
enrolled card          yes, with its name and its uses
configuration file     its uses; the file is the owner's
reservations           yes, and the CSMS is told that they are removed
what goes on now       no: without its token a transaction could not be ended
transactions           those that have ended stay, and say no more whose they were (*)
messages to the CSMS   no: it has yet to hear of them
reports of him         no: each goes when it has been told
prices                 yes (*)
history                the lines stay without the end of the token (*)

(*) and once more when nothing goes on any longer, or waits to be told, that needs the token.

Receipts, meter values and charging profiles name nobody.
"""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.ids import IdToken
from chargepoint.domain.redaction import MASK, masked
from chargepoint.station.clock import pause
from chargepoint.store.transactions import Brief

if TYPE_CHECKING:
    from chargepoint.station.station import Station


def _nothing(token: IdToken) -> Iterator[str]:
    return iter(())


async def _nothing_slowly(token: IdToken) -> list[str]:
    return []


async def _nobody(token: IdToken) -> bool:
    return False


class Place(NamedTuple):
    """``find``: what is kept there of whoever has this token, a line each. ``erase``: take it away, inside a commit. ``slowly``: the same
    as ``find`` where there may be very much of it, with others having their turn between. ``needs``: must the token stay there, for now?
    ``again``: erased once more after that, for what has come there meanwhile."""

    find: Callable[[IdToken], Iterator[str]] = _nothing
    erase: Callable[[IdToken], None] = lambda token: None
    slowly: Callable[[IdToken], Awaitable[list[str]]] = _nothing_slowly
    needs: Callable[[IdToken], Awaitable[bool]] = _nobody
    again: bool = False


def places(station: "Station") -> tuple[Place, ...]:
    """All of them."""
    found = _Found(station)
    store = station.store
    return (
        Place(found.cached, store.tokens.forget, again=True),
        Place(found.listed),
        Place(found.card, station.service.office.cards.erase),
        Place(found.reservations, found.remove_reservations),
        Place(found.running, needs=found.in_use),
        Place(found.transactions, store.transactions.forget, again=True),
        Place(slowly=found.messages, needs=found.untold),
        Place(found.history, found.forget_history, again=True),
        Place(erase=lambda token: station.vendors.costs.forget(token.key), again=True),
    )


class _Found:
    """Looks into the rooms of a station."""

    def __init__(self, station: "Station") -> None:
        self._station = station
        self._store = station.store

    def cached(self, token: IdToken) -> Iterator[str]:
        """What the CSMS said last."""
        known = self._store.tokens.recall(token)
        if known is not None:
            yield f"authorisation cache: {token.key}: {_words(known.info)}; told {_at(known.seen)}"

    def listed(self, token: IdToken) -> Iterator[str]:
        """What its list says."""
        info = self._store.local_list.find(token)
        if info is not None:
            yield f"local authorisation list: {token.key}: {_words(info)}"

    def card(self, token: IdToken) -> Iterator[str]:
        """Of those that may charge whatever a CSMS says."""
        card, use = self._store.cards.find(token), self._store.cards.uses().get(token.key)
        used = "" if use is None else f"; used {use.uses} times, last {use.last}"
        if card is not None:
            yield f"card enrolled at the station: {token.key}: name {card.name!r}; since {card.added}{used}"
        elif self._station.service.office.cards.in_file(token):
            yield f"card in the configuration file: {token.key}{used}"

    def reservations(self, token: IdToken) -> Iterator[str]:
        """Those that are not over."""
        for each in self._station.access.reserving.kept:
            if token.same_as(each.token):
                yield f"reservation {each.id}: {token.key}; until {_at(each.expires)}"

    def remove_reservations(self, token: IdToken) -> None:
        """They end."""
        reserving = self._station.access.reserving
        for each in [each for each in reserving.kept if token.same_as(each.token)]:
            reserving.remove(each)

    def running(self, token: IdToken) -> Iterator[str]:
        """Authorised, and waiting for a car or the end of a lock; transactions are told below."""
        for evse, session in self._station.transacting.sessions.items():
            granted = (session.authorization, session.plug_kept_for)
            if session.transaction is None and any(each is not None and token.same_as(each.token) for each in granted):
                yield f"EVSE {evse}: authorised now by {token.key}"

    async def in_use(self, token: IdToken) -> bool:
        """The same, or by a transaction that has not ended."""
        return self._store.sessions.name(token)

    def transactions(self, token: IdToken) -> Iterator[str]:
        """With what was charged."""
        yield from (_transaction(each, token) for each in self._store.transactions.of(token))

    async def messages(self, token: IdToken) -> list[str]:
        """Those that the CSMS has not answered."""
        count = 0
        for each in self._store.outbox.naming(token):
            count += each
            await pause(0)
        return [f"messages for the CSMS that name {token.key}: {count}"] if count else []

    async def untold(self, token: IdToken) -> bool:
        """Are there any?"""
        for each in self._store.outbox.naming(token):
            if each:
                return True
            await pause(0)
        return False

    def history(self, token: IdToken) -> Iterator[str]:
        """Of a token only the end is in it."""
        self._station.service.chronicle.settle()
        end = _end(token)
        count = self._store.history.naming(end) if end != MASK else 0
        if count:
            yield f"lines of the station's history that name {end}: {count}"

    def forget_history(self, token: IdToken) -> None:
        """Nor is that."""
        self._station.service.chronicle.settle()
        if _end(token) != MASK:
            self._store.history.forget(_end(token), MASK)


def _end(token: IdToken) -> str:
    return masked(IdToken(token.key))


def _words(info: TokenInfo) -> str:
    said = [info.status.value]
    said += [f"group {info.group.value}"] if info.group is not None else []
    said += [f"until {_at(info.expires)}"] if info.expires is not None else []
    said += [f"languages {', '.join(info.languages)}"] if info.languages else []
    said += [f"message {info.message!r}"] if info.message else []
    return ", ".join(said)


def _transaction(brief: Brief, token: IdToken) -> str:
    ended = "runs now" if brief.ended is None else f"to {_at(brief.ended)}, {max(0, brief.last_wh - brief.start_wh)} Wh"
    return f"transaction {brief.id}: {token.key} at EVSE {brief.connector.evse} from {_at(brief.started)} {ended}"


def _at(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")

"""The station's own cards, which technicians enrol; beside those of the configuration file.

    without a CSMS               both may charge
    with one                     the file's always may, as far as the station goes
                                 of the others the CSMS is asked, and what it says counts; not with LocalPreAuthorize
    with one that is not there   they may, with LocalAuthorizeOffline, unless the CSMS's own list or cache names them invalid

So a card that was enrolled here is what an entry of the CSMS's local list is (1.6 §3.5.2 to §3.5.4; OCPP 2.0.1 C10 to C14). To charge on a
card that the CSMS refuses would end at the answer to the transaction's start anyway.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from chargepoint.domain.card_numbers import BadNumber, card_of
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import IdToken
from chargepoint.domain.plain import plain
from chargepoint.domain.redaction import masked
from chargepoint.domain.variables.authorization import LOCAL_PRE_AUTHORIZE
from chargepoint.inquiry import cards as questions
from chargepoint.inquiry.cards import CardsChanged, ListedCard, NewCard
from chargepoint.station.clock import StationClock
from chargepoint.station.inquiry import Takers
from chargepoint.station.settings import StationSettings
from chargepoint.store.cards import Card, Use
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

MOST = 1_000
LONGEST_NAME = 50
USED_AGAIN = timedelta(seconds=60)
"""A card that is held to the reader again and again is written down so often at most."""
NEVER = Use("", 0)


class Cards:
    """``shown``: the card that was shown for a hold."""

    def __init__(self, settings: StationSettings, store: Store, model: DeviceModel, clock: StationClock) -> None:
        self._settings = settings
        self._store = store
        self._model = model
        self._clock = clock
        self._written: dict[str, datetime] = {}
        self.shown: Callable[[str], IdToken | None] = lambda hold: None
        self._sweep()

    def _sweep(self) -> None:
        """Uses of cards that the file no longer names."""
        keys = {card.token.key for card in self._store.cards.all()} | {card.key for card in self._settings.cards}
        with self._store.commit():
            self._store.cards.keep_uses(keys)

    def takers(self) -> Takers:
        """What it answers."""
        return {
            questions.ListCards: self.list,
            questions.EnrolCard: self.enrol,
            questions.EnrolCards: self.enrol_several,
            questions.RenameCard: self.rename,
            questions.ForgetCard: self.forget,
            questions.ExportCards: self.export,
        }

    # For those who authorise

    def owns(self, token: IdToken) -> bool:
        """Was it enrolled here?"""
        return self._store.cards.find(token) is not None

    def in_file(self, token: IdToken) -> bool:
        """Is it one of the configuration file's?"""
        return any(token.same_as(card) for card in self._settings.cards)

    def name_of(self, token: IdToken) -> str:
        """Of one that was enrolled; empty: it has none, or is not ours."""
        card = self._store.cards.find(token)
        return "" if card is None else card.name

    def used(self, token: IdToken) -> None:
        """It was accepted; whosever it is."""
        now, before = self._clock.now(), self._written.get(token.key)
        if not (self.owns(token) or self.in_file(token)) or (before is not None and timedelta() <= now - before < USED_AGAIN):
            return
        self._written[token.key] = now
        with self._store.commit():
            self._store.cards.used(token, now)

    # For technicians

    async def list(self, _: questions.ListCards) -> questions.CardList:
        """All of them."""
        own, uses = self._store.cards.all(), self._store.cards.uses()
        keys = {card.token.key for card in own}
        filed = [_listed(None, card, "", "", uses) for card in self._settings.cards if card.key not in keys]
        return questions.CardList(
            cards=(*(_listed(card.number, card.token, card.name, card.added, uses) for card in own), *filed),
            room=max(0, MOST - len(own)),
            asks_first=self._settings.has_csms and not self._model.read(LOCAL_PRE_AUTHORIZE),
        )

    async def enrol(self, question: questions.EnrolCard) -> CardsChanged:
        """One card."""
        if not question.hold:
            return self._one(self._put([NewCard(number=question.number, name=question.name)]))
        token = self.shown(question.hold)
        if token is None:
            return CardsChanged(outcome="unknown", message="no card was shown for this, or it is too long ago; hold it to the reader again")
        return self._one(self._put([NewCard(number=token.value, name=question.name)], token))

    async def enrol_several(self, question: questions.EnrolCards) -> CardsChanged:
        """In one commit; one that is refused keeps no other out."""
        return self._put(question.cards)

    def _put(self, cards: Iterable[NewCard], token: IdToken | None = None) -> CardsChanged:
        enrolled = renamed = 0
        refused = []
        room = MOST - self._store.cards.count()
        with self._store.commit():
            for new in cards:
                try:
                    card = token or card_of(new.number)
                except BadNumber as error:
                    refused.append(str(error))
                    continue
                if self.owns(card):
                    renamed += 1
                elif enrolled >= room:
                    refused.append(f"{masked(card)}: there is room for {MOST} cards; forget some first")
                    continue
                else:
                    enrolled += 1
                self._store.cards.put(card, plain(new.name, LONGEST_NAME), self._clock.now())
        log.info("event=cards_enrolled new=%d renamed=%d refused=%d", enrolled, renamed, len(refused))
        message = f"{enrolled} enrolled, {renamed} renamed, {len(refused)} refused"
        in_vain = bool(refused) and not enrolled + renamed
        return CardsChanged(
            outcome="refused" if in_vain else "done", message=message, enrolled=enrolled, renamed=renamed, refused=tuple(refused)
        )

    def _one(self, changed: CardsChanged) -> CardsChanged:
        if changed.refused:
            return CardsChanged(outcome="refused", message=changed.refused[0])
        what = "has this name now" if changed.renamed else "is enrolled"
        return CardsChanged(outcome="done", message=f"the card {what}", enrolled=changed.enrolled, renamed=changed.renamed)

    async def rename(self, question: questions.RenameCard) -> CardsChanged:
        """Another name."""
        card = self._store.cards.numbered(question.id)
        if card is None:
            return self._unknown(question.id)
        with self._store.commit():
            self._store.cards.put(card.token, plain(question.name, LONGEST_NAME), self._clock.now())
        return CardsChanged(outcome="done", message=f"card {card.number} is {plain(question.name, LONGEST_NAME)!r} now", renamed=1)

    async def forget(self, question: questions.ForgetCard) -> CardsChanged:
        """No longer ours."""
        card = self._store.cards.numbered(question.id)
        if card is None:
            return self._unknown(question.id)
        with self._store.commit():
            self._store.cards.drop(card)
        self._written.pop(card.token.key, None)
        self._sweep()
        log.info("event=card_forgotten number=%d", card.number)
        also = "; the configuration file names it as well: there it may still charge" if self.in_file(card.token) else ""
        return CardsChanged(outcome="done", message=f"card {_words(card)} is forgotten{also}")

    def erase(self, token: IdToken) -> None:
        """Whoever it belongs to is not to be known here any more (N10.FR.03, N10.FR.06). The configuration file is not ours to change."""
        card = self._store.cards.find(token)
        with self._store.commit():
            if card is not None:
                self._store.cards.drop(card)
            self._store.cards.forget_use(token)
        self._written.pop(token.key, None)

    def _unknown(self, number: int) -> CardsChanged:
        return CardsChanged(outcome="unknown", message=f"card {number}: there is none of this number among those that were enrolled")

    async def export(self, _: questions.ExportCards) -> questions.ExportedCards:
        """With their numbers."""
        log.warning("event=cards_exported by=technician")
        return questions.ExportedCards(tuple(NewCard(number=card.token.value, name=card.name) for card in self._store.cards.all()))


def _words(card: Card) -> str:
    return f"{masked(card.token)} ({card.name})" if card.name else masked(card.token)


def _listed(number: int | None, token: IdToken, name: str, added: str, uses: dict[str, Use]) -> ListedCard:
    use = uses.get(token.key, NEVER)
    return ListedCard(id=number, token=masked(token), kind=token.kind, name=name, added=added, last_used=use.last, uses=use.uses)

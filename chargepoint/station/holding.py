"""A card that a technician holds to a reader to be looked at, and that does nothing else.

    free readers ──HoldCard──▶ waiting ──card──▶ shown ──GRACE_S──▶ cards count again
                                  └── time, nobody asks, somebody plugs in ──▶ over ──GRACE_S──▶

How nobody's session starts or stops by it: it begins only while nothing goes on at any EVSE of the reader, and it is over as soon as
something does. A card that belongs to a running session stops that session, as always. Any other is held back while the technician waits
and for some seconds after, so that a card that comes too late, or twice, starts nothing for the next car.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from chargepoint.domain.ids import IdToken
from chargepoint.domain.redaction import masked
from chargepoint.inquiry.cards import HeldCard, HoldCard
from chargepoint.station.authorizing import Answer
from chargepoint.station.clock import StationClock
from chargepoint.station.inquiry import Takers
from chargepoint.station.transacting import Transacting

log = logging.getLogger(__name__)

LONGEST_S = 60.0
ASKED_S = 10.0
"""Nobody has asked for so long: the technician has left, or his page has."""
GRACE_S = 4.0
KEPT_S = 300.0
"""So long the card that was shown may be enrolled."""


class Hold(Struct):
    """One at a time. Moments are monotonic seconds."""

    name: str
    evse: int | None
    until_s: float
    asked_s: float
    over_s: float | None = None
    why: str = ""
    token: IdToken | None = None


class Holding:
    """``answers``: what a driver at these EVSEs sees and hears; ``known``: what is known of a card; ``group_of``: as far as it is known;
    ``readers``: how many there are."""

    def __init__(
        self,
        clock: StationClock,
        transacting: Transacting,
        answers: Callable[[Answer, Iterable[int]], None],
        known: Callable[[IdToken], str],
        group_of: Callable[[IdToken], IdToken | None],
        readers: int,
    ) -> None:
        self._clock = clock
        self._sessions = transacting.sessions
        self._answers = answers
        self._known = known
        self._group_of = group_of
        self._readers = readers
        self._hold: Hold | None = None

    def takers(self) -> Takers:
        """What it answers."""
        return {HoldCard: self.ask}

    def shown(self, name: str) -> IdToken | None:
        """The card that was shown for a hold."""
        hold = self._hold
        fresh = hold is not None and hold.over_s is not None and self._clock.monotonic() - hold.over_s <= KEPT_S
        return hold.token if hold is not None and fresh and secrets.compare_digest(hold.name.encode(), name.encode()) else None

    # Technician

    async def ask(self, question: HoldCard) -> HeldCard:
        """Begin, look, or end."""
        self.tick(self._clock.monotonic())
        if not question.hold:
            return self._begin(question)
        hold = self._hold
        if hold is None or hold.name != question.hold:
            return HeldCard(state="over", message="this is over, and another has begun since; begin again", hold=question.hold)
        hold.asked_s = self._clock.monotonic()
        if question.valid_for_s <= 0:
            self._end(hold, "ended by the technician")
        return self._told(hold)

    def _begin(self, question: HoldCard) -> HeldCard:
        now_s = self._clock.monotonic()
        refusal = self._refusal(question)
        if refusal is not None:
            return HeldCard(state="refused", message=refusal)
        until_s = now_s + min(question.valid_for_s, LONGEST_S)
        self._hold = Hold(secrets.token_hex(8), question.evse, until_s, now_s)
        log.info("event=hold_card evse=%s for_s=%.0f", question.evse, until_s - now_s)
        return self._told(self._hold)

    def _refusal(self, question: HoldCard) -> str | None:
        if question.evse is not None and question.evse not in self._sessions:
            return f"EVSE {question.evse}: unknown; there are {', '.join(map(str, self._sessions))}"
        if not self._readers:
            return "this station has no card reader; enrol the card by its number"
        if not question.valid_for_s > 0:
            return f"{question.valid_for_s:g} s: expected up to {LONGEST_S:g} s"
        if self._hold is not None and self._hold.over_s is None:
            return "a card is being waited for already; end that first, or wait a minute"
        busy = self._busy(self._scope(question.evse))
        if busy:
            return f"EVSE {busy[0]} is in use, and a card could start or stop something there; try again later, or enrol by number"
        return None

    def _told(self, hold: Hold) -> HeldCard:
        left_s = max(0.0, round(hold.until_s - self._clock.monotonic(), 1))
        if hold.over_s is None:
            return HeldCard(state="waiting", message="hold the card to the reader", hold=hold.name, left_s=left_s)
        if hold.token is None:
            return HeldCard(state="over", message=hold.why, hold=hold.name)
        token, known = hold.token, self._known(hold.token)
        return HeldCard(state="shown", message=hold.why, hold=hold.name, token=masked(token), kind=token.kind, known=known)

    def _end(self, hold: Hold, why: str) -> None:
        if hold.over_s is None:
            hold.over_s, hold.why = self._clock.monotonic(), why
            log.info("event=hold_card_over shown=%s why=%r", hold.token is not None, why)

    # Cards and time

    def takes(self, token: IdToken, served: Sequence[int]) -> bool:
        """A card was shown for these EVSEs: is it held back?"""
        now_s = self._clock.monotonic()
        self.tick(now_s)
        hold = self._hold
        if hold is None or (hold.over_s is not None and now_s - hold.over_s > GRACE_S):
            return False
        if hold.evse not in (None, *served) or self._has_session(token, served):
            return False
        busy = self._busy(served)
        if busy:
            self._end(hold, f"EVSE {busy[0]}, which has the same reader, is in use")
        elif hold.over_s is None:
            hold.token = token
            self._end(hold, "a card was shown")
        self._answers("accepted" if token.same_as(hold.token) else "rejected", served)
        return True

    def tick(self, now_s: float) -> None:
        """Once a second: is it over?"""
        hold = self._hold
        if hold is None:
            return
        busy = self._busy(self._scope(hold.evse))
        if busy:
            self._end(hold, f"somebody has come to EVSE {busy[0]}; try again later, or enrol by number")
        elif now_s >= hold.until_s:
            self._end(hold, "no card was shown in time")
        elif now_s - hold.asked_s >= ASKED_S:
            self._end(hold, "nobody asked for the card any more")
        if hold.over_s is not None and now_s - hold.over_s > KEPT_S:
            self._hold = None

    def _scope(self, evse: int | None) -> list[int]:
        return [number for number in self._sessions if evse in (None, number)]

    def _busy(self, evses: Iterable[int]) -> list[int]:
        sessions = (self._sessions[evse] for evse in evses)
        return [session.evse for session in sessions if not session.free or session.plug_kept_for is not None]

    def _has_session(self, token: IdToken, served: Iterable[int]) -> bool:
        """Does the card belong to what goes on there?"""
        group = self._group_of(token)
        for evse in served:
            session = self._sessions[evse]
            transaction = session.transaction
            granted = (session.authorization, session.plug_kept_for, None if transaction is None else transaction.authorization)
            if any(each is not None and each.covers(token, group) for each in granted):
                return True
        return False

"""What the CSMS must find in the end: every card that was shown, at most how many transactions may come of it, at least how many, and why
they may have ended.

A card belongs to one EVSE. It is shown again until its transaction is seen to have ended; then a new one is taken. So the token tells
whose transaction it is, in both versions.

    what was done                                  reason that may follow
    the card is shown again                        Local
    RemoteStop, RequestStopTransaction             Remote
    unplug                                         EVDisconnected
    unplug while both processes are dead           PowerLoss
    both die and the car is gone with them         PowerLoss
    Reset                                          SoftReset, HardReset; 2.0.1 ImmediateReset
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Card:
    """One token at one EVSE."""

    token: str
    evse: int
    shown: int = 0
    """As a card or by a remote start: so many transactions may come of it."""
    promised: bool = False
    """A remote start was accepted for a car that was plugged in: a transaction must come of it."""
    seen: dict[str, str | None] = field(default_factory=dict)
    """Transactions that the station showed: our id, and the CSMS's once known."""
    reasons: set[str] = field(default_factory=set)
    """Why it may have ended."""
    decided: bool = False
    """A stop was accepted, and it was the first cause: whatever comes after it, the reason stays."""

    @property
    def least(self) -> int:
        """So many transactions must come of it."""
        return max(len(self.seen), int(self.promised))


@dataclass
class Place:
    """One EVSE as the story believes it to be."""

    evse: int
    card: Card | None = None
    plugged: bool = False
    paused: bool = False
    operative: bool | None = True
    """As the station accepted it last; ``None``: nobody knows."""
    stirred: bool = False
    """A car has been there since the station was last looked at, though it may not know."""
    waiting: bool = False
    """The station showed a car that waits for somebody to show a card."""
    running: str | None = None
    """The transaction that the station showed last."""
    loose: bool = False
    """A card was shown where no car was, and nothing has been seen of it: it may wait for the next car."""
    pending: bool = False
    """A card was shown, nothing has been seen of it, and the station has lived on since: it may be judging."""

    @property
    def unended(self) -> bool:
        """Is a transaction known that nothing has been done to end?"""
        return self.card is not None and bool(self.card.seen) and not self.card.reasons


class Ledger:
    """All cards, and the places where the newest of them are in use."""

    def __init__(self, evses: tuple[int, ...]) -> None:
        self.places = {evse: Place(evse) for evse in evses}
        self.cards: list[Card] = []

    def card(self, place: Place) -> Card:
        """The card of whoever stands there now."""
        if place.card is None:
            place.card = Card(f"CARD{len(self.cards):03d}", place.evse)
            self.cards.append(place.card)
        return place.card

    def show(self, place: Place) -> Card:
        """The card is held to the reader."""
        card = self.card(place)
        if place.running is not None or place.pending:
            self.end_may_follow(place, "Local")
        card.shown += 1
        place.pending = True
        place.loose = place.loose or not place.plugged
        return card

    def end_may_follow(self, place: Place, *reasons: str) -> None:
        """Something was done that ends a transaction there."""
        if place.card is not None and not place.card.decided:
            place.card.reasons.update(reasons)

    def see(self, place: Place, shown: dict[str, Any]) -> str | None:
        """What the station's document shows of it now. Returns what is wrong with it, if anything."""
        ours, card = shown["transaction"], place.card
        place.running, place.stirred = ours, place.plugged
        place.waiting = ours is None and shown["state"] == "B1" and shown["energy_wh"] is not None and not shown["faults"]
        if ours is None and place.operative is not None and (shown["status"] == "Unavailable") is place.operative:
            return f"EVSE {place.evse}: {shown['status']}, though it was accepted that operative = {place.operative}"
        if card is None:
            return None if ours is None else f"EVSE {place.evse}: transaction {ours}, though nobody has shown a card"
        if place.unended and ours not in card.seen:
            return f"EVSE {place.evse}: transaction {list(card.seen)} of {card.token} is gone without a cause; now {ours}"
        if ours is not None:
            place.loose = place.loose and ours in card.seen
            place.pending = False
            card.seen[ours] = shown["csms_transaction"] or card.seen.get(ours)
        elif card.seen and not place.loose:
            place.card = None
        return None

    def cut(self, car_stays: bool) -> None:
        """Both processes die together; whoever charged without a car that stays has lost it to the cut."""
        for place in self.places.values():
            place.pending = False
            if (place.running or place.stirred) and not (car_stays and place.plugged):
                self.end_may_follow(place, "PowerLoss")
            place.plugged = place.plugged and car_stays

    def station_dies(self) -> None:
        """Cards that it was judging are forgotten."""
        for place in self.places.values():
            place.pending = False

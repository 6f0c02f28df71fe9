"""The station's own cards: listed, enrolled, forgotten; and a card held to a reader to be looked at.

Numbers of cards are as good as the cards: they are told masked, but for ``ExportCards``.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec
from msgspec import Struct

MOST_BYTES = 3_500
"""Of the cards in one question; the station reads 4,096."""


class NewCard(Struct, frozen=True, kw_only=True):
    """A card by its number, as the reader says it or as somebody types it."""

    number: str
    name: str = ""
    """50 characters count."""


class ListCards(Struct, frozen=True, tag_field="ask", tag="list-cards"):
    """Which cards are ours?"""


class ListedCard(Struct, frozen=True, kw_only=True):
    """One of them."""

    id: int | None
    """For ``RenameCard`` and ``ForgetCard``; ``None``: it stands in the configuration file, and is changed there."""
    token: str
    """Masked."""
    kind: str
    name: str
    added: str
    """ISO 8601, UTC; empty where it is not known."""
    last_used: str
    """The same; empty: never."""
    uses: int


class CardList(Struct, frozen=True, kw_only=True):
    """Those of the station in the order in which they came, then those of the file."""

    cards: tuple[ListedCard, ...]
    room: int
    """So many more may be enrolled."""
    asks_first: bool
    """The CSMS is asked about them, and has the last word, as long as it is connected (LocalPreAuthorize is off)."""


class HoldCard(Struct, frozen=True, kw_only=True, tag_field="ask", tag="hold-card"):
    """The next card that is shown is looked at, and neither starts nor stops anything. Ask again with ``hold`` every second or two: it ends
    when nobody asks any more."""

    hold: str = ""
    """Of the answer before; empty: begin."""
    evse: int | None = None
    """At a reader that serves this EVSE; ``None``: at any."""
    valid_for_s: float = 30.0
    """From its beginning on, 60 at most; 0 ends it."""


class HeldCard(Struct, frozen=True, kw_only=True):
    """``refused``: it cannot begin. ``over``: no card came, or somebody needs the reader. The message says why."""

    state: Literal["waiting", "shown", "over", "refused"]
    message: str
    hold: str = ""
    left_s: float = 0.0
    token: str = ""
    """Masked, once it was shown."""
    kind: str = ""
    known: str = ""
    """What the station knows of it already, for people; empty: nothing."""


class EnrolCard(Struct, frozen=True, kw_only=True, tag_field="ask", tag="enrol-card"):
    """It may charge from now on. One that is enrolled already gets this name."""

    name: str
    hold: str = ""
    """The card that was shown for this hold, five minutes ago at most; empty: the one of ``number``."""
    number: str = ""


class EnrolCards(Struct, frozen=True, tag_field="ask", tag="enrol-cards"):
    """Several by their numbers, as many as fit into one question: see ``parcels``."""

    cards: tuple[NewCard, ...]


class RenameCard(Struct, frozen=True, tag_field="ask", tag="rename-card"):
    """Another name for one that is enrolled."""

    id: int
    name: str


class ForgetCard(Struct, frozen=True, tag_field="ask", tag="forget-card"):
    """It may no longer charge as one of ours; what runs goes on."""

    id: int


class CardsChanged(Struct, frozen=True, kw_only=True):
    """``unknown``: there is no such card, or no card was shown for such a hold."""

    outcome: Literal["done", "refused", "unknown"]
    message: str
    enrolled: int = 0
    renamed: int = 0
    refused: tuple[str, ...] = ()
    """Of several: why not, one each."""


class ExportCards(Struct, frozen=True, tag_field="ask", tag="export-cards"):
    """The numbers in full, of those that were enrolled."""


class ExportedCards(Struct, frozen=True):
    """In the order in which they came."""

    cards: tuple[NewCard, ...]


def parcels(cards: Iterable[NewCard]) -> Iterator[EnrolCards]:
    """Questions that hold all of these."""
    parcel: list[NewCard] = []
    size = 0
    for card in cards:
        weight = len(msgspec.json.encode(card)) + 1
        if parcel and size + weight > MOST_BYTES:
            yield EnrolCards(tuple(parcel))
            parcel, size = [], 0
        parcel.append(card)
        size += weight
    if parcel:
        yield EnrolCards(tuple(parcel))

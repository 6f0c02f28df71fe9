"""Messages that a CSMS wants to be shown at the station (OCPP 2.0.1 block O), and which of them are to be seen at an EVSE now.

    AlwaysFront   it alone, and only one of them is kept      ┐ instead of what the station says of the session, below its headline
    InFront       in turn with each other                     ┘
    NormalCycle   in turn with what the station says itself

No message hides a fault: what a driver has to do about it comes first, and messages follow in their turn. Pure.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

FORMATS = ("ASCII", "UTF8")
"""What a display of characters and a page can show as it is."""
MOST_MESSAGES = 100
LONGEST_MESSAGE = 512
"""Characters (MessageContentType)."""


class MessagePriority(StrEnum):
    """MessagePriorityEnumType."""

    ALWAYS_FRONT = "AlwaysFront"
    IN_FRONT = "InFront"
    NORMAL_CYCLE = "NormalCycle"


class MessageState(StrEnum):
    """MessageStateEnumType: while the station, or here its EVSE, is like this."""

    CHARGING = "Charging"
    FAULTED = "Faulted"
    IDLE = "Idle"
    UNAVAILABLE = "Unavailable"


class DisplayMessage(Struct, frozen=True, kw_only=True):
    """MessageInfoType."""

    id: int
    priority: MessagePriority
    state: MessageState | None = None
    """``None``: in any."""
    start: datetime | None = None
    end: datetime | None = None
    """After that it is gone."""
    transaction_id: str | None = None
    """Of the CSMS: only where this one runs, and until it ends."""
    evse: int | None = None
    """Only at the display of this one; ``None``: at all."""
    component: str = ""
    """Name of the display, as the CSMS has said it."""
    format: str
    language: str = ""
    content: str


class Scene(Struct, frozen=True, kw_only=True):
    """One EVSE, as far as messages depend on it."""

    evse: int
    state: MessageState
    transactions: frozenset[str]
    """What runs there, by all the ids that a CSMS may have for it."""
    languages: tuple[str, ...] = ()
    """Of its driver, the better one first; empty: not known."""


class Bulletin(Struct, frozen=True):
    """What is to be seen at one EVSE."""

    front: tuple[str, ...] = ()
    """Instead of what the station says; in turn."""
    cycle: tuple[str, ...] = ()
    """Beside it."""


def over(message: DisplayMessage, now: datetime, running: Iterable[str]) -> bool:
    """Is it to be removed (O01.FR.07, O02.FR.02, O02.FR.07)?"""
    return (message.end is not None and now >= message.end) or (
        message.transaction_id is not None and message.transaction_id not in running
    )


def bulletin(messages: Sequence[DisplayMessage], scene: Scene, now: datetime) -> Bulletin:
    """O01.FR.06, O01.FR.12, O01.FR.13, O01.FR.14, O01.FR.15; O02.FR.06, O02.FR.14, O02.FR.15, O02.FR.16, O02.FR.17."""
    here = sorted((each for each in messages if _belongs(each, scene, now)), key=lambda each: _strange(each, scene.languages))
    always, front, cycle = ([each.content for each in here if each.priority is priority] for priority in MessagePriority)
    if always:
        return Bulletin(front=tuple(always[-1:]))
    return Bulletin(front=tuple(front), cycle=tuple(cycle))


def _belongs(message: DisplayMessage, scene: Scene, now: datetime) -> bool:
    """At the display that it names, or at all (O01.FR.20, O01.FR.23)."""
    begun = message.start is None or message.start <= now
    ended = message.end is not None and message.end <= now
    return (
        begun
        and not ended
        and message.state in (None, scene.state)
        and message.evse in (None, scene.evse)
        and (message.transaction_id is None or message.transaction_id in scene.transactions)
    )


def _strange(message: DisplayMessage, languages: Sequence[str]) -> int:
    """The driver's own language first, then English, then whatever there is (O01.FR.08, O01.FR.09, O02.FR.08, O02.FR.09)."""
    spoken = [_tag(language) for language in languages]
    mine = _tag(message.language)
    if mine and mine in spoken:
        return spoken.index(mine)
    return len(spoken) + (mine != "en") if spoken else 0


def _tag(language: str) -> str:
    """The language without its country: ``de-AT`` is ``de``."""
    return language.partition("-")[0].strip().lower()

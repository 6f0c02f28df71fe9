"""What text displays say of the EVSEs: a headline, and below it whatever else there is to tell, page by page.

    2 x 16                 4 x 20, two EVSEs
    Charging               1 Charging
    7.4kW 12.34kWh         7.4kW 12.34kWh          next page: Cost 3.31, then 0:42 h ...
                           2 Plug in
                           0.45 EUR/kWh

Messages of the CSMS that are in front stand where the rest would, below the headline; the others take their turn with it. Where a fault is
to be told, that comes first.

An EVSE needs two lines; where there are more EVSEs than room, they take turns. Pure: a page is a number that grows.
"""

from collections.abc import Sequence
from textwrap import wrap

from msgspec import Struct

from chargepoint.domain.display_messages import Bulletin
from chargepoint.domain.panel_words import Headline, Wording, word

TURN_PAGES = 2
"""So many pages before the next EVSEs have their turn."""
MOST_PAGES = 8
"""A text that is longer is not read by anybody."""
GRAVE: frozenset[Headline] = frozenset({"fault", "emergency"})
"""Headlines with an advice that no message may stand before."""


class Sight(Struct, frozen=True, kw_only=True):
    """One EVSE, as somebody before the display may see it."""

    evse: int
    headline: Headline
    energy_wh: int | None = None
    """Of the transaction."""
    power_w: int | None = None
    lasted_s: int | None = None
    cost: str | None = None
    """Decimal text."""
    currency: str = ""
    text: str = ""
    """A price, or what to do about a fault."""
    bulletin: Bulletin = Bulletin()
    """Messages of the CSMS."""


def panel(sights: Sequence[Sight], columns: int, rows: int, wording: Wording, page: int) -> tuple[str, ...]:
    """The lines of this page, each no longer than the display is wide."""
    if not sights:
        return ("",) * rows
    at_once = max(1, rows // 2)
    groups = [sights[start : start + at_once] for start in range(0, len(sights), at_once)]
    turn = groups[page // TURN_PAGES % len(groups)]
    height = rows // len(turn)
    lines = [line for sight in turn for line in _block(sight, columns, height, wording, page, named=len(sights) > 1)]
    return tuple(line[:columns] for line in [*lines, *[""] * (rows - len(lines))])


def _block(sight: Sight, columns: int, height: int, wording: Wording, page: int, *, named: bool) -> list[str]:
    """One EVSE, in so many lines."""
    headline = f"{sight.evse} {word(sight.headline, wording)}" if named else word(sight.headline, wording)
    details = [line for text in _details(sight, wording) for line in wrap(text, columns)]
    messages = [line for text in _messages(sight) for line in wrap(text, columns)]
    if _in_front(sight):
        details, messages = messages, []
    most = MOST_PAGES * (1 + len(_messages(sight)))
    if height == 1:
        return [[headline, *details, *messages][page % (1 + min(len(details) + len(messages), most))]]
    below = height - 1
    pages = [*_pages(details, below), *_pages(messages, below)][:most] or [[]]
    chosen = pages[page % len(pages)]
    return [headline, *chosen, *[""] * (below - len(chosen))]


def _pages(lines: Sequence[str], height: int) -> list[Sequence[str]]:
    return [lines[start : start + height] for start in range(0, len(lines), height)]


def _in_front(sight: Sight) -> bool:
    """Do messages stand where the rest would?"""
    return bool(sight.bulletin.front) and sight.headline not in GRAVE


def _messages(sight: Sight) -> tuple[str, ...]:
    """Those to be seen now; beside a fault all of them, in their turn."""
    front, cycle = sight.bulletin.front, sight.bulletin.cycle
    return front if _in_front(sight) else front + cycle


def _details(sight: Sight, wording: Wording) -> list[str]:
    power = None if sight.power_w is None else f"{wording.decimal(f'{sight.power_w / 1000:.1f}')}kW"
    energy = None if sight.energy_wh is None else f"{wording.decimal(f'{sight.energy_wh / 1000:.2f}')}kWh"
    measured = " ".join(each for each in (power, energy) if each)
    cost = "" if sight.cost is None else f"{word('cost', wording)} {wording.decimal(sight.cost)} {sight.currency}".rstrip()
    lasted = "" if sight.lasted_s is None else f"{sight.lasted_s // 3600}:{sight.lasted_s // 60 % 60:02} h"
    return [each for each in (measured, cost, lasted, sight.text) if each]

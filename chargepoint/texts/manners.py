"""How numbers, money, dates and times are written, and which plural goes with which number: one row for each language."""

from collections.abc import Callable, Mapping

from msgspec import Struct

NARROW, HARD = "\u202f", "\u00a0"
"""Spaces at which no line is broken: between thousands, and between a number and its unit."""


class Manners(Struct, frozen=True, kw_only=True):
    """One language."""

    name: str
    """Of itself."""
    decimal: str = ","
    thousands: str = "."
    from_thousands: int = 1_000
    """Numbers below it have no sign between their thousands."""
    date: str = "%d/%m/%Y"
    """For ``strftime``; nothing in it depends on the machine's language."""
    symbol_first: bool = False
    """``€3.31``"""
    symbol_gap: str = HARD
    hour: str = "h"
    plural: Callable[[int], int] = lambda count: int(count != 1)
    """Which of the forms."""
    plural_forms: str = "nplurals=2; plural=(n != 1);"
    """The same as catalogues say it."""


def _polish(count: int) -> int:
    """One; two to four, but not twelve to fourteen; all others."""
    if count == 1:
        return 0
    return 1 if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14 else 2


MANNERS: Mapping[str, Manners] = {
    "en": Manners(name="English", decimal=".", thousands=",", date="%Y-%m-%d", symbol_first=True, symbol_gap=""),
    "de": Manners(name="Deutsch", date="%d.%m.%Y"),
    "fr": Manners(name="Français", thousands=NARROW, plural=lambda count: int(count > 1), plural_forms="nplurals=2; plural=(n > 1);"),
    "es": Manners(name="Español", from_thousands=10_000),
    "nl": Manners(name="Nederlands", date="%d-%m-%Y", symbol_first=True, hour="u"),
    "it": Manners(name="Italiano"),
    "pl": Manners(
        name="Polski",
        thousands=HARD,
        from_thousands=10_000,
        date="%d.%m.%Y",
        hour="godz.",
        plural=_polish,
        plural_forms="nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    ),
}

SYMBOLS: Mapping[str, str] = {"EUR": "€", "GBP": "£", "USD": "$", "PLN": "zł", "CZK": "Kč"}
"""Of currencies; others are called by their three letters."""

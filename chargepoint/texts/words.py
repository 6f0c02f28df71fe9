"""The texts of one language, and its way to write numbers."""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from chargepoint.texts.manners import HARD, MANNERS, SYMBOLS

FOLDER = Path(__file__).with_name("locale")

Key = tuple[str, str]
"""Context and id."""


class Texts:
    """``language``: one of ``MANNERS``."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.manners = MANNERS[language]
        self._texts, self._plurals = _read(language)

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return self.manners.name

    def text(self, msgid: str, context: str = "", **values: object) -> str:
        """In this language, with values in place of ``{names}``; what is not translated as it is."""
        found = self._texts.get((context, msgid), msgid)
        return found.format(**values) if values else found

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """The form that goes with a number, which is ``{count}`` in it."""
        forms = self._plurals.get(("", one))
        found = (one if count == 1 else many) if forms is None else forms[self.manners.plural(count)]
        return found.format(count=self.number(count), **values)

    def number(self, value: float | Decimal, decimals: int = 0) -> str:
        """``1.234,5``; halves are rounded away from zero."""
        exact = value if isinstance(value, Decimal) else Decimal(str(value))
        rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        sign = "-" if rounded < 0 else ""
        whole, _, fraction = f"{abs(rounded):f}".partition(".")
        if int(whole) >= self.manners.from_thousands:
            whole = f"{int(whole):,}".replace(",", self.manners.thousands)
        return sign + whole + (self.manners.decimal + fraction if fraction else "")

    def decimal(self, text: str) -> str:
        """A decimal number that is text already, with as many decimals as it has."""
        _, _, fraction = text.partition(".")
        return self.number(Decimal(text), len(fraction))

    def money(self, amount: str | Decimal, currency: str = "") -> str:
        """``3,31 €``. An amount that is text keeps its decimals, if it has any two at least. ``currency``: three letters; without it the
        number alone."""
        fraction = amount.partition(".")[2] if isinstance(amount, str) else "00"
        number = self.number(Decimal(amount), max(2, len(fraction)) if fraction else 0)
        if not currency:
            return number
        symbol = SYMBOLS.get(currency, currency)
        gap = self.manners.symbol_gap if symbol != currency else HARD
        return f"{symbol}{gap}{number}" if self.manners.symbol_first else f"{number}{HARD}{symbol}"

    def duration(self, seconds: float) -> str:
        """``1 h 12 min``; below a minute in seconds."""
        whole = max(0, int(seconds))
        if whole < 60:
            return f"{whole}{HARD}s"
        minutes, hours = whole // 60 % 60, whole // 3600
        if hours == 0:
            return f"{minutes}{HARD}min"
        return f"{hours}{HARD}{self.manners.hour} {minutes}{HARD}min"

    def date(self, at: datetime) -> str:
        """The day, in the zone that the time is in."""
        return at.strftime(self.manners.date)

    def clock(self, at: datetime) -> str:
        """Hours and minutes, the same everywhere."""
        return at.strftime("%H:%M")


def _read(language: str) -> tuple[Mapping[Key, str], Mapping[Key, tuple[str, ...]]]:
    """What is translated in its catalogue."""
    import polib  # type: ignore[import-untyped]

    texts, plurals = {}, {}
    entry: Any
    for entry in polib.pofile(str(FOLDER / f"{language}.po"), encoding="utf-8"):
        key = (entry.msgctxt or "", entry.msgid)
        if entry.obsolete or not entry.translated():
            continue
        if entry.msgid_plural:
            plurals[key] = tuple(entry.msgstr_plural[number] for number in sorted(entry.msgstr_plural))
        else:
            texts[key] = entry.msgstr
    return texts, plurals

"""Texts for drivers, in the languages of ``[public] languages``; message ids are the English sentences.

    domain/catalogue, domain/panel_words, web/drivers, web/signs ── ids ──▶ locale/<language>.po ──▶ of(language) ──▶ pages, signs, displays

A catalogue is read when its language is first asked for, and kept. ``make texts`` puts new ids into all of them; a test wants every id
translated in every language, with the same placeholders, and no id that nothing uses.
"""

from functools import cache

from chargepoint.texts.manners import MANNERS
from chargepoint.texts.words import Texts

__all__ = ["LANGUAGES", "Texts", "marked", "of"]

LANGUAGES: tuple[str, ...] = tuple(MANNERS)
OTHERWISE = "en"


def of(language: str) -> Texts:
    """In this language, ``de`` or ``de-AT``; English in place of one that there is not."""
    short = language.replace("_", "-").partition("-")[0].lower()
    return _kept(short if short in MANNERS else OTHERWISE)


@cache
def _kept(language: str) -> Texts:
    return Texts(language)


def marked(text: str) -> str:
    """The text itself: it stands in a table and is an id, which ``make texts`` finds here."""
    return text

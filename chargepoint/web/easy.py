"""Which passwords are too easy: what is left of one when everything that people guess first is taken out.

Taken out are words of the list below and of the station itself, also with digits and signs in place of letters, years, rows of the keyboard
and of the alphabet, and what repeats itself. What is left has to have ``ENOUGH`` characters, and the whole ``VARIED`` different ones.
"""

import re
import unicodedata
from collections.abc import Iterable

from chargepoint.web.passwords import LONGEST, SHORTEST

ENOUGH = 6
VARIED = 5

_WORDS = """
    password passwort motdepasse contrasena wachtwoord haslo passphrase passcode parola
    admin administrator owner technician technik techniker installer installateur service operator manager master root user guest support
    test testing demo default changeme change secret geheim login logon welcome willkommen bienvenue hello hallo letmein iloveyou
    charge charger charging chargepoint chargingstation station ladestation ladepunkt laden wallbox evse ocpp csms evcharger electric
    borne recharge laadpaal kolonnine colonnina auto car vehicle tesla power energy energie strom volt ampere socket plug
    monkey dragon sunshine princess football baseball superman batman shadow trustno flower summer winter spring autumn sommer herbst
    january february march april june july august september october november december monday friday sunday
    company firma office home house computer internet server network system
"""
WORDS = tuple(_WORDS.split())
"""What is tried first."""
ROWS = (
    *("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm"),
    *("1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p", "1a2b3c4d5e6f7g8h"),
)
SHORTEST_ROW = 4
AS_LETTERS = str.maketrans("013457$@!8", "oieastsaib")
YEAR = re.compile(r"(?:19|20)\d\d")
REPEATED = re.compile(r"(.{1,12}?)\1+")


def objection(password: str, about: Iterable[str] = ()) -> str | None:
    """Why it will not do. ``about``: words that anybody knows of this station and this person. Never shows the password."""
    normal = unicodedata.normalize("NFKC", password)
    if len(normal) < SHORTEST:
        return (
            f"{len(normal)} characters; expected at least {SHORTEST}: some words that have nothing to do with each other are easy to type"
        )
    if len(normal) > LONGEST:
        return f"{len(normal)} characters; expected at most {LONGEST}"
    if not normal.isprintable():
        return "a character that cannot be typed everywhere; expected letters, digits, signs and spaces"
    lower = normal.lower()
    if len(set(lower)) < VARIED:
        return f"only {len(set(lower))} different characters; expected at least {VARIED}"
    if min(len(_rest(lower, about)), len(_rest(lower.translate(AS_LETTERS), about))) < ENOUGH:
        return "too easy to guess: little is left of it without common words, rows, years and repetitions; add words of your own"
    return None


def _rest(text: str, about: Iterable[str]) -> str:
    """What is hard to guess of it. What is taken out leaves a gap, so that its neighbours do not join."""
    known = sorted({*WORDS, *_parts(about)}, key=len, reverse=True)
    for word in known:
        text = text.replace(word, " ")
    for row in _rows(text):
        text = text.replace(row, " ")
    text = YEAR.sub(" ", text)
    return "".join(REPEATED.sub(r"\1", text).split())


def _parts(about: Iterable[str]) -> set[str]:
    """Words of the station: whole and in parts, as short as three characters."""
    whole = {each.lower() for each in about}
    return {part for each in whole for part in (each, *re.split(r"[^a-z0-9]+", each)) if len(part) >= 3}


def _rows(text: str) -> list[str]:
    """Parts of keyboard and alphabet in it, either way, the longest first."""
    found = set()
    for row in (*ROWS, *(each[::-1] for each in ROWS)):
        for begin in range(len(row) - SHORTEST_ROW + 1):
            end = begin + SHORTEST_ROW
            while row[begin:end] in text:
                found.add(row[begin:end])
                if end == len(row):
                    break
                end += 1
    return sorted(found, key=len, reverse=True)

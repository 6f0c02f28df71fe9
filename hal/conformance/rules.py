"""How rules are played: one after the other, each with a driver of its own, all that are broken told at once."""

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from hal.errors import DeviceError

Case = TypeVar("Case")
Rule = Callable[[Case], None]
"""Raises AssertionError. The first line of its docstring is the rule."""

LOOK_S = 0.02


class NotHere(Exception):
    """This rule says nothing of this driver, or this bench cannot play it."""


def hold(who: str, rules: Iterable[Rule[Case]], begin: Callable[[], Case], end: Callable[[Case], None]) -> list[str]:
    """Play all rules; the sentences of those that were played. Raises AssertionError with every broken one."""
    held, broken = [], []
    for rule in rules:
        sentence = sentence_of(rule)
        case = begin()
        try:
            rule(case)
            held.append(sentence)
        except NotHere:
            continue
        except AssertionError as error:
            broken.append(f"{sentence} Here: {error}")
        except DeviceError as error:
            broken.append(f"{sentence} Here: DeviceError: {error}")
        finally:
            end(case)
    if broken:
        raise AssertionError("\n  ".join((f"{who}: {len(broken)} of {len(held) + len(broken)} rules broken", *broken)))
    return held


def sentence_of(rule: Rule[Any]) -> str:
    """The rule, for people."""
    return (rule.__doc__ or rule.__name__).partition("\n")[0]


def eventually(happened: Callable[[], bool], within_s: float) -> bool:
    """Does it happen in this time?"""
    ends_s = time.monotonic() + within_s
    while not happened():
        if time.monotonic() >= ends_s:
            return False
        time.sleep(LOOK_S)
    return True


def speaks(error: Exception) -> bool:
    """Does a message say what is wrong and what to do? A colon after the thing, a remedy behind it."""
    text = str(error)
    return len(text) > 20 and ": " in text

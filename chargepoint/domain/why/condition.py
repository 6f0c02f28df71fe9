"""One condition for charging, and how it stands."""

from msgspec import Struct

from chargepoint.domain import catalogue


class Condition(Struct, frozen=True):
    """``holds`` ``None``: it cannot be told yet, mostly because an earlier one has to hold first."""

    name: str
    holds: bool | None
    text: str
    """How it stands, in a sentence with the value that led to it."""
    remedy: str = ""
    """What to do first; empty where nothing is to be done."""
    code: str | None = None
    """Of the catalogue, which has the sentence for the driver and all the steps."""


def met(name: str, text: str) -> Condition:
    """It holds."""
    return Condition(name, True, text)


def untold(name: str, text: str) -> Condition:
    """Nobody can tell."""
    return Condition(name, None, text)


def missing(name: str, error: str, text: str = "") -> Condition:
    """It does not hold, because of what has this name in the catalogue; without a text in the words of its cause."""
    entry = catalogue.of(error)
    return Condition(name, False, text or entry.cause, entry.technician[0], entry.code)


def span(seconds: float) -> str:
    """``90``: ``1 min 30 s``."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3_600 else f"{whole // 3_600} h {whole % 3_600 // 60} min"

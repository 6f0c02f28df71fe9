"""What a look at one thing has found: a line and a remedy, for ``chargepoint doctor``, the pages and programs."""

from typing import Literal

from msgspec import Struct, field

from chargepoint.domain import catalogue

State = Literal["passed", "warning", "failed", "skipped", "not needed", "not known"]
"""``skipped``: something before it has failed. ``not known``: it could not be read, and the remedy says how to find out."""

Figure = str | int | float | bool | None
Figures = dict[str, Figure]


class Finding(Struct, frozen=True, kw_only=True):
    """One of them."""

    name: str
    """Of what was looked at, for programs and people; the same name always means the same."""
    state: State
    text: str
    """What was found, for people."""
    remedy: str = ""
    """What to do, one sentence; empty: nothing."""
    code: str = ""
    """Of the error catalogue, which has more remedies."""
    figures: Figures = field(default_factory=dict)
    """For programs; the unit is the last part of a name."""


def failing(name: str, error: str, text: str, *, state: State = "failed", figures: Figures | None = None) -> Finding:
    """What is in the error catalogue under that name, with its first remedy."""
    entry = catalogue.of(error)
    return Finding(name=name, state=state, text=text, remedy=entry.technician[0], code=entry.code, figures=figures or {})


def by_code(name: str, code: str, text: str, remedy: str = "", *, figures: Figures | None = None) -> Finding:
    """The same by its number, with ``remedy`` where the catalogue has none under it."""
    entry = catalogue.by_code(code)
    remedy = entry.technician[0] if entry else remedy
    return Finding(name=name, state="failed", text=text, remedy=remedy, code=code, figures=figures or {})

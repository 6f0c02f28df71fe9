"""What a form asks for, and values from text. Text that is no such value stays text: the check of the configuration says what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct, field

LONGEST = 2_000

Kind = Literal["text", "number", "choice", "truth", "password", "area", "certificates"]


class Option(Struct, frozen=True):
    """One of several."""

    value: str
    title: str
    help: str = ""
    more: tuple[tuple[str, str], ...] = ()
    """(what, text), for who wants to know before choosing."""


class Field(Struct, frozen=True, kw_only=True):
    """One question."""

    name: str
    label: str
    kind: Kind = "text"
    help: str = ""
    options: Sequence[Option] = ()
    proposed: str = ""
    """What stands there before anything was answered."""
    seldom: bool = False
    """Below a fold."""
    stored: bool = False
    """A password, or certificates, that there are already: they are not shown, and left empty they stay."""
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Another question, and its answers with which this one matters; who asks one after the other leaves it out with others."""


def matters(field: Field, answers: Mapping[str, str]) -> bool:
    """After these answers, is it worth asking?"""
    return all(answers.get(name, "") in wanted for name, wanted in field.where.items())


def number(text: str) -> Any:
    """An integer where it is one, else a float, else the text; nothing where nothing was typed."""
    text = text.strip().replace(",", ".")
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def truth(text: str) -> bool:
    """Is the box ticked?"""
    return text == "on"


def given(**values: Any) -> dict[str, Any]:
    """Only what was answered."""
    return {name: value for name, value in values.items() if value not in (None, "", (), [])}

"""Configurations that somebody is changing: in memory, one for each who has logged in, until it is applied, dropped, or too old."""

import difflib
import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from chargepoint.web.editing import masking, remarks
from chargepoint.web.wizard import toml
from chargepoint.web.wizard.ports import Tree

MOST = 8
LASTS_S = 3_600.0
AROUND = 2
"""Lines around a change."""


class Proposal(Struct, frozen=True, kw_only=True):
    """The file as somebody wants it."""

    text: str
    tree: Tree
    base: str
    """Which file it began with (``print_of``)."""
    at_s: float
    as_text: bool = False
    """With the remarks of the file. Where a form changes more than entries it is written anew."""

    def __repr__(self) -> str:
        return f"Proposal(base={self.base!r})"


class Present(Struct, frozen=True, kw_only=True):
    """The file as it is."""

    text: str
    tree: Tree
    print: str


class Desk:
    """By who is logged in."""

    def __init__(self) -> None:
        self._kept: dict[str, Proposal] = {}

    def of(self, who: str, now_s: float) -> Proposal | None:
        """Theirs, if it is not too old."""
        found = self._kept.get(who)
        return found if found is not None and now_s - found.at_s < LASTS_S else None

    def put(self, who: str, proposal: Proposal) -> None:
        """In the place of the one before; of too many the oldest goes."""
        self._kept[who] = proposal
        while len(self._kept) > MOST:
            del self._kept[min(self._kept, key=lambda each: self._kept[each].at_s)]

    def drop(self, who: str) -> None:
        """They want none of it."""
        self._kept.pop(who, None)


def print_of(text: str) -> str:
    """Another one for another text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def written(tree: Tree, path: Path) -> str:
    """The file of a tree. Remarks that it had are not in it."""
    if path.suffix == ".json":
        return msgspec.json.format(msgspec.json.encode(tree)).decode() + "\n"
    return toml.text(tree)


def rewritten(present: Present, tree: Tree, path: Path) -> tuple[str, bool]:
    """The file with another tree; are its remarks still in it?"""
    kept = None if path.suffix == ".json" else remarks.kept(present.text, present.tree, tree)
    return (written(tree, path), False) if kept is None else (kept, True)


def difference(present: Present, proposal: Proposal, path: Path) -> list[tuple[str, str]]:
    """(sort, line): ``+``, ``-``, `` `` or ``@``; both without their secrets, and a secret that changes is said to."""
    if proposal.as_text:
        before, after = masking.masked(present.text, present.tree), masking.masked(proposal.text, proposal.tree)
    else:
        before, after = (masking.masked(written(tree, path), tree) for tree in (present.tree, proposal.tree))
    found = list(_lines(before, after))
    if masking.marks(present.tree) != masking.marks(proposal.tree):
        found.append(("@", "a password, or another secret, is changed"))
    return found


def _lines(before: str, after: str) -> Iterator[tuple[str, str]]:
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=AROUND, lineterm=""):
        if line.startswith(("---", "+++")):
            continue
        yield ("@", "…") if line.startswith("@@") else (line[:1], line[1:])

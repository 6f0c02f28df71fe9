"""Is control at rest, and until when? Found out from the outside, without knowing what control remembers.

Its memory is made of frozen values. Two scans are compared, wherever in time they lie:

    the same value                    nothing happened there; a moment among them is an *anchor*
    a moment that went from one       a heartbeat: "measured last", "seen last"; it goes on as long as the scans do
    scan, or reading, to the other
    anything else                     control is not at rest

Control compares the time passed since a moment with a duration. So from rest it can only move, without new inputs, at an anchor plus one
of its durations. Most of these moments turn out to mean nothing: that costs a scan and is safe.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from msgspec import Struct, structs

from chargepoint.cli.scenarios.clock import NEARLY_S, ORIGIN_S
from hal.measured import MeterReading

REMEMBERED = 4_096
"""Unchanged parts of which the anchors are remembered."""
ATOMS = frozenset((int, str, bool, type(None), bytes, frozenset))

Moved = Mapping[float, float]
"""Heartbeats: the moment of the former scan or reading, and what has taken its place."""


class Rest:
    """Compares scans of one control with the given durations (ascending, from 0)."""

    def __init__(self, durations: Sequence[float]) -> None:
        self._durations = durations
        self._earliest_s = ORIGIN_S - durations[-1]
        self._known: dict[int, tuple[object, frozenset[float]]] = {}

    def anchors(self, before: object, after: object, moved: Moved) -> set[float] | None:
        """The moments that control remembers; ``None``: it is not at rest."""
        found: set[float] = set()
        return found if self._same(before, after, moved, found) else None

    def until_s(self, anchors: set[float], now: float) -> float:
        """Before this moment nothing happens by itself; ``now``: something may happen in the very next scan."""
        earliest = inf
        for anchor in anchors:
            if not self._earliest_s < anchor < inf:
                continue
            passed_s = now - anchor
            i = bisect_right(self._durations, passed_s + NEARLY_S)
            if i and self._durations[i - 1] >= passed_s - NEARLY_S:
                return now
            if i < len(self._durations):
                earliest = min(earliest, anchor + self._durations[i])
        return earliest

    def _same(self, before: Any, after: Any, moved: Moved, found: set[float]) -> bool:
        kind = type(after)
        if kind is float:
            if before == after:
                found.add(after)
            return bool(before == after) or moved.get(before) == after
        if kind in ATOMS or kind is not type(before):
            return bool(before == after)
        if kind is MeterReading:
            return self._same(before.at_s, after.at_s, moved, found)
        if kind is dict and before.keys() != after.keys():
            return False
        return self._same_parts(_parts(before), _parts(after), moved, found)

    def _same_parts(self, before: Sequence[Any], after: Sequence[Any], moved: Moved, found: set[float]) -> bool:
        if len(before) != len(after):
            return False
        for old, new in zip(before, after, strict=True):
            if old is new:
                if type(new) is float:
                    found.add(new)
                elif type(new) not in ATOMS:
                    found |= self._anchors_of(new)
            elif not self._same(old, new, moved, found):
                return False
        return True

    def _anchors_of(self, value: Any) -> frozenset[float]:
        """Of something that has not changed."""
        known = self._known.get(id(value))
        if known is None or known[0] is not value:
            found: set[float] = set()
            parts = _parts(value)
            self._same_parts(parts, parts, {}, found)
            known = (value, frozenset(found))
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[id(value)] = known
        return known[1]


def _parts(value: Any) -> Sequence[Any]:
    if isinstance(value, Struct):
        return structs.astuple(value)
    return tuple(value.values()) if isinstance(value, dict) else tuple(value)

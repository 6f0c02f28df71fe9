"""Answers that may still come: a read over a serial line is answered without its address, so a late answer looks like that to another.

A unit that has left a read unanswered is asked nothing that could be taken for it until its answer cannot come any more. Where all that is
asked of a unit can be told apart by function and size there is no need to wait.
"""

import math

from hal.bus.modbus_frames import Question

LATEST_S = 2.5
"""A device that answers later than this is not one that works with masters, whose time-outs are a second at most. With three tries and a
reading a second, this keeps below the 5 s after which a meter counts as silent."""


class Owed:
    """Of every unit on one line."""

    def __init__(self) -> None:
        self._until_s: dict[int, float] = {}
        self._addresses: dict[tuple[int, str], set[int]] = {}

    def sent(self, question: Question, at_s: float) -> None:
        """It went out; while others are owed it is owed as well."""
        if question.looks is not None:
            self._addresses.setdefault((question.unit, question.looks), set()).add(question.address)
        if at_s < self._until_s.get(question.unit, -math.inf):
            self.left(question.unit, at_s)

    def left(self, unit: int, sent_s: float) -> None:
        """A question that went out then was left without an answer."""
        self._until_s[unit] = sent_s + LATEST_S

    def wait_s(self, question: Question, now_s: float) -> float:
        """For how long it must not be asked; 0 if it may."""
        others = self._addresses.get((question.unit, question.looks or ""), set()) - {question.address}
        return max(0.0, self._until_s.get(question.unit, -math.inf) - now_s) if others else 0.0

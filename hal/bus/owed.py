"""Answers that may still come: a read over a serial line is answered without its address, so a late answer looks like that to another.

A unit that has left a read unanswered is asked nothing that could be taken for it until its answer cannot come any more. What can be told
apart by function and size is asked at once.
"""

import math

from hal.bus.modbus_frames import Question

LATEST_S = 2.5
"""A device that answers later than this is not one that works with masters, whose time-outs are a second at most. With three tries and a
reading a second, this keeps below the 5 s after which a meter counts as silent."""

Kind = tuple[int, str]
"""Unit, and what the answers of these questions have in common."""


class Owed:
    """Of every unit on one line."""

    def __init__(self) -> None:
        self._until_s: dict[Kind, float] = {}
        self._addresses: dict[Kind, set[int]] = {}

    def sent(self, question: Question, at_s: float) -> None:
        """It went out; while others of its kind are owed it is owed as well."""
        if (kind := _kind(question)) is None:
            return
        self._addresses.setdefault(kind, set()).add(question.address)
        if at_s < self._until_s.get(kind, -math.inf):
            self.left(question, at_s)

    def left(self, question: Question, sent_s: float) -> None:
        """It went out then, and was left without an answer."""
        if (kind := _kind(question)) is not None:
            self._until_s[kind] = sent_s + LATEST_S

    def wait_s(self, question: Question, now_s: float) -> float:
        """For how long it must not be asked; 0 if it may."""
        kind = _kind(question)
        if kind is None or not self._addresses.get(kind, set()) - {question.address}:
            return 0.0
        return max(0.0, self._until_s.get(kind, -math.inf) - now_s)


def _kind(question: Question) -> Kind | None:
    return None if question.looks is None else (question.unit, question.looks)

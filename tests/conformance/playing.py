"""What both versions' cases have in common when they are played."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from tests.conformance.lab import Laboratory

TIMEOUT_S = 90.0
"""For one case. None needs a third of it, even on a busy machine."""

Coroutine = Callable[[], Awaitable[None]]


L = TypeVar("L", bound=Laboratory)


class Player(ABC, Generic[L]):
    """Brings a case and its lab together; the fixture ``player`` of each version."""

    lab: L
    shared = False
    """Has the case a station that others had before?"""

    @abstractmethod
    def play(self, test: Coroutine) -> None:
        """Play one case, in a loop. Raises what the test raises."""

    @property
    @abstractmethod
    def processor_s(self) -> float:
        """What the processes of the case have cost."""


def judged(lab: Laboratory, before: int = 0) -> None:
    """The bench CSMS has seen no breach of the standard, after so many of earlier cases."""
    wrong = [f"message {entry.message}, {entry.rule}: {entry.text}" for entry in lab.station.violations[before:]]
    assert wrong == [], "the bench CSMS has seen breaches of the standard"

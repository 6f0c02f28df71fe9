"""A station that a verb asks, played by the test."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

EXAMPLE = Path(__file__).with_name("example.toml")


class Played:
    """``questions``: what was asked; ``answers``: by the type of the question, an answer, or a function of the question."""

    def __init__(self, verb: str, answers: Mapping[type, Any]) -> None:
        self.verb = verb
        self.questions: list[Any] = []
        self.answers = dict(answers)

    def ask(self, path: str, kind: type, question: Any, timeout_s: float = 0.0) -> Any:
        self.questions.append(question)
        answer = self.answers[type(question)]
        answer = answer(question) if isinstance(answer, Callable) else answer  # type: ignore[arg-type]
        assert isinstance(answer, kind)
        return answer

    def line(self, *words: str) -> list[str]:
        """A whole command line."""
        return [self.verb, "--config", str(EXAMPLE), *words]


def played(monkeypatch: pytest.MonkeyPatch, place: Path, module: ModuleType, verb: str, answers: Mapping[type, Any]) -> Played:
    """In the place of the station."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place))
    monkeypatch.setenv("TZ", "UTC")
    station = Played(verb, answers)
    monkeypatch.setattr(module, "ask", station.ask)
    return station

"""What has been answered so far."""

import hashlib
from collections.abc import Mapping

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

Answers = Mapping[str, str]

MOST_EVSES = 8
STATION = "station"
USUAL_V, USUAL_PHASES = "230", "3"


class Tried(Struct, frozen=True):
    """What a trial of this place's hardware, or line, came to."""

    mark: str
    """Of the answers that were tried."""
    good: bool
    text: str


class Draft(Struct, frozen=True):
    """``answers``: by place (``board/1``), then by field, as text."""

    answers: Mapping[str, Answers] = field(default_factory=dict)
    tried: Mapping[str, Tried] = field(default_factory=dict)

    def of(self, place: str) -> Answers:
        """Of one place; nothing where it has not been answered."""
        return self.answers.get(place, {})

    def has(self, place: str) -> bool:
        """Has it been answered, right or wrong?"""
        return place in self.answers

    def answered(self, place: str, answers: Answers) -> "Draft":
        """With these answers in place of the old ones."""
        return replace(self, answers={**self.answers, place: dict(answers)})

    def seen(self, place: str, mark: str, text: str, *, good: bool) -> "Draft":
        """With what a trial came to, or why there was none."""
        return replace(self, tried={**self.tried, place: Tried(mark, good, text)})

    def mark(self, place: str) -> str:
        """Another one for other answers, and for others that a trial of this place rests on."""
        rests = (self.of(place), self._others(*place.split("/")))
        return hashlib.sha256(msgspec.json.encode(rests, order="deterministic")).hexdigest()[:16]

    def _others(self, step: str, number: str = "0") -> tuple[str, ...]:
        """The CSMS knows a station by its identity; a meter shows the phases and the voltage that there are."""
        station = self.of(STATION)
        if step == "meter":
            return station.get("voltage_v") or USUAL_V, self.phases(int(number))
        return (station.get("id", ""),) if step == "csms" else ()

    def phases(self, number: int) -> str:
        """Of an EVSE; one that has not been described has those of the feed."""
        return self.of(f"socket/{number}").get("phases") or self.of(STATION).get("phases") or USUAL_PHASES

    def trial(self, place: str) -> Tried | None:
        """What was tried with just these answers."""
        tried = self.tried.get(place)
        return tried if tried is not None and tried.mark == self.mark(place) else None

    @property
    def evses(self) -> int:
        """How many there are to be; bounded, whatever was typed."""
        text = self.of(STATION).get("evses", "1")
        return min(int(text), MOST_EVSES) if text.isascii() and text.isdecimal() and len(text) < 4 and int(text) else 1

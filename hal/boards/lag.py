"""Boards that are asked once a second, and what control makes of that: it acts on what was measured twice, on some things at once.

``Course`` follows such a board from one answer to the next. After a new letter the next look comes soon, so that control has its second
measurement; a cable's coding that is gone is told gone with that second one, when the pilot has told that the cable was pulled.
"""

import logging

from hal.boards.registers import LEAST_MA
from hal.boards.talking import Letter
from hal.measured import BoardFault

log = logging.getLogger(__name__)

SOON_S = 0.06
"""Control takes a letter after 50 ms."""
OFFERS_S = 10.0
"""With its tests and its manners a board has begun to offer within this."""
NOT_OFFERED = BoardFault(
    "offer_refused",
    "internal_error",
    info="it offers nothing, though it was told to and a car is there; look at its display and its settings",
)


class Course:
    """Of one board. ``letter``: the last that it told."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.letter: Letter = "A"
        self.ohm: int | None = None
        """Of the cable."""
        self._changed = False
        self._missing = False
        self._idle_since_s: float | None = None
        self._forgotten: tuple[str, float, float] | None = None

    def rest_s(self, usual_s: float) -> float:
        """Until the next look."""
        return SOON_S if self._changed else usual_s

    def take(self, letter: Letter, ohm: int | None = None) -> Letter:
        """A new answer."""
        self._changed = letter != self.letter
        self.letter = letter
        self._missing, missed = ohm is None, self._missing
        if ohm is not None or missed:
            self.ohm = ohm
        return letter

    def forgot(self, register: str, found: float, wanted: float) -> None:
        """It is not as it was told: to be told again, and to be logged once."""
        if (register, found, wanted) != self._forgotten:
            self._forgotten = register, found, wanted
            log.warning("event=board_forgot board=%r register=%s value=%g wanted=%g", self._name, register, found, wanted)

    def offers(self, wanted_ma: int, now: float, *, pwm: bool) -> tuple[BoardFault, ...]:
        """What is wrong when a car waits for the pilot to oscillate, and it does not."""
        if wanted_ma < LEAST_MA or pwm or self.letter not in ("B", "C"):
            self._idle_since_s = None
            return ()
        if self._idle_since_s is None:
            self._idle_since_s = now
        return (NOT_OFFERED,) if now - self._idle_since_s >= OFFERS_S else ()

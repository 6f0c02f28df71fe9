"""Boards with a mind of their own: a microcontroller makes the pilot and moves the contactor, and this host talks with it over a slow line.

    control ── write, kick ──▶ TalkingBoard ── exchange, in a thread ──▶ Talk (one file per board) ══ line ══ board
            ◀── read ────────               ◀─ BoardInputs ──────────

The scan never waits for the line: it reads the newest measurement, whose age it sees, and leaves its outputs. When control stops kicking,
the talk goes on with the safe outputs, so that nothing is offered on behalf of a control that hangs; when the whole process is gone, the
board's own watchdog decides (``Abilities.when_lost``).
"""

import logging
import re
import time
from collections.abc import Callable
from typing import Literal, Protocol

from msgspec import structs

from hal.api import Abilities
from hal.bus.worker import Worker
from hal.errors import HalError
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardInputs, BoardOutputs

log = logging.getLogger(__name__)

KICKED_S = 0.5
"""Kicks come every 20 ms. After so long without one the board is told the safe outputs."""
FIRST_S, LOOK_S = 0.5, 0.02
"""So long it is told nothing at first, lest its lock move before control has said what is wanted; and how often that is looked for."""
AGAIN_S = 1.0
"""A board that does not answer is tried again so often."""
JOIN_S = 0.5
FIGURES = re.compile(r"[\d.]+")
"""Without them two errors of one kind read the same."""
SAFE = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=False)

Letter = Literal["A", "B", "C", "D", "E", "F"]
HIGH_MV: dict[Letter, int] = {"A": 12_000, "B": 9_000, "C": 6_000, "D": 3_000, "E": 0, "F": -12_000}


def plateaus_mv(letter: Letter, outputs: BoardOutputs) -> tuple[int, int]:
    """Upper and lower plateau that a state letter stands for while the board does what ``outputs`` says (IEC 61851-1 Table A.4): for
    boards that tell a letter and no voltage, and look at the diode themselves."""
    high_mv = HIGH_MV[letter]
    oscillates = PILOT_FAULT_PPM < outputs.duty_ppm < PILOT_STEADY_PPM and letter in {"A", "B", "C", "D"}
    return high_mv, -12_000 if oscillates else high_mv


class Talk(Protocol):
    """What one kind of board understands. All methods block, for at most a second or two, and are called in one thread."""

    name: str
    """Driver, port and address, for people."""

    def open(self) -> None:
        """Find the board, and make sure that it is what was configured. Raises DeviceError or DriverError."""

    def exchange(self, wanted: BoardOutputs) -> BoardInputs:
        """Tell it what is wanted and ask how it stands. ``at_s`` is when it was asked. Raises DeviceError."""

    def rest_s(self, wanted: BoardOutputs) -> float:
        """How long to leave the line alone before the next exchange, unless something changes."""

    def close(self) -> None:
        """Leave it without an offer, if it still hears. Raises nothing."""


class TalkingBoard:
    """``hal.api.Board`` over a ``Talk``. Without an answer at ``open`` it goes on trying: the missing measurement is a fault of its own."""

    def __init__(self, talk: Talk, abilities: Abilities, clock: Callable[[], float] = time.monotonic) -> None:
        self.abilities = abilities
        self._talk = talk
        self._clock = clock
        self._inputs: BoardInputs | None = None
        self._outputs = SAFE
        self._kicked_s = self._opened_s = float("-inf")
        self._told = SAFE
        self._open = self._closing = False
        self._failing: str | None = None
        self._worker: Worker | None = None

    def open(self) -> None:
        """Begin to talk."""
        self._worker = Worker(f"board {self._talk.name}", self.turn)
        self._worker.start()

    def read(self) -> BoardInputs | None:
        """The newest measurement."""
        return self._inputs

    def write(self, outputs: BoardOutputs) -> None:
        """Left for the next exchange, which comes at once when they are new."""
        self._outputs = outputs

    def kick(self) -> None:
        """Control lives."""
        self._kicked_s = self._clock()
        if self._outputs != self._told:
            self._told = self._outputs
            if self._worker is not None:
                self._worker.ring()

    def close(self) -> None:
        """No offer any more. An exchange that is still under way may tell the board something else after that: so it ends likewise."""
        self._closing = True
        if self._worker is not None:
            self._worker.leave(JOIN_S)
        if self._open:
            self._talk.close()
        if self._worker is not None:
            self._worker.leave(JOIN_S)

    def turn(self) -> float:
        """One exchange; how long to rest after it."""
        rest_s = self._turn()
        if self._closing and self._open:
            self._talk.close()
        return rest_s

    def _turn(self) -> float:
        try:
            if not self._open:
                self._talk.open()
                self._open, self._opened_s = True, self._clock()
            if self._kicked_s < 0 and self._clock() - self._opened_s < FIRST_S:
                return LOOK_S
            wanted = self._wanted()
            self._inputs = self._talk.exchange(wanted)
        except HalError as error:
            return self._failed(str(error))
        except Exception:  # rim of the thread: the silent board becomes a fault, the next turn tries again
            log.exception("event=board_broken board=%r", self._talk.name)
            return self._failed("see above")
        if self._failing is not None:
            log.info("event=board_back board=%r", self._talk.name)
            self._failing = None
        return self._talk.rest_s(wanted)

    def _wanted(self) -> BoardOutputs:
        alive = self._clock() - self._kicked_s <= KICKED_S
        return self._outputs if alive else structs.replace(SAFE, lock=self._outputs.lock)

    def _failed(self, error: str) -> float:
        kind = FIGURES.sub("", error)
        if self._failing != kind:
            log.warning("event=board_failed board=%r error=%r", self._talk.name, error)
        self._failing = kind
        return AGAIN_S

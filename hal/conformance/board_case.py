"""One board in the hands of the kit: driven as control drives it, and looked at from its other side."""

import time
from collections.abc import Callable

from msgspec import Struct

from hal.api import Abilities, Board
from hal.conformance.benches import BoardBench, Car
from hal.conformance.rules import NotHere
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardInputs, BoardOutputs

SCAN_S = 0.02
OFFER_MA = 16_000
IDLE = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=False)
OFFER = BoardOutputs(duty_ppm=OFFER_MA * 50 // 3, contactor=False, lock=False, offer_ma=OFFER_MA)
CLOSED = BoardOutputs(duty_ppm=OFFER_MA * 50 // 3, contactor=True, lock=True, offer_ma=OFFER_MA)
FAULT = BoardOutputs(duty_ppm=PILOT_FAULT_PPM, contactor=False, lock=False)

BLOCKS_S = 0.02
"""One call may take so long now and then, on a machine that does other things as well; nine in ten far less."""
COMMANDED_S = 0.5
SEEN_S = 1.0
"""Beside ``settle_s`` and ``silent_s``: debouncing of the board's own."""
BACK_S = 30.0
"""After its wire is mended: a board may start anew, with its self-tests."""
VOLT_MV = {"A": 12_000, "B": 9_000, "C": 6_000}
NEAR_MV = 1_400


class BoardCase(Struct):
    """One board, and its other side."""

    make: Callable[[], Board]
    board: Board
    bench: BoardBench | None
    took_s: list[float] = []

    @property
    def other_side(self) -> BoardBench:
        """The bench, where there is one."""
        if self.bench is None:
            raise NotHere
        return self.bench

    @property
    def can(self) -> Abilities:
        """What the board says of itself."""
        return self.board.abilities

    def scan(self, outputs: BoardOutputs, until: Callable[[BoardInputs], bool], within_s: float) -> bool:
        """Drive it as control does, until its measurement is as wanted."""
        ends_s = time.monotonic() + within_s
        while True:
            began_s = time.monotonic()
            inputs = self.board.read()
            self.board.write(outputs)
            self.board.kick()
            ended_s = time.monotonic()
            self.took_s.append(ended_s - began_s)
            if inputs is not None and until(inputs):
                return True
            if ended_s >= ends_s:
                return False
            time.sleep(SCAN_S)

    def begin(self, car: Car = "A") -> None:
        """Open it before this car, and wait for its first measurement."""
        if self.bench is not None:
            self.bench.show(car)
        self.board.open()
        within_s = self.can.start_s + SEEN_S
        assert self.scan(IDLE, lambda _: True, within_s), f"no measurement for {within_s:g} s after open()"

    @property
    def notices_s(self) -> float:
        """How long until a change at the socket is measured."""
        return self.can.settle_s + self.can.silent_s + SEEN_S


def fresh(case: BoardCase, inputs: BoardInputs) -> bool:
    """Is this of now?"""
    return time.monotonic() - inputs.at_s <= case.can.silent_s


def is_seen(car: Car, inputs: BoardInputs) -> bool:
    """Does the upper plateau say this?"""
    return abs(inputs.cp_high_mv - VOLT_MV[car]) <= NEAR_MV

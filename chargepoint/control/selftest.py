"""The self-test of the residual current monitor: before the first offer to each car, after control's start, and daily.

    start, or the board was silent ─▶ settling ── clear, or 5 s ─▶ rest ◀──────────────────────────────┐
                                                                   │ due                              │
                                                                   ▼                                  │
                     testing: test input driven ── tripped within 0.5 s ─▶ releasing ── clear within 3 s, passed
                        └────────── not ──────────┬────────────────────────────┘ not
                                                  ▼
                                               failed: again after a pause, a few times for one car

Only with the contactor open and confirmed open. While it runs, a trip is what is wanted, and no fault. Nor is it one while the monitor
settles: it may just have been supplied, or be left over from the test of a process that was killed.
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.fault_table import FAULTS
from chargepoint.domain.ids import PlugInId
from hal.measured import BoardInputs

TRIP_S = 0.5
CLEAR_S = 3.0
"""Monitors arm again within one or two seconds."""
START_S = 5.0
"""A monitor that has just been supplied tests itself for up to 4.6 s."""
DAILY_S = 24 * 3600.0
FAULT = "rcd_selftest_failed"

Stage = Literal["settling", "rest", "testing", "releasing"]


class SelfTest(Struct, frozen=True):
    """How the test stands."""

    stage: Stage = "settling"
    since_s: float = 0.0
    """Of the stage; of ``rest``: the last verdict."""
    passed: bool = False
    """The last verdict."""
    for_plug_in: PlugInId | None = None
    """Which car was there then."""
    failures: int = 0
    """In a row, for this car."""

    @property
    def running(self) -> bool:
        """May the monitor be tripped without residual current?"""
        return self.stage != "rest"

    @property
    def failed(self) -> bool:
        """Was the last verdict bad? It stands while it is tried again."""
        return self.failures > 0


def follow(test: SelfTest, board: BoardInputs, plug_in: PlugInId | None, *, fresh: bool, able: bool, now: float) -> SelfTest:
    """One scan. ``fresh``: the board is heard. ``able``: it can be tested, and the contactor is open and stays so."""
    lasted_s = now - test.since_s
    if not fresh or (test.stage in ("testing", "releasing") and not able):
        return SelfTest("settling", now, False, test.for_plug_in, test.failures)
    match test.stage:
        case "settling":
            settled = not board.rcd_tripped or lasted_s > START_S
            return replace(test, stage="rest", since_s=now) if settled else test
        case "rest":
            start = able and _due(test, board, plug_in, now)
            return SelfTest("testing", now, test.passed, plug_in, _in_a_row(test, plug_in)) if start else test
        case "testing":
            if board.rcd_tripped:
                return replace(test, stage="releasing", since_s=now)
            return _verdict(test, now, good=False) if lasted_s > TRIP_S else test
        case _:
            if not board.rcd_tripped:
                return _verdict(test, now, good=True)
            return _verdict(test, now, good=False) if lasted_s > CLEAR_S else test


def _in_a_row(test: SelfTest, plug_in: PlugInId | None) -> int:
    """Failures in a row; another car's are not counted, but the last verdict stands until the next."""
    return test.failures if plug_in == test.for_plug_in else min(test.failures, 1)


def _verdict(test: SelfTest, now: float, *, good: bool) -> SelfTest:
    return SelfTest("rest", now, good, test.for_plug_in, 0 if good else test.failures + 1)


def _due(test: SelfTest, board: BoardInputs, plug_in: PlugInId | None, now: float) -> bool:
    if board.rcd_tripped:
        return False
    if test.failed and plug_in == test.for_plug_in:
        retry = FAULTS[FAULT].retry
        assert retry is not None
        return now - test.since_s >= (retry.pause_s if test.failures <= retry.times else DAILY_S)
    return not test.passed or (plug_in is not None and plug_in != test.for_plug_in) or now - test.since_s >= DAILY_S

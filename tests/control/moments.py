"""Moments between two scans, for the sequences of IEC 61851-1 Table A.6 with their time limits.

The world moves in steps of 1 ms; things happen at any moment between two scans, boards measure at paces of their own, and the contactor
takes the 50 ms that it may.
"""

from collections.abc import Callable

import pytest
from msgspec import structs

from tests.control.rig import SOCKET, Pace, Rig, answering, every

TRAVEL_S = 0.05
OPEN_S = 0.1
CLOSE_S = 3.0
PHASES_S = [millis / 1000 for millis in range(1, 19)]
"""How long after a scan it happens."""
OUT_OF_STEP = range(5)
"""By so many scans; boards with a period of their own come into step with the scan again after five."""
PACES: dict[str, Pace] = {"answering": answering, "every 4 ms": every(4), "every 10 ms": every(10)}

phased = pytest.mark.parametrize("phase_s", PHASES_S[::4])

paced = pytest.mark.parametrize("pace", PACES.values(), ids=PACES)


def world(pace: Pace = answering, **settings: object) -> Rig:
    """A socket, nobody there."""
    rig = Rig(structs.replace(SOCKET, **settings))
    rig.plants[1].contactor_s = TRAVEL_S
    rig.run(0.2)
    rig.pace = pace
    return rig


def charging(pace: Pace = answering, **settings: object) -> Rig:
    """A car that has been charging for two seconds."""
    rig = world(pace, **settings)
    rig.charge()
    rig.run(2)
    return rig


def does(rig: Rig, phase_s: float, happen: Callable[[], None]) -> float:
    """The car does something in between; returns when."""
    return rig.later(phase_s, happen)


def leaves_c(rig: Rig, letter: str = "B") -> Callable[[], None]:
    """The car opens its S2, is gone ..."""

    def happen() -> None:
        rig.plants[1].letter = rig.plants[1].asks = letter
        rig.plants[1].draws_ma = 0

    return happen


def opened_s(rig: Rig, since_s: float, within_s: float) -> float:
    """How long after that the main contacts were open."""
    rig.run_until(lambda: not rig.plants[1].closed, within_s + 1)
    return rig.plants[1].opened_s - since_s

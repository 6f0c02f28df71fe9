"""The control pilot: current to duty cycle, voltage to state letter (IEC 61851-1 Annex A).

Two pure tables and a filter. *Measured* is what one measurement says, with the hysteresis of the undecided zones. The *letter* is what
control acts upon: slow into C and D, so that a bouncing S2 and the short toggles of ISO 15118-3 close no contactor; fast out of them, for
the contactor has to be open within 100 ms. *Shown* is what is told: everything that lasted 50 ms.

    measured   A A B B B C C B C C C ... C C C B B A A A
    letter     A A A A B B B B B B B ... B C C C B B B A        C after 0.5 s, out of it after 8 ms
    shown      A A A A B B B B B C C ... C C C C B B B A
"""

from typing import NamedTuple

from msgspec import Struct

from chargepoint.domain.limits import offered_ma
from chargepoint.link.messages import CpState
from hal.measured import PILOT_STEADY_PPM, BoardInputs

GAP_MA = (51_000, 52_500)
"""No duty cycle stands for a current inside this gap; its lower edge is said instead (Table A.7)."""
MAXIMUM_OFFER_MA = 80_000

ENERGISABLE = frozenset[CpState | None]({"C", "D"})
"""The EV has closed its S2: it asks for current."""

SETTLE_S: dict[CpState | None, float] = {"A": 0.05, "B": 0.05, "C": 0.5, "D": 0.5, "E": 0.03, "F": 0.0, None: 0.03}
"""How long a letter must be measured before it is acted upon. A and B: contacts bounce while a plug moves. C and D together: toggles of up
to 400 ms (BCB) are no request; 2.5 s are left of the 3 s of sequence 4."""
LEAVE_S = 0.008
"""A second measurement has to confirm that the EV does not ask any more; with it the contactor is commanded open within two scans."""
CHANGE_S = 0.05
"""From C to D and back."""
SHOWN_S = 0.05
"""What lasted so long is told, acted upon or not."""

LOW_PLATEAU_MV = (-13_000, -10_000)
"""Where the lower plateau of an oscillating pilot is, if the EV's diode is sound."""


class Zone(NamedTuple):
    """From ``floor_mv`` up to the next zone: ``letter``, or ``kept`` where the last one was among ``was``."""

    floor_mv: int
    letter: CpState | None
    was: frozenset[CpState | None] = frozenset()
    kept: CpState | None = None


ZONES = (
    Zone(13_001, None),
    Zone(11_000, "A"),
    Zone(10_001, "B", frozenset({"A"}), "A"),
    Zone(8_000, "B"),
    Zone(7_001, "B", frozenset({"C", "D"}), "C"),
    Zone(5_000, "C"),
    Zone(4_001, "C", frozenset({"D"}), "D"),
    Zone(2_000, "D"),
    Zone(1_001, "E", frozenset({"D"}), "D"),
    Zone(-1_000, "E"),
    Zone(-2_000, None, frozenset({"A", "B", "C", "D", "E"}), "E"),
    Zone(-10_000, None),
    Zone(-11_000, None, frozenset({"F"}), "F"),
    Zone(-13_000, "F"),
)
"""Upper plateau to letter (IEC 61851-1 Table A.4); between two bands the last letter is kept. ``None``: no state has this voltage."""


class Pilot(Struct, frozen=True):
    """What is remembered of the pilot from scan to scan."""

    at_s: float = float("-inf")
    """Time of the newest measurement."""
    measured: CpState | None = None
    since_s: float = 0.0
    """Time of the first of the unbroken row of measurements that said so."""
    side_s: float = 0.0
    """The same for the EV's asking (C or D), or not asking."""
    letter: CpState | None = None
    """``None``: implausible, or nothing measured yet."""
    shown: CpState | None = None


def offerable_ma(limit_ma: int) -> int:
    """What of a limit can be said by duty cycle: 0 below 6 A, nothing inside the gap, at most 80 A."""
    low, high = GAP_MA
    limit_ma = min(limit_ma, MAXIMUM_OFFER_MA)
    return offered_ma(low if low < limit_ma < high else limit_ma)


def duty_ppm(limit_ma: int) -> int:
    """The duty cycle for a limit, in millionths, rounded down; steady where nothing can be offered (Table A.7)."""
    offer = offerable_ma(limit_ma)
    if offer == 0:
        return PILOT_STEADY_PPM
    return offer * 50 // 3 if offer <= GAP_MA[0] else offer * 4 + 640_000


def oscillates(ppm: int) -> bool:
    """Is this duty cycle an offer, X2?"""
    return 0 < ppm < PILOT_STEADY_PPM


def letter_of(high_mv: int, was: CpState | None) -> CpState | None:
    """The letter that one measurement of the upper plateau means, when the last one was ``was``."""
    for zone in ZONES:
        if high_mv >= zone.floor_mv:
            return zone.kept if was in zone.was else zone.letter
    return None


def low_plateau_good(low_mv: int) -> bool:
    """Does the lower plateau show the EV's diode?"""
    return LOW_PLATEAU_MV[0] <= low_mv <= LOW_PLATEAU_MV[1]


def follow(pilot: Pilot, inputs: BoardInputs) -> Pilot:
    """Take in a measurement; one already seen changes nothing."""
    if inputs.at_s <= pilot.at_s:
        return pilot
    at_s = inputs.at_s
    measured = letter_of(inputs.cp_high_mv, pilot.measured)
    since_s = pilot.since_s if measured == pilot.measured else at_s
    side_s = pilot.side_s if (measured in ENERGISABLE) == (pilot.measured in ENERGISABLE) else at_s
    letter = _acted_upon(pilot.letter, measured, at_s - since_s, at_s - side_s)
    shown = measured if at_s - since_s >= SHOWN_S else pilot.shown
    return Pilot(at_s, measured, since_s, side_s, letter, shown if letter == pilot.letter else letter)


def _acted_upon(letter: CpState | None, measured: CpState | None, lasted_s: float, side_lasted_s: float) -> CpState | None:
    """The filter: ``lasted_s`` for this very letter, ``side_lasted_s`` for asking or not asking."""
    if measured in ENERGISABLE:
        settled = lasted_s >= CHANGE_S if letter in ENERGISABLE else side_lasted_s >= SETTLE_S[measured]
        return measured if settled else letter
    if letter in ENERGISABLE and side_lasted_s < LEAVE_S:
        return letter
    if lasted_s >= SETTLE_S[measured]:
        return measured
    return "B" if letter in ENERGISABLE else letter

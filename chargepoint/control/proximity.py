"""The proximity contact: what cable is in the socket (IEC 61851-1 Annex B). Read when a car comes, and kept for as long as it stays.

ohm     60 ── 80 ─── 140 ── 164 ── 308 ── 400 ── 936 ── 1100 ── 2460 ── 4500
code        │    63 A    │     32 A   │    20 A   │         13 A         │      in a gap the lower ampacity counts
"""

from msgspec import Struct

from hal.measured import BoardInputs

CODES = ((60, None), (141, 63_000), (309, 32_000), (937, 20_000), (4_501, 13_000))
"""Below this many ohms: this ampacity, in mA; at 4501 ohm and above none."""
SINGLE_PHASE_63 = 70_000
"""The 63 A coding on one phase."""
OHM = (60, 4_500)


class Cable(Struct, frozen=True):
    """The coding that was found when the car came; ``None``: not read yet."""

    code_ma: int | None = None


UNREAD = Cable()


def ampacity_ma(ohm: int | None, phases: int) -> int | None:
    """What the cable carries per phase; ``None`` without a plug or with a resistor that codes nothing."""
    if ohm is None:
        return None
    code_ma = next((code_ma for below, code_ma in CODES if ohm < below), None)
    return SINGLE_PHASE_63 if code_ma == 63_000 and phases == 1 else code_ma


def follow(cable: Cable, board: BoardInputs, phases: int, *, plugged: bool) -> Cable:
    """Read it once per plug-in."""
    if not plugged:
        return UNREAD
    if cable.code_ma is None and (code_ma := ampacity_ma(board.pp_ohm, phases)) is not None:
        return Cable(code_ma)
    return cable


def changed(cable: Cable, board: BoardInputs, phases: int) -> bool:
    """Does the contact say something else than when the car came?"""
    return cable.code_ma is not None and ampacity_ma(board.pp_ohm, phases) != cable.code_ma

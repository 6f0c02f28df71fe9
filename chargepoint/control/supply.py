"""What the meter tells about safety: too much current, voltages out of range, a register that stands still."""

from msgspec import Struct

from hal.measured import MeterReading, Phases

TOLERANCE_MA, TOLERANCE_PERCENT = 500, 110
"""An EV draws too much above (offer + 0.5 A) x 1.10."""
LIVE_MA = 1_000
"""Less than this is no current: an EV that has stopped still feeds its charger."""
HIGH_PERCENT, HIGH_AGAIN_PERCENT = 115, 112
LOW_PERCENT, LOW_AGAIN_PERCENT = 85, 88
MISSING_PERCENT = 50
GAP_S = 5.0
"""Of a longer time between two readings nobody knows the power."""
STUCK_WH = 200
"""So much must have passed by its own power while its register stands still: several steps of a coarse register."""


class Flow(Struct, frozen=True):
    """What is remembered of the meter between readings."""

    at_s: float = float("-inf")
    energy_wh: int = -1
    power_w: int = 0
    unmetered_wh: float = 0.0
    """By power, since the register moved last or the contactor closed."""
    voltages_mv: tuple[int, ...] = ()
    """Of the phases that are measured."""


def follow(flow: Flow, reading: MeterReading | None, *, closed: bool) -> Flow:
    """Take in a reading; one already seen changes nothing. ``closed``: energy may pass."""
    if reading is None or reading.at_s <= flow.at_s:
        return flow
    stands = closed and reading.energy_wh == flow.energy_wh
    lasted_s = min(reading.at_s - flow.at_s, GAP_S)
    return Flow(
        at_s=reading.at_s,
        energy_wh=reading.energy_wh,
        power_w=reading.power_w or 0,
        unmetered_wh=flow.unmetered_wh + flow.power_w * lasted_s / 3600 if stands else 0.0,
        voltages_mv=tuple(value for value in reading.voltage_mv if value is not None),
    )


def too_much_ma(offer_ma: int) -> int:
    """Above this an EV draws more than it was offered."""
    return (offer_ma + TOLERANCE_MA) * TOLERANCE_PERCENT // 100


def highest(values: Phases) -> int:
    """Of all phases, whichever way it flows: a transformer may be mounted the wrong way round. 0 where nothing is measured."""
    return max((abs(value) for value in values if value is not None), default=0)


def drawn_phases(reading: MeterReading | None) -> int | None:
    """On how many phases current flows; ``None``: on none, or not measured."""
    if reading is None:
        return None
    return sum(value is not None and abs(value) >= LIVE_MA for value in reading.current_ma) or None

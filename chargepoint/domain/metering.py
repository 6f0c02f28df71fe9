"""Meter values: samples of one moment, and why they were taken (OCPP 2.0.1 J; 1.6 §3.16, §7.33, §7.43)."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

END_VALUES = 60
"""How many meter values the end of a transaction tells at most (1.6 StopTransactionMaxMeterValues)."""


class ReadingContext(StrEnum):
    """Why a sample was taken (ReadingContextEnumType; the same words in 1.6)."""

    BEGIN = "Transaction.Begin"
    END = "Transaction.End"
    PERIODIC = "Sample.Periodic"
    CLOCK = "Sample.Clock"
    TRIGGER = "Trigger"
    INTERRUPTION_BEGIN = "Interruption.Begin"
    INTERRUPTION_END = "Interruption.End"
    OTHER = "Other"


class Sample(Struct, frozen=True):
    """One value, in the unit of the measurand: Wh, W, A, V, Hz, Celsius; a power factor has none."""

    measurand: str
    value: float
    unit: str
    phase: str | None = None
    location: str | None = None
    """``None``: the outlet."""


class MeterValue(Struct, frozen=True):
    """Samples of one moment."""

    at: datetime
    context: ReadingContext
    samples: tuple[Sample, ...]


class Offer(Struct, frozen=True):
    """What the EVSE offered when the reading was taken."""

    current_ma: int
    power_w: int


def thinned(values: tuple[MeterValue, ...], most: int) -> tuple[MeterValue, ...]:
    """No more than ``most`` (2 or more): the first and the last stay, of those between every second one goes until they fit."""
    while len(values) > most:
        values = (values[0], *values[2:-1:2], values[-1])
    return values

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


class SignedValue(Struct, frozen=True):
    """What a meter has signed, as it is passed on (OCPP 2.0.1 SignedMeterValueType; OCA's application note for 1.6)."""

    data: bytes
    encoding: str
    """``OCMF``."""
    method: str = ""
    """How it is signed, where ``data`` does not say it itself."""
    public_key: str = ""
    """As it is told; empty where it is not to be."""


class MeterValue(Struct, frozen=True):
    """Samples of one moment."""

    at: datetime
    context: ReadingContext
    samples: tuple[Sample, ...]
    signed: SignedValue | None = None
    """What the meter signed then; the register of energy is among the samples."""


class Offer(Struct, frozen=True):
    """What the EVSE offered when the reading was taken."""

    current_ma: int
    power_w: int


def thinned(values: tuple[MeterValue, ...], most: int) -> tuple[MeterValue, ...]:
    """No more than ``most`` (2 or more): the first and the last stay, of those between every second one goes until they fit. What is signed
    never goes."""
    while len(values) > most:
        doomed = [place for place in range(1, len(values) - 1) if values[place].signed is None][::2]
        if not doomed:
            break
        values = tuple(value for place, value in enumerate(values) if place not in doomed)
    return values

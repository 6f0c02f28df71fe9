"""Meter values: samples of one moment, and why they were taken (OCPP 2.0.1 J; 1.6 §3.16, §7.33, §7.43)."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

END_VALUES = 60
"""How many meter values the end of a transaction tells at most (1.6 StopTransactionMaxMeterValues)."""
END_SAMPLES = 400
"""In 2.x it tells more of them while they have no more samples than this: some 75 kB, which every CSMS takes."""


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


def one_story(values: tuple[MeterValue, ...]) -> tuple[MeterValue, ...]:
    """Of stretches that are told as one: it begins once, with the first beginning, and ends once, with the last end. What is signed
    stays."""
    contexts = [value.context for value in values]
    begin = contexts.index(ReadingContext.BEGIN) if ReadingContext.BEGIN in contexts else None
    end = len(contexts) - 1 - contexts[::-1].index(ReadingContext.END) if ReadingContext.END in contexts else None
    rim = (ReadingContext.BEGIN, ReadingContext.END)
    return tuple(
        value for place, value in enumerate(values) if place in (begin, end) or value.context not in rim or value.signed is not None
    )


def most_values(values: tuple[MeterValue, ...]) -> int:
    """How many the end of a transaction may tell in 2.x, where they are as wide as these (J02.FR.20)."""
    return max(END_VALUES, END_SAMPLES // max((1, *(len(value.samples) for value in values))))


def thinned(values: tuple[MeterValue, ...], most: int) -> tuple[MeterValue, ...]:
    """No more than ``most`` (2 or more). If they are more, half of them go: the first and the last stay, of those between the one that is
    missed for the shortest time goes first. So those at an even pace go as the first, third, fifth ..., and however often they are thinned,
    no stretch is left out. What is signed never goes (E06.FR.12, E06.FR.13, E07.FR.09, E07.FR.10, E08.FR.10, E08.FR.11, E09.FR.06,
    E09.FR.07, E10.FR.05, E10.FR.06, E12.FR.08, E12.FR.09, E15.FR.02, E15.FR.03, F03.FR.05, F03.FR.06, F04.FR.05, F04.FR.06, J02.FR.20)."""
    if len(values) <= most:
        return values
    left = list(values)
    while len(left) > most // 2 + 1:
        between = [place for place in range(1, len(left) - 1) if left[place].signed is None]
        if not between:
            break
        del left[min(between, key=lambda place: left[place + 1].at - left[place - 1].at)]
    return tuple(left)

"""Meter values: which samples of a reading go out under which name (OCPP 2.0.1 J, 1.6 §3.16 and §7.31)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from hal.measured import MeterReading, Phases

DEFAULT_MEASURAND = "Energy.Active.Import.Register"


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
    """One value, in the unit of the measurand: Wh, W, A, V, Hz, Percent."""

    measurand: str
    value: float
    unit: str
    phase: str | None = None


class MeterValue(Struct, frozen=True):
    """Samples of one moment."""

    at: datetime
    context: ReadingContext
    samples: tuple[Sample, ...]


class Offer(Struct, frozen=True):
    """What the EVSE offered when the reading was taken."""

    current_ma: int
    power_w: int


def _per_phase(measurand: str, unit: str, values: Phases, phase: str) -> Iterator[Sample]:
    for number, value in enumerate(values, start=1):
        if value is not None:
            yield Sample(measurand, value / 1000, unit, phase.format(number))


def _total(measurand: str, unit: str, value: float | None) -> Iterator[Sample]:
    if value is not None:
        yield Sample(measurand, value, unit)


MEASURANDS: dict[str, Callable[[MeterReading, Offer], Iterator[Sample]]] = {
    "Energy.Active.Import.Register": lambda r, _: _total("Energy.Active.Import.Register", "Wh", r.energy_wh),
    "Power.Active.Import": lambda r, _: _total("Power.Active.Import", "W", r.power_w),
    "Current.Import": lambda r, _: _per_phase("Current.Import", "A", r.current_ma, "L{}"),
    "Voltage": lambda r, _: _per_phase("Voltage", "V", r.voltage_mv, "L{}-N"),
    "Frequency": lambda r, _: _total("Frequency", "Hz", r.frequency_hz),
    "Current.Offered": lambda _, o: _total("Current.Offered", "A", o.current_ma / 1000),
    "Power.Offered": lambda _, o: _total("Power.Offered", "W", o.power_w),
}
"""Every measurand that can be asked for. One that the meter does not measure yields nothing."""


def samples(reading: MeterReading, offer: Offer, measurands: Iterable[str]) -> tuple[Sample, ...]:
    """The samples of a reading in the order of the measurands."""
    return tuple(sample for name in measurands for sample in MEASURANDS[name](reading, offer))


def thinned(values: tuple[MeterValue, ...], most: int) -> tuple[MeterValue, ...]:
    """No more than ``most`` (2 or more): the first and the last stay, of those between every second one goes until they fit."""
    while len(values) > most:
        values = (values[0], *values[2:-1:2], values[-1])
    return values

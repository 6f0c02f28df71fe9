"""Measurands: which samples a reading yields under which name, and the lists of them (OCPP 2.0.1 J; 1.6 §3.16, §7.31, §9.1.17).

A measurand of phases yields one sample for each phase that is measured. In a list it may be narrowed to one of them: ``Voltage.L1``, which
1.6 §9.1.17 gives as its example, or ``Voltage.L1-N``. Power over single phases is not among them: voltage times current is apparent power.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.metering import Offer, Sample
from chargepoint.domain.values import BadValue, Bounds, DataType, shown
from hal.measured import MeterReading, Phases

DEFAULT_MEASURAND = "Energy.Active.Import.Register"
SMALLEST_VA = 10.0
"""Below this a power factor says nothing."""


class Measured(Struct, frozen=True):
    """Everything that was measured of an EVSE at one moment."""

    reading: MeterReading
    offer: Offer
    temperature_c: float | None = None
    """Inside the station."""


def _total(measurand: str, unit: str, value: float | None, location: str | None = None) -> Iterator[Sample]:
    if value is not None:
        yield Sample(measurand, value, unit, location=location)


def _per_phase(measurand: str, unit: str, values: Phases, phase: str) -> Iterator[Sample]:
    """By the numbers that the meter gives its phases (J01.FR.11, J02.FR.07)."""
    for number, value in enumerate(values, start=1):
        if value is not None:
            yield Sample(measurand, value / 1000, unit, phase.format(number))


def _reactive(measurand: str, measured: Measured, sign: int) -> Iterator[Sample]:
    """Of one direction: 0 while it flows the other way."""
    value = measured.reading.reactive_power_var
    yield from _total(measurand, "var", None if value is None else max(0, sign * value))


def _power_factor(measured: Measured) -> Iterator[Sample]:
    """As the meter says it; else active by apparent power, over all phases. Nothing without load, or where a phase with current has no
    voltage."""
    reading = measured.reading
    if reading.power_factor is not None:
        if abs(reading.power_w or 0) >= SMALLEST_VA:
            yield Sample("Power.Factor", reading.power_factor, "")
        return
    pairs = [(ampere, volt) for ampere, volt in zip(reading.current_ma, reading.voltage_mv, strict=True) if ampere]
    if reading.power_w is None or any(volt is None for _, volt in pairs):
        return
    apparent_va = sum(ampere * (volt or 0) for ampere, volt in pairs) / 1e6
    if apparent_va >= SMALLEST_VA:
        yield Sample("Power.Factor", round(max(-1.0, min(1.0, reading.power_w / apparent_va)), 3), "")


def _registers_of_phases(measured: Measured) -> Iterator[Sample]:
    """Where the meter has them."""
    for number, value in enumerate(measured.reading.energy_by_phase_wh, start=1):
        if value is not None:
            yield Sample(DEFAULT_MEASURAND, value, "Wh", f"L{number}")


MEASURANDS: dict[str, Callable[[Measured], Iterator[Sample]]] = {
    DEFAULT_MEASURAND: lambda m: _total(DEFAULT_MEASURAND, "Wh", m.reading.energy_wh),
    "Energy.Active.Export.Register": lambda m: _total("Energy.Active.Export.Register", "Wh", m.reading.exported_wh),
    "Power.Active.Import": lambda m: _total("Power.Active.Import", "W", m.reading.power_w),
    "Current.Import": lambda m: _per_phase("Current.Import", "A", m.reading.current_ma, "L{}"),
    "Voltage": lambda m: _per_phase("Voltage", "V", m.reading.voltage_mv, "L{}-N"),
    "Frequency": lambda m: _total("Frequency", "Hz", m.reading.frequency_hz),
    "Current.Offered": lambda m: _total("Current.Offered", "A", m.offer.current_ma / 1000),
    "Power.Offered": lambda m: _total("Power.Offered", "W", m.offer.power_w),
    "Power.Factor": _power_factor,
    "Power.Reactive.Import": lambda m: _reactive("Power.Reactive.Import", m, 1),
    "Power.Reactive.Export": lambda m: _reactive("Power.Reactive.Export", m, -1),
    "Temperature": lambda m: _total("Temperature", "Celsius", m.temperature_c, location="Body"),
}
"""Every measurand that some hardware can deliver. One that this meter or board does not measure yields nothing. Registers are told as they
stand in the meter, and do not begin anew with a transaction (J02.FR.17)."""
OF_PHASES = f"{DEFAULT_MEASURAND} of phases"
"""In no list of a CSMS: what ``with_phases`` puts behind the register of all phases."""
_ROWS = {**MEASURANDS, OF_PHASES: _registers_of_phases}
ONLY_16 = frozenset({"Temperature"})
"""Of these: MeasurandEnumType of 2.x does not have them (TemperatureSensor.Temperature says it there)."""

NARROWED = re.compile(r"(Current\.Import|Voltage)\.(L[123])(-N)?")
LONGEST = len(MEASURANDS) + 6
"""Items of a list: every measurand, and three phases of two of them."""


def samples(measured: Measured, wanted: Iterable[str]) -> tuple[Sample, ...]:
    """The samples of one moment in the order of the list; none of them twice."""
    return tuple(dict.fromkeys(sample for item in wanted for sample in _samples(measured, item)))


def _samples(measured: Measured, item: str) -> Iterator[Sample]:
    narrowed = NARROWED.fullmatch(item)
    if narrowed is None:
        yield from _ROWS[item](measured)
    else:
        name, phase, _ = narrowed.groups()
        yield from (sample for sample in MEASURANDS[name](measured) if (sample.phase or "").startswith(phase))


def with_phases(wanted: Iterable[str]) -> tuple[str, ...]:
    """A list whose energy is told for each phase as well as over all of them."""
    return tuple(each for item in wanted for each in ((item, OF_PHASES) if item == DEFAULT_MEASURAND else (item,)))


def missing(measured: Measured, wanted: Iterable[str]) -> list[str]:
    """The items that this hardware does not measure, judged by what one of its readings contains."""
    full = _under_load(measured)
    return [item for item in wanted if not list(_samples(full, item))]


def _under_load(measured: Measured) -> Measured:
    """As if current flowed: what is zero now is measured all the same."""
    reading = measured.reading
    current = tuple(None if value is None else 10_000 for value in reading.current_ma)
    power_w = None if reading.power_w is None else 2_300
    assert len(current) == 3
    return replace(measured, reading=replace(reading, current_ma=current, power_w=power_w))


def _parse(text: str, bounds: Bounds) -> tuple[str, ...]:
    """Separated by commas; spaces around them are met in the field and mean nothing. One wrong item refuses the list (1.6 §3.16.4)."""
    items = tuple(item.strip() for item in text.split(",")) if text.strip() else ()
    for number, item in enumerate(items):
        narrowed = NARROWED.fullmatch(item)
        if (item if narrowed is None else narrowed[1]) not in bounds.values:
            raise BadValue("InvalidValue", f"{shown(item)} is not supported here; expected some of {', '.join(bounds.values)}")
        if item in items[:number]:
            raise BadValue("InvalidValue", f"{shown(item)} is named twice")
    if len(items) > LONGEST:
        raise BadValue("TooLargeElement", f"{len(items)} items are too many; the maximum is {LONGEST}")
    return items


MEASURAND_LIST = DataType("MemberList", _parse)

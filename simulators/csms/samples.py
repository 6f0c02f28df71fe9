"""Meter values of both versions in one shape, and the rule that an energy register never runs backwards."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from simulators.csms.records import MeterValue, Sample

ENERGY = "Energy.Active.Import.Register"
ROUNDING_WH = 1.0
"""meterStart and meterStop are whole watt-hours, samples need not be."""


def read_meter_values(entries: list[dict[str, Any]], message: int) -> list[MeterValue]:
    """The ``meterValue`` (1.6 also ``transactionData``) of a message that holds its schema."""
    values = []
    for entry in entries:
        samples = tuple(_sample(sample) for sample in entry["sampledValue"])
        values.append(MeterValue(at=entry["timestamp"], message=message, energy_wh=_energy_wh(samples), samples=samples))
    return values


def _sample(sample: dict[str, Any]) -> Sample:
    measurand = sample.get("measurand", ENERGY)
    unit = sample.get("unitOfMeasure", {})
    default_unit = "Wh" if measurand.startswith("Energy") else ""
    return Sample(
        measurand=measurand,
        value=_number(sample["value"], unit.get("multiplier", 0)),
        unit=sample.get("unit", unit.get("unit", default_unit)),
        phase=sample.get("phase"),
        context=sample.get("context", "Sample.Periodic"),
        location=sample.get("location", "Outlet"),
    )


def _number(value: str | float, multiplier: int) -> float | None:
    try:
        return float(value) * 10.0**multiplier
    except (ValueError, OverflowError):
        return None


def _energy_wh(samples: Iterable[Sample]) -> float | None:
    for sample in samples:
        if (sample.measurand, sample.phase, sample.location) == (ENERGY, None, "Outlet") and sample.value is not None:
            return sample.value * (1000.0 if sample.unit == "kWh" else 1.0)
    return None


def not_numbers(values: list[MeterValue], entries: list[dict[str, Any]]) -> list[str]:
    """Texts that should be numbers (1.6 writes values as strings); signed data are none and need not be."""
    texts = []
    for value, entry in zip(values, entries, strict=True):
        pairs = zip(value.samples, entry["sampledValue"], strict=True)
        texts += [f"{s.measurand} {raw['value']!r}" for s, raw in pairs if s.value is None and raw.get("format") != "SignedData"]
    return texts


def runs_backwards(values: list[MeterValue], start_wh: float | None, last_wh: float | None, *, closing: bool) -> str | None:
    """How the register runs backwards in these values of a transaction, if it does.

    They follow ``last_wh``; those of a ``closing`` message may tell the whole transaction again, from ``start_wh`` on.
    """
    previous = start_wh if closing else last_wh
    if previous is not None:
        values = [MeterValue(at="", message=0, energy_wh=previous, samples=()), *values]
    step = _backward_step(values)
    if step and closing:
        step = _backward_step(sorted(values, key=_time))
    if step is None and closing and last_wh is not None:
        step = _behind(values, last_wh)
    return None if step is None else f"{step[1]:g} Wh after {step[0]:g} Wh"


def _backward_step(values: list[MeterValue]) -> tuple[float, float] | None:
    register = [value.energy_wh for value in values if value.energy_wh is not None]
    return next((pair for pair in pairwise(register) if pair[0] - pair[1] >= ROUNDING_WH), None)


def _behind(values: list[MeterValue], last_wh: float) -> tuple[float, float] | None:
    ends = [value.energy_wh for value in values if value.energy_wh is not None and _at_end(value)]
    return (last_wh, max(ends)) if ends and last_wh - max(ends) >= ROUNDING_WH else None


def _at_end(value: MeterValue) -> bool:
    return any(sample.context == "Transaction.End" for sample in value.samples)


def _time(value: MeterValue) -> float:
    try:
        return datetime.fromisoformat(value.at).timestamp()
    except ValueError:
        return float("-inf")

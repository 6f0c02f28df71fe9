"""Figures with their targets, as the benchmarks print them."""

from collections.abc import Sequence
from math import ceil
from statistics import median

from msgspec import Struct


class Figure(Struct, frozen=True, kw_only=True):
    """One line: what, how much, and at most how much it may be. ``most`` ``None``: only told, not judged."""

    name: str
    value: float
    unit: str
    most: float | None = None
    more: str = ""

    @property
    def met(self) -> bool:
        """Is the target met?"""
        return self.most is None or self.value <= self.most

    def __str__(self) -> str:
        return f"  {self.name:<40}{self.value:8.2f} {self.unit:<3}  {_judged(self.value, self.most, self.unit):<24}  {self.more}".rstrip()


class Distribution(Struct, frozen=True, kw_only=True):
    """One line: median, rare values and the maximum of many, in milliseconds; the maximum may have a target."""

    name: str
    values: Sequence[float]
    most: float | None = None

    @property
    def met(self) -> bool:
        """Is the target met? Without values it is not."""
        return self.most is None or percentile(self.values, 100) <= self.most

    def __str__(self) -> str:
        columns = "".join(f"{percentile(self.values, each):9.2f}" for each in (50, 99, 99.9, 100))
        judged = _judged(percentile(self.values, 100), self.most, "ms")
        return f"  {self.name:<40}{columns} ms  {judged}".rstrip()


COLUMNS = f"  {'':<40}{'median':>9}{'p99':>9}{'p99.9':>9}{'maximum':>9}"
"""Heading of distributions."""


def _judged(value: float, most: float | None, unit: str) -> str:
    return "" if most is None else f"at most {most:g} {unit}: {'met' if value <= most else 'MISSED'}"


def show(title: str, figures: Sequence[Figure | Distribution]) -> bool:
    """Print them; are all targets met?"""
    print(f"\n{title}")
    if any(isinstance(figure, Distribution) for figure in figures):
        print(COLUMNS)
    for figure in figures:
        print(figure, flush=True)
    return all(figure.met for figure in figures)


def percentile(values: Sequence[float], per_cent: float) -> float:
    """By nearest rank: a value that occurred. Not a number without values."""
    if not values:
        return float("nan")
    return sorted(values)[max(0, ceil(len(values) * per_cent / 100) - 1)]


def in_ms(values: Sequence[float]) -> list[float]:
    """Seconds as milliseconds."""
    return [value * 1000 for value in values]


def spread(values: Sequence[float]) -> str:
    """From the least to the most, and how many."""
    return f"{min(values):.2f} to {max(values):.2f} in {len(values)}" if values else "none"


def middle(name: str, values: Sequence[float], unit: str, most: float | None = None) -> Figure:
    """The median, with the spread beside it."""
    return Figure(name=name, value=median(values), unit=unit, most=most, more=spread(values))

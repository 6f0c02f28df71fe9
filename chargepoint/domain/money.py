"""Amounts of money and prices: decimal numbers as they were told, never binary fractions, so that a cent is a cent.

The currency is nobody's business here: it stands in the texts that the CSMS writes.
"""

from decimal import ROUND_HALF_UP, Context, Decimal

LARGEST = Decimal(10) ** 9
"""Nobody pays more, and no price is higher."""
FINEST = -12
"""So many decimals are kept of what is told."""

WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
"""Room for whatever prices, registers and years can add up to."""


class BadAmount(ValueError):
    """Not an amount of money. The message says what is expected."""


def amount(value: Decimal, what: str) -> Decimal:
    """The value, if it is one to reckon with; discounts may make it negative. What is finer is rounded: many a program reckons in binary
    fractions and writes 0.30000000000000004. Raises BadAmount."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(value) >= LARGEST:
        raise BadAmount(f"{what}: {str(value)[:30]} is no amount; expected a decimal number below {LARGEST:,}")
    return value if exponent >= FINEST else Decimal(f"{round(value, -FINEST).normalize():f}")


def shown(value: Decimal, decimals: int) -> str:
    """As a display shows it, halves rounded away from zero: ``3.31``."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), context=WIDE)
    return f"{abs(rounded) if rounded.is_zero() else rounded:f}"


def plain(value: Decimal) -> str:
    """A price as it was told, without an exponent: ``0.123``. Prices are not rounded: a third decimal is often all the difference."""
    return f"{value:f}"

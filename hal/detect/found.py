"""What was found."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field


class Found(Struct, frozen=True, kw_only=True):
    """One device."""

    kind: str
    """A key of ``hal.DRIVERS`` for what has a driver; ``gpio``, ``pwm``, ``iio``, ``one-wire``, ``watchdog`` for the rest."""
    where: str
    """The port or device, as the configuration names it."""
    says: str
    """What it answered, for people."""
    driver: str = ""
    """Name in the configuration; empty: no driver is known to fit."""
    entries: Mapping[str, Any] = field(default_factory=dict)
    """Of the driver's table in the configuration."""
    sure: bool = True
    """False: it answers as this device would; others may, too."""

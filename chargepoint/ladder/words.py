"""What the rungs share with whoever only looks on: it loads nothing of OCPP."""

from typing import Literal

Presence = Literal["answers", "absent", "unknown"]
"""Of the station process. ``unknown``: it may be there, and cannot be asked."""


def lasting(seconds: float) -> str:
    """For people: in the unit that fits."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"

"""How long the maker of this software mends what is insecure, in words, before it is too late."""

from datetime import date
from typing import Literal

from msgspec import Struct

NEAR_DAYS = 180


class Support(Struct, frozen=True):
    """``near``: within half a year."""

    state: Literal["unknown", "long", "near", "over"]
    text: str


def support(until: str, today: date) -> Support:
    """``until``: ISO date; what is none is not known."""
    try:
        end = date.fromisoformat(until)
    except ValueError:
        return Support("unknown", "The maker has not said how long this version is supported.")
    days = (end - today).days
    if days < 0:
        return Support(
            "over", f"Support ended on {end}, {_span(-days)} ago: what is insecure is not mended any more. Install a newer version."
        )
    if days <= NEAR_DAYS:
        return Support("near", f"Support ends on {end}, in {_span(days)}. Ask the maker for a newer version before that.")
    return Support("long", f"Supported until {end}.")


def _span(days: int) -> str:
    if days < 60:
        return "less than a day" if days == 0 else "1 day" if days == 1 else f"{days} days"
    months = days // 30
    return f"{months} months" if months < 24 else f"{months // 12} years"

"""How much a car may be granted now: what the smart charging room says to the one that keeps the permits."""

from msgspec import Struct

from hal.measured import SwitchedPhases


class Allowance(Struct, frozen=True):
    """A bound for one EVSE. What control has of its own, rating and fuse, need not be in it."""

    limit_ma: int
    """Per phase; below 6 A: a pause, the transaction stays open."""
    source: str = "permit"
    """Whose bound it is, in words for people."""
    phases: SwitchedPhases | None = None
    """Over how many phases; ``None``: all that are wired."""

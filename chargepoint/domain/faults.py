"""A fault: what keeps an EVSE from charging, or is wrong with it all the same."""

from msgspec import Struct

from hal.measured import FaultKind

WARNINGS: frozenset[FaultKind] = frozenset({"local_list_conflict", "reader_failure", "weak_signal"})
"""Kinds that are told to the CSMS and stop nobody from charging."""


class Fault(Struct, frozen=True):
    """One active cause. All active causes are kept and shown, not only the first."""

    name: str
    """As in the fault table of control, or as the board calls it."""
    kind: FaultKind
    info: str = ""
    """What was seen: value and expectation."""
    vendor_code: str = ""
    since_s: float = 0.0
    """Monotonic time at which it was raised."""

    @property
    def stops_charging(self) -> bool:
        """Does the contactor stay open while this is active?"""
        return self.kind not in WARNINGS

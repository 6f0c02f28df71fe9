"""A fault: what keeps an EVSE from charging, or is wrong with it all the same. What goes with its name stands in ``fault_table``."""

from collections.abc import Iterable

from msgspec import Struct

from chargepoint.domain.fault_table import FaultRow, row
from hal.measured import FaultKind


class Fault(Struct, frozen=True):
    """One active cause. All active causes are kept and shown, not only the first."""

    name: str
    """As in the fault table, or as the board calls it."""
    kind: FaultKind
    info: str = ""
    """What was seen: value and expectation."""
    vendor_code: str = ""
    since_s: float = 0.0
    """Monotonic time at which it was raised."""
    latched: bool = False
    """It will not clear by itself, though its cause may be gone."""
    by_board: bool = False
    """Diagnosed by the board itself; its name is the board's own."""

    @property
    def row(self) -> FaultRow:
        """Its row of the table; for what a board diagnosed, and for a name that is not there, the row of its kind."""
        return row(self.name, self.kind, by_board=self.by_board)

    @property
    def stops_charging(self) -> bool:
        """Does the EVSE offer nothing while this is active?"""
        return self.row.action in ("open", "pause")


LIVE = ("contactor_welded", "power_switch_failure")
GRAVE = ("emergency_stop", "tilted", "enclosure_open", "earth_lost")
"""What whoever stands before the station has to know first, in this order; before them that its plug may be live."""


def gravest(faults: Iterable[Fault]) -> Fault | None:
    """Of those that keep an EVSE from charging, the one whose sentence the driver reads: the most dangerous, else the oldest."""
    return min((fault for fault in faults if fault.stops_charging), key=lambda fault: (_danger(fault), fault.since_s), default=None)


def _danger(fault: Fault) -> int:
    """The less, the worse."""
    if (fault.kind if fault.by_board else fault.name) in LIVE:
        return 0
    return 1 + GRAVE.index(fault.name) if fault.name in GRAVE else 1 + len(GRAVE)

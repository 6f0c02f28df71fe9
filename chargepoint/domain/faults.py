"""A fault: what keeps an EVSE from charging, or is wrong with it all the same. What goes with its name stands in ``fault_table``."""

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

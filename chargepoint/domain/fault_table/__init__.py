"""The fault table: the one place where everything that goes with a fault is written.

Control detects (``chargepoint.control.safety`` has the cause of every row), acts and clears by it; the OCPP adapters, the pages and
``docs/errors.md`` take codes and sentences from it; it is part of the numbered catalogue (``chargepoint.domain.catalogue``).

    cause lasts seen_after_s ─▶ fault ─▶ action
                                  │
              cause gone for hold_s, and   gone       ─▶ cleared
                                           unplugged  ─▶ cleared when the car has left
                                           service    ─▶ cleared by a technician; kept through power cuts
              retry: cleared after pause_s to try again, so many times for one car; after that as ``unplugged``

What a row says is in ``fields``; the rows stand by subject in the modules beside it.
"""

from chargepoint.domain.fault_table import devices, protection, station, supply, switching, vehicle
from chargepoint.domain.fault_table.fields import Action, Clearing, FaultRow, Retry
from chargepoint.domain.fault_table.kinds import KINDS
from hal.measured import FaultKind

__all__ = ["FAULTS", "KINDS", "OF_STATION", "ROWS", "Action", "Clearing", "FaultRow", "Retry", "row"]

ROWS: tuple[FaultRow, ...] = (*vehicle.ROWS, *protection.ROWS, *switching.ROWS, *supply.ROWS, *devices.ROWS)

FAULTS: dict[str, FaultRow] = {each.name: each for each in ROWS}

OF_STATION: dict[str, FaultRow] = {each.name: each for each in station.ROWS}
"""What control does not detect, for it is control that is missed."""


def row(name: str, kind: FaultKind, *, by_board: bool = False) -> FaultRow:
    """The row of a fault, by its name; for the board's own, or a name of another release, by its kind."""
    return KINDS[kind] if by_board else FAULTS.get(name) or OF_STATION.get(name) or KINDS[kind]

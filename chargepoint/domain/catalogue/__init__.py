"""The error catalogue: everything that can be wrong, or keep somebody from charging, each with a number for ever.

    1xx car and pilot        4xx supply                    7xx connection to the CSMS, rung by rung
    2xx protection           5xx devices                   8xx configuration, updates
    3xx switching and lock   6xx the station's processes   9xx use: no fault, but nobody charges for now

The rows of the fault table are part of it, under their own numbers. It feeds the pages, the command line, the log, OCPP and
``docs/errors.md``. A number is never given to anything else: what is no longer needed keeps its entry.
"""

from chargepoint.domain.catalogue import configuration, connection, devices, faults, updates, use
from chargepoint.domain.catalogue.entry import Entry
from chargepoint.domain.faults import Fault

__all__ = ["ENTRIES", "Entry", "by_code", "of", "of_fault"]

ENTRIES: tuple[Entry, ...] = tuple(
    sorted(
        (*faults.ENTRIES, *devices.ENTRIES, *connection.ENTRIES, *configuration.ENTRIES, *updates.ENTRIES, *use.ENTRIES),
        key=lambda each: each.code,
    )
)
"""In the order of their numbers."""

_BY_NAME = {each.name: each for each in ENTRIES}
_BY_CODE = {each.code: each for each in ENTRIES}


def of(name: str) -> Entry:
    """By its name. Raises KeyError: names are written in the code, not typed by people."""
    return _BY_NAME[name]


def by_code(code: str) -> Entry | None:
    """By its number, as people type it: ``CP-301``, ``cp301``, ``301``."""
    return _BY_CODE.get(f"CP-{code.strip().upper().removeprefix('CP').removeprefix('-')}")


def of_fault(fault: Fault) -> Entry:
    """By an active fault; for what a board diagnosed, and for one of another release, the entry of its kind."""
    return _BY_CODE[fault.row.code]

"""The rows of the fault table as entries. What a board diagnoses by itself is called ``board_`` and its kind."""

from chargepoint.domain.catalogue.entry import Entry
from chargepoint.domain.fault_table import KINDS, OF_STATION, ROWS, FaultRow

BY_BOARD = "board_"
OF_STATION_ITSELF = frozenset({"local_list_conflict", "reader_failure", "weak_signal"})
"""Kinds that are told by a code of their own although they stop nobody, of the station as a whole (OCPP 1.6 section 7.6)."""
SPELT = {"ev": "EV", "other": "OtherError"}
"""Words of a kind that are not simply written with a capital."""


def _error_code(row: FaultRow) -> str:
    """A kind is the ChargePointErrorCode in other letters. Mere warnings go without an error."""
    if row.action in ("warn", "limit") and row.kind not in OF_STATION_ITSELF:
        return "NoError"
    return "".join(SPELT.get(word, word.capitalize()) for word in row.kind.split("_"))


def _entry(row: FaultRow, prefix: str = "") -> Entry:
    return Entry(
        code=row.code,
        name=prefix + row.name,
        title=row.title,
        cause=row.cause,
        technician=row.technician,
        driver=row.driver,
        since=row.since,
        mrec=row.mrec,
        ocpp_16=_error_code(row),
    )


ENTRIES = (
    *map(_entry, ROWS),
    *map(_entry, OF_STATION.values()),
    *(_entry(row, BY_BOARD) for row in KINDS.values()),
)

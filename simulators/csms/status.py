"""Which change of a connector's status 1.6 allows (OCPP 1.6 §4.9, the table of transitions; rows and columns by their letters there)."""

_ALL = frozenset(["Available", "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved", "Unavailable", "Faulted"])

ALLOWED: dict[str, frozenset[str]] = {
    "Available": _ALL - {"Finishing"},  # A
    "Preparing": _ALL - {"Reserved", "Unavailable"},  # B
    "Charging": _ALL - {"Preparing", "Reserved"},  # C
    "SuspendedEV": _ALL - {"Preparing", "Reserved"},  # D
    "SuspendedEVSE": _ALL - {"Preparing", "Reserved"},  # E
    "Finishing": frozenset({"Finishing", "Available", "Preparing", "Unavailable", "Faulted"}),  # F
    "Reserved": frozenset({"Reserved", "Available", "Preparing", "Unavailable", "Faulted"}),  # G
    "Unavailable": _ALL - {"Finishing", "Reserved"},  # H
    "Faulted": _ALL,  # I
}
"""Targets by source. A status may be told again, with another error code, say."""

STATION = frozenset({"Available", "Unavailable", "Faulted"})
"""What connector 0, the station as a whole, may be."""


def forbidden_step(connector: int, before: str | None, after: str) -> str | None:
    """What is wrong with this change, if anything; ``before`` is ``None`` where the last status is not known."""
    if connector == 0:
        return None if after in STATION else f"connector 0 is {after}; expected one of {', '.join(sorted(STATION))}"
    if before is None or after in ALLOWED[before]:
        return None
    return f"connector {connector} went from {before} to {after}; allowed are {', '.join(sorted(ALLOWED[before] - {before}))}"

"""What happened at a station, for people: one line each, as a technician wants to read it weeks later.

    glance of an EVSE, before and after ──▶ news ──▶ happenings ──▶ store, page, ``chargepoint events``

Nothing is said of what goes on all the time (readings, limits that follow a schedule): that belongs into the log.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from chargepoint.domain.faults import Fault

Area = Literal["vehicle", "session", "fault", "csms", "station", "technician", "driver"]
Level = Literal["info", "warning", "error"]
LEVELS: Mapping[str, int] = {"info": 0, "warning": 1, "error": 2}
"""How bad, for those who want to see only the worse."""


class Happening(Struct, frozen=True, kw_only=True):
    """One line, without its time."""

    area: Area
    kind: str
    """In snake case, for programs; the same kind always means the same."""
    evse: int | None = None
    """``None``: the station as a whole."""
    level: Level = "info"
    code: str = ""
    """Of the error catalogue, where it has one."""
    text: str = ""


class Glance(Struct, frozen=True, kw_only=True):
    """One EVSE, as far as anybody wants to read of it later."""

    evse: int
    plugged: bool | None = None
    """``None``: not known."""
    operative: bool = True
    authorised: str | None = None
    """By whom, as much as may be shown of it; ``None``: nobody is."""
    transaction: str | None = None
    charging: str | None = None
    """ChargingStateEnumType of the transaction."""
    faults: tuple[Fault, ...] = ()


CHARGING: Mapping[str, tuple[str, str]] = {
    "Charging": ("charging", "current flows, or may flow"),
    "SuspendedEV": ("suspended_ev", "the car takes no current although it is offered"),
    "SuspendedEVSE": ("suspended_evse", "the station offers no current"),
}
"""Kind and text for those states of a transaction that are news."""


def news(before: Glance, after: Glance) -> Iterator[Happening]:
    """What happened between two glances at the same EVSE. Causes come before effects, as far as one can tell."""
    evse = after.evse
    if before.plugged is not None and after.plugged is not None and before.plugged != after.plugged:
        kind, text = ("plugged_in", "a car was plugged in") if after.plugged else ("unplugged", "the car was unplugged")
        yield Happening(area="vehicle", kind=kind, evse=evse, text=text)
    yield from _faults(before, after)
    if before.operative != after.operative:
        kind, text = ("in_service", "back in service") if after.operative else ("out_of_service", "out of service")
        yield Happening(area="station", kind=kind, evse=evse, level="info" if after.operative else "warning", text=text)
    if after.authorised is not None and before.authorised != after.authorised and before.transaction is None:
        yield Happening(area="session", kind="authorised", evse=evse, text=f"{after.authorised} may charge")
    yield from _transaction(before, after)


def _faults(before: Glance, after: Glance) -> Iterator[Happening]:
    had, has = {fault.name for fault in before.faults}, {fault.name for fault in after.faults}
    for fault in after.faults:
        if fault.name not in had:
            seen = f": {fault.info}" if fault.info else ""
            yield _of_fault(after.evse, fault, "raised", "error" if fault.stops_charging else "warning", f"{fault.row.title}{seen}")
    for fault in before.faults:
        if fault.name not in has:
            yield _of_fault(after.evse, fault, "cleared", "info", f"over: {fault.row.title}")


def _of_fault(evse: int, fault: Fault, what: str, level: Level, text: str) -> Happening:
    return Happening(area="fault", kind=f"{fault.name} {what}", evse=evse or None, level=level, code=fault.row.code, text=text)


def _transaction(before: Glance, after: Glance) -> Iterator[Happening]:
    """Its beginning and its changes; of its end those tell who know how it ended."""
    if after.transaction is None:
        return
    if before.transaction != after.transaction:
        yield Happening(area="session", kind="transaction_started", evse=after.evse, text=f"transaction {after.transaction}")
    if before.charging != after.charging and after.charging is not None and after.charging in CHARGING:
        kind, text = CHARGING[after.charging]
        yield Happening(area="session", kind=kind, evse=after.evse, text=text)

"""Faults as they come and go: each cause is watched for its time; each fault is kept for as long as its row of the table says.

gone        until the cause has been gone for hold_s; with a retry, for pause_s, and so many times for one car
unplugged   until the car has left
service     until a technician clears it
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.control.kept import KeptFault
from chargepoint.control.safety import CAUSES, Cause, Facts
from chargepoint.domain.fault_table import FAULTS, FaultRow
from chargepoint.domain.faults import Fault
from chargepoint.link.messages import ClearFault, ClearOutcome
from hal.measured import BoardFault

BOARD_FAULTS = 8
"""Of one board, more than these are not shown; one is enough to stop charging."""
TEXT = 160
"""Longest text taken over from a board or the link: the state of an EVSE has to fit a message."""

Key = tuple[str, bool]
"""Name, and whether it is the board's own."""


class Watch(Struct, frozen=True):
    """A cause under watch: not yet a fault, a fault, or a fault whose cause has gone."""

    name: str
    since_s: float
    seen_s: float
    fault: Fault | None = None
    by_board: bool = False


class Watching(Struct, frozen=True):
    """All of one EVSE."""

    watches: tuple[Watch, ...] = ()
    tries: Mapping[str, int] = {}
    """How often each fault that is tried again was raised for this car."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every active fault, the oldest first."""
        if not self.watches:
            return ()
        return tuple(sorted((each.fault for each in self.watches if each.fault is not None), key=lambda fault: (fault.since_s, fault.name)))


def restored(kept: tuple[KeptFault, ...], now: float) -> Watching:
    """Latched faults of before a restart. One that the table no longer has is kept as ``memory_lost``: somebody should look."""
    rows = [(FAULTS.get(fault.name, FAULTS["memory_lost"]), fault.info) for fault in kept]
    faults = [Fault(row.name, row.kind, info, since_s=now, latched=True) for row, info in rows]
    return Watching(tuple(Watch(fault.name, now, now, fault) for fault in faults))


def watch(watching: Watching, facts: Facts) -> Watching:
    """What is under watch after this scan."""
    causes = [(name, cause) for name, cause in CAUSES.items() if cause.holds(facts)]
    tries: Mapping[str, int] = {} if facts.empty and watching.tries else watching.tries
    if not causes and not watching.watches and not facts.board.faults:
        return watching if tries is watching.tries else Watching((), tries)
    known = {(each.name, each.by_board): each for each in watching.watches}
    seen: dict[Key, Watch] = {}
    for name, cause in causes:
        raised, tries = _seen(name, cause, known.get((name, False)), tries, facts)
        seen[name, False] = raised
    for fault in facts.board.faults[:BOARD_FAULTS]:
        key = (fault.name[:TEXT], True)
        seen.setdefault(key, _of_board(fault, known.get(key), facts.now))
    return Watching((*seen.values(), *(each for key, each in known.items() if key not in seen and _stays(each, facts))), tries)


def _seen(name: str, cause: Cause, known: Watch | None, tries: Mapping[str, int], facts: Facts) -> tuple[Watch, Mapping[str, int]]:
    row = FAULTS[name]
    since_s = facts.now if known is None else known.since_s
    fault = None if known is None else known.fault
    if fault is None and facts.now - since_s >= row.seen_after_s:
        if row.retry is not None and cause.exhausted is None:
            tries = {**tries, name: tries.get(name, 0) + 1}
        fault = Fault(name, row.kind, cause.sentence.format(f=facts), since_s=facts.now, latched=_latches(row, tries))
    if fault is not None and not fault.latched and cause.exhausted is not None and cause.exhausted(facts):
        fault = replace(fault, latched=True)
    return Watch(name, since_s, facts.now, fault), tries


def _latches(row: FaultRow, tries: Mapping[str, int]) -> bool:
    return row.clears != "gone" or (row.retry is not None and tries.get(row.name, 0) > row.retry.times)


def _of_board(found: BoardFault, known: Watch | None, now: float) -> Watch:
    since_s = now if known is None else known.since_s
    fault = Fault(found.name[:TEXT], found.kind, found.info[:TEXT], found.vendor_code[:TEXT], since_s, by_board=True)
    return Watch(fault.name, since_s, now, fault, by_board=True)


def _stays(each: Watch, facts: Facts) -> bool:
    """Is a fault kept though its cause is gone?"""
    if each.fault is None:
        return False
    row, gone_s = each.fault.row, facts.now - each.seen_s
    if gone_s < row.hold_s or row.clears == "service":
        return True
    if each.fault.latched:
        return not facts.empty
    if row.retry is None or CAUSES[each.name].exhausted is not None:
        return False
    return gone_s < row.retry.pause_s and not facts.empty


def clear(watching: Watching, wish: ClearFault, now: float) -> tuple[Watching, ClearOutcome]:
    """A technician says that a fault has been dealt with. It is cleared if it is latched and its cause is gone."""
    text = wish.wish[:TEXT]
    found = next((each for each in watching.watches if each.name == wish.name and each.fault is not None and not each.by_board), None)
    if found is None or found.fault is None:
        return watching, ClearOutcome(text, False, f"{wish.name[:TEXT]}: no such fault is active")
    if not found.fault.latched:
        return watching, ClearOutcome(text, False, f"{found.name}: clears by itself when its cause is gone")
    if now - found.seen_s < found.fault.row.hold_s:
        return watching, ClearOutcome(text, False, f"{found.name}: its cause is still there: {found.fault.info}")
    tries = {name: count for name, count in watching.tries.items() if name != found.name}
    return Watching(tuple(each for each in watching.watches if each is not found), tries), ClearOutcome(text, True)


def present(watching: Watching, name: str, now: float) -> bool:
    """Is a fault of this name active, and its cause there in this very scan? One that is only latched is not."""
    return any(each.name == name and each.fault is not None and each.seen_s == now for each in watching.watches)


def latched(faults: tuple[Fault, ...]) -> Iterator[KeptFault]:
    """What of them has to survive a power cut."""
    return (KeptFault(fault.name, fault.info) for fault in faults if fault.latched and not fault.by_board)

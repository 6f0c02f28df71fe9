"""From causes to faults: what has to last lasts, what chatters is one fault, and all that is active is kept and shown.

What the board diagnoses by itself is added under the board's own name.
"""

from collections.abc import Iterator

from msgspec import Struct

from chargepoint.control.safety import HOLD_S, INTERLOCKS, Facts, Interlock
from chargepoint.domain.faults import Fault
from hal.measured import BoardFault

BOARD_FAULTS = 16
"""Of one board, more than these are not shown; one is enough to stop charging."""
TEXT = 160
"""Longest text taken over from a board: the state of an EVSE has to fit a message of the link."""


class Watch(Struct, frozen=True):
    """A cause under watch: not yet a fault, a fault, or a fault whose cause has just gone."""

    name: str
    since_s: float
    seen_s: float
    hold_s: float = HOLD_S
    untestable: bool = False
    fault: Fault | None = None


def watch(watches: tuple[Watch, ...], facts: Facts) -> tuple[Watch, ...]:
    """What is under watch after this scan."""
    causes = [row for row in INTERLOCKS if row.cause(facts)]
    if not causes and not watches and not facts.board.faults:
        return watches
    known = {each.name: each for each in watches}
    seen = {row.name: _seen(row, known.get(row.name), facts) for row in causes}
    for fault in facts.board.faults[:BOARD_FAULTS]:
        seen.setdefault(fault.name[:TEXT], _of_board(fault, known.get(fault.name[:TEXT]), facts.now))
    return (*seen.values(), *_going(watches, seen, facts))


def _seen(row: Interlock, known: Watch | None, facts: Facts) -> Watch:
    since_s = facts.now if known is None else known.since_s
    fault = None if known is None else known.fault
    if fault is None and facts.now - since_s >= row.after_s:
        fault = Fault(row.name, row.kind, row.sentence.format(f=facts), since_s=facts.now)
    return Watch(row.name, since_s, facts.now, row.hold_s, row.untestable, fault)


def _of_board(found: BoardFault, known: Watch | None, now: float) -> Watch:
    since_s = now if known is None else known.since_s
    fault = Fault(found.name[:TEXT], found.kind, found.info[:TEXT], found.vendor_code[:TEXT], since_s)
    return Watch(fault.name, since_s, now, fault=fault)


def _going(watches: tuple[Watch, ...], seen: dict[str, Watch], facts: Facts) -> Iterator[Watch]:
    """Faults whose cause is gone, while they are held."""
    for each in watches:
        held = each.fault is not None and facts.now - each.seen_s < each.hold_s
        left = each.untestable and facts.pilot.letter == "A"
        if each.name not in seen and held and not left:
            yield each


def faults(watches: tuple[Watch, ...]) -> tuple[Fault, ...]:
    """Every active fault, the oldest first."""
    if not watches:
        return ()
    return tuple(sorted((each.fault for each in watches if each.fault is not None), key=lambda fault: (fault.since_s, fault.name)))


def stops(watches: tuple[Watch, ...]) -> bool:
    """Does one of them keep the contactor open?"""
    return any(each.fault is not None and each.fault.stops_charging for each in watches)

"""Control with something taken out: what the mutants of ``test_mutants`` are made of."""

from contextlib import AbstractContextManager, ExitStack
from typing import Any
from unittest.mock import patch

from msgspec import structs

from chargepoint.control import evse, limits, lock, pilot
from chargepoint.control.evse import ROWS, Guard, Row, Table
from chargepoint.control.kept import KeptEvse
from chargepoint.control.memory import Evse
from chargepoint.control.permit import Lease
from chargepoint.control.phases import Poles
from chargepoint.control.safety import CAUSES, Cause
from chargepoint.control.selftest import SelfTest
from chargepoint.control.watch import Watching
from chargepoint.domain.fault_table import FAULTS, FaultRow
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import ContactorCount, IecState, Permit

Mutation = AbstractContextManager[Any]


def without(source: str, *dests: str) -> tuple[Row, ...]:
    """The table with some rows deleted."""
    rows = tuple(row for row in ROWS if row.source != source or row.dest not in dests)
    assert len(rows) == len(ROWS) - len(dests)
    return rows


def without_guard(*guards: Guard) -> tuple[Row, ...]:
    """The table with guards deleted from what closes the contactor."""
    assert all(any(guard in row.guards for row in ROWS if row.dest in ("C2", "D2")) for guard in guards)
    return tuple(
        Row(row.source, row.dest, tuple(each for each in row.guards if row.dest not in ("C2", "D2") or each not in guards)) for row in ROWS
    )


def table(rows: tuple[Row, ...]) -> Mutation:
    """Control with another table."""
    return patch.object(evse, "TABLE", Table(rows))


def row(name: str, **values: Any) -> Mutation:
    """Control with another row of the fault table."""
    return patch.dict(FAULTS, {name: structs.replace(FAULTS[name], **values)})


def blind(*names: str) -> Mutation:
    """Control that does not see these causes."""
    return patch.dict(CAUSES, {name: Cause(lambda f: False, "") for name in names})


def unbounded(*names: str) -> Mutation:
    """Control without these limits."""
    assert {source.name for source in limits.SOURCES} >= set(names)
    return patch.object(limits, "SOURCES", tuple(source for source in limits.SOURCES if source.name not in names))


def loosened(name: str, limit_ma: int) -> Mutation:
    """Control with another value for a limit."""
    sources = tuple(each._replace(bound=lambda e, now: limit_ma) if each.name == name else each for each in limits.SOURCES)
    return patch.object(limits, "SOURCES", sources)


class Together(AbstractContextManager[None]):
    """What is guarded twice is taken out twice."""

    def __init__(self, *mutations: Mutation) -> None:
        self._mutations = mutations
        self._stack = ExitStack()

    def __enter__(self) -> None:
        for mutation in self._mutations:
            self._stack.enter_context(mutation)

    def __exit__(self, *exc: object) -> None:
        self._stack.close()


def any_permit(lease: Lease | None, plug_in: PlugInId | None, wanted: Permit, now: float) -> Lease:
    """Whoever comes next may charge."""
    return Lease(wanted, now + wanted.valid_for_s)


def unlocked_when_over(held: lock.Lock, *, permitted: bool, closed: bool, failed: bool, given_up_s: float | None) -> bool:
    """The lock of a session without a look at the contactor."""
    return permitted and not held.held_off


def unmoved(held: lock.Lock, *seen: object) -> lock.Lock:
    """Whatever is measured says nothing about the lock."""
    return held


def moves_at_once(each: Evse, now: float) -> Poles:
    """Poles that follow the permit, whatever the contactor does."""
    want = limits.asked_phases(each)
    return each.poles if want == each.poles.phases else Poles(want, now, each.poles.switches)


def always_pending(poles: Poles, want: int, settings: object) -> bool:
    """Changed as often as it is wanted."""
    return want != poles.phases


def forgets(each: Evse, now: float) -> Evse:
    """Nothing is kept but the counter."""
    return structs.replace(each, kept=KeptEvse((), each.contactor))


def counts_nothing(each: Evse, state: IecState, closing: bool) -> ContactorCount:
    """A counter that stands."""
    return each.contactor


def only_the_first(watching: Watching) -> tuple[Fault, ...]:
    """Of all causes the oldest."""
    faults = [each.fault for each in watching.watches if each.fault is not None]
    return tuple(sorted(faults, key=lambda fault: fault.since_s))[:1]


def offers_always(state: IecState, granted_ma: int, waking_ppm: int = 0) -> int:
    """The pilot without a look at the state."""
    return pilot.duty_ppm(max(granted_ma, 6_000))


def never_exhausted(wanted: FaultRow, tries: object) -> bool:
    """Tried again for ever."""
    return wanted.clears != "gone"


def always_passes(test: SelfTest, now: float, *, good: bool) -> SelfTest:
    """Whatever the monitor did."""
    return SelfTest("rest", now, True, test.for_plug_in, 0)


def patched(where: Any, **values: Any) -> Mutation:
    """Other constants or functions in a module."""
    mutation: Mutation = patch.multiple(where, **values)
    return mutation

"""Safety properties over plausible histories; and each of them failing when the rule behind it is taken out."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chargepoint.control import evse, lock, permit, site
from chargepoint.control.evse import ROWS, Guard, Row, Table
from chargepoint.control.permit import Lease
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.limits import Limit
from chargepoint.link.messages import Permit, Revoke, Unlock
from hal.measured import BoardFault
from tests.control.judge import Broken, Judge
from tests.control.rig import FIXED, SOCKET, Rig

Action = Callable[[Rig, int], None]
Move = tuple[Action, int, float]
"""What, at which EVSE, and how long to wait afterwards."""


def change(**values: Any) -> Action:
    """Something about car or hardware changes."""

    def act(rig: Rig, number: int) -> None:
        for name, value in values.items():
            setattr(rig.plants[number], name, value)

    act.__name__ = str(values)
    return act


def plug(rig: Rig, number: int) -> None:
    if rig.plants[number].letter == "A":
        rig.plants[number].plug()


def unplug(rig: Rig, number: int) -> None:
    """Only where control can see it: nobody can tell cars apart that are changed behind a dead pilot."""
    change(forced=None, board_lost=False)(rig, number)
    rig.plants[number].unplug()
    rig.run(0.1)


def allow(limit_ma: int, valid_for_s: float = 1e6, then_ma: int = 6_000, ago: int = 0) -> Action:
    """A permit, for the present plug-in or for an earlier one."""

    def act(rig: Rig, number: int) -> None:
        seen = [event.plug_in for event in rig.events if event.evse == number and event.plug_in is not None]
        past = list(dict.fromkeys(seen))[-1 - ago :][:1]
        rig.scan(Permit(number, past[0] if past else PlugInId("earlier boot", 1), limit_ma, valid_for_s, then_ma))

    act.__name__ = f"allow({limit_ma}, {valid_for_s}, {then_ma}, ago={ago})"
    return act


def revoke(rig: Rig, number: int) -> None:
    plug_in = rig.told(number).plug_in
    if plug_in is not None:
        rig.scan(Revoke(number, plug_in))


def unlock(rig: Rig, number: int) -> None:
    rig.scan(Unlock(number, 1, f"w{rig.now}"))


def patience(rig: Rig, number: int) -> None:
    rig.run(7)


def late(rig: Rig, number: int) -> None:
    rig.late_s = 0.2
    rig.scan()
    rig.late_s = 0.0


SOUND = change(rcd=False, emergency_stop=False, temperature_c=20.0, faults=(), forced=None, board_lost=False, meter_lost=False)
REPAIRED = change(stuck=None, jammed=None, diode=True)

EPISODES: list[list[Action]] = [
    [allow(0)],
    [revoke],
    [change(stubborn=True), allow(0), patience, allow(16_000)],
    [change(stubborn=True), revoke, patience],
    [change(stubborn=True), allow(0), change(rcd=True), patience, SOUND],
    [change(stubborn=True), allow(20_000, valid_for_s=1.0, then_ma=0), patience],
    [unplug, change(stubborn=True), plug, patience],
    [allow(20_000, valid_for_s=1.0)],
    [allow(20_000, valid_for_s=1.0, then_ma=0)],
    [allow(32_000)],
    [change(asks=None), change(asks="C")],
    [change(asks=None), change(asks="D")],
    [change(asks="D")],
    [change(reaction_s=0.0)],
    [change(reaction_s=2.5)],
    [unplug, plug],
    [unplug, plug, allow(16_000)],
    [unplug, plug, patience, allow(32_000, ago=1), patience],
    [allow(0), unlock, allow(16_000)],
    [unlock],
    [late],
    *([change(forced=letter), SOUND] for letter in "ABDE?"),
    *([change(**{name: True}), SOUND] for name in ("rcd", "emergency_stop", "board_lost", "meter_lost")),
    [change(temperature_c=80.0), SOUND],
    [change(faults=(BoardFault("smoke", "other"),)), SOUND],
    [change(faults=(BoardFault("static", "weak_signal"),)), SOUND],
    [change(stuck=True), revoke, REPAIRED],
    [change(stuck=False), REPAIRED],
    [change(jammed=True), revoke, REPAIRED],
    [change(jammed=False), REPAIRED],
    [change(diode=False), REPAIRED],
    [change(feedback=False)],
]
"""What happens to charging stations, a few moves each."""

WAITS_S = st.sampled_from([0.01, 0.05, 0.25, 1.0, 2.0, 6.5])
SESSION: list[Move] = [(plug, 1, 0.5), (allow(32_000), 1, 0.0), (plug, 2, 0.5), (allow(32_000), 2, 1.0)]
BEGINNINGS = st.sampled_from([SESSION, [(change(asks="D"), 2, 0.0), *SESSION]])


@st.composite
def histories(draw: st.DrawFn) -> list[Move]:
    """Two cars that charge, perhaps with ventilation: from there everything of interest is near. Then a few episodes, some cut short."""
    moves = list(draw(BEGINNINGS))
    for episode in draw(st.lists(st.sampled_from(EPISODES), max_size=4)):
        number = draw(st.sampled_from([1, 2]))
        moves += [(act, number, draw(WAITS_S)) for act in episode]
    return moves


def play(history: list[Move], rule: str = "") -> None:
    """Live through a history, judged after every scan."""
    rig = Rig(SOCKET, FIXED, fuse_ma=40_000)
    Judge(rig, rule)
    for act, number, wait_s in history:
        act(rig, number)
        rig.run(wait_s)


@given(histories())
@settings(max_examples=150, deadline=None)
def test_no_history_breaks_a_rule(history: list[Move]) -> None:
    play(history)


def without(source: str, dest: str) -> tuple[Row, ...]:
    """The table with one row deleted."""
    rows = tuple(row for row in ROWS if (row.source, row.dest) != (source, dest))
    assert len(rows) == len(ROWS) - 1
    return rows


def without_guard(source: str, dest: str, guard: Guard) -> tuple[Row, ...]:
    """The table with one guard deleted."""
    assert any((row.source, row.dest) == (source, dest) and guard in row.guards for row in ROWS)
    return tuple(
        Row(row.source, row.dest, tuple(each for each in row.guards if (row.source, row.dest) != (source, dest) or each is not guard))
        for row in ROWS
    )


def table(rows: tuple[Row, ...]) -> AbstractContextManager[Any]:
    """Control with another table."""
    return patch.object(evse, "TABLE", Table(rows))


def leaves_c_late() -> tuple[Row, ...]:
    """C2 is left only for state A."""
    return tuple(row for row in without("C2", "B2") if (row.source, row.dest) != ("C2", "fault"))


def any_permit(lease: Lease | None, plug_in: PlugInId | None, wanted: Permit, now: float) -> Lease:
    """Whoever comes next may charge."""
    return Lease(wanted, now + wanted.valid_for_s)


MUTANTS: list[tuple[str, str, AbstractContextManager[Any]]] = [
    ("closed only while the EV asks", "no row C2 -> B2", table(without("C2", "B2"))),
    ("closed only while the EV asks", "no row stopping -> B1", table(without("stopping", "B1"))),
    ("open while a fault is", "no row C2 -> fault", table(without("C2", "fault"))),
    ("open while a fault is", "no row D2 -> fault", table(without("D2", "fault"))),
    ("open while a fault is", "no row stopping -> fault", table(without("stopping", "fault"))),
    ("closed only with a permit", "no row C2 -> stopping", table(without("C2", "stopping"))),
    ("closed only with a permit", "no row D2 -> stopping", table(without("D2", "stopping"))),
    ("closed only with a permit", "no row stopping -> C1", table(without("stopping", "C1"))),
    ("closed only with a permit", "closing from B1", table((Row("B1", "C2", (evse.ev_ready,)), *ROWS))),
    ("closed only with a permit", "closing from C1", table((Row("C1", "C2", (evse.ev_ready,)), *ROWS))),
    ("not closed again within 5 s", "no rest", table(without_guard("B2", "C2", evse.rested))),
    ("closed only with ventilation", "D served", table((Row("C2", "D2", (evse.ev_ready_with_ventilation,)), *without("D2", "fault")))),
    ("closed only with a permit", "anybody's permit", patch.object(permit, "accept", any_permit)),
    ("no offer above permit", "a lease of the rating", patch.object(permit, "limit", lambda lease, now: Limit("permit", 32_000))),
    ("the site fuse holds", "EVs that follow at once", patch.object(site, "FOLLOW_S", 0.0)),
    ("no offer begins unlocked", "no look at the lock", patch.object(lock, "secured", lambda lock, board, settings: True)),
]


@pytest.mark.parametrize(("rule", "mutation", "mutated"), MUTANTS, ids=[name for _, name, _ in MUTANTS])
def test_a_mutant_breaks_its_rule(rule: str, mutation: str, mutated: AbstractContextManager[Any]) -> None:
    with mutated, pytest.raises(Broken, match=rule):
        hunt(rule)


def hunt(rule: str) -> None:
    """Look for a history that breaks a rule, always in the same order. Raises Broken."""

    @settings(max_examples=400, deadline=None, derandomize=True, database=None, phases=[Phase.generate], report_multiple_bugs=False)
    @given(histories())
    def look(history: list[Move]) -> None:
        play(history, rule)

    look()

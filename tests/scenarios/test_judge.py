"""Every rule of the judge is able to fail: it does when what it guards is taken out of control, or of the world."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from chargepoint.cli.scenarios.judge import NAMES
from chargepoint.cli.scenarios.rule import Broken
from chargepoint.control import (
    act,
    ceiling,
    evse,
    lock,
    permit,
    phases,
    pilot,
    proximity,
    safety,
    scan,
    selftest,
    sense,
    site,
    told,
    watch,
)
from chargepoint.control.evse import ROWS, Row, Table
from chargepoint.control.lock import Lock
from chargepoint.domain.fault_table import FAULTS
from simulators import electrics
from tests.scenarios.stories import STORIES, play

Mutation = AbstractContextManager[Any]


@pytest.mark.parametrize("story", STORIES)
def test_control_as_it_is_breaks_no_rule(story: str) -> None:
    play(STORIES[story])


def without(*gone: tuple[str, str]) -> Mutation:
    """Control without these rows of its table."""
    rows = tuple(row for row in ROWS if (row.source, row.dest) not in gone)
    assert len(rows) < len(ROWS)
    return patch.object(evse, "TABLE", Table(rows))


def with_row(row: Row) -> Mutation:
    """Control with another row before all others."""
    return patch.object(evse, "TABLE", Table((row, *ROWS)))


def blind_to(name: str) -> Mutation:
    """Control that does not look for this cause."""
    return patch.dict(safety.CAUSES, {name: safety.CAUSES[name]._replace(holds=lambda f: False)})


def sees_always(name: str) -> Mutation:
    """Control that sees this cause wherever it looks."""
    return patch.dict(safety.CAUSES, {name: safety.CAUSES[name]._replace(holds=lambda f: True)})


def always(place: object, name: str, value: object) -> Mutation:
    """A function that says the same to everybody."""
    return patch.object(place, name, lambda *args, **kwargs: value)


def constant(place: object, name: str, value: object) -> Mutation:
    """Another figure."""
    return patch.object(place, name, value)


def changed(place: object, name: str, change: Callable[[Any], Any]) -> Mutation:
    """A function whose result is spoilt."""
    original = getattr(place, name)
    return patch.object(place, name, lambda *args, **kwargs: change(original(*args, **kwargs)))


@contextmanager
def both(one: Mutation, other: Mutation) -> Iterator[None]:
    """Two at once."""
    with one, other:
        yield


def unlocks_when_closed(lock: Lock, *, permitted: bool, closed: bool, **others: object) -> bool:
    """The wrong way round."""
    return permitted and not closed


MUTANTS: list[tuple[str, str, Mutation]] = [
    ("the contacts open within 100 ms of leaving C and D", "the EV stops", without(("C2", "B2"))),
    ("the command opens within 100 ms of leaving C and D", "the EV stops", without(("C2", "B2"))),
    ("the contacts open within 200 ms without control", "control dies", constant(electrics, "DEAD_MAN_S", 1.0)),
    ("the contactor closes only on an EV that asks", "the EV stops", with_row(Row("B2", "C2", (evse.granted,)))),
    ("the contactor is closed only with a permit, or 6 s after it", "the station stops a deaf EV", without(("C2", "stopping"))),
    ("a stop ends after 6 s", "the station stops a deaf EV", without(("stopping", "C1"))),
    ("no opening under load before 6 s of X1", "the station stops a deaf EV", constant(evse, "STOP_S", 2.0)),
    ("an EV that asks gets current within 3 s", "the EV stops", constant(pilot, "SETTLE_S", {**pilot.SETTLE_S, "C": 5.0})),
    ("the contactor rests between opening and closing", "the EV stops", constant(evse, "REST_S", 0.0)),
    ("open on residual current, emergency stop, earth, tamper and tilt", "emergency stop", blind_to("emergency_stop")),
    ("PWM only with a permit", "the station stops", constant(permit, "end", lambda lease, revoke: lease)),
    ("PWM only to an EV", "an EV unplugs", both(without(("C2", "A"), ("B2", "A")), constant(sense, "_left", lambda evse: evse))),
    ("no offer above permit, rating, cable and temperature", "limits change", always(proximity, "ampacity_ma", 63_000)),
    ("an offer stands for 5 s", "limits change", constant(site, "FOLLOW_S", 0.0)),
    ("F and E only to wake, for a fault, or out of service", "earth is lost", constant(evse, "SHOWN_F_S", 1.0)),
    ("what holds an offer back for a while only does pass", "the monitor is dead", constant(selftest, "TRIP_S", 1_000.0)),
    ("the plug is locked before an offer", "the lock is broken", always(lock, "secured", True)),
    (
        "the plug is locked before closing",
        "the lock is broken",
        both(always(lock, "secured", True), with_row(Row("B2", "C2", (evse.ev_ready, evse.granted, evse.diode_seen, evse.rested)))),
    ),
    ("nothing is done to the hardware that harms it", "the station stops", constant(lock, "wanted", unlocks_when_closed)),
    ("the plug can be taken 5 s after the EV has left", "an EV unplugs", always(lock, "wanted", True)),
    (
        "a restart lets go of no plug whose EV is there",
        "control starts anew",
        both(always(lock, "kept", Lock()), constant(lock, "found", lambda lock, *seen: lock)),
    ),
    ("a pause between one and three phases", "phases change", always(phases, "pause_s", 0.0)),
    ("the contactor counter tells what happened", "the EV stops", changed(act, "_counted", lambda count: replace(count, closings=0))),
    ("nothing is offered under a lock-out", "a lock-out and a power cut", always(scan, "kept", {})),
    ("a lock-out is kept", "a lock-out and a power cut", always(scan, "kept", {})),
    ("a told fault opens or pauses", "earth is lost", without(("C2", "fault"), ("C2", "fault_f"))),
    ("a told fault has its cause", "the EV stops", sees_always("enclosure_open")),
    ("a lasting cause is told", "earth is lost", blind_to("earth_lost")),
    ("a fault goes with its cause", "earth is lost", always(watch, "_stays", True)),
    ("a latched fault goes when it should", "emergency stop", always(watch, "_stays", False)),
    (
        "a fault does not chatter",
        "the EV asks for ventilation",
        patch.dict(FAULTS, ventilation_not_available=replace(FAULTS["ventilation_not_available"], clears="gone", retry=None)),
    ),
    ("told contacts are the contacts", "the EV stops", always(told, "_contactor_closed", False)),
    ("a told car is there", "an EV unplugs", constant(pilot, "SETTLE_S", {**pilot.SETTLE_S, "A": 1.0})),
    ("a told offer is on the pilot", "limits change", always(told, "offerable_ma", 16_000)),
    ("the site fuse, and what is left of it, holds", "two EVs charge", always(site, "committed_ma", 0)),
    ("the site fuse, and what is left of it, holds", "all are bounded", always(ceiling, "accept", None)),
]


@pytest.mark.parametrize(("rule", "story", "mutated"), MUTANTS, ids=[f"{rule}, {story}" for rule, story, _ in MUTANTS])
def test_a_rule_fails_when_what_it_guards_is_taken_out(rule: str, story: str, mutated: Mutation) -> None:
    with mutated, pytest.raises(Broken) as broken:
        play(STORIES[story], rule)
    assert broken.value.rule == rule


def test_every_rule_has_a_mutant() -> None:
    assert sorted({rule for rule, _, _ in MUTANTS}) == sorted(NAMES)

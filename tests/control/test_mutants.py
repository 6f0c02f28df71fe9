"""Every safety property fails when what is behind it is taken out: a row, a guard, a fault's latching, a limit, a pause, a bound ..."""

from collections.abc import Sequence
from typing import NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import Phase, given, settings

from chargepoint.control import act, evse, exercising, indicating, lock, permit, phases, pilot, selftest, sense, site, watch
from chargepoint.control.evse import ROWS, Row
from chargepoint.control.watch import Watching
from chargepoint.domain.fault_table import FAULTS
from tests.control.histories import EPISODES, SESSION, Move, histories, play
from tests.control.judge import Broken
from tests.control.mutations import (
    Mutation,
    Together,
    always_passes,
    always_pending,
    any_permit,
    blind,
    counts_nothing,
    forgets,
    loosened,
    moves_at_once,
    never_exhausted,
    offers_always,
    only_the_first,
    patched,
    row,
    table,
    unbounded,
    unlocked_when_over,
    unmoved,
    without,
    without_guard,
)
from tests.control.wrongs import RETRIES, WRONGS

pytestmark = pytest.mark.sweep


class Mutant(NamedTuple):
    """What is taken out, the rule that has to notice, and the episodes it shows in."""

    rule: str
    name: str
    mutation: Mutation
    around: Sequence[str]


OF_CAUSE: dict[str, list[str]] = {
    "rcd_tripped": ["trip"],
    "emergency_stop": ["emergency stop"],
    "earth_lost": ["earth"],
    "enclosure_open": ["opened"],
    "tilted": ["tilted"],
    "over_temperature": ["hot"],
    "thermometer_silent": ["no thermometer"],
    "contactor_welded": ["welded"],
    "contactor_failed_to_close": ["never closes"],
    "diode_failed": ["diode"],
    "proximity_out_of_range": ["no cable"],
    "control_late": ["late"],
    "over_current": ["draws too much"],
    "control_overloaded": ["overloaded"],
    "meter_silent": ["no meter"],
    "meter_implausible": ["a meter that talks nonsense"],
    "over_voltage": ["high voltage"],
    "under_voltage": ["low voltage"],
}
NEVER_UNDER_LOAD = {"contactor_welded", "proximity_out_of_range"}
"""They are seen while the contactor is commanded open; another fault comes with them or before them."""

MUTANTS = [
    *(
        Mutant("closed only while the EV asks", *each)
        for each in (
            ("no row C2 -> B2", table(without("C2", "B2")), ["lets go and asks"]),
            ("no row stopping -> B1", table(without("stopping", "B1")), ["pause", "end"]),
            ("slow out of C", patched(pilot, LEAVE_S=0.3), ["lets go and asks"]),
        )
    ),
    Mutant("closes only on a request that lasted", "no debounce", patched(pilot, SETTLE_S={**pilot.SETTLE_S, "C": 0.0}), ["quick car"]),
    Mutant(
        "closes only on an offer with the diode seen",
        "no look at the diode",
        Together(table(without_guard(evse.diode_seen)), blind("diode_failed")),
        ["diode and a quick car", "diode"],
    ),
    Mutant(
        "closes only with its contacts open",
        "no look at the contacts",
        Together(table(without_guard(evse.contacts_seen_open)), blind("contactor_welded")),
        ["welds while open"],
    ),
    Mutant("open while", "no row C2 -> fault", table(without("C2", "fault", "fault_f")), ["trip", "earth", "smoke"]),
    Mutant("open while", "no row D2 -> fault", table(without("D2", "fault", "fault_f")), ["trip", "earth", "smoke"]),
    Mutant("open while", "no row stopping -> fault", table(without("stopping", "fault", "fault_f")), ["fault while stopping"]),
    *(
        Mutant("closed only with a permit", *each)
        for each in (
            ("no row C2 -> stopping", table(without("C2", "stopping")), ["ignores the end"]),
            ("no row D2 -> stopping", table(without("D2", "stopping")), ["ignores the end"]),
            ("no row stopping -> C1", table(without("stopping", "C1")), ["ignores the end"]),
            ("a stop of ten seconds", patched(evse, STOP_S=10.0), ["ignores the end"]),
            ("closing from B1", table((Row("B1", "C2", (evse.ev_ready,)), *ROWS)), ["simplified"]),
            ("closing from C1", table((Row("C1", "C2", (evse.ev_ready,)), *ROWS)), ["simplified"]),
            ("anybody's permit", patched(permit, accept=any_permit), ["a stranger's permit"]),
            ("leases that do not end", patched(permit, standing=lambda lease, now: "live"), ["silent station, no failsafe"]),
        )
    ),
    Mutant("not closed again within 2 s", "no rest", table(without_guard(evse.rested)), ["lets go and asks"]),
    Mutant(
        "closed only with ventilation",
        "D served",
        Together(table(without_guard(evse.ventilated)), blind("ventilation_not_available")),
        ["asks for air", "lets go and asks for air"],
    ),
    Mutant("no offer above the permit", "no permit among the limits", unbounded("permit", "failsafe"), ["lower"]),
    *(
        Mutant("no offer above rating, cable", *each)
        for each in (
            ("no cable among the limits", unbounded("cable"), ["another cable"]),
            ("no temperature among the limits", unbounded("temperature"), ["warm"]),
            ("no thermometer among the limits", unbounded("thermometer"), ["no thermometer"]),
            ("a rating of 63 A", loosened("evse rating", 63_000), ["generous"]),
        )
    ),
    *(
        Mutant("no offer begins untested", *each)
        for each in (
            ("no self-test among the limits", unbounded("self-test"), ["replug and allow"]),
            ("a test that always passes", patched(selftest, _verdict=always_passes), ["deaf monitor"]),
        )
    ),
    Mutant(
        "tested only with the contactor open",
        "tested at any time",
        Together(patched(sense, _testable=lambda evse, board: True), patched(selftest, DAILY_S=3.0)),
        ["go on"],
    ),
    Mutant("no offer begins unlocked", "no look at the lock", patched(lock, secured=lambda *seen: True), ["replug and allow late"]),
    Mutant("locked while closed", "no look at the contactor", patched(lock, wanted=unlocked_when_over), ["ignores the end"]),
    Mutant("locked over a restart", "a start that forgets", patched(lock, kept=lambda *seen: lock.Lock(), found=unmoved), ["killed"]),
    Mutant("no offer begins before", "no rest among the limits", unbounded("contactor rest", "stop sequence"), ["pause and go on"]),
    Mutant("no offer begins before", "a short rest after faults", patched(evse, FAULT_PAUSE_S=5.0), ["earth", "smoke"]),
    Mutant("the site fuse holds", "EVs that follow at once", patched(site, FOLLOW_S=0.0), ["pause", "go on"]),
    Mutant("an offer changes at most", "EVs that follow at once", patched(site, FOLLOW_S=0.0), ["raise and lower"]),
    Mutant("phases move only while open", "poles that follow at once", patched(act, _poles=moves_at_once), ["one phase"]),
    Mutant("closes on other phases only after", "no pause", patched(phases, pause_s=lambda settings, under_load: 0.0), ["one phase"]),
    Mutant("phases move only so often", "no bound", patched(phases, pending=always_pending), ["one and three and one"]),
    Mutant("tried again only so often", "no bound", patched(watch, _latches=never_exhausted), ["never closes, again and again"]),
    Mutant(
        "never closed on what is latched", "a restart forgets", patched(watch, restored=lambda *kept: Watching()), ["tilted and killed"]
    ),
    Mutant("what is latched is kept", "nothing is kept", patched(act, _kept=forgets), ["trip", "tilted"]),
    Mutant("the contactor is counted", "nothing is counted", patched(act, _counted=counts_nothing), ["pause and go on"]),
    Mutant("every cause is told", "only the first is kept", patched(Watching, faults=property(only_the_first)), ["trip and more"]),
    Mutant("nothing offered on what is latched", "a pilot that looks at nothing", patched(evse, duty=offers_always), ["trip"]),
    Mutant("the offer is told", "a pilot that looks at nothing", patched(evse, duty=offers_always), ["pause"]),
    Mutant("paused while something is wrong", "no fault among the limits", unbounded("fault"), ["high voltage", "no meter"]),
    Mutant("why nothing is offered is told", "no permit is no limit", unbounded("no permit"), ["end", "replug"]),
    Mutant("a fault is shown", "a lamp that looks at no fault", patched(indicating, fault_of=lambda state: None), ["trip"]),
    Mutant("free is shown only", "free without a station", patched(indicating, _free=lambda sign, now: "available"), ["free, and killed"]),
    Mutant("charging is shown only", "a lamp that looks at nothing", patched(indicating, OWN=(("charging", bool),)), ["pause"]),
    Mutant(
        "an output is tried only", "nothing speaks against it", patched(exercising, OBJECTIONS=()), ["everything is tried while it charges"]
    ),
    Mutant(
        "an output is tried for a moment",
        "nothing ends it",
        patched(exercising, follow=lambda evse, halting, now: evse),
        ["pilot_16a is tried, and it is killed", "everything is tried"],
    ),
    *(
        Mutant("never closed on what is latched", f"{name} clears by itself", row(name, clears="gone"), OF_CAUSE[name])
        for name, wrong in WRONGS.items()
        if wrong.until != "gone"
    ),
    *(
        Mutant(
            f"{'open' if wrong.action == 'open' else 'paused'} while something", f"{name} only warns", row(name, action="warn"), episodes
        )
        for name, episodes in OF_CAUSE.items()
        for wrong in [WRONGS[name]]
        if name not in NEVER_UNDER_LOAD and wrong.action != "limit"
    ),
    *(Mutant("every cause is told", f"{name} is not seen", blind(name), episodes) for name, episodes in OF_CAUSE.items()),
    *(
        Mutant("every cause is told", f"{name} is seen late", row(name, seen_after_s=12.0), OF_CAUSE[name])
        for name in ("over_voltage", "over_current", "tilted")
    ),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.rule}: {mutant.name}")
def test_a_mutant_breaks_its_rule(mutant: Mutant) -> None:
    with mutant.mutation, pytest.raises(Broken, match=mutant.rule):
        hunt(mutant.rule, mutant.around)


def hunt(rule: str, around: Sequence[str]) -> None:
    """Look for a history that breaks a rule, always in the same order. Raises Broken."""

    @settings(max_examples=60, deadline=None, derandomize=True, database=None, phases=[Phase.generate], report_multiple_bugs=False)
    @given(histories(around))
    def look(history: list[Move]) -> None:
        play(history, rule)

    look()


def test_every_rule_has_a_mutant() -> None:
    rules = rules_of_the_judge()
    assert {rule for rule in rules if not any(rule.startswith(mutant.rule) for mutant in MUTANTS)} == set()
    assert len(rules) > 25


def rules_of_the_judge() -> set[str]:
    """Their names, from one scan."""
    seen: set[str] = set()
    with patch("tests.control.judge.Judge._hold", lambda self, rules, told: seen.update(rules)):
        play(SESSION)
    return seen


def test_every_wrong_has_episodes() -> None:
    assert set(OF_CAUSE) | {"smoke"} == set(WRONGS)
    assert set(RETRIES) <= set(FAULTS)
    assert {name for mutant in MUTANTS for name in mutant.around} <= set(EPISODES)

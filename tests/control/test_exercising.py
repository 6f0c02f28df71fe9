"""A technician moves outputs: only while nobody is there, for a moment, and never the contactor."""

from collections.abc import Callable

import pytest
from msgspec import structs

from chargepoint.control.exercising import TABLE
from chargepoint.control.pilot import duty_ppm
from chargepoint.link.messages import Exercise, ExerciseOutcome, HoldPlug
from hal.api import Abilities
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardOutputs
from tests.control.rig import ABLE, FIXED, SOCKET, Rig

ABLE_SOCKET = structs.replace(SOCKET, abilities=ABLE)
OWN = Abilities(safety="own", rcm=True, coil_watchdog=True, contactor="own", fault_state=False)


def calm(settings: object = ABLE_SOCKET) -> Rig:
    """Nobody is there, and the self-test after the start is over."""
    rig = Rig(settings)  # type: ignore[arg-type]
    rig.run(6)
    return rig


def ask(rig: Rig, what: str, evse: int = 1) -> None:
    rig.scan(Exercise(evse, what, "w1"))


def outcome(rig: Rig, evse: int = 1) -> ExerciseOutcome:
    """How it ended."""
    rig.run_until(lambda: rig.told(evse).exercised is not None, 10)
    found = rig.told(evse).exercised
    assert found is not None
    assert found.wish == "w1"
    return found


DRIVEN: dict[str, Callable[[BoardOutputs], bool]] = {
    "lock_close": lambda outputs: outputs.lock,
    "lock_open": lambda outputs: not outputs.lock,
    "rcm_test": lambda outputs: outputs.rcd_test,
    "pilot_x1": lambda outputs: outputs.duty_ppm == PILOT_STEADY_PPM,
    "pilot_6a": lambda outputs: (outputs.duty_ppm, outputs.offer_ma) == (duty_ppm(6_000), 6_000),
    "pilot_16a": lambda outputs: (outputs.duty_ppm, outputs.offer_ma) == (duty_ppm(16_000), 16_000),
    "pilot_f": lambda outputs: outputs.duty_ppm == PILOT_FAULT_PPM,
}


@pytest.mark.parametrize("what", TABLE)
def test_each_output_moves_for_its_time_and_is_judged_by_what_is_measured(what: str) -> None:
    rig = calm()
    usual = rig.outputs[1]
    rig.watchers.append(lambda rig: _never_closed(rig))
    ask(rig, what)
    rig.run_until(lambda: DRIVEN[what](rig.outputs[1]), 0.1)
    began_s = rig.now
    assert outcome(rig).end == "good", rig.told().exercised
    assert rig.now - began_s <= TABLE[what].seconds + 0.1
    rig.run(4)
    assert rig.outputs[1] == usual
    assert not rig.faults()


def _never_closed(rig: Rig) -> None:
    assert not rig.outputs[1].contactor


@pytest.mark.parametrize(
    ("what", "wrong"),
    [("lock_close", {"jammed": False}), ("lock_open", {"jammed": True}), ("rcm_test", {"deaf": True}), ("pilot_16a", {"diode": False})],
)
def test_what_does_not_do_it_is_told(what: str, wrong: dict[str, object]) -> None:
    rig = calm()
    for name, value in wrong.items():
        setattr(rig.plants[1], name, value)
    ask(rig, what)
    assert outcome(rig).end == ("good" if what == "pilot_16a" else "bad"), "a diode is the EV's: there is none to be seen"


def test_a_lock_without_feedback_cannot_be_judged() -> None:
    for what in ("lock_close", "lock_open"):
        rig = calm()
        rig.plants[1].feedback = False
        rig.run(1)
        ask(rig, what)
        assert outcome(rig) == ExerciseOutcome("w1", "ended", "there is no feedback that would tell whether it moved: listen and look")


def weld(rig: Rig) -> None:
    """The contactor, so short a time ago that it is no fault yet."""
    rig.run(0.95)
    rig.plants[1].stuck = True
    rig.run(0.05)


TROUBLE: dict[str, Callable[[Rig], None]] = {
    "a fault is active (emergency_stop); mend it first": lambda rig: setattr(rig.plants[1], "emergency_stop", True),
    "its board is not heard; see chargepoint status": lambda rig: setattr(rig.plants[1], "board_lost", True),
    "a car is plugged in (state B1); unplug it first": lambda rig: rig.arrive(),
    "a cable is in the socket; unplug it first": lambda rig: setattr(rig.plants[1], "pp_ohm", 220),
    "its contactor is closed": weld,
}


@pytest.mark.parametrize("sentence", TROUBLE)
def test_it_does_not_begin_while_anything_speaks_against_it(sentence: str) -> None:
    rig = calm()
    TROUBLE[sentence](rig)
    if sentence != "its contactor is closed":
        rig.run(1)
    was = rig.outputs[1]
    ask(rig, "lock_close")
    assert outcome(rig) == ExerciseOutcome("w1", "refused", sentence)
    assert rig.outputs[1] == was


def test_a_car_that_comes_ends_it_at_once() -> None:
    rig = calm()
    ask(rig, "pilot_16a")
    rig.run(1)
    assert rig.duty() == duty_ppm(16_000)
    rig.plants[1].plug()
    rig.run_until(lambda: rig.duty() == PILOT_STEADY_PPM, 0.1)
    assert outcome(rig).end == "ended"
    rig.run(0.2)
    rig.permit()
    rig.run_until(rig.closed, 10)
    assert not rig.faults()


def test_a_fault_and_the_end_of_control_end_it() -> None:
    for name, text in (("tilted", "tilted"), ("halting", "ends")):
        rig = calm()
        ask(rig, "pilot_6a")
        rig.run(0.5)
        setattr(rig if name == "halting" else rig.plants[1], name, True)
        assert outcome(rig).end == "ended"
        assert text in outcome(rig).text
        assert rig.duty() == PILOT_STEADY_PPM


def test_one_after_the_other_and_each_by_its_name() -> None:
    rig = calm()
    ask(rig, "pilot_6a")
    ask(rig, "pilot_f")
    assert outcome(rig) == ExerciseOutcome("w1", "refused", "pilot_6a is still under way; wait a few seconds")
    rig.run(6)
    ask(rig, "contactor")
    rig.run(0.1)
    assert outcome(rig).text.startswith("contactor: unknown; there are lock_close, ")


def test_what_an_evse_has_not_is_said() -> None:
    fixed = calm(FIXED)
    ask(fixed, "lock_close", 2)
    assert outcome(fixed, 2).text == "connector 1 has a fixed cable, so there is no lock"
    own = Rig(structs.replace(SOCKET, abilities=OWN))
    own.run(6)
    for what, text in (
        ("rcm_test", "press the test button"),
        ("pilot_f", "cannot hold the pilot at -12 V"),
        ("pilot_6a", "might close it"),
    ):
        own.scan(Exercise(1, what, "w1"))
        own.run(0.1)
        assert text in outcome(own).text


def test_before_anything_is_known_and_while_the_monitor_is_tested_it_has_to_wait() -> None:
    rig = Rig(ABLE_SOCKET)
    ask(rig, "lock_close")
    assert outcome(rig).end == "refused"
    rig = Rig(ABLE_SOCKET)
    rig.run_until(lambda: rig.state.evses[1].presence.known and not rig.faults(), 5)
    ask(rig, "lock_close")
    rig.run(0.05)
    assert "is being tested" in outcome(rig).text


def test_a_plug_that_the_station_holds_is_left_alone() -> None:
    rig = calm(structs.replace(SOCKET, abilities=structs.replace(ABLE, proximity=False)))
    rig.scan(HoldPlug(1, 60))
    ask(rig, "lock_open")
    assert outcome(rig) == ExerciseOutcome("w1", "refused", "the station holds its plug for a driver")
    assert rig.outputs[1].lock


def test_a_test_that_does_not_come_to_an_end_is_bad() -> None:
    rig = calm()
    rig.plants[1].clear_s = 1e9
    ask(rig, "rcm_test")
    rig.run_until(lambda: rig.outputs[1].rcd_test, 0.1)
    assert outcome(rig).end == "bad"

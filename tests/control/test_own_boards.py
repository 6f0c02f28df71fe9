"""Boards that move their contactor themselves, over a slow line: what control takes for a fault, and what not."""

from dataclasses import dataclass

from msgspec import structs

from chargepoint.control.evse import SLEEP_S
from chargepoint.control.memory import Inputs
from chargepoint.control.pilot import oscillates
from chargepoint.control.scan import step
from chargepoint.control.settings import MODEST, EvseSettings
from hal.api import OWN_CONTACTOR_S
from hal.measured import PILOT_STEADY_PPM, BoardOutputs
from tests.control.plant import Plant, T
from tests.control.rig import Rig

OWN = structs.replace(MODEST, contactor="own", fault_state=False, silent_s=8.0, settle_s=2.0, start_s=10.0)
SETTINGS = EvseSettings(evse=1, rating_ma=16_000, abilities=OWN)


@dataclass
class OwnPlant(Plant):
    """Closes ``takes_s`` after a car asks while something is offered, opens ``holds_s`` after that is over; answers once a second."""

    takes_s: float = 0.1
    holds_s: float = 0.0
    asked_s: float = 0.0

    def react(self, outputs: BoardOutputs, now: float) -> None:
        """Its contactor follows the car and the offer, not the command."""
        wants = self.letter in "CD" and oscillates(outputs.duty_ppm)
        super().react(structs.replace(outputs, contactor=wants), now)

    def _follow(self, what: str, wanted: T, present: T, after_s: float, now: float) -> T:
        own_s = self.takes_s if wanted else self.holds_s
        return super()._follow(what, wanted, present, own_s if what == "contactor" else after_s, now)

    def sample(self, outputs: BoardOutputs, now: float) -> None:
        """The line is slow."""
        if now - self.asked_s >= 1.0:
            self.asked_s = now
            super().sample(outputs, now)


def rig() -> tuple[Rig, OwnPlant]:
    """A station with such a board."""
    made, plant = Rig(SETTINGS), OwnPlant()
    made.plants[1] = plant
    return made, plant


def charging() -> tuple[Rig, OwnPlant]:
    made, plant = rig()
    made.run(3)
    plant.plug()
    made.run_until(lambda: made.told().plug_in is not None, 3)
    made.permit(limit_ma=16_000)
    made.run_until(lambda: made.told().state == "C2" and plant.closed, 10)
    return made, plant


def test_a_session_over_a_line_that_answers_once_a_second_has_no_fault() -> None:
    made, plant = charging()
    assert made.outputs[1].offer_ma == 16_000
    made.run(120)
    made.revoke()
    made.run_until(lambda: not plant.closed, 10)
    made.run(20)
    assert (made.faults(), made.duty(), made.outputs[1].offer_ma) == (set(), PILOT_STEADY_PPM, 0)


@dataclass
class LaggingPlant(OwnPlant):
    """Is asked how it stands when it does not do yet what it was told meanwhile."""

    told: BoardOutputs | None = None

    def sample(self, outputs: BoardOutputs, now: float) -> None:
        """What it was told the last time but one is still on its pilot."""
        if now - self.asked_s >= 1.0:
            before, self.told = self.told or outputs, outputs
            super().sample(before, now)


def test_a_measurement_of_before_the_offer_is_no_missing_diode() -> None:
    made = Rig(SETTINGS)
    plant = made.plants[1] = LaggingPlant()
    seen: set[str] = set()
    made.watchers.append(lambda rig: seen.update(rig.faults()))
    made.run(3)
    plant.plug()
    made.run_until(lambda: made.told().plug_in is not None, 5)
    made.permit(limit_ma=16_000)
    made.run_until(lambda: made.told().state == "C2", 10)
    assert seen == set()
    plant.diode = False
    made.run_until(lambda: "diode_failed" in seen, 5)


def test_the_board_may_close_before_control_has_settled_on_c() -> None:
    made, plant = rig()
    plant.takes_s = 0.0
    made.run(3)
    plant.plug()
    made.run_until(lambda: made.told().plug_in is not None, 3)
    made.permit()
    seen: set[str] = set()
    made.watchers.append(lambda rig: seen.update(rig.faults()))
    made.run_until(lambda: made.told().state == "C2", 10)
    assert seen == set()


def test_a_self_test_before_its_contactor_closes_is_no_fault_and_a_contactor_that_never_closes_is_one() -> None:
    made, plant = rig()
    plant.takes_s = OWN_CONTACTOR_S - 2
    made.run(3)
    plant.plug()
    made.run_until(lambda: made.told().plug_in is not None, 3)
    made.permit()
    made.run_until(lambda: plant.closed, 20)
    assert made.faults() == set()
    plant.takes_s, plant.closed = 1e9, False
    made.run_until(lambda: "contactor_failed_to_close" in made.faults(), OWN_CONTACTOR_S + 5)


def test_a_contactor_that_stays_closed_without_an_offer_is_welded() -> None:
    made, plant = charging()
    plant.holds_s = 1e9
    made.revoke()
    took_s = made.run_until(lambda: "contactor_welded" in made.faults(), OWN_CONTACTOR_S + 5)
    assert took_s > OWN_CONTACTOR_S


def test_a_silence_that_the_board_is_known_for_is_no_fault_and_a_longer_one_is() -> None:
    made, plant = charging()
    plant.board_lost = True
    made.run(OWN.silent_s - 1.5)
    assert made.faults() == set()
    made.run_until(lambda: "board_silent" in made.faults(), 3)


def test_a_board_that_cannot_show_f_shows_that_nothing_is_offered_and_wakes_nobody() -> None:
    made, plant = rig()
    made.run(3)
    plant.asks = None
    plant.plug()
    made.run_until(lambda: made.told().plug_in is not None, 3)
    made.permit()
    made.run(SLEEP_S + 10)
    assert made.told().state == "B2"
    plant.asks = "C"
    made.run_until(lambda: made.told().state == "C2", 10)
    plant.emergency_stop = True
    duties: set[int] = set()
    made.watchers.append(lambda rig: duties.add(rig.duty()))
    made.run_until(lambda: made.told().state == "fault", 5)
    assert duties <= {made.duty(), PILOT_STEADY_PPM} | {duty for duty in duties if oscillates(duty)}


def test_before_its_first_answer_it_has_the_time_that_it_needs() -> None:
    made, plant = rig()
    plant.board_lost = True
    made.run(OWN.start_s - 1)
    assert made.faults() == set()
    made.run_until(lambda: "board_silent" in made.faults(), 3)
    _, outputs, _ = step(made.state, Inputs(made.inputs.evses), (), made.now)
    assert not outputs[1].contactor


def test_what_it_did_before_it_was_first_heard_is_no_fault_if_it_opens_then() -> None:
    made, plant = rig()
    plant.letter, plant.closed, plant.holds_s = "C", True, 6.0
    made.run_until(lambda: made.told().plug_in is not None, 3)
    made.run_until(lambda: not plant.closed, 8)
    made.run(OWN_CONTACTOR_S)
    assert made.faults() == set()


def test_a_meter_inside_a_board_that_tests_itself_is_silent_for_so_long_without_a_fault_and_no_longer() -> None:
    patient = structs.replace(SETTINGS, meter_silent_s=10.0)
    made, plant = Rig(patient), OwnPlant()
    made.plants[1] = plant
    made.run(3)
    plant.plug()
    made.run_until(lambda: made.told().plug_in is not None, 3)
    made.permit(limit_ma=16_000)
    plant.meter_lost = True
    made.run(8)
    plant.meter_lost = False
    made.run_until(lambda: made.told().state == "C2", 10)
    made.run(3)
    assert made.faults() == set()
    plant.meter_lost = True
    took_s = made.run_until(lambda: "meter_silent" in made.faults(), 12)
    assert 9.0 < took_s <= 10.1

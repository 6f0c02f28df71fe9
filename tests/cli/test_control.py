"""What the configuration means for control."""

from chargepoint.cli import control
from chargepoint.cli.configuration import build
from chargepoint.control.settings import EvseSettings
from hal.boards.simulated import ABILITIES
from tests.cli.test_configuration import evses, tree


def test_nothing_said_is_the_defaults_of_control() -> None:
    socket, fixed = control.evses(build(tree()))
    assert socket == EvseSettings(evse=1, rating_ma=32_000, sockets=frozenset({1}), abilities=ABILITIES)
    assert fixed == EvseSettings(evse=2, rating_ma=16_000, abilities=ABILITIES)


def test_everything_that_can_be_said_arrives() -> None:
    connectors = [
        {"id": 1, "cable": "fixed", "cable_current_a": 20},
        {"id": 2, "cable": "fixed", "cable_current_a": 13.5},
        {"id": 3, "cable": "fixed"},
        {"id": 4, "cable": "socket"},
    ]
    said = evses(
        1,
        phases=1,
        ventilation=True,
        wake_up="E",
        minimum_current_1p_a=7.5,
        minimum_current_3p_a=8,
        simplified_pilot_max_a=10,
        phase_pause_s=30,
        phase_switches=0,
        contactor_life=5000,
        connectors=connectors,
    )
    assert control.evses(build(tree(evses=said, site__voltage_v=240.5), boards=True))[1] == EvseSettings(
        evse=2,
        rating_ma=16_000,
        phases=1,
        nominal_mv=240_500,
        ventilation=True,
        sockets=frozenset({4}),
        cable_ma=13_500,
        simplified_ma=10_000,
        wake_up="E",
        minimum_1p_ma=7_500,
        minimum_3p_ma=8_000,
        phase_pause_s=30.0,
        phase_switches=0,
        contactor_life=5000,
        abilities=ABILITIES,
    )

"""What survives a power cut of the whole site, and who hears of a card."""

from pathlib import Path

import pytest

from hal.measured import TokenSeen
from simulators import verbs
from simulators.hardware import EvsePlan
from simulators.memory import MemoryBoard, MemoryMeter
from simulators.registers import RegisterError
from simulators.world import World
from tests.simulators.rig import Rig


def test_an_empty_directory_starts_with_the_configured_register(tmp_path: Path) -> None:
    world = World([EvsePlan(id=1, start_wh=5_000)], tmp_path)
    world.open(0.0)
    assert world.show(world.evses[1], 0.0).energy_wh == 5_000


def test_the_meter_never_shows_less_after_a_kill_at_any_moment(tmp_path: Path) -> None:
    shown_wh = 0
    for _ in range(20):
        rig = Rig(tmp_path)
        assert rig.world.show(rig.evse, rig.now).energy_wh >= shown_wh
        rig.charge()
        rig.run(0.37)
        shown_wh = rig.world.show(rig.evse, rig.now).energy_wh
        rig.run(0.2)
    assert shown_wh > 20


def test_the_registers_of_the_phases_count_what_went_over_each_and_go_on_after_a_kill(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.charge(phases=1)
    rig.run(20.0)
    before = rig.world.show(rig.evse, rig.now)
    one, two, three = before.energy_by_phase_wh
    assert (one, two, three) == (before.energy_wh, 0, 0)
    again = Rig(tmp_path)
    assert again.world.show(again.evse, again.now).energy_by_phase_wh == (one, two, three)


def test_an_overridden_register_does_not_run_backwards_over_a_kill(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.do(verbs.patch_meter, energy_wh=90_000)
    assert rig.world.show(rig.evse, rig.now).energy_wh == 90_000
    again = Rig(tmp_path)
    assert again.world.show(again.evse, again.now).energy_wh == 90_000


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_a_reading_that_cannot_be_kept_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    rig = Rig(tmp_path)
    rig.charge()
    kept_wh = rig.world.show(rig.evse, rig.now).energy_wh
    rig.run(2.0)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(Path, step, fail)
        with pytest.raises(OSError, match="disk full"):
            rig.world.show(rig.evse, rig.now)
    again = Rig(tmp_path)
    assert again.world.show(again.evse, again.now).energy_wh == kept_wh


def test_a_damaged_register_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "registers.json").write_text("{]")
    with pytest.raises(RegisterError, match=r"registers\.json: not a file of meter registers .* delete it"):
        Rig(tmp_path)


def test_without_keep_world_only_the_register_survives(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.charge()
    again = Rig(tmp_path)
    assert (again.evse.ev, again.evse.outlet.cable, again.evse.locked) == (None, None, False)


def test_keep_world_keeps_car_cable_lock_and_everything_that_is_broken(tmp_path: Path) -> None:
    rig = Rig(tmp_path, keep=True)
    rig.charge(current_a=13)
    rig.do(verbs.patch_ev, phases=2)
    rig.do(verbs.raise_fault, name="smoke", kind="other")
    rig.do(verbs.patch_hardware, contactor="welded")
    rig.do(verbs.patch_meter, frequency_hz=51.0)
    again = Rig(tmp_path, keep=True)
    assert (again.car.demand.current_ma, again.car.demand.phases, again.evse.outlet.cable, again.evse.locked) == (13_000, 2, 1, True)
    assert (again.evse.letter, again.evse.contactor.position, list(again.evse.faults)) == ("B", True, ["smoke"])
    assert again.evse.meter.show(again.now).frequency_hz == 51.0
    again.do(verbs.patch_ev, phases=None)
    assert again.car.demand.phases == 3


def test_keep_world_keeps_an_odd_car_asleep_with_its_cable_and_a_tripped_breaker(tmp_path: Path) -> None:
    rig = Rig(tmp_path, keep=True)
    rig.do(verbs.plug, car="toggles", cable_ohm=680)
    rig.do(verbs.unplug)
    rig.do(verbs.plug, car="sleeps-when-paused", cable_ohm=1_500)
    rig.patch(mains_v=[230, 0, 230], pp_ohm="open")
    rig.drive(1_000_000, contactor=False, shunt_trip=True)
    rig.run(31.0)
    rig.world.keep()
    again = Rig(tmp_path, keep=True)
    assert (again.car.condition, again.car.manners, again.evse.hardware) == ("asleep", rig.car.manners, rig.evse.hardware)
    again.patch(pp_ohm=None)
    assert (again.evse.hardware.breaker, again.evse.inputs(again.now).pp_ohm) == ("tripped", 1_500)


def test_a_kept_lock_opens_when_the_board_is_told_to(tmp_path: Path) -> None:
    rig = Rig(tmp_path, keep=True)
    rig.charge()
    rig.world.keep()
    again = Rig(tmp_path, keep=True)
    assert again.evse.locked
    again.drive(1_000_000, contactor=False, lock=False)
    again.run(0.5)
    assert not again.evse.locked


def test_a_card_is_read_by_one_reader_that_serves_its_evse() -> None:
    world = World([EvsePlan(id=1), EvsePlan(id=2)])
    heard: list[tuple[str, TokenSeen]] = []
    world.present(TokenSeen("lost"))
    world.add_reader((1,), lambda token: heard.append(("left", token)))
    leave = world.add_reader((2,), lambda token: heard.append(("right", token)))
    world.present(TokenSeen("A"))
    world.present(TokenSeen("B", evses=(2,)))
    leave()
    world.present(TokenSeen("C", evses=(2,)))
    assert heard == [("left", TokenSeen("A", evses=(1,))), ("right", TokenSeen("B", evses=(2,)))]


def test_drivers_in_memory_see_the_same_world() -> None:
    rig = Rig()
    board, meter = MemoryBoard(rig.world, 1, lambda: rig.now), MemoryMeter(rig.world, 1, lambda: rig.now)
    board.open()
    rig.alive = False
    rig.do(verbs.plug, reaction_s=0)
    rig.drive(533_334)
    for _ in range(60):
        board.write(rig.outputs)
        board.kick()
        rig.run(0.01)
    inputs = board.read()
    assert inputs is not None
    assert (inputs.contactor_closed, inputs.plug_locked) == (True, True)
    assert meter.read().power_w == 7360
    rig.patch(meter="slow")
    before = meter.read()
    rig.run(0.1)
    assert meter.read() == before
    board.close()
    rig.run(0.05)
    assert not rig.evse.contactor.position

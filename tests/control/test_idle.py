"""When control may leave for a new start of itself."""

from msgspec import structs

from chargepoint.control.idle import idle
from chargepoint.link.messages import Exercise, HoldPlug
from tests.control.rig import ABLE, FIXED, SOCKET, Rig


def test_with_nobody_there_and_with_a_car_that_nobody_pays_for() -> None:
    rig = Rig(SOCKET, FIXED)
    rig.run(6)
    assert idle(rig.state, rig.now)
    rig.plants[1].plug()
    rig.run(2)
    assert idle(rig.state, rig.now)


def test_not_while_a_car_may_charge_even_if_it_is_full_and_again_once_nobody_pays() -> None:
    rig = Rig(SOCKET, FIXED)
    rig.run(6)
    rig.plants[1].plug()
    rig.run(1)
    rig.permit(1, 16_000)
    rig.run(4)
    assert rig.plants[1].closed
    assert not idle(rig.state, rig.now)
    rig.plants[1].letter, rig.plants[1].asks = "B", None
    rig.run(4)
    assert not rig.plants[1].closed
    assert not idle(rig.state, rig.now)
    rig.revoke()
    rig.run(4)
    assert idle(rig.state, rig.now)


def test_not_while_a_plug_is_held_or_an_output_exercised() -> None:
    rig = Rig(structs.replace(SOCKET, abilities=ABLE))
    rig.run(6)
    rig.scan(Exercise(1, "pilot_f", "w1"))
    assert not idle(rig.state, rig.now)
    rig.run(10)
    assert idle(rig.state, rig.now)
    rig.plants[1].plug()
    rig.run(1)
    rig.scan(HoldPlug(1, 5.0))
    assert not idle(rig.state, rig.now)
    rig.run(6)
    assert idle(rig.state, rig.now)

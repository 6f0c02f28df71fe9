"""Plug-ins: when one begins, when it ends, and who may charge on it."""

import pytest

from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import Permit
from tests.control.rig import FIXED, SOCKET, Rig


def test_a_car_that_is_there_from_the_start_is_told_so() -> None:
    rig = Rig(SOCKET, FIXED)
    rig.plants[1].letter = "C"
    rig.plants[2].forced = "E"
    rig.run(0.5)
    rig.plants[2].forced, rig.plants[2].letter = None, "B"
    rig.run(0.5)
    assert rig.told(1).found_at_start
    assert rig.told(2).found_at_start
    rig.plants[1].unplug()
    rig.run(0.5)
    rig.plants[1].plug()
    rig.run(0.5)
    assert not rig.told(1).found_at_start


def test_plug_ins_are_numbered_over_all_evses() -> None:
    rig = Rig(SOCKET, FIXED)
    rig.run(1)
    for evse in (2, 1, 2):
        rig.plants[evse].plug()
        rig.run(1)
        rig.plants[evse].unplug()
        rig.run(1)
    numbers = [event.plug_in.number for event in rig.events if event.plug_in]
    assert list(dict.fromkeys(numbers)) == [1, 2, 3]


@pytest.mark.parametrize("forced", ["E", "F", "?"])
def test_a_disturbed_pilot_ends_charging_but_not_the_plug_in(forced: str) -> None:
    rig = Rig()
    rig.charge()
    plug_in = rig.plug_in()
    rig.plants[1].forced = forced
    rig.run(10)
    assert (rig.told().state, rig.told().cp, rig.told().permit) == ("fault", "F" if forced == "F" else "E", "live")
    rig.plants[1].forced = None
    rig.run_until(rig.closed, 10)
    assert rig.plug_in() == plug_in


def test_a_car_that_leaves_during_a_fault_takes_its_permit_with_it() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].earth_good = False
    rig.run(0.5)
    rig.leave()
    assert (rig.told().state, rig.told().permit) == ("fault", "none")
    rig.arrive()
    assert rig.plug_in() == PlugInId("boot", 2)
    rig.plants[1].earth_good = True
    rig.run(20)
    assert (rig.told().state, rig.closed()) == ("B1", False)


def test_a_car_that_is_not_seen_behind_f_is_still_the_same_one_and_its_leaving_is_seen_after_it() -> None:
    """State F says nothing of the EV: neither while it sleeps nor while the station shows its own fault."""
    rig = Rig()
    rig.charge()
    plug_in = rig.plug_in()
    rig.plants[1].rcd = True
    rig.run(0.2)
    assert (rig.told().state, rig.told().cp, rig.plug_in()) == ("fault_f", "F", plug_in)
    rig.plants[1].unplug()
    rig.run(1)
    assert (rig.told().state, rig.told().plug_in) == ("fault", None)


def test_nobody_charges_on_a_strangers_permit() -> None:
    rig = Rig()
    rig.charge()
    stale = Permit(1, rig.plug_in(), 32_000, 1e9, 6_000)
    rig.plants[1].unplug()
    rig.scan(stale)
    rig.run(0.5)
    rig.plants[1].plug()
    rig.run(1)
    rig.scan(stale)
    rig.run(10)
    assert (rig.told().permit, rig.told().offered_ma, rig.closed()) == ("none", 0, False)

"""IEC 61851-1 Annex B: the coding of the cable, what becomes of it, and what a change of it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.control.proximity import ampacity_ma
from chargepoint.control.settings import EvseSettings
from hal.api import Abilities
from tests.control.rig import SOCKET, Rig

ANNEX_B: list[tuple[str, int, int | None]] = [
    ("error", 0, None),
    ("error", 59, None),
    ("63 A, lower decision limit", 60, 63),
    ("63 A, from", 80, 63),
    ("63 A, nominal", 100, 63),
    ("63 A, to", 140, 63),
    ("gap: the lower", 141, 32),
    ("32 A, from", 164, 32),
    ("32 A, nominal", 220, 32),
    ("32 A, to", 308, 32),
    ("gap: the lower", 309, 20),
    ("gap: the lower", 399, 20),
    ("20 A, from", 400, 20),
    ("20 A, nominal", 680, 20),
    ("20 A, to", 936, 20),
    ("gap: the lower", 937, 13),
    ("gap: the lower", 1_099, 13),
    ("13 A, from", 1_100, 13),
    ("13 A, nominal", 1_500, 13),
    ("13 A, to", 2_460, 13),
    ("13 A, above its band", 2_461, 13),
    ("13 A, upper decision limit", 4_500, 13),
    ("error", 4_501, None),
    ("error", 1_000_000, None),
]


@pytest.mark.parametrize(("line", "ohm", "amperes"), ANNEX_B)
def test_annex_b(line: str, ohm: int, amperes: int | None) -> None:
    assert ampacity_ma(ohm, phases=3) == (None if amperes is None else amperes * 1_000)
    assert ampacity_ma(ohm, phases=1) == (None if amperes is None else 70_000 if amperes == 63 else amperes * 1_000)


def test_no_plug_has_no_coding() -> None:
    assert ampacity_ma(None, phases=3) is None


@given(st.integers(60, 4_500))
def test_more_ohms_never_mean_more_amperes(ohm: int) -> None:
    here, above = ampacity_ma(ohm, 3), ampacity_ma(ohm + 1, 3)
    assert here is not None
    assert above is None or above <= here


@pytest.mark.parametrize(("ohm", "offered_ma"), [(1_500, 13_000), (680, 20_000), (220, 32_000), (100, 32_000)])
def test_the_cable_bounds_the_offer_and_the_supervision_of_the_current(ohm: int, offered_ma: int) -> None:
    rig = Rig()
    rig.plants[1].plug()
    rig.plants[1].pp_ohm = ohm
    rig.run(0.2)
    rig.permit()
    rig.run_until(lambda: rig.plants[1].closed, 5)
    assert rig.told().offered_ma == offered_ma
    rig.plants[1].draws_ma = (offered_ma + 500) * 110 // 100 + 100
    rig.run_until(lambda: rig.faults() == {"over_current"}, 8)


def test_what_was_read_at_plug_in_is_kept_until_the_car_leaves() -> None:
    rig = Rig()
    rig.arrive()
    rig.run(0.1)
    rig.plants[1].pp_ohm = 100
    rig.run(0.1)
    assert rig.limits()["cable"] == 32_000
    rig.plants[1].unplug()
    rig.run(1)
    assert "cable" not in rig.limits()
    rig.plants[1].plug()
    rig.plants[1].pp_ohm = 1_500
    rig.run(1)
    assert rig.limits()["cable"] == 13_000


@pytest.mark.parametrize("ohm", [None, 100, 680, 59, 4_501])
def test_a_coding_that_changes_or_is_lost_ends_the_session(ohm: int | None) -> None:
    rig = Rig()
    rig.charge()
    rig.run(1)
    rig.plants[1].pp_ohm = ohm
    rig.run_until(lambda: "proximity_changed" in rig.faults(), 0.3)
    assert not rig.closed()
    rig.plants[1].pp_ohm = 220
    rig.run(20)
    assert rig.faults() == {"proximity_changed"}
    rig.leave()
    rig.run(2)
    rig.charge()


@pytest.mark.parametrize("ohm", [215, 225, 164, 308, 399 - 150])
def test_a_contact_that_warms_up_is_no_other_cable(ohm: int) -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].pp_ohm = ohm
    rig.run(5)
    assert rig.closed()


def test_a_contact_that_is_read_late_is_waited_for() -> None:
    rig = Rig()
    rig.plants[1].letter = "B"
    rig.run(0.3)
    rig.permit()
    assert (rig.limits()["cable"], rig.told().offered_ma) == (0, 0)
    rig.plants[1].pp_ohm = 680
    rig.run_until(lambda: rig.told().offered_ma == 20_000, 2)


NO_PROXIMITY = Abilities(safety="own", rcm=True, coil_watchdog=True, proximity=False)


def test_a_board_that_does_not_measure_it_leaves_it_to_the_installer() -> None:
    rig = Rig(EvseSettings(evse=1, rating_ma=16_000, sockets=SOCKET.sockets, abilities=NO_PROXIMITY))
    rig.plants[1].letter = "B"
    rig.run(1)
    rig.permit()
    rig.run_until(lambda: rig.told().offered_ma == 16_000, 2)
    rig.run(5)
    assert not rig.faults()


def test_nobody_in_the_socket_and_a_plug_without_a_car_are_no_faults() -> None:
    rig = Rig()
    rig.run(5)
    rig.plants[1].pp_ohm = 220
    rig.run(5)
    assert (rig.faults(), rig.told().state, "cable" in rig.limits()) == (set(), "A", False)

"""The driver of an OpenEVSE against one that speaks RAPI byte for byte on a terminal."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from hal.boards import openevse_orders
from hal.boards.openevse import OpenEvseBoard
from hal.bus import rapi
from hal.bus.rapi import frame
from hal.errors import DriverError
from hal.measured import PILOT_FAULT_PPM, BoardOutputs
from simulators import verbs
from simulators.firmware import TICK_S
from simulators.troubles import Retry
from simulators.wires.openevse_board import AVR, Build
from tests.hal.boards.openevse_rig import IDLE, SOCKET, Host, Site, charging, host, offer, reset, site, until

FAULT = BoardOutputs(duty_ppm=PILOT_FAULT_PPM, contactor=False, lock=False)
PACED = "test_it_is_never_asked_more_than_about_five_times_a_second"
QUICK = Build(traits=replace(AVR, boot_s=0.1, retry=Retry(2, 1.0)))


@pytest.fixture(autouse=True)
def _patient_board(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The board takes more commands here than it is given, which saves most of the time."""
    if request.node.name != PACED:
        monkeypatch.setattr(rapi, "GAP_S", 0.02)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, QUICK) as made:
        yield made


def test_a_board_that_charges_by_itself_before_its_host_lives_is_put_asleep_and_its_first_measurement_says_open(at: Site) -> None:
    at.plug()
    until(lambda: at.closed, 10, "charging without a host")
    with host(at) as made:
        assert made.read.contactor_closed is False
        assert (at.closed, at.offered_a) == (False, 0)
        assert at.face.board.saved.flags & 0x8000, "its button would start charging"


def test_a_session_from_offer_to_unplugging_with_its_self_test_and_no_wear(at: Site) -> None:
    with host(at) as made:
        wear = at.face.board.saved.writes
        charging(at, made)
        assert (made.read.cp_high_mv, made.read.cp_low_mv, made.read.faults) == (6_000, -12_000, ())
        made.want(offer(10))
        assert made.until(lambda: at.offered_a == 10, 5) < 1.0
        made.want(offer(13))
        made.until(lambda: at.offered_a == 13, 5)
        made.want(IDLE)
        assert made.until(lambda: at.offered_a == 0, 5) < 1.0
        made.until(lambda: not at.closed and made.read.contactor_closed is False, 5)
        assert (made.read.cp_high_mv, made.read.cp_low_mv) == (9_000, 9_000)
        assert at.evse.timing.openings_under_load == 0
        at.do(verbs.unplug)
        made.until(lambda: made.read.cp_high_mv == 12_000, 3, "the car's leaving")
        assert at.face.board.saved.writes - wear <= 1, "the session may have been added to its total; $SC without V was never sent"


def test_the_car_that_stops_is_told_within_half_a_second(at: Site) -> None:
    with host(at) as made:
        charging(at, made)
        at.do(verbs.patch_ev, request=False)
        assert made.until(lambda: made.read.cp_high_mv == 9_000 and made.read.contactor_closed is False, 3) < 0.5


def test_state_f_wakes_and_stops_and_the_offer_comes_back(at: Site) -> None:
    with host(at) as made:
        charging(at, made)
        made.want(FAULT)
        assert made.until(lambda: not at.closed, 3) < 0.5
        made.until(lambda: made.read.cp_high_mv == -12_000, 3)
        made.want(offer(16))
        made.until(lambda: made.read.contactor_closed is True, 12)


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"rcd": "tripped"}, "gfci_tripped", "ground_failure"),
    ({"earth": "lost"}, "no_ground", "ground_failure"),
    ({"temperature_c": 75.0}, "over_temperature", "high_temperature"),
    ({"contactor_feedback": "reads_open"}, "relay_not_closed", "power_switch_failure"),
]


@pytest.mark.parametrize(("entries", "name", "kind"), BROKEN)
def test_a_fault_of_its_own_is_told_by_its_kind_and_the_board_is_left_to_mend_it(
    at: Site, entries: dict[str, Any], name: str, kind: str
) -> None:
    with host(at) as made:
        charging(at, made)
        at.patch(**entries)
        made.until(lambda: made.faults == {name: kind}, 9, name)
        assert made.read.contactor_closed is False or name == "relay_not_closed"
        made.want(IDLE)
        at.patch(**dict.fromkeys(entries))
        at.do(verbs.unplug)
        made.until(lambda: made.faults == {} and at.face.board.state == 0xFE, 12, "the end of the fault")


def test_a_welded_relay_stays_told_and_is_counted(at: Site) -> None:
    with host(at) as made:
        charging(at, made)
        at.patch(contactor="welded")
        at.do(verbs.patch_ev, request=False)
        made.until(lambda: made.faults == {"stuck_relay": "power_switch_failure"}, 5)
        assert made.read.contactor_closed is True
        assert "power is switched off and on" in made.read.faults[0].info


def test_a_monitor_that_fails_its_test_and_a_missing_diode_close_nothing(tmp_path: Path) -> None:
    for entries, ev, name in (({"rcd": "dead"}, {}, "gfci_selftest_failed"), ({}, {"car": "shorted-diode"}, "diode_check_failed")):
        with site(tmp_path / name, QUICK) as at, host(at) as made:
            at.patch(**entries)
            at.plug(**ev)
            made.want(offer(16))
            made.until(lambda expected=name: set(made.faults) == {expected}, 12, name)  # type: ignore[misc]
            assert at.evse.timing.closings == 0


def test_checks_that_are_off_are_a_fault_unless_the_installer_has_decided_so(at: Site) -> None:
    at.face.board.saved.flags |= 0x0002 | 0x0200
    with host(at) as made:
        assert made.faults == {"safety_checks_off": "internal_error"}
        assert "diode, gfci_selftest" in made.read.faults[0].info
    with host(at, without=("diode", "gfci_selftest")) as made:
        assert made.faults == {}
    for wrong in ({"without": ("brakes",)}, {"fallback_a": 4}, {"service_level": 3}):
        with pytest.raises(DriverError, match=r"board.openevse on .*expected"):
            OpenEvseBoard(port=at.port, **wrong)


@pytest.mark.parametrize("heard", [True, False])
def test_a_reset_in_mid_session_is_put_right_whether_its_boot_is_heard_or_not(at: Site, heard: bool) -> None:
    with host(at) as made:
        charging(at, made, 10)
        if not heard:
            at.spoil("silent")
        reset(at)
        until(lambda: at.offered_a == 32, 5, "its own current")
        at.spoil(None)
        made.until(lambda: at.offered_a == 10, 7, "the current that is wanted")
        made.until(lambda: at.closed and made.read.contactor_closed is True, 12)
        assert at.face.board.saved.maximum_a == 32


def test_a_reset_while_nothing_is_offered_charges_nobody(at: Site) -> None:
    with host(at) as made:
        at.plug()
        made.until(lambda: made.read.cp_high_mv == 9_000, 5)
        reset(at)
        made.until(lambda: at.offered_a == 32, 5, "its own offer")
        made.until(lambda: at.offered_a == 0, 2, "sleep")
        assert at.evse.timing.closings == 0


def test_a_button_that_is_pressed_starts_nothing(at: Site) -> None:
    with host(at) as made:
        at.plug()
        at.loop.call(lambda: at.face.board.firmware.__setattr__("enabled", True))
        made.until(lambda: at.offered_a == 32, 5)
        made.until(lambda: at.offered_a == 0, 2)
        assert at.evse.timing.closings == 0


def test_a_host_that_dies_leaves_its_fallback_and_one_that_comes_back_lifts_it(at: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openevse_orders, "INTERVAL_S", 3)
    monkeypatch.setattr(openevse_orders, "PULSE_S", 1.0)
    with host(at) as made:
        charging(at, made)
        at.spoil("silent")
        made.until(lambda: at.offered_a == 6, 6, "the fallback current")
        assert at.closed
        at.spoil(None)
        made.until(lambda: at.offered_a == 16, 5, "what is wanted")
        assert at.face.board.trigger == 1
        made.until(lambda: made.read.contactor_closed is True and time.monotonic() - made.read.at_s < 1, 3)


def test_a_control_that_hangs_withdraws_its_offer(at: Site) -> None:
    with host(at) as made:
        charging(at, made)
        until(lambda: at.offered_a == 0, 3, "the end of the offer")


def test_whatever_is_wrong_with_the_wire_no_measurement_is_made_up_and_it_comes_back_by_itself(at: Site) -> None:
    with host(at) as made:
        charging(at, made)
        for fault in ("silent", "half_frame", "bad_checksum", "exception", "garbage", "slow", "unplugged"):
            at.spoil(fault)
            at.do(verbs.patch_ev, request=False)
            began_s = time.monotonic()
            made.until(lambda since_s=began_s: time.monotonic() - since_s > 1.7, 3)  # type: ignore[misc]
            said_s = made.read.at_s
            assert fault == "slow" or (said_s < began_s + 0.2 and made.read.contactor_closed is True), fault
            at.spoil(None)
            made.until(lambda since_s=said_s: made.read.at_s > since_s and made.read.contactor_closed is False, 8, fault)  # type: ignore[misc]
            at.do(verbs.patch_ev, request=None)
            made.until(lambda: made.read.contactor_closed is True and at.offered_a == 16, 12, f"charging after {fault}")


BUILDS = {
    "boot lock": replace(QUICK, boot_lock=True),
    "auth lock": replace(QUICK, auth_lock=True),
}


@pytest.mark.parametrize("build", BUILDS)
def test_builds_that_wait_for_a_word_get_it_when_something_is_offered(tmp_path: Path, build: str) -> None:
    with site(tmp_path, BUILDS[build]) as at:
        at.face.board.locked = True
        with host(at) as made:
            at.plug()
            charging_after(at, made)


def charging_after(at: Site, made: Host) -> None:
    """It waits until something is offered."""
    made.want(offer(16))
    made.until(lambda: at.closed, 12, "charging")


def test_a_plug_lock_obeys_and_a_thin_cable_is_known_by_the_maximum(tmp_path: Path) -> None:
    with site(tmp_path, replace(QUICK, plug_lock=True, pp_ampacity=True), SOCKET) as at, host(at) as made:
        made.until(lambda: made.read.plug_locked is False, 5)
        at.plug(cable_ohm=680)
        made.want(offer(32, lock=True))
        made.until(lambda: made.read.plug_locked is True and at.offered_a == 20, 8, "lock, and the cable's 20 A")
        made.until(lambda: made.read.pp_ohm == 680, 8, "the coding")
        made.want(replace(IDLE, lock=False))
        made.until(lambda: made.read.plug_locked is False, 8, "unlocking")


def test_a_firmware_without_heartbeat_is_a_fault(tmp_path: Path) -> None:
    with site(tmp_path, replace(QUICK, heartbeat=False)) as at, host(at) as made:
        assert made.faults == {"no_heartbeat": "internal_error"}


def test_it_is_never_asked_more_than_about_five_times_a_second(at: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def noted(command: str, number: int | None = None) -> bytes:
        asked.append(time.monotonic())
        return frame(command, number)

    monkeypatch.setattr(rapi, "frame", noted)
    with host(at) as made:
        charging(at, made)
        asked.clear()
        began_s = time.monotonic()
        made.until(lambda: time.monotonic() - began_s > 4, 6)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert min(gaps) > 0.2 - TICK_S
    assert len(asked) < 4 * 3

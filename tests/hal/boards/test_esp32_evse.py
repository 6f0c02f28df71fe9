"""The driver of an esp32-evse against one with its registers, its refusals and its errors, on a terminal."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chargepoint.control.cycle import Cycle
from chargepoint.control.scan import initial
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.link.messages import Hello, Permit, Revoke
from chargepoint.link.pair import PairControl
from hal.boards import esp32_evse
from hal.boards.esp32_evse import Esp32EvseBoard
from hal.measured import PILOT_FAULT_PPM, BoardOutputs
from simulators import verbs
from simulators.hardware import EvsePlan
from simulators.wires.esp32_evse import Esp32Evse
from simulators.wires.modbus_board import BoardFace
from tests.control.devices import PlantMeter
from tests.control.test_cycle import say
from tests.hal.boards.talking_rig import FIXED, IDLE, SOCKET, Host, Site, charging, driven, offer, until, wired

QUICK: dict[str, Any] = {"timeout_s": 0.15, "gap_s": 0.01}
FAULT = BoardOutputs(duty_ppm=PILOT_FAULT_PPM, contactor=False, lock=False)


@contextmanager
def site(folder: Path, plan: EvsePlan = FIXED, **made: Any) -> Iterator[Site[BoardFace]]:
    """Its errors last two seconds here instead of a minute."""
    with wired(folder, lambda evse: BoardFace(1, Esp32Evse(evse, error_s=2.0, **made)), plan) as at:
        yield at


@contextmanager
def host(at: Site[BoardFace]) -> Iterator[Host]:
    with driven(Esp32EvseBoard(port=at.port, **QUICK)) as made:
        yield made


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site[BoardFace]]:
    with site(tmp_path) as made:
        yield made


def device(at: Site[BoardFace]) -> Esp32Evse:
    found = at.face.device
    assert isinstance(found, Esp32Evse)
    return found


def test_it_charges_by_itself_before_its_host_lives_and_is_found_open(at: Site[BoardFace]) -> None:
    at.plug()
    until(lambda: at.closed, 10, "charging without a host")
    with host(at) as made:
        assert (at.closed, at.offered_a) == (False, 0)
        assert made.read.contactor_closed is not True


def test_a_session_from_offer_to_unplugging(at: Site[BoardFace]) -> None:
    with host(at) as made:
        charging(at, made)
        assert (made.read.cp_high_mv, made.read.cp_low_mv, made.read.faults, made.read.temperature_c) == (6_000, -12_000, (), 25.0)
        made.want(offer(10))
        assert made.until(lambda: at.offered_a == 10, 5) < 1.0
        made.want(offer(40))
        made.until(lambda: at.offered_a == 32, 5, "its maximum")
        made.want(IDLE)
        assert made.until(lambda: at.offered_a == 0, 5) < 1.0
        made.until(lambda: not at.closed and made.read.contactor_closed is None, 5, "its opening")
        assert at.evse.timing.openings_under_load == 0
        at.do(verbs.unplug)
        made.until(lambda: made.read.cp_high_mv == 12_000, 3, "the car's leaving")


def test_a_car_that_does_not_let_go_is_off_after_six_seconds_and_taken_for_connected_until_then(at: Site[BoardFace]) -> None:
    with host(at) as made:
        at.plug(car="ignores-x1")
        made.want(offer(16))
        made.until(lambda: made.read.contactor_closed is True, 12)
        made.want(IDLE)
        made.until(lambda: at.offered_a == 0, 2)
        assert 5.0 < made.until(lambda: not at.closed, 8) < 7.0
        made.until(lambda: made.read.contactor_closed is None, 3)


def test_state_f_comes_and_goes(at: Site[BoardFace]) -> None:
    with host(at) as made:
        at.plug(car="sleeper-f")
        made.until(lambda: made.read.cp_high_mv == 9_000, 5)
        made.want(FAULT)
        made.until(lambda: made.read.cp_high_mv == -12_000, 5)
        began_s = time.monotonic()
        made.until(lambda: time.monotonic() - began_s > 3.5, 5)
        made.want(IDLE)
        made.until(lambda: made.read.cp_high_mv == 9_000 and time.monotonic() - began_s > 5, 5)
        made.want(offer(16))
        made.until(lambda: made.read.contactor_closed is True, 15)


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"rcd": "tripped"}, "rcm_tripped", "ground_failure"),
    ({"temperature_c": 75.0}, "over_temperature", "high_temperature"),
    ({"pilot": "short"}, "pilot_fault", "ev_communication_error"),
]


@pytest.mark.parametrize(("entries", "name", "kind"), BROKEN)
def test_its_errors_are_told_by_their_kinds_and_it_goes_on_by_itself(
    at: Site[BoardFace], entries: dict[str, Any], name: str, kind: str
) -> None:
    with host(at) as made:
        charging(at, made)
        at.patch(**entries)
        made.until(lambda: made.faults == {name: kind}, 5, name)
        assert not at.closed
        assert made.read.cp_high_mv == 6_000, "the letter before it is kept"
        at.patch(**dict.fromkeys(entries))
        made.until(lambda: made.faults == {} and made.read.contactor_closed is True, 15, "its going on")


def test_a_board_that_has_booted_is_put_right(at: Site[BoardFace]) -> None:
    with host(at) as made:
        charging(at, made, 10)
        at.loop.call(lambda: at.face.device.firmware.power_cycle(time.monotonic()))
        made.until(lambda: at.offered_a == 32, 5, "its own current")
        made.until(lambda: at.offered_a == 10, 2, "what is wanted")
        made.want(IDLE)
        made.until(lambda: at.offered_a == 0, 2)
        at.loop.call(lambda: at.face.device.firmware.power_cycle(time.monotonic()))
        made.until(lambda: at.offered_a == 0 and not device(at).enabled, 3, "no offer")


def test_one_that_wants_authorisation_gets_it_with_an_offer_and_not_before(tmp_path: Path) -> None:
    with site(tmp_path, require_auth=True) as at, host(at) as made:
        at.plug()
        made.until(lambda: made.read.cp_high_mv == 9_000, 5)
        assert not device(at).authorised
        made.want(offer(16))
        made.until(lambda: at.closed, 12)


def test_a_plug_is_locked_by_the_board_and_a_thin_cable_is_heeded_by_it(tmp_path: Path) -> None:
    with site(tmp_path, SOCKET) as at, host(at) as made:
        at.plug(cable_ohm=680)
        made.want(offer(32))
        made.until(lambda: at.closed and bool(at.evse.locked), 12)
        assert at.offered_a in (19, 20)


def test_another_device_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with wired(tmp_path, lambda evse: BoardFace(2, Esp32Evse(evse))) as at:
        board = Esp32EvseBoard(port=at.port, **QUICK)
        board.open()
        until(lambda: "board.esp32-evse on " in caplog.text and "unit 1: no answer" in caplog.text, 5)
        board.close()


def test_whatever_is_wrong_with_the_wire_no_measurement_is_made_up_and_it_comes_back_by_itself(at: Site[BoardFace]) -> None:
    with host(at) as made:
        charging(at, made)
        for fault in ("silent", "half_frame", "bad_checksum", "exception", "garbage", "slow", "unplugged"):
            at.spoil(fault)
            began_s = time.monotonic()
            made.until(lambda since_s=began_s: time.monotonic() - since_s > 1.2, 3)  # type: ignore[misc]
            assert made.read.at_s < began_s + 0.2, fault
            assert made.read.contactor_closed is True
            at.spoil(None)
            made.until(lambda since_s=began_s: made.read.at_s > since_s + 1.2, 8, fault)  # type: ignore[misc]
        assert at.closed


def test_a_board_that_tells_no_state_is_not_believed(at: Site[BoardFace], monkeypatch: pytest.MonkeyPatch) -> None:
    with host(at) as made:
        charging(at, made)
        monkeypatch.setattr(Esp32Evse, "state", "?7")
        began_s = time.monotonic()
        made.until(lambda: time.monotonic() - began_s > 1.2, 3)
        assert made.read.at_s < began_s + 0.2


def test_a_maximum_that_is_lowered_on_it_is_heeded(at: Site[BoardFace], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(esp32_evse, "TEMPERATURE_S", 0.5)
    with host(at) as made:
        charging(at, made, 32)
        at.loop.set(at.face.device, "maximum_a", 20)
        began_s = time.monotonic()
        made.until(lambda: time.monotonic() - began_s > 1.5, 3)
        made.want(IDLE)
        made.until(lambda: at.offered_a == 0, 3)
        made.want(offer(32))
        made.until(lambda: at.offered_a == 20, 5, "its new maximum")


def test_control_has_a_whole_session_over_it(at: Site[BoardFace]) -> None:
    board, end = Esp32EvseBoard(port=at.port, **QUICK), PairControl()
    station = end.connect()
    settings = EvseSettings(evse=1, rating_ma=32_000, phases=1, abilities=board.abilities)
    state = initial([settings], SiteSettings(fuse_ma=32_000), "boot", time.monotonic())
    cycle = Cycle(state, {1: board}, {1: PlantMeter(time.monotonic)}, end)
    faults: set[str] = set()

    def comes(wanted: str) -> bool:
        cycle.scan(time.monotonic())
        evse = cycle.state.evses[1]
        faults.update(evse.standing.names)
        return evse.state == wanted and evse.presence.known

    board.open()
    say(station, Hello())
    until(lambda: comes("A"), 15, "the board")
    at.plug()
    until(lambda: comes("B1"), 5, "the car")
    plug_in = cycle.state.evses[1].presence.plug_in
    assert plug_in is not None
    say(station, Permit(1, plug_in, 16_000, 1e6, 6_000))
    until(lambda: comes("C2") and at.closed and at.offered_a == 16, 15, "charging")
    say(station, Revoke(1, plug_in))
    until(lambda: comes("B1") and not at.closed, 10, "the end")
    at.do(verbs.unplug)
    until(lambda: comes("A"), 5, "the car's leaving")
    board.close()
    assert faults == set()

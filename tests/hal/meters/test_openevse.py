"""The ammeter inside an OpenEVSE: one register out of two, whatever happens to the board; and the line that it shares."""

import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from hal.bus import rapi
from hal.bus.rapi import NoAnswer
from hal.errors import DriverError
from hal.meters.openevse import OpenEvseMeter, Register
from simulators.wires.openevse_board import AVR, Build
from tests.hal.boards.openevse_rig import charging, host, reset, site, until

QUICK = Build(traits=replace(AVR, boot_s=0.1))


@pytest.fixture(autouse=True)
def _patient_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rapi, "GAP_S", 0.02)


@pytest.mark.parametrize("stays", [True, False])
def test_a_session_is_counted_once_whether_its_energy_stays_to_be_read_or_not(stays: bool) -> None:
    register = Register(1_000, 0, running=True)
    assert [register.follow(1_000, wh * 3600) for wh in (5, 10, 20)] == [1_005, 1_010, 1_020]
    ended_ws = 20 * 3600 if stays else 0
    assert [register.follow(1_020, ended_ws), register.follow(1_020, ended_ws)] == [1_020, 1_020]
    assert [register.follow(1_020, ws) for ws in (0, 3_600, 36_000)] == [1_020, 1_021, 1_030]


def test_a_session_that_ended_before_it_was_looked_at_is_not_counted_again_and_a_running_one_is() -> None:
    assert Register(1_000, 36_000, running=False).energy_wh == 1_000
    assert Register(1_000, 36_000, running=True).energy_wh == 1_010


def test_what_a_power_cut_of_the_board_loses_is_kept_and_counting_goes_on() -> None:
    register = Register(1_000, 0, running=True)
    assert register.follow(1_000, 50 * 3600) == 1_050
    assert [register.follow(1_000, ws) for ws in (0, 3_600, 7_200)] == [1_050, 1_051, 1_052]


def test_the_rounding_of_its_total_is_no_loss() -> None:
    register = Register(0, 0, running=True)
    for number in range(1, 50):
        register.follow(2 * (number - 1), 2 * 3600 + 3500)
        assert register.follow(2 * number, 0) >= 2 * number
    assert register.energy_wh <= 2 * 49 + 1


def test_it_measures_beside_the_board_on_the_same_line_and_never_runs_backwards(tmp_path: Path) -> None:
    with site(tmp_path, QUICK, speed=60.0) as at, host(at) as made:
        meter = OpenEvseMeter(port=at.port, voltage_v=230.0)
        meter.open()
        assert meter.read().power_w == 0
        charging(at, made, 16)
        made.until(lambda: meter.read().energy_wh >= 10, 15, "10 Wh")
        reading = meter.read()
        assert reading.current_ma[0] is not None
        assert abs(reading.current_ma[0] - 16_000) < 100
        assert reading.power_w == reading.current_ma[0] * 230_000 // 1_000_000
        assert reading.voltage_mv == (None, None, None), "it is set, not measured"
        stood_wh = reading.energy_wh
        reset(at)
        made.until(lambda: at.closed and meter.read().energy_wh > stood_wh, 15, "counting again")
        least_wh, read_wh, most_wh = at.evse.meter.register_wh, meter.read().energy_wh, at.evse.meter.register_wh
        assert least_wh - 12 < read_wh < most_wh + 12
        at.spoil("silent")
        until(lambda: _fails(meter), 12, "an error")
        at.spoil(None)
        until(lambda: not _fails(meter), 5, "a reading")


def _fails(meter: OpenEvseMeter) -> bool:
    began_s = time.monotonic()
    try:
        meter.read()
    except NoAnswer:
        return True
    finally:
        assert time.monotonic() - began_s < 2.3
    return False


def test_a_voltage_that_nobody_has_is_refused() -> None:
    with pytest.raises(DriverError, match=r"voltage_v 5, expected 50 to 500 V"):
        OpenEvseMeter(port="/dev/ttyUSB0", voltage_v=5)

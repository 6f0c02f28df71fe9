"""The board ``raspberry-pi``: what its entries come to, and the driver over simulated chips, sound and broken."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from hal.api import refusal
from hal.boards.raspberry_pi import RaspberryPiBoard
from hal.boards.raspberry_pi_plan import Plan, plan
from hal.boards.raspberry_pi_presets import MONITORS, PRESETS
from hal.boards.raspberry_pi_scales import mcp9700_c, ntc_c, pp_by_divider, pp_by_thresholds
from hal.errors import DriverError
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM
from simulators import verbs
from simulators.wires.table import ON_PI
from tests.hal.boards.pi_rig import CHARGE_CONTROL_C, CLOSED, IDLE, OFFER, Site, host, site
from tests.hal.boards.talking_rig import until

ROOT = Path(__file__).parents[3]


def without(*names: str, **others: object) -> dict[str, Any]:
    return {**{name: value for name, value in ON_PI.items() if name not in names}, **others}


# Entries


def test_what_is_wired_says_what_the_board_can_do() -> None:
    can = RaspberryPiBoard.abilities_with(ON_PI)
    assert refusal(can) is None
    assert (can.rcd_test, can.phase_switching, can.proximity, can.pilot_off, can.shunt_trip) == (True, True, True, False, False)
    assert RaspberryPiBoard.abilities_with({**ON_PI, "pilot_disabled": "0 V"}).pilot_off
    assert RaspberryPiBoard(**ON_PI).abilities == can


@pytest.mark.parametrize(
    ("entries", "missing"),
    [
        (without("kick", "watchdog"), "no watchdog in"),
        (without("watchdog"), "no watchdog in"),
        (without("rcm_cuts_coil"), "no residual current monitor in"),
        (without("rcm_fault"), "no residual current monitor in"),
        ({}, "no residual current monitor and no watchdog in"),
        (PRESETS["pi-evse-hat"], "no watchdog in"),
    ],
)
def test_a_board_whose_coil_only_software_opens_is_refused(entries: Mapping[str, Any], missing: str) -> None:
    assert missing in str(refusal(RaspberryPiBoard.abilities_with(entries)))


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        (without("pwm"), "pwm is missing"),
        (without("contactor"), "contactor is missing"),
        (without("cp_gain"), "the converter reaches from -16.0 to -16.0 V, expected ±13.5 V"),
        (without(cp_channel=8), "mcp3208 has no channel 8, expected 0 to 7"),
        (without(spi_hz=100_000), "spi_hz = 100000, expected 500000"),
        (without(spi_mode=4), "spi_mode = 4, expected 0 or 3"),
        (without(pp="voltage5"), "pp = 'voltage5', expected the number of a channel of mcp3208, 0 to 7"),
        (without(watchdog="pwm"), "a PWM goes on when this process has died"),
        (without(watchdog="gpio-wdt"), "a second or more"),
        (without("kick"), "watchdog = 'toggle' needs kick"),
        (without(rcm="x"), "rcm = 'x': unknown"),
        (without("rcm_fault"), "rcm_test, but no rcm_fault"),
        (without(lock="kuester"), "lock = 'kuester': unknown"),
        (without("lock_b"), "needs lock_b"),
        (without("pp_pullup_ohm"), "pp needs either"),
        (without("thermometer_at"), "needs thermometer_at"),
        (without(cp="iio"), "cp = 'iio' needs iio, cp_high, cp_low, peak_reset"),
        (without(preset="nano-pi"), "preset 'nano-pi': unknown; expected one of charge-control-c"),
        (without(contactor="GPIO17 loud"), "'loud' is none of"),
        (without(pwm_channel="x"), "Expected `int`, got `str`"),
        (without(colour="red"), "unknown field `colour`"),
        (without(lock_pulse_ms=5_000), "lock_pulse_ms 5000, expected 50 to 1000"),
    ],
)
def test_entries_that_do_not_fit_are_named_with_what_was_expected(entries: dict[str, Any], says: str) -> None:
    with pytest.raises(DriverError) as caught:
        RaspberryPiBoard(**entries)
    assert str(caught.value).startswith("board.raspberry-pi: ")
    assert says in str(caught.value)


def test_paths_that_nobody_gave_lie_beneath_the_root_too() -> None:
    assert plan(ON_PI, "/bench").spi == "/bench/dev/spidev0.0"
    assert plan({**ON_PI, "spi": "/bench/dev/spidev1.0"}, "/bench").spi == "/bench/dev/spidev1.0"
    assert plan(ON_PI).spi == "/dev/spidev0.0"


def test_scales_are_those_of_the_makers() -> None:
    tarragon: Plan = plan(CHARGE_CONTROL_C)
    assert tarragon.cp_mv(4095) == round(3300 * 4561 / 476 - 16013)
    assert tarragon.cp_mv(0) == -16_013
    assert [pp_by_thresholds(mv) for mv in (700, 751, 891, 1170, 1813, 2459)] == [0, 100, 220, 680, 1500, None]
    assert [pp_by_divider(mv, 3300, 1000) for mv in (595.1, 3299, 3300, 0)] == [220, None, None, 0]
    assert (mcp9700_c(750), mcp9700_c(3300)) == (25.0, None)
    assert ntc_c(1650, 3300, 10_000, 10_000, 3950) == 25.0
    assert ntc_c(700, 3300, 10_000, 10_000, 3950) == pytest.approx(57.8, abs=0.1)
    assert ntc_c(3300, 3300, 10_000, 10_000, 3950) is None


@pytest.mark.parametrize("monitor", MONITORS)
def test_a_broken_wire_of_a_monitor_is_a_fault(monitor: str) -> None:
    told = plan(without(rcm=monitor, rcm_fault="GPIO22")).lines("rcm_fault")["rcm_fault"]
    assert (told.bias, told.active_low) == ("pull-up", False)


# Over the simulated chips


@pytest.fixture(params=["spi", "peak hold"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, ON_PI if request.param == "spi" else CHARGE_CONTROL_C) as made:
        yield made


@pytest.fixture
def pi(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def test_the_pilot_is_measured_in_every_state_and_driven_at_every_level(at: Site) -> None:
    with host(at) as driven:
        driven.until(lambda: driven.sees(12_000, 12_000), what="A1")
        at.plug(request=False)
        driven.until(lambda: driven.sees(9_000, 9_000), what="B1")
        for duty_ppm in (100_000, 850_000, 960_000):
            driven.wanted = replace(OFFER, duty_ppm=duty_ppm)
            driven.until(lambda ppm=duty_ppm: at.evse.duty_ppm == ppm and driven.sees(9_000, -12_000), what=f"B2 at {duty_ppm}")
        at.do(verbs.patch_ev, request=True)
        driven.until(lambda: driven.sees(6_000, -12_000), what="C2")
        driven.wanted = replace(IDLE, duty_ppm=PILOT_FAULT_PPM)
        driven.until(lambda: driven.sees(-12_000, -12_000), what="F")
        assert driven.read.pp_ohm == 220


def test_what_is_wired_is_sensed(pi: Site) -> None:
    with host(pi) as driven:
        assert (driven.read.emergency_stop, driven.read.rcd_tripped, driven.read.pp_ohm, driven.read.contactor_closed) == (
            *(False, False, None, False),
        )
        for entries, seen in (
            ({"emergency_stop": True}, lambda: driven.read.emergency_stop),
            ({"rcd": "tripped"}, lambda: driven.read.rcd_tripped),
            ({"temperature_c": 66.0}, lambda: driven.read.temperature_c == 66.0),
        ):
            pi.patch(**entries)
            driven.until(seen, 4, str(entries))
        pi.plug(request=False, cable_ohm=680)
        driven.until(lambda: driven.read.pp_ohm == 680, what="the cable")


def test_a_thermometer_on_one_wire_is_read_beside_everything_else(tmp_path: Path) -> None:
    with site(tmp_path, CHARGE_CONTROL_C) as made, host(made) as driven:
        driven.until(lambda: driven.read.temperature_c == 25.0, what="the temperature")


def test_the_pilot_is_taken_to_0_v_where_a_line_does_that(tmp_path: Path) -> None:
    with site(tmp_path, CHARGE_CONTROL_C) as made, host(made) as driven:
        driven.wanted = replace(IDLE, duty_ppm=PILOT_OFF_PPM)
        driven.until(lambda: driven.sees(0, 0) and made.evse.duty_ppm == 0, what="E")
        driven.wanted = OFFER
        driven.until(lambda: driven.sees(12_000, -12_000), what="the offer")


def test_the_number_of_phases_changes_only_while_everything_is_open(pi: Site) -> None:
    pi.plug()
    with host(pi) as driven:
        driven.wanted = CLOSED
        driven.until(lambda: pi.evse.contacts.conducting == (True, True, True), what="three phases")
        driven.wanted = replace(CLOSED, phases=1)
        driven.until(lambda: driven.read.contactor_closed, what="feedback")
        time_s = time.monotonic() + 0.2
        driven.until(lambda: time.monotonic() > time_s)
        assert pi.evse.contacts.conducting == (True, True, True)
        driven.wanted = replace(OFFER, phases=1)
        driven.until(lambda: not pi.closed and not driven.read.contactor_closed, what="open")
        driven.wanted = replace(CLOSED, phases=1)
        driven.until(lambda: pi.evse.contacts.conducting == (True, False, False), what="one phase")
        assert pi.evse.violations == []


def test_the_lock_moves_by_pulses_and_never_under_load(pi: Site) -> None:
    pi.plug()
    with host(pi) as driven:
        driven.wanted = replace(OFFER, lock=True)
        driven.until(lambda: driven.read.plug_locked and pi.evse.locked, what="locked")
        driven.wanted = replace(CLOSED, lock=False)
        driven.until(lambda: pi.closed, what="closed")
        time_s = time.monotonic() + 0.5
        driven.until(lambda: time.monotonic() > time_s)
        assert pi.evse.locked
        driven.wanted = replace(OFFER, lock=False)
        driven.until(lambda: driven.read.plug_locked is False, 5, "unlocked")


def test_the_monitor_is_tested_by_its_line_and_trips_the_coil_itself(pi: Site) -> None:
    with host(pi) as driven:
        driven.wanted = replace(IDLE, rcd_test=True)
        driven.until(lambda: driven.read.rcd_tripped, what="tripped")
        driven.wanted = IDLE
        driven.until(lambda: not driven.read.rcd_tripped, what="armed")
        pi.plug()
        driven.wanted = replace(CLOSED, rcd_test=True)
        driven.until(lambda: driven.read.contactor_closed, what="closed")
        time_s = time.monotonic() + 0.3
        driven.until(lambda: time.monotonic() > time_s)
        assert pi.closed, "under load nothing is tested, whoever asks"


def test_an_orderly_end_leaves_it_open_and_without_an_offer(pi: Site) -> None:
    pi.plug()
    with host(pi) as driven:
        driven.wanted = CLOSED
        driven.until(lambda: pi.closed, what="closed")
    until(lambda: not pi.closed and pi.evse.duty_ppm == 1_000_000, 0.2, "left safe")

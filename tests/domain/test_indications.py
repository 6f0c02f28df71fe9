"""The tables of colours and rhythms: whole, told apart, and not by colour alone."""

from typing import get_args

import pytest

from chargepoint.domain.indications import (
    CODES,
    EVERYTHING,
    ON_LEASE,
    OTHER_CODE,
    PACES_W,
    PRESETS,
    PULSE_S,
    RED,
    SOUNDS,
    Indication,
    Preset,
    Sound,
    light,
    unseen,
)
from hal.measured import DARK, FaultKind

NAMES: tuple[Preset, ...] = get_args(Preset)
LEDS: dict[Preset, tuple[str, ...]] = {
    "european": ("red", "green", "blue"),
    "keba-like": ("red", "green", "blue"),
    "white-blue": ("red", "green", "blue"),
    "two-led": ("red", "green"),
    "mono": ("white",),
}


def test_every_preset_and_every_sound_is_there() -> None:
    assert set(PRESETS) == set(NAMES) == set(LEDS)
    assert set(SOUNDS) == set(get_args(Sound))
    assert {
        *("authorise", "authorising", "accepted", "refused", "plug_in", "finished", "reserved", "unavailable", "updating", "offline")
    } == ON_LEASE


@pytest.mark.parametrize("preset", NAMES)
def test_everything_has_a_light_that_no_other_has(preset: Preset) -> None:
    lights = PRESETS[preset]
    assert set(lights) == set(EVERYTHING)
    assert len({repr(each) for each in lights.values()}) == len(lights)
    assert all(each.colour != DARK for each in lights.values())


@pytest.mark.parametrize("preset", NAMES)
def test_what_matters_is_told_by_more_than_colour(preset: Preset) -> None:
    matters = [PRESETS[preset][shows] for shows in ("available", "charging", "fault")]
    assert len({each.rhythm for each in matters}) == 3


@pytest.mark.parametrize("preset", [name for name in NAMES if name != "mono"])
def test_red_is_a_fault_or_a_refusal_and_nothing_else(preset: Preset) -> None:
    assert {shows for shows, each in PRESETS[preset].items() if RED in (each.colour, each.other)} == {"fault", "emergency", "refused"}


@pytest.mark.parametrize("preset", NAMES)
def test_a_preset_shines_with_the_leds_it_is_made_for(preset: Preset) -> None:
    assert unseen(preset, LEDS[preset]) == ()
    assert unseen(preset, ("white",)) == ()


def test_what_would_be_dark_is_named() -> None:
    assert unseen("european", ("red", "green")) == ("plugged", "charging", "plug_in")
    assert unseen("mono", ()) == EVERYTHING
    assert unseen("two-led", ("blue",)) == tuple(shows for shows in EVERYTHING)


def test_a_fault_flashes_its_code_and_every_kind_has_one() -> None:
    assert light("european", Indication("fault", 7)).flashes == 7
    assert light("european", Indication("fault")).flashes == 1
    assert set(CODES) <= set(get_args(FaultKind))
    assert max(CODES.values()) < OTHER_CODE


def test_the_pulse_of_charging_quickens_with_its_pace() -> None:
    lasts_s = [
        each.on_s + each.off_s for each in (light("european", Indication("charging", pace=pace)) for pace in range(len(PACES_W) + 1))
    ]
    assert lasts_s == list(PULSE_S) == sorted(lasts_s, reverse=True)
    assert light("keba-like", Indication("charging", pace=3)) == light("keba-like", Indication("charging"))


def test_a_light_says_in_a_word_what_it_means() -> None:
    assert all(light(preset, Indication(shows)).means == shows for preset in NAMES for shows in EVERYTHING)

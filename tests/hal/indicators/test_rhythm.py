"""Lights over time, pure: what is seen, and that nobody has to look more often than something changes."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.domain.indications import EVERYTHING, PULSE_S, Indication, Preset
from chargepoint.domain.indications import light as light_of
from hal.indicators.rhythm import STEP_S, Picture, picture, rest_s, sounds, switched
from hal.measured import DARK, Beeps, Colour, Light, Rhythm

RED, BLUE, AMBER = (255, 0, 0), (0, 0, 255), (255, 120, 0)
BLINK = Light(colour=RED, rhythm="blink", on_s=0.3, off_s=0.7, other=BLUE)
FLASH = Light(colour=RED, rhythm="flash", flashes=3, on_s=0.2, off_s=0.2, rest_s=1.0)
BREATHE = Light(colour=BLUE, rhythm="breathe", on_s=2.0, off_s=2.0)
CHASE = Light(colour=RED, rhythm="chase", on_s=0.4, off_s=0.4)


def played(light: Light, lasts_s: float, pixels: int = 1, *, dims: bool = True) -> list[tuple[float, Picture]]:
    """Every picture as a thread would paint it that rests as long as it is told, and when."""
    seen: list[tuple[float, Picture]] = []
    now = 0.0
    while now < lasts_s:
        painted = picture(light, now, pixels, dims=dims)
        if not seen or seen[-1][1] != painted:
            seen.append((round(now, 3), painted))
        now += rest_s(light, now, pixels, dims=dims) + 1e-6
    return seen


def changes(light: Light, lasts_s: float, *, dims: bool = True) -> list[tuple[float, Colour]]:
    return [(at_s, painted[0]) for at_s, painted in played(light, lasts_s, dims=dims)]


def test_a_steady_light_never_changes() -> None:
    assert rest_s(Light(colour=AMBER), 5.0) == inf
    assert picture(Light(colour=AMBER), 5.0, 3) == (AMBER,) * 3


def test_blinking_goes_from_one_colour_to_the_other_and_back() -> None:
    assert changes(BLINK, 2.0) == [(0.0, RED), (0.3, BLUE), (1.0, RED), (1.3, BLUE)]


def test_a_code_is_flashed_and_then_there_is_a_pause() -> None:
    assert changes(FLASH, 2.3) == [(0.0, RED), (0.2, DARK), (0.4, RED), (0.6, DARK), (0.8, RED), (1.0, DARK), (2.2, RED)]


def test_breathing_swells_and_fades_in_twenty_pictures_a_second() -> None:
    blues = [colour[2] for _, colour in changes(BREATHE, 4.0)]
    top = blues.index(255)
    assert blues[:top] == sorted(blues[:top])
    assert blues[top:] == sorted(blues[top:], reverse=True)
    assert 40 < len(blues) <= 4.0 / STEP_S + 1


def test_a_lamp_that_does_not_dim_blinks_instead() -> None:
    assert changes(BREATHE, 7.0, dims=False) == [(0.0, BLUE), (3.0, DARK), (4.0, BLUE)]


def test_a_chase_goes_once_round_in_its_time_and_one_lamp_alone_blinks() -> None:
    seen = played(CHASE, 0.8, 4)
    assert [painted.index(RED) for _, painted in seen] == [0, 1, 2, 3]
    assert changes(CHASE, 0.8) == [(0.0, RED), (0.4, DARK)]


@pytest.mark.parametrize(
    ("colour", "on"),
    [
        (AMBER, (True, True, False)),
        (RED, (True, False, False)),
        ((9, 9, 9), (True,) * 3),
        (DARK, (False,) * 3),
        ((255, 40, 0), (True, False, False)),
    ],
)
def test_what_is_only_on_or_off_shows_the_nearest_colour(colour: Colour, on: tuple[bool, bool, bool]) -> None:
    assert switched(colour) == on


@pytest.mark.parametrize(
    ("beeps", "age_s", "found"),
    [((), 0.0, (False, inf)), ((0.5,), 0.1, (True, 0.4)), ((0.1, 0.2, 0.3), 0.2, (False, 0.1)), ((0.1,), 0.1, (False, inf))],
)
def test_a_sound_is_over_when_its_time_is(beeps: Beeps, age_s: float, found: tuple[bool, float]) -> None:
    assert sounds(beeps, age_s) == pytest.approx(found)


@pytest.mark.parametrize("preset", ["two-led", "mono"])
def test_nothing_looks_like_something_else_on_lamps_that_are_only_on_or_off(preset: Preset) -> None:
    told = [Indication(shows, code=5 * (shows == "fault")) for shows in EVERYTHING]
    told += [Indication("charging", pace=pace) for pace in range(1, len(PULSE_S))]
    moments = [step * 0.05 + 0.01 for step in range(1200)]
    looks = [tuple(switched(picture(light_of(preset, each), at_s, dims=False)[0]) for at_s in moments) for each in told]
    assert len(set(looks)) == len(looks)


RHYTHMS: tuple[Rhythm, ...] = ("steady", "blink", "flash", "breathe", "chase")


@given(
    st.builds(
        Light,
        colour=st.just(RED),
        other=st.sampled_from([DARK, BLUE]),
        rhythm=st.sampled_from(RHYTHMS),
        on_s=st.floats(0.05, 3),
        off_s=st.floats(0, 3),
        flashes=st.integers(1, 9),
        rest_s=st.floats(0, 10),
    ),
    st.floats(0, 1e6),
    st.integers(1, 16),
    st.booleans(),
)
def test_nothing_changes_while_there_is_nothing_to_paint(light: Light, age_s: float, pixels: int, dims: bool) -> None:
    lasts_s = rest_s(light, age_s, pixels, dims=dims)
    assert lasts_s > 0
    if light.rhythm == "breathe" and dims:
        return
    half_way = age_s + min(lasts_s, 1e6) / 2
    if lasts_s > 0.001:
        assert picture(light, half_way, pixels, dims=dims) == picture(light, age_s, pixels, dims=dims)

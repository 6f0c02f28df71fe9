"""Lamps that are only on or off."""

import pytest

from hal.errors import DriverError
from hal.indicators.gpio_rgb import indicator, lit
from hal.measured import Colour


@pytest.mark.parametrize(
    ("colour", "shines"),
    [
        ((255, 0, 0), {"red", "white"}),
        ((255, 120, 0), {"red", "green", "white"}),
        ((255, 255, 255), {"red", "green", "blue", "white"}),
        ((0, 0, 0), set()),
    ],
)
def test_a_colour_lights_what_it_is_made_of(colour: Colour, shines: set[str]) -> None:
    assert {led for led, on in lit(colour).items() if on} == shines


def test_it_says_what_is_wired() -> None:
    geometry = indicator(red="GPIO5", white="GPIO6 active-low", buzzer="GPIO7").geometry
    assert (geometry.leds, geometry.dims, geometry.beeps, geometry.pixels) == (("red", "white"), False, True, 1)


@pytest.mark.parametrize("entries", [{}, {"red": "GPIO5 inverted"}])
def test_what_cannot_be_is_said_in_words(entries: dict[str, str]) -> None:
    with pytest.raises(DriverError, match=r"gpio-rgb.*expected|inverted.*active-low"):
        indicator(**entries)  # type: ignore[arg-type]

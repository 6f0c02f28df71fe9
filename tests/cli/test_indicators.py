"""Indicators in the configuration: what fits is made, what would leave a driver in the dark is refused."""

from typing import Any

import pytest

from chargepoint.cli import control, hardware
from chargepoint.cli.configuration import build
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.paths import Sockets
from tests.cli.test_configuration import evses, tree

NOWHERE = Sockets(link="/nowhere/link", sim="/nowhere/sim", inquiry="/nowhere/inquiry")


def lit(**indicator: Any) -> dict[str, Any]:
    """Two EVSEs with simulated boards, one with this indicator."""
    return tree(evses=evses(1, indicator=indicator))


def test_it_is_made_with_its_entries_and_shown_by_its_preset() -> None:
    document = lit(driver="ws2812", preset="white-blue", spi="/dev/spidev0.0", pixels=12, brightness_percent=40, buzzer="GPIO24")
    configuration = build(document, boards=True)
    made = hardware.indicators(configuration, NOWHERE)
    assert {evse: (each.geometry.pixels, each.geometry.beeps) for evse, each in made.items()} == {2: (12, True)}
    assert [each.preset for each in control.evses(configuration)] == ["european", "white-blue"]
    assert not configuration.simulated, "there are real lamps"


def test_in_the_simulation_every_evse_has_one_with_the_preset_that_is_named() -> None:
    configuration = build(lit(driver="ws2812", preset="mono", spi="/dev/spidev0.0") | {"hal": {"backend": "sim"}}, boards=True)
    assert set(hardware.indicators(configuration, NOWHERE)) == {1, 2}
    assert [each.preset for each in control.evses(configuration)] == ["european", "mono"]


@pytest.mark.parametrize(
    ("indicator", "text"),
    [
        ({"driver": "ws2811"}, 'driver: "ws2811": unknown driver; did you mean ws2812?; or [hal] backend = "sim" simulates all hardware'),
        (
            {"driver": "ws2812", "spi": "/dev/spidev0.0", "preset": "disco"},
            'preset: "disco": expected "european" or "keba-like" or "mono" or',
        ),
        ({"driver": "ws2812"}, 'spi: missing; "ws2812" needs it: device of the bus: /dev/spidev0.0'),
        ({"driver": "ws2812", "spi": "/dev/spidev0.0", "pixel": 8}, 'pixel: unknown entry of "ws2812"; did you mean pixels?'),
        ({"driver": "gpio-rgb"}, ": indicator.gpio-rgb: no line is named; expected some of red, green, blue, white, buzzer"),
        (
            {"driver": "gpio-rgb", "red": "GPIO5", "green": "GPIO6"},
            'preset: "european": plugged, charging, plug_in would be dark with these LEDs (red and green); expected "two-led" or "mono"',
        ),
    ],
)
def test_what_does_not_fit_is_said_with_its_entry(indicator: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        build(lit(**indicator), boards=True)
    (error,) = caught.value.errors
    assert error.startswith("evses[1].indicator")
    assert text in error


@pytest.mark.parametrize(("preset", "leds"), [("two-led", ("red", "green")), ("mono", ("white",)), ("european", ("red", "green", "blue"))])
def test_a_preset_goes_with_the_leds_that_it_is_made_for(preset: str, leds: tuple[str, ...]) -> None:
    lines = {led: f"GPIO{number}" for number, led in enumerate(leds, start=5)}
    assert build(lit(driver="gpio-rgb", preset=preset, **lines), boards=True).evses[1].indicator is not None

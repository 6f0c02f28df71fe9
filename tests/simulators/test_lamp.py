"""What somebody sees who stands before an EVSE, as the bench tells it."""

from hal.measured import DARK, Light
from simulators.lamp import PIXELS, Lamp, lamp_entry

BLUE = (0, 0, 255)


def test_nothing_is_told_of_a_lamp_that_nobody_drives() -> None:
    lamp = Lamp()
    assert lamp_entry(lamp) is None
    lamp.show(Light(colour=BLUE), 0.0)
    lamp.go_dark()
    assert lamp_entry(lamp) is None
    assert lamp.looks(0.0) == (DARK,)


def test_a_light_is_told_with_its_colours_and_rhythm_and_sounds_are_counted() -> None:
    lamp = Lamp()
    lamp.show(Light(colour=BLUE, rhythm="blink", on_s=1.0, off_s=2.0, other=(255, 120, 0), means="plug_in"), 10.0)
    lamp.sound((0.1,))
    lamp.sound((0.2,))
    entry = lamp_entry(lamp)
    assert entry is not None
    assert (entry["shows"], entry["colour"], entry["other"], entry["rhythm"], entry["beeps"]) == (
        "plug_in",
        "#0000ff",
        "#ff7800",
        "blink",
        2,
    )
    assert lamp.looks(10.5) == (BLUE,) * PIXELS
    assert lamp.looks(11.5) == ((255, 120, 0),) * PIXELS


def test_what_a_real_driver_paints_is_told_pixel_by_pixel() -> None:
    lamp = Lamp(painted=(DARK, BLUE))
    assert lamp_entry(lamp) == {"pixels": ["#000000", "#0000ff"], "colour": "#0000ff", "beeps": 0}
    assert lamp.looks(0.0) == (DARK, BLUE)

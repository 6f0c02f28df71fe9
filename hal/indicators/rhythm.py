"""What a light looks like at a moment, and when it looks different: pure, by its age.

steady   ████████████████████████
blink    ██████······██████······      on_s, off_s
flash    ██··██··██··············      flashes times on_s, off_s; rest_s
breathe  ▁▂▄▆█▆▄▂▁▁▂▄▆█▆▄▂▁▁▂▄▆█▆      once in on_s + off_s
chase    ██·········· ·██·········     round the pixels once in on_s + off_s
"""

from math import cos, inf, pi

from hal.measured import Colour, Light

STEP_S = 0.05
"""Between two pictures of what changes gradually."""
LEAST_S = 0.001
"""Not sooner, lest a moment that was just missed be looked at again and again."""
TAIL = 3
"""Of a chase one pixel in so many is lit."""
LIT = 0.75
"""Breathing, on a lamp that knows only on and off, is lit for so much of its time: unlike whatever blinks evenly."""
LINE_ON = 4
"""A lamp that knows only on and off is lit from a quarter of the brightest colour on: amber is red and green."""

Picture = tuple[Colour, ...]
"""One colour for each pixel."""


def picture(light: Light, age_s: float, pixels: int = 1, *, dims: bool = True) -> Picture:
    """What it looks like so long after it began."""
    if light.rhythm == "steady":
        return (light.colour,) * pixels
    if light.rhythm == "breathe" and dims:
        return (_mixed(light.other, light.colour, _swell(age_s / _period_s(light))),) * pixels
    if light.rhythm == "chase" and pixels > 1:
        first = int(age_s / _period_s(light) * pixels)
        lit = {(first + each) % pixels for each in range(max(1, pixels // TAIL))}
        return tuple(light.colour if each in lit else light.other for each in range(pixels))
    return (light.colour if _left_s(light, age_s)[0] else light.other,) * pixels


def rest_s(light: Light, age_s: float, pixels: int = 1, *, dims: bool = True) -> float:
    """How long it looks like that from this age on; infinite for what is steady."""
    if light.rhythm == "steady" or (light.rhythm == "breathe" and light.colour == light.other):
        return inf
    if light.rhythm == "breathe" and dims:
        return STEP_S
    if light.rhythm == "chase" and pixels > 1:
        step_s = _period_s(light) / pixels
        return max(LEAST_S, step_s - age_s % step_s)
    return max(LEAST_S, _left_s(light, age_s)[1])


def switched(colour: Colour) -> tuple[bool, bool, bool]:
    """Which of red, green and blue are on, for lamps that know nothing between."""
    red, green, blue = (each > 0 and each * LINE_ON >= max(colour) for each in colour)
    return red, green, blue


def sounds(beeps: tuple[float, ...], age_s: float) -> tuple[bool, float]:
    """Does it sound so long after it began, and for how long is that so? Infinite once it is over."""
    for number, lasts_s in enumerate(beeps):
        if age_s < lasts_s:
            return number % 2 == 0, max(LEAST_S, lasts_s - age_s)
        age_s -= lasts_s
    return False, inf


def _period_s(light: Light) -> float:
    return max(STEP_S, light.on_s + light.off_s)


def _left_s(light: Light, age_s: float) -> tuple[bool, float]:
    """Of what is only on or off: is it on, and for how long yet?"""
    beat_s = _period_s(light)
    flashing_s, pause_s = (beat_s * light.flashes, light.rest_s) if light.rhythm == "flash" else (beat_s, 0.0)
    on_s = beat_s * LIT if light.rhythm == "breathe" else light.on_s
    at_s = age_s % (flashing_s + pause_s)
    if at_s >= flashing_s:
        return False, flashing_s + pause_s - at_s
    within_s = at_s % beat_s
    return (True, on_s - within_s) if within_s < on_s else (False, beat_s - within_s)


def _swell(turns: float) -> float:
    """From 0 to 1 and back; squared, for that is how an eye sees it grow evenly."""
    risen = (1 - cos(2 * pi * turns)) / 2
    return risen * risen


def _mixed(low: Colour, high: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return red, green, blue

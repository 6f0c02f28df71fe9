"""Rules for indicators."""

import time
from collections.abc import Callable, Sequence

from msgspec import Struct

from hal.api import Geometry, Indicator
from hal.conformance.benches import IndicatorBench
from hal.conformance.rules import NotHere, Rule, eventually, hold
from hal.measured import Colour, Light

SHOWN_S = 1.0
BACK_S = 12.0
"""Lamps that were gone are looked for now and then."""
BLOCKS_S = 0.02
GREEN = Light(colour=(0, 255, 0), means="charging")
RED = Light(colour=(255, 0, 0), rhythm="blink", on_s=0.2, off_s=0.2, means="fault")


class IndicatorCase(Struct):
    """One indicator, and somebody who looks at it."""

    make: Callable[[], Indicator]
    indicator: Indicator
    bench: IndicatorBench | None

    @property
    def other_side(self) -> IndicatorBench:
        """The bench, where there is one."""
        if self.bench is None:
            raise NotHere
        return self.bench

    @property
    def lit(self) -> bool:
        """Does any lamp shine?"""
        return any(colour != (0, 0, 0) for colour in self.other_side.lamps())


def check_indicator(
    make: Callable[[], Indicator], bench: IndicatorBench | None = None, rules: Sequence[Rule[IndicatorCase]] = ()
) -> list[str]:
    """The rules that were played, of ``rules`` or of all. Raises AssertionError with those that are broken."""

    def end(case: IndicatorCase) -> None:
        if bench is not None:
            bench.spoil(None)
        case.indicator.close()

    return hold(f"indicator {make().__class__.__name__}", rules or RULES, lambda: IndicatorCase(make, make(), bench), end)


def it_says_what_it_has(case: IndicatorCase) -> None:
    """What it has to show with is known before it is opened."""
    geometry = case.indicator.geometry
    assert isinstance(geometry, Geometry), f"geometry is {geometry!r}"
    assert geometry.pixels >= 1, f"it has {geometry.pixels} pixels"


def making_one_opens_nothing(case: IndicatorCase) -> None:
    """An indicator can be made, and closed, while there is none."""
    if case.bench is not None and "unplugged" in case.bench.faults:
        case.bench.spoil("unplugged")
    made = case.make()
    made.close()
    made.close()


def it_begins_dark(case: IndicatorCase) -> None:
    """Once open it is dark, until it is told what to show; closed it is dark again."""
    case.indicator.open()
    assert eventually(lambda: not case.lit, SHOWN_S), f"it begins with {case.other_side.lamps()}"
    case.indicator.show(GREEN)
    assert eventually(lambda: case.lit, SHOWN_S), "it stays dark although it was told to shine"
    case.indicator.close()
    assert eventually(lambda: not case.lit, SHOWN_S), f"closed it shows {case.other_side.lamps()}"


def colours_are_shown(case: IndicatorCase) -> None:
    """A colour that it has a lamp for is shown as that colour, and every lamp shows it."""
    leds = case.indicator.geometry.leds
    case.indicator.open()
    for led, colour in (("red", (255, 0, 0)), ("green", (0, 255, 0)), ("blue", (0, 0, 255))):
        if led not in leds:
            continue
        case.indicator.show(Light(colour=colour))
        expected = [colour] * case.indicator.geometry.pixels
        shown = eventually(lambda wanted=expected: _alike(case.other_side.lamps(), wanted), SHOWN_S)  # type: ignore[misc]
        assert shown, f"told {colour}, it shows {case.other_side.lamps()}"


def _alike(lamps: list[Colour], wanted: list[Colour]) -> bool:
    """Which parts shine; how brightly is the lamp's business."""
    return [tuple(part > 0 for part in lamp) for lamp in lamps] == [tuple(part > 0 for part in lamp) for lamp in wanted]


def a_rhythm_goes_on(case: IndicatorCase) -> None:
    """What blinks goes on blinking, also when the same is shown again and again."""
    case.indicator.open()
    seen = set()
    ends_s = time.monotonic() + 2.0
    while time.monotonic() < ends_s:
        case.indicator.show(RED)
        seen.add(case.lit)
        time.sleep(0.02)
    assert seen == {True, False}, "it does not blink"


def nothing_blocks_or_raises(case: IndicatorCase) -> None:
    """show and beep never wait and never raise, also when the lamps are gone; it shines again when they are back."""
    case.indicator.open()
    faults = () if case.bench is None else tuple(fault for fault in case.bench.faults if fault in ("silent", "unplugged"))
    for fault in (None, *faults):
        if case.bench is not None:
            case.bench.spoil(fault)
        took_s = sorted(_takes_s(case, number) for number in range(50))
        assert took_s[-3] < BLOCKS_S, f"{fault}: show and beep take up to {took_s[-1] * 1000:.1f} ms"
    if case.bench is not None and faults:
        case.bench.spoil(None)
        case.indicator.show(GREEN)
        assert eventually(lambda: case.lit, BACK_S), f"dark for {BACK_S:g} s after it was mended"


def _takes_s(case: IndicatorCase, number: int) -> float:
    began_s = time.monotonic()
    case.indicator.show((GREEN, RED)[number % 2])
    case.indicator.beep((0.01,))
    took_s = time.monotonic() - began_s
    time.sleep(0.01)
    return took_s


RULES = (
    it_says_what_it_has,
    making_one_opens_nothing,
    it_begins_dark,
    colours_are_shown,
    a_rhythm_goes_on,
    nothing_blocks_or_raises,
)

"""The thread beside the scan, turn by turn on a clock of the test: it paints what is due, and rests as long as nothing is."""

import logging

import pytest

from hal.api import Geometry
from hal.errors import DeviceError, missing
from hal.indicators.lamp import AGAIN_S, REPAINT_S, Lamp
from hal.indicators.rhythm import Picture
from hal.measured import DARK, Light

RED = (255, 0, 0)
STEADY = Light(colour=RED)
BLINK = Light(colour=RED, rhythm="blink", on_s=0.2, off_s=0.3)


class Bulb:
    """Lamps that remember, and can be lost."""

    name = "bulb"

    def __init__(self, *, beeps: bool = True) -> None:
        self.geometry = Geometry(pixels=2, beeps=beeps)
        self.painted: list[tuple[Picture, bool]] = []
        self.opened = 0
        self.error: Exception | None = None

    def open(self) -> None:
        self._fail()
        self.opened += 1

    def paint(self, painted: Picture, sound: bool) -> None:
        self._fail()
        self.painted.append((painted, sound))

    def close(self) -> None:
        if isinstance(self.error, DeviceError):
            raise self.error
        self.painted.append(((DARK,), False))

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


class Clock:
    """Turns the lamp as its thread would."""

    def __init__(self, bulb: Bulb) -> None:
        self.now = 100.0
        self.lamp = Lamp(bulb, lambda: self.now)
        self.turns = 0

    def run(self, lasts_s: float) -> None:
        ends_s = self.now + lasts_s
        while self.now < ends_s:
            self.turns += 1
            self.now += self.lamp.turn()
        self.now = ends_s


def test_a_steady_light_costs_one_turn_a_minute() -> None:
    clock = Clock(bulb := Bulb())
    clock.lamp.show(STEADY)
    clock.run(REPAINT_S * 10)
    assert clock.turns == 10
    assert bulb.painted == [((RED, RED), False)] * 10


def test_a_light_blinks_on_though_it_is_shown_again_and_again() -> None:
    clock = Clock(bulb := Bulb())
    for _ in range(20):
        clock.lamp.show(BLINK)
        clock.run(0.1)
    assert [painted[0] for painted, _ in bulb.painted] == [RED, DARK] * 4


def test_a_sound_has_its_own_time_beside_the_light() -> None:
    clock = Clock(bulb := Bulb())
    clock.lamp.show(STEADY)
    clock.lamp.beep((0.1, 0.2, 0.1))
    clock.run(5.0)
    assert [sound for _, sound in bulb.painted] == [True, False, True, False]


def test_without_a_sounder_nothing_sounds() -> None:
    clock = Clock(bulb := Bulb(beeps=False))
    clock.lamp.beep((1.0,))
    clock.run(0.5)
    assert bulb.painted == [((DARK, DARK), False)]


@pytest.mark.parametrize(
    "error", [DeviceError("bulb: gone; screw it in"), missing("bulb", "bulbs", "raspberry-pi"), ZeroDivisionError("a driver's own mistake")]
)
def test_lamps_that_are_lost_are_looked_for_and_said_so_once(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock(bulb := Bulb())
    clock.lamp.show(STEADY)
    clock.run(1.0)
    bulb.error = error
    clock.lamp.show(BLINK)
    clock.run(AGAIN_S * 3)
    assert sum("event=indicator_failed" in record.message for record in caplog.records) == 1
    bulb.error = None
    clock.run(AGAIN_S)
    assert bulb.painted[-1][0] in ((RED, RED), (DARK, DARK))
    assert bulb.opened == 2
    assert sum("event=indicator_back" in record.message for record in caplog.records) == 1


def test_it_opens_although_its_lamps_are_not_there_and_closes_dark() -> None:
    bulb = Bulb()
    bulb.error = DeviceError("bulb: not there; screw it in")
    lamp = Lamp(bulb)
    lamp.open()
    lamp.close()
    assert bulb.painted == []
    bulb.error = None
    there = Lamp(bulb)
    there.turn()
    there.close()
    there.close()
    assert bulb.painted[-1] == ((DARK,), False)

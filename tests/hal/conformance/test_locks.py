"""The locks of boards whose pilot this host makes, and the kit against locks that are wrong."""

import pytest

from hal.conformance import check_lock
from hal.locks.motor import PRESETS, MotorLock
from hal.locks.port import REST, Drive
from hal.locks.solenoid import SolenoidLock


@pytest.mark.parametrize("name", PRESETS)
def test_a_motor_lock_keeps_every_rule(name: str) -> None:
    assert len(check_lock(lambda: MotorLock(PRESETS[name]))) == 5


def test_a_solenoid_keeps_every_rule() -> None:
    assert len(check_lock(SolenoidLock, holds=True)) == 5


class Eager:
    """Drives both ways, without end, also under load."""

    failed: str | None = None

    def turn(self, wanted: bool | None, switch: bool | None, free: bool, now: float) -> Drive:
        return REST if wanted is None else Drive(lock=wanted or now % 0.3 < 0.1, unlock=not wanted)


def test_the_kit_says_what_is_wrong_with_a_lock() -> None:
    with pytest.raises(AssertionError) as caught:
        check_lock(Eager)
    told = str(caught.value)
    assert told.startswith("lock Eager: 3 of 5 rules broken")
    assert "While the main contacts are or may be closed the plug is not released. Here: it unlocked" in told

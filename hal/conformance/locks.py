"""Rules for plug locks (``hal.locks.port``). They are pure, so this is played on a clock of its own, with a bolt that has a motor."""

from collections.abc import Callable

from msgspec import Struct

from hal.conformance.rules import hold
from hal.locks.port import Drive, PlugLock

TURN_S = 0.01
MOST_S = 60.0
"""After this a lock has arrived, or has given up."""
STEADY_S = 3.0
"""No drive of a motor may be on for longer (HARTING type 2). One that holds its bolt by current is told by ``holds``."""
TRAVEL_S = 0.04


class Bolt(Struct):
    """The thing itself: moves while it is driven, has a switch or none, and may be stuck."""

    locked: float = 0.0
    """0: out of the plug, 1: in it."""
    stuck: bool = False
    switch: bool = True
    spring: bool = False
    """Goes out by itself when nothing holds it."""

    def feel(self, drive: Drive) -> None:
        """For one turn."""
        way = (drive.lock - (drive.unlock or (self.spring and not drive.lock))) * TURN_S / TRAVEL_S
        self.locked = self.locked if self.stuck else min(1.0, max(0.0, self.locked + way))

    @property
    def feedback(self) -> bool | None:
        """Of its switch."""
        return self.locked >= 0.99 if self.switch else None


class LockCase(Struct):
    """One lock and its bolt."""

    lock: PlugLock
    holds: bool
    bolt: Bolt
    now: float = 0.0

    def play(self, wanted: bool | None, seconds: float, *, free: bool = True) -> list[Drive]:
        """Turn it for so long; what it drove."""
        drives = []
        for _ in range(round(seconds / TURN_S)):
            drives.append(self.lock.turn(wanted, self.bolt.feedback, free, self.now))
            self.bolt.feel(drives[-1])
            self.now += TURN_S
        return drives


def check_lock(make: Callable[[], PlugLock], *, holds: bool = False) -> list[str]:
    """The rules that were played. ``holds``: it is locked by a current that stays. Raises AssertionError with those that are broken."""

    def begin() -> LockCase:
        return LockCase(make(), holds, Bolt(spring=holds))

    return hold(f"lock {make().__class__.__name__}", RULES, begin, lambda _: None)


def it_does_nothing_by_itself(case: LockCase) -> None:
    """Until it is told where to be, nothing moves."""
    assert not any(drive.lock or drive.unlock for drive in case.play(None, 5.0)), "it moved"


def it_goes_where_it_is_wanted(case: LockCase) -> None:
    """It locks and unlocks, with a switch and without one, and then rests."""
    for case.bolt.switch in (True, False):
        for wanted in (True, False, True):
            case.play(wanted, MOST_S)
            assert (case.bolt.locked >= 0.99) is wanted, f"wanted locked={wanted}, the bolt is at {case.bolt.locked:.2f}"
            assert case.lock.failed is None, f"it says {case.lock.failed!r}, and is where it should be"
            rests = not any(drive.unlock or (drive.lock and not case.holds) for drive in case.play(wanted, 5.0))
            assert rests, f"locked={wanted}: it is driven on although it has arrived"


def both_outputs_are_never_on(case: LockCase) -> None:
    """Both directions at a time would be a short circuit."""
    drives = [drive for wanted in (True, False, True, False) for drive in case.play(wanted, 0.15)]
    assert not any(drive.lock and drive.unlock for drive in drives)


def a_motor_is_never_on_for_long(case: LockCase) -> None:
    """A bolt that is stuck is tried a few times, never for longer than a motor stands, and then it is said why."""
    case.bolt.stuck = True
    drives = case.play(True, MOST_S)
    longest = run = 0
    for drive in drives:
        run = run + 1 if drive.lock or drive.unlock else 0
        longest = max(longest, run)
    if not case.holds:
        assert longest * TURN_S <= STEADY_S, f"driven for {longest * TURN_S:.1f} s"
        assert not any(drive.lock or drive.unlock for drive in drives[-500:]), f"still trying after {MOST_S:g} s"
    assert case.lock.failed, "nothing says that it is not where it is wanted"


def nothing_moves_under_load(case: LockCase) -> None:
    """While the main contacts are or may be closed the plug is not released."""
    case.play(True, MOST_S)
    drives = case.play(False, 20.0, free=False)
    assert not any(drive.unlock for drive in drives), "it unlocked"
    assert case.bolt.locked >= 0.99, "the bolt is out"
    case.play(False, MOST_S)
    assert case.bolt.locked <= 0.01, "it does not unlock afterwards"


RULES = (
    it_does_nothing_by_itself,
    it_goes_where_it_is_wanted,
    both_outputs_are_never_on,
    a_motor_is_never_on_for_long,
    nothing_moves_under_load,
)

"""How the sequences of Table A.6 are played: each ends with what was measured, in seconds."""

from chargepoint.cli.scenarios.trial import NotReached, Timing, Trial
from simulators import verbs


def plugging(t: Trial) -> Timing:
    """A to B."""
    t.plug()
    yield from t.until(lambda: t.stage.told(1).cp == "B", "B told")
    return t.stage.clock.now_s - t.acted_s


def plugging_in_c(t: Trial) -> Timing:
    """A to C, before anybody permits anything."""
    t.plug("hasty")
    yield from t.until(lambda: t.stage.told(1).cp == "C", "C told")
    took_s = t.stage.clock.now_s - t.acted_s
    yield 30.0
    _wanted(not t.witness.closed.value and t.witness.drive.value == "X1", "neither PWM nor current without a permit")
    return took_s


def unplugging_b(t: Trial) -> Timing:
    """B2 to A: PWM ends."""
    yield from t.offered("does-not-want")
    yield 3.0
    t.do(verbs.unplug)
    yield 3.0
    return t.witness.drive.since_s - t.acted_s


def unlocking_b(t: Trial) -> Timing:
    """B2 to A: the plug can be taken."""
    yield from t.offered("does-not-want")
    yield 3.0
    t.do(verbs.unplug, side="ev")
    yield from t.until(lambda: not t.witness.locked.value, "unlocked")
    return t.witness.locked.since_s - t.acted_s


def unplugging_c(t: Trial) -> Timing:
    """C2 to A."""
    yield from t.charging()
    t.do(verbs.unplug)
    yield from t.until_open()
    return t.witness.closed.since_s - t.acted_s


def unlocking_c(t: Trial) -> Timing:
    """C2 to A: the plug can be taken."""
    yield from t.charging()
    t.do(verbs.unplug, side="ev")
    yield from t.until(lambda: not t.witness.locked.value, "unlocked")
    return t.witness.locked.since_s - t.acted_s


def offering(t: Trial) -> Timing:
    """B1 to B2."""
    yield from t.offered()
    return t.witness.drive.since_s - t.acted_s


def closing(t: Trial) -> Timing:
    """B2 to C2."""
    yield from t.charging()
    return t.witness.closed.since_s - t.witness.asking.since_s


def closing_from_c1(t: Trial) -> Timing:
    """C1 to C2."""
    yield from t.charging("hasty")
    return t.witness.closed.since_s - t.witness.drive.since_s


def lowering(t: Trial) -> Timing:
    """A lower limit of the station on the pilot."""
    yield from t.charging()
    t.acted_s = t.stage.clock.now_s
    t.stage.player.change(1, limit_ma=10_000)
    yield 12.0
    return t.witness.duty_ppm.since_s - t.acted_s


def changing_twice(t: Trial) -> Timing:
    """Two changes of the limit at once: between the two on the pilot."""
    yield from t.charging()
    t.stage.player.change(1, limit_ma=10_000)
    yield 0.5
    t.stage.player.change(1, limit_ma=16_000)
    yield 12.0
    return t.witness.duty_ppm.since_s - t.witness.duty_ppm.was_since_s


def ending_by_ev(t: Trial) -> Timing:
    """C2 to B2."""
    yield from t.charging()
    t.do(verbs.patch_ev, request=False)
    yield from t.until_open()
    return t.witness.closed.since_s - t.witness.asking.since_s


def _stopped(t: Trial, car: str = "ordinary") -> Timing:
    """The station ends it; how long X1 lasted when the contacts parted."""
    yield from t.charging(car)
    t.stage.player.revoke(1)
    yield from t.until_open()
    return t.witness.closed.since_s - t.witness.drive.since_s


def ending_in_c1(t: Trial) -> Timing:
    """C1 to B1: the EV opens S2 after X1."""
    yield from _stopped(t)
    return t.witness.closed.since_s - t.witness.asking.since_s


def stopping(t: Trial) -> Timing:
    """C2 to C1: PWM ends."""
    yield from t.charging()
    t.acted_s = t.stage.clock.now_s
    t.stage.player.revoke(1)
    yield 0.2
    _wanted(t.witness.closed.value, "the contactor waits for the EV")
    return t.witness.drive.since_s - t.acted_s


def answered(t: Trial) -> Timing:
    """An EV that takes nearly the 3 s that it has."""
    return (yield from _stopped(t, "slow-to-let-go"))


def ignored(t: Trial) -> Timing:
    """An EV that ignores X1."""
    return (yield from _stopped(t, "ignores-x1"))


def toggling(t: Trial) -> Timing:
    """Three toggles of C within 3.5 s: told, and no contactor moves before the EV really asks."""
    yield from t.offered("toggles")
    yield from t.until(lambda: t.stage.told(1).cp == "C", "a toggle told")
    yield from t.until(lambda: t.witness.closed.value, "current")
    _wanted(t.witness.closings == 1, "one closing")
    return t.witness.closed.since_s - t.witness.asking.since_s


def shorting(t: Trial) -> Timing:
    """CP to PE while it charges."""
    yield from t.charging()
    t.do(verbs.patch_hardware, pilot="short")
    yield from t.until_open()
    return t.witness.closed.since_s - t.acted_s


def _failing(t: Trial, **broken: object) -> Timing:
    yield from t.charging()
    t.do(verbs.patch_hardware, **broken)
    yield from t.until_open()
    return t.witness.closed.since_s - t.acted_s


def tripping(t: Trial) -> Timing:
    """A residual current."""
    return (yield from _failing(t, rcd="tripped"))


def losing_earth(t: Trial) -> Timing:
    """Protective earth."""
    return (yield from _failing(t, earth="lost"))


def showing_f(t: Trial) -> Timing:
    """F, then X1, after a fault of the station."""
    yield from _failing(t, earth="lost")
    _wanted(t.witness.drive.was == "F" and t.witness.drive.value == "X1", "F and then X1")
    return t.witness.drive.since_s - t.witness.drive.was_since_s


def falling_asleep(t: Trial) -> Timing:
    """B2 until F."""
    yield from t.offered("sleeper-f")
    yield from t.until(lambda: t.witness.drive.value == "F", "F")
    return t.witness.drive.since_s - t.witness.drive.was_since_s


def waking(t: Trial) -> Timing:
    """How long F lasts."""
    yield from falling_asleep(t)
    yield from t.until(lambda: t.witness.drive.value == "X1", "X1")
    return t.witness.drive.since_s - t.witness.drive.was_since_s


def waking_pause(t: Trial) -> Timing:
    """How long X1 lasts."""
    yield from waking(t)
    yield from t.until(lambda: t.witness.drive.value == "pwm", "the next offer")
    return t.witness.drive.since_s - t.witness.drive.was_since_s


def losing_power(t: Trial) -> Timing:
    """The supply of the station fails while it charges."""
    yield from t.charging()
    t.acted_s = t.stage.clock.now_s
    t.stage.cut()
    yield 5.0
    return t.witness.closed.since_s - t.acted_s


def returning(t: Trial) -> Timing:
    """And returns, with the EV in C: current again after its permit, and not before."""
    yield from losing_power(t)
    t.acted_s = t.stage.clock.now_s
    t.stage.restore()
    yield from t.until(lambda: t.witness.closed.value, "current")
    return t.witness.closed.since_s - t.acted_s


def _wanted(holds: bool, what: str) -> None:
    if not holds:
        raise NotReached(f"expected: {what}")

"""Scenario ``sequences``: Table A.6 of IEC 61851-1, and what goes with it, by number, with measured times against their limits."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from chargepoint.cli.scenarios.catalogue import Options
from chargepoint.cli.scenarios.printing import again, happenings, table
from chargepoint.cli.scenarios.rule import Broken
from chargepoint.cli.scenarios.trial import NotReached, Timing, Trial
from simulators import verbs


class Sequence(NamedTuple):
    """One row: what is timed, and between which limits, in seconds, it has to be."""

    number: str
    what: str
    least_s: float
    most_s: float
    play: Callable[[Trial], Timing]


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


SEQUENCES = (
    Sequence("1.1", "A to B: told", 0.0, 0.2, plugging),
    Sequence("1.2", "A to C: told; no current without a permit", 0.0, 0.2, plugging_in_c),
    Sequence("2.1", "B2 to A: PWM ends", 0.0, 0.2, unplugging_b),
    Sequence("2.1", "B2 to A: the plug can be taken", 0.0, 5.0, unlocking_b),
    Sequence("2.2", "C2 to A: contacts open", 0.0, 0.1, unplugging_c),
    Sequence("2.2", "C2 to A: the plug can be taken", 0.0, 5.0, unlocking_c),
    Sequence("3", "B1 to B2: an offer after the permit, self-test included", 0.0, 5.0, offering),
    Sequence("4", "B2 to C2: contacts close", 0.0, 3.0, closing),
    Sequence("5", "C1 to C2: contacts close", 0.0, 3.0, closing_from_c1),
    Sequence("6", "a lower limit is on the pilot", 0.0, 10.0, lowering),
    Sequence("6", "between two changes of the duty cycle", 5.0, 5.2, changing_twice),
    Sequence("7, 8.1", "C2 to B2, the EV ends it: contacts open", 0.0, 0.1, ending_by_ev),
    Sequence("8.2", "C1 to B1, after X1: contacts open", 0.0, 0.1, ending_in_c1),
    Sequence("9", "C2 to C1, the station ends it: X1", 0.0, 0.1, stopping),
    Sequence("10.1", "an EV that answers X1 late: contacts open after it", 2.9, 3.1, answered),
    Sequence("10.2", "an EV that ignores X1: opened under load", 6.0, 6.2, ignored),
    Sequence("11", "toggles: told, no contactor moves; then contacts close", 0.0, 3.0, toggling),
    Sequence("12", "CP short in C2: contacts open", 0.0, 3.0, shorting),
    Sequence("A.5", "residual current in C2: contacts open", 0.0, 0.1, tripping),
    Sequence("A.5", "protective earth lost in C2: contacts open", 0.0, 0.1, losing_earth),
    Sequence("A.5", "F is shown", 0.3, 0.4, showing_f),
    Sequence("A.5.3", "an EV asleep in B2: F begins", 30.0, 30.2, falling_asleep),
    Sequence("A.5.3", "F lasts", 4.0, 4.1, waking),
    Sequence("A.5.3", "X1 lasts", 0.5, 1.0, waking_pause),
    Sequence("mains", "the supply fails in C2: contacts open", 0.0, 0.2, losing_power),
    Sequence("mains", "it returns: current again", 0.5, 20.0, returning),
)


def run(options: Options) -> bool:
    """All of them; a row each."""
    wrong = 0
    rows = []
    for number, each in enumerate(SEQUENCES):
        trial = Trial(Random(f"sequence {number} {options.seed}").random())
        verdict = judged(each, trial)
        limits = f"{each.least_s:g} to {each.most_s:g}" if each.least_s else f"at most {each.most_s:g}"
        measured = "-" if trial.measured_s is None else f"{trial.measured_s:.3f}"
        rows.append((each.number, each.what, measured, limits, verdict or "ok"))
        if verdict is not None:
            wrong += 1
            print(f"seed {options.seed}: sequence {each.number}, {each.what}: {verdict}")
            happenings(trial.stage.happenings.last)
    table(("sequence", "what", "measured, s", "limit, s", "verdict"), rows, (8, 60, 11, 12, 32))
    if wrong:
        again(f"--scenario sequences --seed {options.seed}")
    return not wrong


def judged(each: Sequence, trial: Trial) -> str | None:
    """Play it; what is wrong with it."""
    try:
        measured_s = trial.run(each.play)
    except (Broken, NotReached) as error:
        return str(error)
    if not each.least_s - 1e-6 <= measured_s <= each.most_s:
        return f"{measured_s:.3f} s"
    return None

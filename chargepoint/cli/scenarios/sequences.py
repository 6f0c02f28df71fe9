"""Scenario ``sequences``: Table A.6 of IEC 61851-1, and what goes with it, by number, with measured times against their limits."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from chargepoint.cli.scenarios import plays
from chargepoint.cli.scenarios.catalogue import Options
from chargepoint.cli.scenarios.printing import again, happenings, table
from chargepoint.cli.scenarios.rule import Broken
from chargepoint.cli.scenarios.trial import NotReached, Timing, Trial


class Sequence(NamedTuple):
    """One row: what is timed, and between which limits, in seconds, it has to be."""

    number: str
    what: str
    least_s: float
    most_s: float
    play: Callable[[Trial], Timing]


SEQUENCES = (
    Sequence("1.1", "A to B: told", 0.0, 0.2, plays.plugging),
    Sequence("1.2", "A to C: told; no current without a permit", 0.0, 0.2, plays.plugging_in_c),
    Sequence("2.1", "B2 to A: PWM ends", 0.0, 0.2, plays.unplugging_b),
    Sequence("2.1", "B2 to A: the plug can be taken", 0.0, 5.0, plays.unlocking_b),
    Sequence("2.2", "C2 to A: contacts open", 0.0, 0.1, plays.unplugging_c),
    Sequence("2.2", "C2 to A: the plug can be taken", 0.0, 5.0, plays.unlocking_c),
    Sequence("3", "B1 to B2: an offer after the permit, self-test included", 0.0, 5.0, plays.offering),
    Sequence("4", "B2 to C2: contacts close", 0.0, 3.0, plays.closing),
    Sequence("5", "C1 to C2: contacts close", 0.0, 3.0, plays.closing_from_c1),
    Sequence("6", "a lower limit is on the pilot", 0.0, 10.0, plays.lowering),
    Sequence("6", "between two changes of the duty cycle", 5.0, 5.2, plays.changing_twice),
    Sequence("7, 8.1", "C2 to B2, the EV ends it: contacts open", 0.0, 0.1, plays.ending_by_ev),
    Sequence("8.2", "C1 to B1, after X1: contacts open", 0.0, 0.1, plays.ending_in_c1),
    Sequence("9", "C2 to C1, the station ends it: X1", 0.0, 0.1, plays.stopping),
    Sequence("10.1", "an EV that answers X1 late: contacts open after it", 2.9, 3.1, plays.answered),
    Sequence("10.2", "an EV that ignores X1: opened under load", 6.0, 6.2, plays.ignored),
    Sequence("11", "toggles: told, no contactor moves; then contacts close", 0.0, 3.0, plays.toggling),
    Sequence("12", "CP short in C2: contacts open", 0.0, 3.0, plays.shorting),
    Sequence("A.5", "residual current in C2: contacts open", 0.0, 0.1, plays.tripping),
    Sequence("A.5", "protective earth lost in C2: contacts open", 0.0, 0.1, plays.losing_earth),
    Sequence("A.5", "F is shown", 0.3, 0.4, plays.showing_f),
    Sequence("A.5.3", "an EV asleep in B2: F begins", 30.0, 30.2, plays.falling_asleep),
    Sequence("A.5.3", "F lasts", 4.0, 4.1, plays.waking),
    Sequence("A.5.3", "X1 lasts", 0.5, 1.0, plays.waking_pause),
    Sequence("mains", "the supply fails in C2: contacts open", 0.0, 0.2, plays.losing_power),
    Sequence("mains", "it returns: current again", 0.5, 20.0, plays.returning),
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

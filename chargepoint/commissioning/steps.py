"""What one step of a test has come to, and the test as a whole."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct, field

from chargepoint.domain.findings import Figures, Finding, State

Outcome = Literal["passed", "remark", "failed", "impossible", "by_hand"]
"""``remark``: it works, and somebody should know what the text says. ``impossible``: this station has no such thing, or cannot be asked for
it, and the text says why. ``by_hand``: somebody has to look, to press, or to plug in something; or it could not be done now."""

WORDS: dict[Outcome, str] = {
    "passed": "passed",
    "remark": "with a remark",
    "failed": "FAILED",
    "impossible": "not possible here",
    "by_hand": "to be done by hand",
}
"""For people."""
ORDER: tuple[Outcome, ...] = ("failed", "by_hand", "remark", "impossible", "passed")
"""The one that matters most first."""


class Step(Struct, frozen=True, kw_only=True):
    """One of them."""

    name: str
    """For programs; with ``evse`` it is unique."""
    title: str
    outcome: Outcome
    text: str
    """What was seen, or why not."""
    evse: int | None = None
    """``None``: of the station as a whole."""
    remedy: str = ""
    """What to do."""
    code: str = ""
    """Of the error catalogue."""
    figures: Figures = field(default_factory=dict)
    """For programs; the unit is the last part of a name."""
    by: str = ""
    """Who saw it, where somebody had to look."""
    untried: bool = False
    """By hand, for nobody has tried: left out, ended, in the way of something. It unmakes nothing that was seen."""


class Record(Struct, frozen=True, kw_only=True):
    """A whole test, as it is kept."""

    at: str = ""
    """ISO 8601, UTC: its newest step. Empty: none has been made."""
    by: str = ""
    configuration: str = ""
    """Hash of the file that it was made with."""
    steps: tuple[Step, ...] = ()

    def of(self, evse: int | None) -> tuple[Step, ...]:
        """Those of one EVSE, or of the station."""
        return tuple(step for step in self.steps if step.evse == evse)


def merged(old: Iterable[Step], new: Iterable[Step]) -> tuple[Step, ...]:
    """The new ones in the place of those that they repeat; but what somebody saw, or a guided test, is not unseen by one that cannot see
    it, and nothing that is open is closed by one that says less."""
    kept = {(step.evse, step.name): step for step in old}
    for step in new:
        before = kept.get((step.evse, step.name))
        if before is None or not _weaker(step, before):
            kept[step.evse, step.name] = step
    return tuple(kept.values())


def _weaker(step: Step, before: Step) -> bool:
    """Does it say less than the one before? Of the station as a whole each look says what there is now: a disk, a clock may be another."""
    if step.outcome == "impossible":
        return step.evse is not None and before.outcome != "impossible"
    if step.outcome != "by_hand":
        return False
    return bool(before.by) or before.outcome == "passed" or (step.untried and before.outcome in ("failed", "remark"))


def counted(steps: Iterable[Step]) -> dict[Outcome, int]:
    """How many of each, the worst first."""
    each = [step.outcome for step in steps]
    return {outcome: each.count(outcome) for outcome in ORDER}


OF_STATES: dict[State, Outcome] = {
    "passed": "passed",
    "warning": "remark",
    "failed": "failed",
    "skipped": "by_hand",
    "not known": "by_hand",
    "not needed": "impossible",
}


def of_finding(finding: Finding, name: str = "", title: str = "") -> Step:
    """What ``chargepoint doctor`` finds, as a step of the station. A warning is a remark; what could not be looked at is left to
    be done."""
    outcome = OF_STATES[finding.state]
    return Step(
        name=name or finding.name,
        title=title or finding.name,
        outcome=outcome,
        text=finding.text,
        remedy=finding.remedy,
        code=finding.code,
        figures=finding.figures,
        untried=outcome == "by_hand",
    )

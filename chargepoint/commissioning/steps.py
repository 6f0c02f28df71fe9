"""What one step of a test has come to, and the test as a whole."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct, field

from chargepoint.domain.findings import Figures, Finding

Outcome = Literal["passed", "failed", "impossible", "by_hand"]
"""``impossible``: not here, or not now, and the text says why. ``by_hand``: somebody has to look, to press, or to plug in something."""

WORDS: dict[Outcome, str] = {"passed": "passed", "failed": "FAILED", "impossible": "not possible here", "by_hand": "to be done by hand"}
"""For people."""
ORDER: tuple[Outcome, ...] = ("failed", "by_hand", "impossible", "passed")
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
    it."""
    kept = {(step.evse, step.name): step for step in old}
    for step in new:
        before = kept.get((step.evse, step.name))
        if step.outcome != "by_hand" or before is None or not (before.by or before.outcome == "passed"):
            kept[step.evse, step.name] = step
    return tuple(kept.values())


def counted(steps: Iterable[Step]) -> dict[Outcome, int]:
    """How many of each, the worst first."""
    each = [step.outcome for step in steps]
    return {outcome: each.count(outcome) for outcome in ORDER}


def of_finding(finding: Finding, name: str = "", title: str = "") -> Step:
    """What ``chargepoint doctor`` finds, as a step of the station. A warning is no failure, and keeps its remedy."""
    outcomes: dict[str, Outcome] = {"passed": "passed", "warning": "passed", "failed": "failed"}
    return Step(
        name=name or finding.name,
        title=title or finding.name,
        outcome=outcomes.get(finding.state, "impossible"),
        text=f"warning: {finding.text}" if finding.state == "warning" else finding.text,
        remedy=finding.remedy,
        code=finding.code,
        figures=finding.figures,
    )

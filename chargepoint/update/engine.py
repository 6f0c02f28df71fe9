"""The life of an update: which event leads from which phase to which. Pure; the runner finds out what has happened, and does the work.

Every row is on disk before the work of its target begins. After a power cut the work of the phase that stands on disk is begun again, and
everything that is done in a phase may be done twice.
"""

from enum import StrEnum
from typing import NamedTuple

from msgspec import structs

from chargepoint.update.messages import Phase, Update

REFUSED, UNHEALTHY, TAKEN_BACK = "CP-827", "CP-828", "CP-829"
WAITS, NO_WAY = "CP-831", "CP-832"


class Event(StrEnum):
    """What may happen to an update."""

    WANTED = "wanted"
    """Somebody says: install it."""
    UNWANTED = "unwanted"
    QUIET = "quiet"
    """No session runs, and none begins."""
    STARTED = "started"
    """It is in its place, and has been begun."""
    REFUSED = "refused"
    """It is not in its place, and what was there before is whole."""
    BROKEN = "broken"
    """It is not in its place, or not whole, and neither is what was there before."""
    WELL = "well"
    ILL = "ill"
    STUCK = "stuck"
    """There is no way on and none back."""
    BACK = "back"
    """The version before is in its place again: put there, or by a machine that has gone back to it by itself."""
    REGRETTED = "regretted"
    """It works, and somebody wants the version before all the same."""


class Row(NamedTuple):
    """From a phase, by an event, to a phase."""

    source: Phase
    event: Event
    target: Phase


ROWS = (
    Row(Phase.CHECKED, Event.WANTED, Phase.WAITING),
    Row(Phase.CHECKED, Event.UNWANTED, Phase.CANCELLED),
    Row(Phase.WAITING, Event.UNWANTED, Phase.CANCELLED),
    Row(Phase.WAITING, Event.QUIET, Phase.INSTALLING),
    Row(Phase.INSTALLING, Event.STARTED, Phase.PROVING),
    Row(Phase.INSTALLING, Event.REFUSED, Phase.FAILED),
    Row(Phase.INSTALLING, Event.BROKEN, Phase.TAKING_BACK),
    Row(Phase.INSTALLING, Event.BACK, Phase.TAKEN_BACK),
    Row(Phase.INSTALLING, Event.STUCK, Phase.FAILED),
    Row(Phase.PROVING, Event.WELL, Phase.DONE),
    Row(Phase.PROVING, Event.ILL, Phase.TAKING_BACK),
    Row(Phase.PROVING, Event.STUCK, Phase.FAILED),
    Row(Phase.TAKING_BACK, Event.BACK, Phase.TAKEN_BACK),
    Row(Phase.TAKING_BACK, Event.STUCK, Phase.FAILED),
    Row(Phase.DONE, Event.REGRETTED, Phase.TAKING_BACK),
    Row(Phase.FAILED, Event.REGRETTED, Phase.TAKING_BACK),
    Row(Phase.CANCELLED, Event.REGRETTED, Phase.TAKING_BACK),
    Row(Phase.CHECKED, Event.REGRETTED, Phase.TAKING_BACK),
    Row(Phase.TAKEN_BACK, Event.REGRETTED, Phase.TAKING_BACK),
)
TARGETS = {(row.source, row.event): row.target for row in ROWS}


def moved(update: Update, event: Event, unix_s: int, code: str = "", text: str = "") -> Update | None:
    """The update in its next phase; ``None``: in its phase nothing comes of this event."""
    target = TARGETS.get((update.phase, event))
    if target is None:
        return None
    return structs.replace(update, phase=target, code=code, text=text, since_unix_s=unix_s, percent=None, tries=0)

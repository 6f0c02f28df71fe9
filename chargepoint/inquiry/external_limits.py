"""What somebody beside the CSMS lets the station draw: an energy manager on the premises, the operator of the grid, or another."""

from typing import Literal

from msgspec import Struct

Source = Literal["EMS", "SO", "Other"]
"""An energy manager, a system operator, or somebody else."""
Unit = Literal["A", "W"]
"""Amperes count per phase, watts over all phases together."""
Happened = Literal["listed", "set", "released", "unchanged", "refused", "unknown"]
"""``unknown``: there is no such EVSE. ``refused``: the limit makes no sense, or signals of others are switched off."""


class LimitPeriod(Struct, frozen=True, kw_only=True):
    """From ``start_s`` on, counted from now."""

    start_s: int = 0
    limit: float
    phases: int | None = None
    """On how many; ``None``: not said."""


class SetExternalLimit(Struct, frozen=True, kw_only=True, tag_field="ask", tag="set-external-limit"):
    """No more than that is drawn, until it is released, replaced by the same source at the same place, or has run out."""

    evse: int | None = None
    """``None``: the whole station."""
    source: Source = "EMS"
    unit: Unit = "A"
    periods: tuple[LimitPeriod, ...]
    """In order; the first begins at 0."""
    duration_s: int | None = None
    """It runs out after that; ``None``: never."""
    grid_critical: bool = False
    """The grid depends on it."""


class ReleaseExternalLimit(Struct, frozen=True, kw_only=True, tag_field="ask", tag="release-external-limit"):
    """The limit of this place and source holds no longer."""

    evse: int | None = None
    source: Source | None = None
    """``None``: of all."""


class ListExternalLimits(Struct, frozen=True, tag_field="ask", tag="list-external-limits"):
    """What holds?"""


class ExternalLimit(Struct, frozen=True, kw_only=True):
    """One that holds, or will."""

    evse: int | None
    source: Source
    unit: Unit
    limit: float | None
    """Now; ``None``: it says nothing at the moment."""
    since: str
    """ISO 8601, UTC."""
    ends_in_s: int | None
    """``None``: only when it is released."""
    periods: tuple[LimitPeriod, ...]
    grid_critical: bool


class ExternalLimits(Struct, frozen=True, kw_only=True):
    """All that are there now, the station's before those of its EVSEs."""

    limits: tuple[ExternalLimit, ...]
    outcome: Happened = "listed"
    message: str = ""
    """What has become of the wish, for people."""

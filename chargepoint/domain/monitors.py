"""Monitors of variables (OCPP 2.0.1 N04, N07, N08): what each kind looks for, and what it has to say about a value.

    UpperThreshold        above the value: an event; not above it any more: one with ``cleared``
    LowerThreshold        below it: the same
    Delta                 a number has changed by more than the value since it was told last; anything else has changed at all
    Periodic              so many seconds have passed since it was set or told last
    PeriodicClockAligned  a multiple of so many seconds since midnight UTC has passed; every midnight is one, as for meter values

Pure: what a monitor remembers of what it has seen is a ``Seen``, and ``look`` makes the next one of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.entries import Entry, VariableKey
from chargepoint.domain.variables import Access

NUMERIC = frozenset({"integer", "decimal"})
SEVERITIES = range(10)
"""From 0, danger, to 9, debug (N05)."""
SHORTEST_PERIOD_S, LONGEST_PERIOD_S = 1, 366 * 24 * 3600
DAY = timedelta(days=1)
LATE = timedelta(seconds=10)
"""A moment that was missed by more is not made up for: the clock was set, say."""


class MonitorKind(StrEnum):
    """MonitorEnumType."""

    UPPER = "UpperThreshold"
    LOWER = "LowerThreshold"
    DELTA = "Delta"
    PERIODIC = "Periodic"
    ALIGNED = "PeriodicClockAligned"


THRESHOLDS = frozenset({MonitorKind.UPPER, MonitorKind.LOWER})
PERIODIC = frozenset({MonitorKind.PERIODIC, MonitorKind.ALIGNED})
CRITERIA = {
    "ThresholdMonitoring": THRESHOLDS,
    "DeltaMonitoring": frozenset({MonitorKind.DELTA}),
    "PeriodicMonitoring": PERIODIC,
}
"""MonitoringCriterionEnumType, and what each asks for (N02.FR.12, N02.FR.13, N02.FR.14)."""


class Origin(StrEnum):
    """Who has set a monitor: EventNotificationEnumType, but for what no monitor triggers."""

    HARD_WIRED = "HardWiredMonitor"
    PRECONFIGURED = "PreconfiguredMonitor"
    CUSTOM = "CustomMonitor"


class EventTrigger(StrEnum):
    """EventTriggerEnumType."""

    ALERTING = "Alerting"
    DELTA = "Delta"
    PERIODIC = "Periodic"


class Monitor(Struct, frozen=True, kw_only=True):
    """One."""

    id: int
    key: VariableKey
    kind: MonitorKind
    value: float
    severity: int
    transaction: bool = False
    """It looks only while a transaction runs at its place."""
    origin: Origin = Origin.CUSTOM


class Seen(Struct, frozen=True):
    """What a monitor knows from before; nothing yet: it has not looked."""

    beyond: bool = False
    """The threshold is exceeded, and that has been told."""
    told: str | None = None
    """The value when it was set, or was told last."""
    due: datetime | None = None
    """The next periodic event."""


class Sighting(Struct, frozen=True):
    """What there is to tell."""

    trigger: EventTrigger
    cleared: bool = False


def refusal(monitor: Monitor, entry: Entry) -> tuple[str, str, str] | None:
    """Why there can be no such monitor of this variable: status, reason code, text (N04.FR.05, N04.FR.06, N04.FR.14)."""
    numeric = entry.variable.type.name in NUMERIC
    if not entry.variable.monitored or (monitor.kind in THRESHOLDS and (not numeric or entry.variable.access is Access.WRITE_ONLY)):
        return "UnsupportedMonitorType", "UnsupportedParam", f"{entry.name} cannot have a monitor of type {monitor.kind}"
    if monitor.severity not in SEVERITIES:
        return "Rejected", "ValueOutOfRange", f"severity {monitor.severity}: expected 0 to {SEVERITIES[-1]}"
    if monitor.kind is MonitorKind.DELTA and monitor.value < 0:
        return "Rejected", "ValuePositiveOnly", f"value {monitor.value:g}: a difference is not negative"
    if monitor.kind in PERIODIC and not SHORTEST_PERIOD_S <= monitor.value <= LONGEST_PERIOD_S:
        expected = f"expected {SHORTEST_PERIOD_S} to {LONGEST_PERIOD_S} seconds"
        return "Rejected", "ValueOutOfRange", f"value {monitor.value:g}: {expected}"
    return _beyond_range(monitor, entry) if monitor.kind in THRESHOLDS else None


def _beyond_range(monitor: Monitor, entry: Entry) -> tuple[str, str, str] | None:
    """The same limits for both kinds of threshold (2.0.1 errata 2.61)."""
    low, high = entry.bounds.minimum, entry.bounds.maximum
    if (low is None or monitor.value >= low) and (high is None or monitor.value <= high):
        return None
    return "Rejected", "ValueOutOfRange", f"value {monitor.value:g}: {entry.name} is from {_bound(low)} to {_bound(high)}"


def _bound(limit: float | None) -> str:
    return "any" if limit is None else f"{limit:g}"


def duplicate(monitor: Monitor, others: Sequence[Monitor], *, number: int | None) -> bool:
    """Is there another one of the same kind and severity on the same variable (N04.FR.10)? ``number``: the one that it replaces."""
    mine = monitor.key, monitor.kind, monitor.severity
    return any((each.key, each.kind, each.severity) == mine and each.id != number for each in others)


def look(monitor: Monitor, seen: Seen, text: str, numeric: bool, now: datetime) -> tuple[Seen, Sighting | None]:
    """What the monitor makes of the present value, and of the time. A value that is not known yet says nothing."""
    if monitor.kind in PERIODIC:
        return _by_the_clock(monitor, seen, now)
    if not text and numeric:
        return seen, None
    if monitor.kind is MonitorKind.DELTA:
        return _changed(monitor, seen, text, numeric)
    return _crossed(monitor, seen, float(text))


def _crossed(monitor: Monitor, seen: Seen, value: float) -> tuple[Seen, Sighting | None]:
    """Beyond the threshold, not on it (N07.FR.16, N07.FR.17); back within it (N07.FR.02)."""
    beyond = value > monitor.value if monitor.kind is MonitorKind.UPPER else value < monitor.value
    if beyond is seen.beyond:
        return seen, None
    return replace(seen, beyond=beyond), Sighting(EventTrigger.ALERTING, cleared=not beyond)


def _changed(monitor: Monitor, seen: Seen, text: str, numeric: bool) -> tuple[Seen, Sighting | None]:
    """N07.FR.18, N07.FR.19. The first look is the beginning, for a number the first at which it is known."""
    if seen.told is None or (numeric and not seen.told):
        return replace(seen, told=text), None
    far = abs(float(text) - float(seen.told)) > monitor.value if numeric else text != seen.told
    return (replace(seen, told=text), Sighting(EventTrigger.DELTA)) if far else (seen, None)


def _by_the_clock(monitor: Monitor, seen: Seen, now: datetime) -> tuple[Seen, Sighting | None]:
    """N08.FR.05, N08.FR.06, N08.FR.07. Moments that were missed are not made up for; where the clock was set, it counts anew."""
    every = timedelta(seconds=monitor.value)
    if seen.due is None or seen.due - now > every:
        return replace(seen, due=_next(monitor, now)), None
    if now < seen.due:
        return seen, None
    on_time = now - seen.due < max(LATE, every)
    due = seen.due + every if monitor.kind is MonitorKind.PERIODIC and now < seen.due + every else _next(monitor, now)
    return replace(seen, due=due), Sighting(EventTrigger.PERIODIC) if on_time else None


def _next(monitor: Monitor, now: datetime) -> datetime:
    every = timedelta(seconds=monitor.value)
    if monitor.kind is MonitorKind.PERIODIC:
        return now + every
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    due = midnight + ((now - midnight) // every + 1) * every
    return due if every > DAY else min(due, midnight + DAY)

"""What monitors, and those who watch faults, have told (OCPP 2.0.1 N07.FR.13, N07.FR.14).

alerts    what was exceeded, and which faults were told, until their end has been told: on disk at once
seen      what each monitor compares with; of those of changes the value that was told last, on disk once in a while

An event that is not kept for the CSMS may go into a line that was dead already. Then it counts as not told (``take_back``), so that the
next look finds what is news to the CSMS, and nothing that is none.
"""

from collections.abc import Iterable

from msgspec import Struct

from chargepoint.domain.monitors import Seen
from chargepoint.store.store import Store

KEEP_S = 60.0
"""So often at most it is written which values have been told."""
MOST = 2_000
"""So many events can be taken back, the newest."""
NOTHING = Seen()


class Change(Struct, frozen=True):
    """What an event has changed here. ``name``: of the alert, which is the number of its monitor, or a fault."""

    name: str
    alert: int | None
    """The event of the alert before it."""
    before: Seen = NOTHING
    after: Seen | None = None
    """``None``: no monitor has told it."""


class MonitorMemory:
    """Every change inside a commit of the store. ``numbers``: of the monitors that there are."""

    def __init__(self, store: Store, numbers: Iterable[int]) -> None:
        self._kept = store.monitors
        self._alerts = dict(self._kept.alerts())
        told = self._kept.told()
        self._seen = {number: Seen(beyond=str(number) in self._alerts, told=told.get(number)) for number in numbers}
        self._changes: dict[int, Change] = {}
        self.secret: set[int] = set()
        """Monitors whose values are for no disk."""
        self._kept_s = -KEEP_S
        self._unkept = False
        """A value has been told that is not on disk yet."""

    # Alerts

    def alerts(self, prefix: str) -> list[str]:
        """Those whose names begin so."""
        return [name for name in self._alerts if name.startswith(prefix)]

    def alert(self, name: str, event: int) -> None:
        """It has been told."""
        self._changed(event, Change(name, self._alerts.get(name)))
        self._alert(name, event)

    def _alert(self, name: str, event: int) -> None:
        self._alerts[name] = event
        self._kept.alert(name, event)

    def end(self, name: str, event: int) -> None:
        """Its end has been told."""
        self._changed(event, Change(name, self._alerts.get(name)))
        self.over(name)

    def over(self, name: str) -> None:
        """Nothing more is told of it."""
        if self._alerts.pop(name, None) is not None:
            self._kept.over(name)

    # Values

    def seen(self, number: int) -> Seen:
        """What the monitor has seen last."""
        return self._seen.get(number, NOTHING)

    def see(self, number: int, seen: Seen) -> None:
        """What it has seen now."""
        self._unkept = self._unkept or seen.told != self.seen(number).told
        self._seen[number] = seen

    def begin(self, number: int, seen: Seen) -> None:
        """It counts from now on; with the next look that is on disk."""
        self._seen[number] = seen
        if seen.told is not None:
            self._unkept, self._kept_s = True, -KEEP_S

    def forget(self, number: int) -> None:
        """It is gone, and what it has told is not taken back (N07.FR.12)."""
        self._seen.pop(number, None)
        self.over(str(number))

    def keep(self, now_s: float) -> None:
        """Once in a while, for a value that changes all the time: after a power cut it may be told again, and no change is missed."""
        if not self._unkept or now_s - self._kept_s < KEEP_S:
            return
        self._kept_s, self._unkept = now_s, False
        told = {number: seen.told for number, seen in self._seen.items() if seen.told is not None}
        self._kept.keep_told({number: text for number, text in told.items() if number not in self.secret})

    # Events that nobody has heard

    def told_by(self, number: int, event: int, before: Seen) -> None:
        """The monitor's event was made of what it has seen before, and of what it has seen now."""
        alert = self._changes[event].alert if event in self._changes else None
        self._changed(event, Change(str(number), alert, before, self._seen[number]))

    def _changed(self, event: int, change: Change) -> None:
        self._changes[event] = change
        if len(self._changes) > MOST:
            del self._changes[next(iter(self._changes))]

    def take_back(self, event: int) -> None:
        """It was not heard: all is as before it, unless something else has come since."""
        change = self._changes.pop(event, None)
        if change is None:
            return
        if change.after is not None:
            number = int(change.name)
            if self._seen.get(number) is not change.after:
                return
            self.see(number, change.before)
        if change.alert is None and self._alerts.get(change.name) == event:
            self.over(change.name)
        elif change.alert is not None and change.name not in self._alerts:
            self._alert(change.name, change.alert)

"""The security log: what is noted, and what of it is told (OCPP 2.0.1 A04.FR.01, A04.FR.02, A04.FR.04; 1.6-SEC A04).

What is to be told goes into the outbox in the commit that logs it: it is told in order, and not lost by a power cut. How much room a flood
of events may take is written in ``security_events``.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from chargepoint.domain.notifications import SecurityEvent
from chargepoint.domain.security_events import LONGEST_INFO, OFTEN, WAITING, kind_of
from chargepoint.station.clock import StationClock
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

WINDOW_S = 3600.0
"""By the monotonic clock: who sets the time of day does not begin another window."""
WRITE_EVERY_S = 60.0
"""How often what was counted is written down and told."""

Note = Callable[[str, str], None]
"""Takes the kind and what there is to say; never a secret."""


class Tally:
    """So many of a kind in one window; what comes beyond that is counted until it is taken."""

    def __init__(self) -> None:
        self._began_s = 0.0
        self._seen = 0
        self._beyond: SecurityEvent | None = None

    def fits(self, now_s: float) -> bool:
        """May one more have a line of its own?"""
        if self._seen == 0 or now_s - self._began_s >= WINDOW_S:
            self._began_s, self._seen = now_s, 0
        self._seen += 1
        return self._seen <= OFTEN

    def count(self, event: SecurityEvent) -> None:
        """It may not."""
        self._beyond = event if self._beyond is None else self._beyond.with_more(1, event.at)

    def take(self) -> SecurityEvent | None:
        """What was counted since the last time: the first, and how many more."""
        taken, self._beyond = self._beyond, None
        return taken


class SecurityLog:
    """``nudge``: something waits in the outbox."""

    def __init__(self, store: Store, clock: StationClock, told: bool) -> None:
        self._store = store
        self._clock = clock
        self._told = told
        self._tallies: dict[str, Tally] = {}
        self._next_write_s = 0.0
        self.nudge: Callable[[], None] = lambda: None

    def note(self, kind: str, info: str = "") -> None:
        """Write it down and, where that is due, have it told. ``kind``: a name of ``security_events``; another is an error of ours."""
        what = kind_of(kind)
        event = SecurityEvent(what.name, self._clock.now(), info[:LONGEST_INFO])
        tally = self._tallies.setdefault(what.name, Tally())
        if not tally.fits(self._clock.monotonic()):
            tally.count(event)
            return
        log.info("event=security_event kind=%s critical=%s info=%r", what.name, what.critical, event.info)
        with self._store.commit():
            self._write_counted(tally)
            self._store.security_log.add(event.at, event.kind, event.info)
            self._tell(event)
        self.nudge()

    def tell_reset(self) -> None:
        """A factory reset has emptied the log, and has left its first line: the first CSMS after that hears of it, once."""
        first = next(self._store.security_log.every(), None) if self._told and self._store.facts.reset_untold() else None
        if first is not None:
            with self._store.commit():
                self._tell(SecurityEvent(first.kind, datetime.fromisoformat(first.at), first.info))
                self._store.facts.tell_reset(False)

    def tick(self, now_s: float) -> None:
        """Write down what was counted."""
        if now_s < self._next_write_s:
            return
        self._next_write_s = now_s + WRITE_EVERY_S
        with self._store.commit():
            written = [self._write_counted(tally) for tally in self._tallies.values()]
        if any(written):
            self.nudge()

    def _write_counted(self, tally: Tally) -> bool:
        event = tally.take()
        if event is None:
            return False
        log.info("event=security_events_counted kind=%s count=%d", event.kind, 1 + event.more)
        self._store.security_log.count_more(event.kind, 1 + event.more, event.last or event.at)
        self._tell(event)
        return True

    def _tell(self, event: SecurityEvent) -> None:
        if self._told and kind_of(event.kind).sent:
            message_id, outbox = str(uuid4()), self._store.outbox
            if not outbox.joined(message_id, event, WAITING):
                outbox.put(message_id, event)

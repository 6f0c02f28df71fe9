"""The security log: what is noted, and what of it is told (OCPP 2.0.1 A04; 1.6-SEC A04).

What is to be told goes into the outbox in the commit that logs it: it is told in order, and not lost by a power cut. What somebody outside
can cause as often as they like, a message that breaks the protocol say, is noted a few times an hour and counted beyond that.
"""

import logging
from collections.abc import Callable
from uuid import uuid4

from chargepoint.domain.notifications import SecurityEvent
from chargepoint.domain.security_events import LONGEST_INFO, OFTEN, kind_of
from chargepoint.station.clock import StationClock
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

WINDOW_S = 3600.0

Note = Callable[[str, str], None]
"""Takes the kind and what there is to say; never a secret."""


class Allowed:
    """So many of a kind in one window; the rest is counted."""

    def __init__(self) -> None:
        self._began_s = 0.0
        self._seen = 0

    def take(self, now_s: float) -> tuple[bool, int]:
        """May this one be noted? And how many were not since the last."""
        suppressed = 0
        if self._seen == 0 or now_s - self._began_s >= WINDOW_S:
            suppressed = max(0, self._seen - OFTEN)
            self._began_s, self._seen = now_s, 0
        self._seen += 1
        return self._seen <= OFTEN, suppressed


class SecurityLog:
    """``nudge``: something waits in the outbox."""

    def __init__(self, store: Store, clock: StationClock, told: bool) -> None:
        self._store = store
        self._clock = clock
        self._told = told
        self._allowed: dict[str, Allowed] = {}
        self.nudge: Callable[[], None] = lambda: None

    def note(self, kind: str, info: str = "") -> None:
        """Write it down and, where that is due, have it told. ``kind``: a name of ``security_events``; another is an error of ours."""
        what = kind_of(kind)
        if not what.critical:
            fits, suppressed = self._allowed.setdefault(what.name, Allowed()).take(self._clock.monotonic())
            if not fits:
                return
            info = f"{info} ({suppressed} more before)" if suppressed else info
        info, at = info[:LONGEST_INFO], self._clock.now()
        log.info("event=security_event kind=%s critical=%s info=%r", what.name, what.critical, info)
        with self._store.commit():
            self._store.security_log.add(at, what.name, info)
            if what.sent and self._told:
                self._store.outbox.put(str(uuid4()), SecurityEvent(what.name, at, info))
        self.nudge()

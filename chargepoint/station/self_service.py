"""What a driver may do on the page of an EVSE without a card: start, where that is allowed, and end what he has started so himself.

The token is the one of free charging, so as with that nobody is asked beforehand: the answer of the CSMS to the start counts. A car has to
be plugged in, so that nobody far away takes a place. Which browser has started is kept with the session, as a hash.
"""

import hmac
import logging
import re
from collections import deque
from collections.abc import Callable

from chargepoint.domain import catalogue
from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.history import Happening
from chargepoint.domain.transaction import Stop, StopReason, TriggerReason
from chargepoint.inquiry.driver import LONGEST_TEXT, Done, ReportProblem, StartHere, StopHere
from chargepoint.station.clock import StationClock
from chargepoint.station.places import Places
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting

log = logging.getLogger(__name__)

HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
REPORTS, REPORTS_S = 20, 3600.0
"""So many reports in so long are kept; who writes more is mostly no driver."""
UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""What would break lines, or turn them round."""


class SelfService:
    """``note``: for the history. ``why``: code of what keeps an EVSE from charging now."""

    def __init__(
        self,
        settings: StationSettings,
        clock: StationClock,
        transacting: Transacting,
        places: Places,
        note: Callable[[Happening], None],
        why: Callable[[int], str],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._transacting = transacting
        self._places = places
        self._note = note
        self._why = why
        self._reported: deque[float] = deque(maxlen=REPORTS)

    def may_start(self, evse: int) -> bool:
        """Now, here, with a tap?"""
        token = self._settings.page_token
        if token is None or self._transacting.sessions[evse].plug_in is None:
            return False
        return self._places.choose([evse], token) == evse

    def may_stop(self, evse: int) -> bool:
        """Is there anything that its browser may end?"""
        transaction = self._transacting.sessions[evse].transaction
        return (
            self._settings.page_stops and transaction is not None and transaction.stop is None and bool(transaction.authorization.browser)
        )

    async def start(self, question: StartHere) -> Done:
        """A session begins, if nothing is in its way."""
        evse, token = question.evse, self._settings.page_token
        if evse not in self._transacting.sessions:
            return Done("unknown")
        if token is None or not HASH.fullmatch(question.browser):
            return Done("refused")
        if self._transacting.sessions[evse].plug_in is None:
            return Done("refused", catalogue.of("nothing_plugged").code)
        if not self.may_start(evse):
            return Done("refused", self._why(evse))
        log.info("event=page_start evse=%d", evse)
        self._transacting.authorize(evse, Authorization(token, Origin.LOCAL, browser=question.browser))
        return Done("done")

    async def stop(self, question: StopHere) -> Done:
        """The session ends, if this browser has started it."""
        if question.evse not in self._transacting.sessions:
            return Done("unknown")
        transaction = self._transacting.sessions[question.evse].transaction
        if not self.may_stop(question.evse) or transaction is None:
            return Done("refused")
        if not hmac.compare_digest(transaction.authorization.browser.encode(), question.browser.encode()):
            return Done("refused")
        log.info("event=page_stop evse=%d transaction=%s", question.evse, transaction.id)
        stop = Stop(StopReason.LOCAL, TriggerReason.STOP_AUTHORIZED, transaction.authorization.token)
        self._transacting.stop(question.evse, stop)
        return Done("done")

    async def report(self, question: ReportProblem) -> Done:
        """Into the history, where technicians see it."""
        if question.evse not in self._transacting.sessions:
            return Done("unknown")
        now_s = self._clock.monotonic()
        if len(self._reported) == REPORTS and now_s - self._reported[0] < REPORTS_S:
            return Done("too_many")
        self._reported.append(now_s)
        said = UNFIT.sub(" ", question.text[:LONGEST_TEXT]).strip()
        text = f"a driver reports: {question.kind.replace('_', ' ')}" + (f": {said}" if said else "")
        self._note(Happening(area="driver", kind=f"reported_{question.kind}", evse=question.evse, level="warning", text=text))
        return Done("done")

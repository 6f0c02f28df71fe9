"""A CSMS that is not reached for long, for the history: one line each time, which tells what the last attempt has seen."""

from collections.abc import Callable

from chargepoint.domain.history import Happening
from chargepoint.domain.why.condition import span
from chargepoint.station.csms import Csms

LONG_S = 600.0


class Unreached:
    """``tick`` once a second. ``configured``: is there one at all?"""

    def __init__(self, configured: bool, csms: Csms) -> None:
        self._configured = configured
        self._csms = csms
        self._since_s: float | None = None
        self._told = False
        self.note: Callable[[Happening], None] = lambda what: None

    def tick(self, now_s: float) -> None:
        """Has it been long enough?"""
        if not self._configured:
            return
        if self._csms.connected:
            self._since_s, self._told = None, False
        elif self._since_s is None:
            self._since_s = now_s
        elif not self._told and now_s - self._since_s >= LONG_S:
            self._told = True
            self.note(self._news(now_s - self._since_s))

    def _news(self, seconds: float) -> Happening:
        line = self._csms.line
        seen = "there is no network" if not line.network else "" if line.failure is None else line.failure.seen
        code = line.failure.code if line.failure is not None and line.network else ""
        text = f"the CSMS has not been reached for {span(seconds)}{seen and f': {seen}'}"
        return Happening(area="csms", kind="unreached", level="warning", code=code, text=text)

"""What becomes of the attempts to connect: kept for technicians who ask."""

from collections.abc import Callable

from msgspec.structs import replace

from chargepoint.ocpp.problems import Problem
from chargepoint.station.csms import Failure, Line


class LineBook:
    """``clock``: monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.line = Line()

    def dialled(self, url: str) -> None:
        """An attempt was made with this URL, which has no password in it."""
        self.line = replace(self.line, url=url, again_s=None)

    def stands(self) -> None:
        """A version is agreed upon."""
        self.line = replace(self.line, since_s=self._clock(), failed=0, again_s=None)

    def ended(self, reason: str) -> None:
        """The connection is gone."""
        self.line = replace(self.line, since_s=None, ended=reason, ended_s=self._clock())

    def failed(self, what: Problem) -> None:
        """An attempt was in vain."""
        failure = Failure(seen=what.seen, check=what.check, code=what.code, at_s=self._clock())
        self.line = replace(self.line, failed=self.line.failed + 1, failure=failure)

    def waits(self, seconds: float) -> None:
        """Until the next attempt."""
        self.line = replace(self.line, again_s=self._clock() + seconds)

    def network(self, up: bool) -> None:
        """As the uplink says."""
        self.line = replace(self.line, network=up)

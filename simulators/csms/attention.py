"""How long the CSMS has not listened: what came meanwhile seems to have come all at once.

No clock: ``now`` comes in.
"""

from datetime import datetime

BEAT_S = 0.1
"""Between two beats of somebody who listens."""
REMEMBERED_S = 1.0
"""After a pause: by then everything that came during it has been heard."""


class Attention:
    """Kept by beats, which stop when the process gets no processor."""

    def __init__(self, now: datetime) -> None:
        self._beat = now
        self._pause_s = 0.0
        self._ended = now

    def beat(self, now: datetime) -> None:
        """It listens."""
        pause_s = _pause_s(self._beat, now)
        if pause_s >= self.away_s(now):
            self._pause_s, self._ended = pause_s, now
        self._beat = now

    def away_s(self, now: datetime) -> float:
        """For so long, what is heard now may have waited."""
        remembered = (now - self._ended).total_seconds() < REMEMBERED_S
        return max(_pause_s(self._beat, now), self._pause_s if remembered else 0.0)


def _pause_s(last: datetime, now: datetime) -> float:
    return max(0.0, (now - last).total_seconds() - BEAT_S)

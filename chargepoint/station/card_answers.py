"""What came of the cards that were shown last, for those who ask why no car charges. In memory: who comes later shows his card again."""

from collections.abc import Iterable

from chargepoint.domain.why import CardAnswer
from chargepoint.station.authorizing import Judged
from chargepoint.station.clock import StationClock

KEPT_S = 600.0
"""After that nobody stands there any more who showed it."""


class CardAnswers:
    """One for each EVSE; a card that is accepted makes forget the one before."""

    def __init__(self, clock: StationClock) -> None:
        self._clock = clock
        self._last: dict[int, CardAnswer] = {}

    def note(self, judged: Judged, evses: Iterable[int], status: str = "") -> None:
        """A card was judged that was shown for these EVSEs."""
        now_s = self._clock.monotonic()
        for evse in evses:
            if judged == "accepted":
                self._last.pop(evse, None)
            else:
                self._last[evse] = CardAnswer(judged, now_s, status)

    def of(self, evse: int) -> CardAnswer | None:
        """The last that counts."""
        last = self._last.get(evse)
        return last if last is not None and self._clock.monotonic() - last.at_s <= KEPT_S else None

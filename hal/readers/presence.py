"""One presentation is one token, however often a reader reads the card while it lies there.

A card is gone when it was not read for ``release_s``, while the reader worked: of the time in which it did not, nothing is known. Every
card counts by itself, so two in one purse that are read in turns are two tokens, and not hundreds.
"""

RELEASE_S = 0.5


class Presence:
    """The cards that lie there now, as far as is known. Keeps what it knows while its reader is away."""

    def __init__(self, release_s: float = RELEASE_S) -> None:
        self._release_s = release_s
        self._seen_s: dict[str, float] = {}

    def sees(self, card: str, now: float) -> bool:
        """A card is read. Is it presented just now?"""
        self._seen_s = {each: at_s for each, at_s in self._seen_s.items() if now - at_s < self._release_s}
        fresh = card not in self._seen_s
        self._seen_s[card] = now
        return fresh

    def resume(self, now: float) -> None:
        """The reader works, again or for the first time: what lay there when it ceased may lie there still."""
        self._seen_s = dict.fromkeys(self._seen_s, now)

    def stood_still(self, seconds: float) -> None:
        """For so long nobody could look, if above 0."""
        if seconds > 0:
            self._seen_s = {card: at_s + seconds for card, at_s in self._seen_s.items()}

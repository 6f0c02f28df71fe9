"""A card on a reader: somebody holds it there, takes it away, and only then comes the next. No I/O."""

import logging
from collections import deque
from collections.abc import Collection
from math import inf

log = logging.getLogger(__name__)

HOLD_S = 0.6
"""So long until a reader has beeped."""
GAP_S = 0.6
"""So long from one to the next."""
QUEUE = 32


def identifier(card: str, sizes: Collection[int]) -> str | None:
    """The digits of a card whose identifier has so many bytes; one that a reader cannot read is not noticed by it."""
    try:
        size = len(bytes.fromhex(card)) if card.isascii() and card.isalnum() else 0
    except ValueError:
        size = 0
    if size in sizes:
        return card.upper()
    log.warning("card not_read reason=no_hexadecimal_identifier bytes=%s", "_".join(map(str, sizes)))
    return None


class Lying:
    """Cards that are presented, one after the other."""

    def __init__(self) -> None:
        self.card: str | None = None
        """What lies there now."""
        self._waiting: deque[tuple[str, float]] = deque(maxlen=QUEUE)
        self._until_s = 0.0
        """When it is taken away; while there is none, when the next may come."""

    def present(self, card: str, for_s: float = HOLD_S) -> None:
        """It is held there as soon as there is room; infinitely long: it is left there."""
        self._waiting.append((card, for_s))

    def lift(self) -> None:
        """It is taken away at once."""
        self._until_s = 0.0

    @property
    def due_s(self) -> float:
        """When something changes."""
        return self._until_s if self.card is not None or self._waiting else inf

    def turn(self, now: float) -> str | None:
        """Let happen what is due; the card that has just come, if one has."""
        if self.card is not None and now >= self._until_s:
            self.card, self._until_s = None, now + GAP_S
        if self.card is None and self._waiting and now >= self._until_s:
            self.card, for_s = self._waiting.popleft()
            self._until_s = now + for_s
            return self.card
        return None

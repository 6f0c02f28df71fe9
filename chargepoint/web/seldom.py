"""What anybody can cause as often as he likes is logged now and then, with how often it was: else it would push all other lines out."""

EVERY_S = 60.0


class Seldom:
    """One kind of it. By the monotonic clock."""

    def __init__(self) -> None:
        self._next_s = float("-inf")
        self._count = 0

    def due(self, now_s: float) -> int:
        """It has happened: how often, this time included, since it was logged last; 0: it is not to be logged now."""
        self._count += 1
        if now_s < self._next_s:
            return 0
        count, self._count, self._next_s = self._count, 0, now_s + EVERY_S
        return count

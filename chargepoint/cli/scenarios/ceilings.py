"""What all EVSEs together may let flow: the fuse, or for a while what the station left of it."""

from chargepoint.link.messages import SitePermit

FOLLOWED_S = 10.4
"""A lower bound is on the pilot within 5.1 s and a scan, and the EV has 5 s more to follow it (Table A.6, sequence 6)."""


class Ceilings:
    """The bounds of the last seconds, each with the time until which it held."""

    def __init__(self, fuse_ma: int) -> None:
        self._fuse_ma = fuse_ma
        self._past: list[tuple[float, int]] = []
        self._limit_ma, self._until_s = fuse_ma, float("-inf")

    def give(self, wish: SitePermit, now: float) -> None:
        """Control hears another one."""
        self._end(now)
        self._limit_ma, self._until_s = wish.limit_ma, now + wish.valid_for_s

    def forget(self, now: float) -> None:
        """Control has started anew and knows none."""
        self._end(now)
        self._until_s = now

    def allowed_ma(self, now: float) -> int:
        """The highest bound that an EV may still be following."""
        self._past = [(ended_s, limit_ma) for ended_s, limit_ma in self._past if now - ended_s <= FOLLOWED_S]
        return max([self._standing_ma(now), *(limit_ma for _, limit_ma in self._past)])

    def _standing_ma(self, now: float) -> int:
        return min(self._limit_ma, self._fuse_ma) if now < self._until_s else self._fuse_ma

    def _end(self, now: float) -> None:
        self._past.append((now, self._standing_ma(now)))

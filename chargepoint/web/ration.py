"""How often somebody may do something, by where he is, and how often all together. Kept by the monotonic clock, in bounded memory."""

from collections import OrderedDict, deque

from chargepoint.web.throttle import neighbourhood

MOST_PLACES = 1_000


class Ration:
    """``each`` times from one place and ``together`` times from everywhere within ``within_s``."""

    def __init__(self, each: int, together: int, within_s: float) -> None:
        self._each = each
        self._together = together
        self._within_s = within_s
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque()

    def take(self, address: str, now_s: float) -> bool:
        """Once more; false: not yet."""
        place = neighbourhood(address)
        mine = self._taken.setdefault(place, deque())
        self._taken.move_to_end(place)
        for times in (mine, self._all):
            while times and now_s - times[0] >= self._within_s:
                times.popleft()
        if len(mine) >= self._each or len(self._all) >= self._together:
            return False
        mine.append(now_s)
        self._all.append(now_s)
        while len(self._taken) > MOST_PLACES:
            self._taken.popitem(last=False)
        return True

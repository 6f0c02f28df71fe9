"""How the EVSEs are, for everybody who has their pages open: the station is asked once a second for each, however many they are."""

import asyncio
from collections.abc import Awaitable, Callable

from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.driver import EvseSight
from chargepoint.web.clock import Clock

FRESH_S = 0.9


class Sights:
    """``ask``: for the sight of one; raises InquiryError."""

    def __init__(self, ask: Callable[[int], Awaitable[EvseSight]], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._seen: dict[int, tuple[float, EvseSight | None]] = {}
        self._asking: dict[int, asyncio.Lock] = {}

    async def look(self, evse: int) -> EvseSight | None:
        """One of the configuration's EVSEs; ``None``: the station does not answer."""
        async with self._asking.setdefault(evse, asyncio.Lock()):
            at_s, sight = self._seen.get(evse, (-FRESH_S, None))
            if self._clock.monotonic() - at_s >= FRESH_S:
                try:
                    sight = await self._ask(evse)
                except InquiryError:
                    sight = None
                self._seen[evse] = (self._clock.monotonic(), sight)
            return sight

    def stale(self, evse: int) -> None:
        """Something was done there: it is asked anew."""
        self._seen.pop(evse, None)

"""Tells the CSMS of limits that others have set or released (OCPP 2.0.1 K11 to K13), when it can hear.

Of each place and source only the newest is told; one that came and went unheard is not. What a CSMS has heard of is on disk before it hears
it: whatever happens to the station, it hears of the end as well. One that is told again after a restart of the station hears nothing wrong,
and where the version has no word for it (1.6) it waits for one that has.
"""

import asyncio
import logging
from collections.abc import Callable

from chargepoint.domain.charging.installed import Installed
from chargepoint.domain.charging_profile import LimitSource
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import ClearedChargingLimit, NotifyChargingLimit
from chargepoint.domain.variables.smart_charging import LIMIT_WITH_SCHEDULES
from chargepoint.station.clock import pause
from chargepoint.station.csms import Csms, CsmsError, CsmsRefused
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

RETRY_S = 1.0
IDLE_S = 60.0

Place = tuple[int, LimitSource]
News = NotifyChargingLimit | ClearedChargingLimit
Make = Callable[[Place], News | None]


class LimitNews:
    """``may_tell``: does the CSMS listen? ``installed``: what holds at a place now."""

    def __init__(
        self,
        store: Store,
        model: DeviceModel,
        csms: Csms,
        may_tell: Callable[[], bool],
        installed: Callable[[Place], Installed | None],
    ) -> None:
        self._store = store
        self._model = model
        self._csms = csms
        self._may_tell = may_tell
        self._installed = installed
        self._untold: dict[Place, Make] = {}
        self._told = store.facts.limits_told()
        self._wake = asyncio.Event()
        for place in sorted(self._told):
            if installed(place) is None:
                self.released(place)

    def limited(self, place: Place) -> None:
        """K11.FR.02, K12.FR.02. It is made when it is told: the clock may be set before that."""
        self._put(place, self._limit)

    def _limit(self, place: Place) -> NotifyChargingLimit | None:
        """With its schedule if the CSMS wants that (K11.FR.03, K12.FR.03). It is never the operator's own (K11.FR.05, K12.FR.04)."""
        limit = self._installed(place)
        if limit is None:
            return None
        assert limit.source is not LimitSource.CSO
        schedules = limit.profile.schedules if self._model.read(LIMIT_WITH_SCHEDULES) else ()
        return NotifyChargingLimit(evse=limit.evse, source=limit.source, grid_critical=limit.grid_critical, schedules=schedules)

    def released(self, place: Place) -> None:
        """K13.FR.02."""
        if place not in self._told:
            self._untold.pop(place, None)
            return
        self._put(place, lambda gone: ClearedChargingLimit(evse=gone[0], source=gone[1]))

    def _put(self, place: Place, make: Make) -> None:
        self._untold.pop(place, None)
        self._untold[place] = make
        self._wake.set()

    def nudge(self) -> None:
        """Perhaps the CSMS listens now."""
        if self._untold:
            self._wake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            wait_s = await self._tell_all()
            await pause(wait_s, self._wake)

    async def _tell_all(self) -> float:
        while self._untold and self._may_tell():
            place, make = next(iter(self._untold.items()))
            news = make(place)
            if news is not None and not self._csms.says(news):
                return IDLE_S
            try:
                await self._tell(place, news)
            except CsmsError as error:
                log.warning("event=limit_news_failed cause=%s", error or type(error).__name__)
                return RETRY_S
            if self._untold.get(place) is make:
                del self._untold[place]
        return IDLE_S

    async def _tell(self, place: Place, news: News | None) -> None:
        if news is None:
            return
        if isinstance(news, NotifyChargingLimit):
            self._keep(self._told | {place})  # it may be heard, also if no answer comes
        try:
            await self._csms.ask(news)
        except CsmsRefused as refused:
            log.warning("event=limit_news_refused source=%s evse=%d cause=%s", place[1], place[0], refused)
        if isinstance(news, ClearedChargingLimit):
            self._keep(self._told - {place})

    def _keep(self, told: frozenset[Place]) -> None:
        if told != self._told:
            self._told = told
            with self._store.commit():
                self._store.facts.keep_limits_told(told)

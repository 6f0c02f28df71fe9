"""Connector status on its way to the CSMS (OCPP 2.0.1 G01, B04; 1.6 §4.9): what it does not know yet, as it is now, never history."""

import asyncio
import logging

from msgspec import Struct

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.notifications import Notification
from chargepoint.domain.status import ConnectorFacts, StatusNotification
from chargepoint.domain.variables import MINIMUM_STATUS_DURATION, OFFLINE_THRESHOLD
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.csms import Csms, CsmsError, CsmsRefused

log = logging.getLogger(__name__)

QUEUE = 100
"""News that is worth nothing later waits here; when it is full, the oldest goes."""
STATION = ConnectorId(0, 0)


class Word(Struct, frozen=True):
    """What was told of a connector: the version's word for its status, and the faults named with it."""

    status: str
    faults: frozenset[str]
    """A new one is told at once; MinimumStatusDuration is for states, and for faults that are over (1.6 §4.9)."""


class Reporting:
    """Tells status and whatever else need not be kept."""

    def __init__(self, model: DeviceModel, clock: StationClock, csms: Csms, availability: Availability) -> None:
        self._model = model
        self._clock = clock
        self._csms = csms
        self._availability = availability
        self._open = False
        self._lost_s: float | None = None
        self._told: dict[ConnectorId, Word] = {}
        self._since: dict[ConnectorId, tuple[Word, float]] = {}
        self._news: list[Notification] = []
        self._wake = asyncio.Event()

    def open(self) -> None:
        """Connected and accepted. After a long time offline everything is told again (B04)."""
        if self._lost_s is not None and self._clock.monotonic() - self._lost_s > self._model.read(OFFLINE_THRESHOLD):
            self._told.clear()
        self._open, self._lost_s = True, None
        self._wake.set()

    def shut(self) -> None:
        """The connection is gone."""
        if self._open:
            self._lost_s = self._clock.monotonic()
        self._open = False
        self._news.clear()

    def forget(self) -> None:
        """After a boot the CSMS knows nothing."""
        self._told.clear()

    def refresh(self) -> None:
        """Facts may have changed."""
        self._wake.set()

    def tell(self, news: Notification) -> None:
        """Tell something once, if there is somebody to hear it."""
        if self._open:
            self._news = [*self._news[-QUEUE + 1 :], news]
            self._wake.set()

    def again(self, connectors: tuple[ConnectorId, ...]) -> None:
        """Tell the status of these connectors even if it is known (TriggerMessage)."""
        for connector in connectors:
            self._told.pop(connector, None)
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            wait_s = 60.0
            if self._open:
                wait_s = await self._tell_all()
            await pause(wait_s, self._wake)

    async def _tell_all(self) -> float:
        """Tell what is due; how long until something else may be."""
        wait_s = 60.0
        try:
            for notification, connector, word in self._due_status():
                await self._tell_status(notification, connector, word)
            while self._news:
                await self._csms.ask(self._news.pop(0))
            wait_s = self._next_s()
        except CsmsError as error:
            log.warning("event=report_failed cause=%s", error or type(error).__name__)
            wait_s = 1.0
        return wait_s

    async def _tell_status(self, notification: StatusNotification, connector: ConnectorId, word: Word) -> None:
        """It counts as told while it is under way, and for good unless it was not answered. One that is refused is not said again."""
        self._told[connector] = word
        try:
            await self._csms.ask(notification)
        except CsmsRefused as refused:
            log.warning("event=status_refused connector=%s cause=%s", connector, refused)
        except CsmsError:
            if self._told.get(connector) == word:
                del self._told[connector]
            raise

    def _due_status(self) -> list[tuple[StatusNotification, ConnectorId, Word]]:
        due = []
        now_s, shortest_s = self._clock.monotonic(), self._model.read(MINIMUM_STATUS_DURATION)
        for connector, facts in self._facts():
            word = Word(self._csms.status_word(facts), frozenset(fault.name for fault in facts.faults))
            told = self._told.get(connector)
            if told == word:
                self._since.pop(connector, None)
                continue
            seen, since_s = self._since.get(connector, (None, now_s))
            if seen != word:
                since_s = now_s
                self._since[connector] = (word, since_s)
            if since_s + shortest_s > now_s and told is not None and told.faults >= word.faults:
                continue
            at = self._clock.at(since_s)
            due.append((StatusNotification(at=at, facts=facts, station=connector == STATION), connector, word))
        return due

    def _next_s(self) -> float:
        shortest_s, now_s = self._model.read(MINIMUM_STATUS_DURATION), self._clock.monotonic()
        waits = [since_s + shortest_s - now_s for connector, (_, since_s) in self._since.items() if connector in self._told]
        return max(0.1, min([60.0, *(wait for wait in waits if wait > 0)]))

    def _facts(self) -> list[tuple[ConnectorId, ConnectorFacts]]:
        station = ConnectorFacts(connector=STATION, operative=self._availability.station_operative)
        every = [(connector, self._availability.facts(connector)) for connector in self._availability.connectors]
        whole = [(STATION, station)] if self._csms.says(StatusNotification(at=self._clock.now(), facts=station, station=True)) else []
        return whole + every

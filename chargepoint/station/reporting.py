"""Connector status on its way to the CSMS (OCPP 2.0.1 G01, B04; 1.6 §4.9): what it does not know yet, as it is now, never history."""

import asyncio
import logging
import math
from collections.abc import Callable

from msgspec import Struct

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.notifications import Notification
from chargepoint.domain.status import ConnectorFacts, StatusNotification
from chargepoint.domain.variables.communication import OFFLINE_THRESHOLD
from chargepoint.domain.variables.only_16 import MINIMUM_STATUS_DURATION
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.csms import Csms, CsmsError, CsmsRefused

log = logging.getLogger(__name__)

IDLE_S = 60.0
"""How long to sleep when nothing calls."""
UNHEARD_S = 2.0
"""A connector whose board has not been measured yet: most are by then, and one word is enough."""
RETRY_S = 1.0
"""How long after a message that was not answered."""
REFUSED_S = 60.0
"""How long after a status that was refused, the first time; twice as long the second time."""
REFUSALS = 3
"""A status that was refused so often is not tried again: the CSMS does not want it."""
ONLY_NEWS = "1.6"
"""The version that knows no OfflineThreshold."""
QUEUE = 100
"""News that is worth nothing later waits here; when it is full, the oldest goes."""
STATION = ConnectorId(0, 0)


class Word(Struct, frozen=True):
    """What can be told of a connector: the version's word for its status, and the faults named with it."""

    status: str
    faults: frozenset[str]
    """A new one is told at once; MinimumStatusDuration is for states, and for faults that are over (1.6 §4.9)."""


class Seen(Struct, frozen=True):
    """How a connector is, and since when."""

    word: Word
    facts: ConnectorFacts
    since_s: float


class Refusal(Struct, frozen=True):
    """A status that the CSMS answered with CALLERROR, how often, and when it is tried again."""

    word: Word
    times: int
    again_s: float


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
        self._seen: dict[ConnectorId, Seen] = {}
        self._refused: dict[ConnectorId, Refusal] = {}
        self._news: list[Notification] = []
        self._unanswered: list[Notification] = []
        """News that was said last; whether anybody heard it will be seen."""
        self.unheard: Callable[[Notification], None] = lambda news: None
        """The connection is gone, and nobody has answered this; the last comes first."""
        self._wake = asyncio.Event()

    def open(self) -> None:
        """Connected and accepted. After a long time offline 2.x wants to hear everything again (B04.FR.01), else what is new (B04.FR.02,
        1.6 §4.9)."""
        if self._csms.version != ONLY_NEWS and self._offline_s() > self._model.read(OFFLINE_THRESHOLD):
            self._told.clear()
        self._open, self._lost_s = True, None
        self._wake.set()

    def _offline_s(self) -> float:
        return 0.0 if self._lost_s is None else self._clock.monotonic() - self._lost_s

    def shut(self) -> None:
        """The connection is gone."""
        if self._open:
            self._lost_s = self._clock.monotonic()
        self._open = False
        lost, self._unanswered, self._news = [*self._unanswered, *self._news], [], []
        for news in reversed(lost):
            self.unheard(news)

    def forget(self) -> None:
        """After a boot the CSMS knows nothing."""
        self._told.clear()

    def refresh(self) -> None:
        """Facts may have changed: look now, so that what is told later has the right time."""
        self._look()
        self._wake.set()

    def tell(self, news: Notification) -> None:
        """Tell something once, if there is somebody to hear it."""
        if self._open:
            self._news = [*self._news[-QUEUE + 1 :], news]
            self._wake.set()

    @property
    def room(self) -> int:
        """So much more may wait to be told."""
        return QUEUE - len(self._news)

    @property
    def tells_station(self) -> bool:
        """Does the version have a status of the station itself?"""
        facts = ConnectorFacts(connector=STATION)
        return self._csms.says(StatusNotification(at=self._clock.now(), facts=facts, station=True))

    def again(self, connectors: tuple[ConnectorId, ...]) -> None:
        """Tell the status of these connectors even if it is known (TriggerMessage)."""
        for connector in connectors:
            self._told.pop(connector, None)
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            self._look()
            wait_s = await self._tell_all() if self._open else IDLE_S
            await pause(wait_s, self._wake)

    async def _tell_all(self) -> float:
        """Tell what is due, each as it is when its turn comes; how long until something else may be."""
        try:
            while self._open:
                connector = self._due()
                if connector is not None:
                    await self._tell_status(connector, self._seen[connector])
                elif self._news:
                    await self._tell_news()
                else:
                    break
        except CsmsError as error:
            log.warning("event=report_failed cause=%s", error or type(error).__name__)
            return RETRY_S
        return self._next_s()

    async def _tell_news(self) -> None:
        """The next."""
        self._unanswered = [*self._unanswered[-QUEUE + 1 :], self._news.pop(0)]
        try:
            await self._csms.ask(self._unanswered[-1])
        except CsmsRefused:
            self._unanswered.clear()
            raise
        self._unanswered.clear()

    async def _tell_status(self, connector: ConnectorId, seen: Seen) -> None:
        """It counts as told while it is under way, and for good unless it was not answered. One that is refused is tried again later."""
        self._told[connector] = seen.word
        try:
            await self._csms.ask(StatusNotification(at=self._clock.at(seen.since_s), facts=seen.facts, station=connector == STATION))
        except CsmsRefused as refused:
            self._note_refusal(connector, seen.word, refused)
        except CsmsError:
            if self._told.get(connector) == seen.word:
                del self._told[connector]
            raise
        else:
            self._refused.pop(connector, None)

    def _note_refusal(self, connector: ConnectorId, word: Word, refused: CsmsRefused) -> None:
        before = self._refused.get(connector)
        times = before.times + 1 if before is not None and before.word == word else 1
        self._refused[connector] = Refusal(word, times, self._clock.monotonic() + times * REFUSED_S)
        log.warning("event=status_refused connector=%s times=%d of=%d cause=%s", connector, times, REFUSALS, refused)

    def _look(self) -> None:
        now_s = self._clock.monotonic()
        for connector, facts in self._facts():
            word = Word(self._csms.status_word(facts), frozenset(fault.name for fault in facts.faults))
            before = self._seen.get(connector)
            since_s = before.since_s if before is not None and before.word == word else now_s
            self._seen[connector] = Seen(word, facts, since_s)

    def _due(self) -> ConnectorId | None:
        """The next connector to tell of: the one whose news is the oldest."""
        self._look()
        now_s = self._clock.monotonic()
        due = [connector for connector in self._seen if self._wait_s(connector, now_s) <= 0]
        return min(due, key=lambda connector: self._seen[connector].since_s, default=None)

    def _wait_s(self, connector: ConnectorId, now_s: float) -> float:
        """How long until its status may be told; for ever when it is known."""
        seen, told = self._seen[connector], self._told.get(connector)
        if not self._tells(connector):
            return math.inf
        if told == seen.word:
            return self._again_s(connector, told) - now_s
        if told is None and seen.facts.unheard and not seen.facts.faults:
            return seen.since_s + UNHEARD_S - now_s
        if told is None or not told.faults >= seen.word.faults:
            return 0.0
        return seen.since_s + self._model.read(MINIMUM_STATUS_DURATION) - now_s

    def _again_s(self, connector: ConnectorId, told: Word) -> float:
        """When to tell the same once more."""
        refused = self._refused.get(connector)
        return math.inf if refused is None or refused.word != told or refused.times >= REFUSALS else refused.again_s

    def _next_s(self) -> float:
        now_s = self._clock.monotonic()
        return max(0.1, min([IDLE_S, *(self._wait_s(connector, now_s) for connector in self._seen)]))

    def _facts(self) -> list[tuple[ConnectorId, ConnectorFacts]]:
        station = ConnectorFacts(
            connector=STATION, operative=self._availability.station_operative, faults=self._availability.station_faults()
        )
        return [(STATION, station), *((connector, self._availability.facts(connector)) for connector in self._availability.connectors)]

    def _tells(self, connector: ConnectorId) -> bool:
        """Does the version have a status of the station itself?"""
        facts = self._seen[connector].facts
        return connector != STATION or self._csms.says(StatusNotification(at=self._clock.now(), facts=facts, station=True))

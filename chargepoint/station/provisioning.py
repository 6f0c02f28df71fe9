"""Boot, heartbeat and the clock (OCPP 2.0.1 B01 to B03, G02; 1.6 §4.2, §4.6).

Until a CSMS has accepted the station, nothing is sent but the boot (B01.FR.08); while it is pending, also what the CSMS asks for by
TriggerMessage, and reports (B02.FR.02). The connection stays, whatever the answer (B02.FR.06). Charging goes on all the while by the rules
for nobody to ask (1.6 §4.2.1), unless TxBeforeAcceptedEnabled forbids it (B02.FR.03, B03.FR.01), and is told afterwards.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import (
    BootAnswer,
    BootNotification,
    BootReason,
    Heartbeat,
    HeartbeatAnswer,
    Notification,
    Registration,
    StationIdentity,
)
from chargepoint.domain.variables.communication import HEARTBEAT_INTERVAL
from chargepoint.domain.variables.device_data import CLOCK_TIME_SOURCE, HEARTBEAT
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.csms import Csms, CsmsError, CsmsOffline
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

BOOT_RETRY_S = 30.0
"""When the CSMS gave no interval: silence, CALLERROR, or 0 (B02.FR.07, B03.FR.05 and 1.6 §4.2 leave it to the station; never a flood)."""
BOOT_RETRY_RANDOM_S = 10.0
"""Added anew each time, so that a thousand stations do not ask in the same second."""
OFFLINE_S = 0.2
"""The connection broke before the answer: the next one is not asked to wait, beyond the news that this one is gone."""
EARLIEST, LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""A CSMS that says another time has none: the year 1 and the year 9999 are what some programs make of a missing date."""
DAY_S = 24 * 3600.0
"""So often at least a heartbeat asks for the time, however much else is said."""
ASKED = 100
"""So many messages that were asked for wait to be sent."""


class Provisioning:
    """Asks until it is accepted, once per start of the station; then keeps the clock right."""

    def __init__(self, identity: StationIdentity, store: Store, model: DeviceModel, clock: StationClock, csms: Csms) -> None:
        self._identity = identity
        self._store = store
        self._model = model
        self._clock = clock
        self._csms = csms
        self._reason: BootReason | None = None
        """Why this start is; ``None``: not looked up yet."""
        self._triggered = False
        self._connected = False
        self._next_boot_s = 0.0
        self.failure = ""
        """Why the newest boot was not answered."""
        self._beat_now = False
        self._quiet_since_s = self._beaten_s = clock.monotonic()
        """When the CSMS was told anything last, and when it was asked for the time."""
        self._asked: list[Notification] = []
        self._wake = asyncio.Event()
        self.registration = Registration.NONE
        self.taken: Callable[[], None] = lambda: None
        """The boot is accepted or pending."""
        self.unanswered: Callable[[], bool] = lambda: False
        """It was not answered. True: this CSMS is none for us."""
        self.accepted: Callable[[], None] = lambda: None
        self.next_reason: Callable[[], BootReason | None] = lambda: None
        """Why the next start will be, where that is known already."""
        self.synchronised: Callable[[], bool] = lambda: False
        """Is the host's clock known to be right?"""

    @property
    def next_boot_s(self) -> float | None:
        """When it is asked next, monotonic; ``None``: it is not waited for."""
        return self._next_boot_s if self._connected and self._next_boot_s and self.registration is not Registration.ACCEPTED else None

    def open(self) -> None:
        """A connection stands. Accepted before: no new boot (1.6-J, OCPP 2.0.1 B01)."""
        self._connected = True
        self._quiet_since_s = self._clock.monotonic()
        self._wake.set()

    def anew(self) -> None:
        """The next connection is to another CSMS, or by another version: nobody there has accepted us (B10.FR.10). A start that nobody has
        accepted yet keeps its reason (B01.FR.09)."""
        if self.registration is Registration.ACCEPTED:
            self._reason = BootReason.UNKNOWN
        self.registration = Registration.NONE
        self._next_boot_s = 0.0

    def shut(self) -> None:
        """The connection is gone."""
        self._connected = False
        self._asked.clear()
        self._wake.set()

    def boot_again(self) -> None:
        """TriggerMessage(BootNotification) before the station is accepted (B02.FR.04)."""
        self._triggered = True
        self._next_boot_s = 0.0
        self._wake.set()

    def retime(self) -> None:
        """The heartbeat interval may have changed."""
        self._wake.set()

    def heartbeat_now(self) -> None:
        """TriggerMessage(Heartbeat)."""
        self._beat_now = True
        self._wake.set()

    def spoke(self) -> None:
        """Something has been sent: in 2.x the next heartbeat counts from here (G02.FR.05)."""
        if self._csms.version != "1.6":
            self._quiet_since_s = self._clock.monotonic()

    @property
    def room(self) -> int:
        """So much more may be asked for."""
        return ASKED - len(self._asked)

    def say(self, notification: Notification) -> None:
        """The CSMS asked for it while the boot is pending: the one time at which it is not told in the usual way."""
        self._asked = [*self._asked[-ASKED + 1 :], notification]
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            if not self._connected:
                await self._wake.wait()
            elif self._asked:
                await self._say(self._asked.pop(0))
            elif self.registration is Registration.ACCEPTED or (self._beat_now and self.registration is Registration.PENDING):
                await self._beat()
            elif (wait_s := self._next_boot_s - self._clock.monotonic()) > 0:
                await pause(wait_s, self._wake)
            else:
                wait_s = await self._boot()
                self._next_boot_s = self._clock.monotonic() + wait_s

    async def _boot(self) -> float:
        """One BootNotification, with the reason of this start (B01.FR.01, B01.FR.03, B01.FR.09); how long to wait before another, even over
        a new connection (1.6 §4.2, B02.FR.04, B02.FR.08, B03.FR.02, B03.FR.06)."""
        self._reason = self._reason or self._store.facts.boot_reason()
        reason, self._triggered = BootReason.TRIGGERED if self._triggered else self._reason, False
        asked_s = self._clock.monotonic()
        try:
            answer = await self._csms.ask(BootNotification(self._identity, reason))
        except CsmsOffline:
            return OFFLINE_S
        except CsmsError as error:
            self.failure = str(error) or type(error).__name__
            log.warning("event=boot_failed cause=%s", self.failure)
            if self.unanswered():
                self._csms.drop("the boot is not answered, and another CSMS has worked")
            return BOOT_RETRY_S + random.uniform(0, BOOT_RETRY_RANDOM_S)
        assert isinstance(answer, BootAnswer)
        self.failure = ""
        log.info("event=boot status=%s interval_s=%d", answer.status, answer.interval_s)
        self._set_clock(answer.now, asked_s)
        self.registration = answer.status
        if answer.status is Registration.REJECTED:  # what was asked for meanwhile is not to be said any more (B03.FR.02)
            self._asked.clear()
        else:
            self.taken()
        if answer.status is not Registration.ACCEPTED:
            return answer.interval_s if answer.interval_s > 0 else BOOT_RETRY_S + random.uniform(0, BOOT_RETRY_RANDOM_S)
        self._asked_for_time()
        if answer.interval_s > 0:  # B01.FR.04, G02.FR.01
            self._model.put(HEARTBEAT_INTERVAL, answer.interval_s)
        with self._store.commit():
            self._store.facts.next_boot_reason(self.next_reason())
        self.accepted()
        return 0.0

    async def _say(self, notification: Notification) -> None:
        try:
            await self._csms.ask(notification)
        except CsmsError as error:
            log.warning("event=triggered_message_failed cause=%s", error or type(error).__name__)

    def _asked_for_time(self) -> None:
        self._quiet_since_s = self._beaten_s = self._clock.monotonic()

    def _beats_in_s(self) -> float:
        """How long until a heartbeat is due (G02.FR.02), also where the CSMS hears from the station all the time (G02.FR.07)."""
        if self._beat_now:
            return 0.0
        interval_s = max(1, self._model.read(HEARTBEAT_INTERVAL))
        return min(self._quiet_since_s + interval_s, self._beaten_s + max(interval_s, DAY_S)) - self._clock.monotonic()

    async def _beat(self) -> None:
        """Wait, or send one heartbeat; the clock goes by its answer (G02.FR.06)."""
        if (wait_s := self._beats_in_s()) > 0:
            await pause(wait_s, self._wake)
            return
        self._beat_now = False
        self._asked_for_time()
        try:
            answer = await self._csms.ask(Heartbeat())
        except CsmsError as error:
            log.warning("event=heartbeat_failed cause=%s", error or type(error).__name__)
        else:
            assert isinstance(answer, HeartbeatAnswer)
            self._set_clock(answer.now, self._beaten_s)

    def _counts(self) -> bool:
        """Is the time that the CSMS tells the one to go by (B01.FR.06)? The first source that there is counts."""
        for source in self._model.read(CLOCK_TIME_SOURCE):
            if source == HEARTBEAT:
                return True
            if self.synchronised():
                self._clock.follow_host()
                return False
        return False

    def _set_clock(self, csms_now: datetime | None, asked_s: float) -> None:
        if csms_now is None or not EARLIEST <= csms_now < LATEST:
            log.warning("event=csms_time_unreadable action=keep_own")
            return
        if not self._counts():
            return
        jump_s = self._clock.correct(csms_now, self._clock.monotonic() - asked_s)
        if jump_s:
            log.info("event=clock_set jump_s=%.1f", jump_s)

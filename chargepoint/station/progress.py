"""What becomes of a job, or of a reservation, and what was kept of a customer, told to the CSMS: in order, over restarts and lost
connections.

What is refused is not said again, nor what we cannot say. What is not answered is tried three times; then a Heartbeat tells whose fault it
was. Where that is not answered either the line is dead, or whoever is behind it, and nothing is given up for that.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from chargepoint.domain.notifications import (
    FirmwareStatusNotification,
    Heartbeat,
    LogStatusNotification,
    NotifyCustomerInformation,
    PublishFirmwareStatusNotification,
    ReservationStatusUpdate,
)
from chargepoint.station.clock import pause
from chargepoint.station.csms import Csms, CsmsError, CsmsOffline, CsmsRefused, CsmsSilent
from chargepoint.store.database import StoreError
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

Status = FirmwareStatusNotification | PublishFirmwareStatusNotification | LogStatusNotification | ReservationStatusUpdate
N = TypeVar("N", bound=Status | NotifyCustomerInformation)

MOST = 50
"""Beyond so many statuses the oldest go: a CSMS that orders job after job and takes no news."""
ATTEMPTS = 3
AGAIN_S = 10.0
DEAD_S = 60.0
"""How long a line rests on which nobody answers anything."""
ASK_S = 1.0
"""How often it is looked whether there is somebody to tell."""


class Progress(Generic[N]):
    """The news of one kind that has not been told yet. ``run`` tells it.

    ``whole``: what has one ``request_id`` is one report. No part of it goes to make room, and with one that is given up the others go.
    """

    def __init__(self, name: str, kind: type[N], store: Store, csms: Csms, *, whole: bool = False) -> None:
        self._name = f"{name}_untold"
        self._store = store
        self._csms = csms
        self._whole = whole
        self._untold: tuple[N, ...] = store.jobs.load(self._name, tuple[kind, ...]) or ()  # type: ignore[valid-type]
        self._wake = asyncio.Event()
        self.may_ask: Callable[[], bool] = lambda: False
        """Connected and accepted?"""

    @property
    def untold(self) -> tuple[N, ...]:
        """What waits, the next first."""
        return self._untold

    @property
    def told(self) -> bool:
        """Has everything been said?"""
        return not self._untold

    def add(self, *news: N) -> None:
        """Tell it when its turn comes, as part of the commit that makes it true."""
        for each in news:
            log.info("event=%s_status %s", self._name.partition("_")[0], _named(each))
        untold = (*self._untold, *news)
        self._keep(untold if self._whole else untold[-MOST:])
        self._wake.set()

    def _keep(self, untold: tuple[N, ...]) -> None:
        self._untold = untold
        self._store.jobs.save(self._name, untold)

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            if not self._untold:
                await self._wake.wait()
            elif not self.may_ask():
                await pause(ASK_S)
            else:
                await self._tell(self._untold[0])

    async def _tell(self, news: N) -> None:
        """It stays where nobody has heard it, and that was not its own fault."""
        given_up = True
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if self._csms.says(news):
                    await self._csms.ask(news)
                given_up = False
                break
            except CsmsOffline:
                await pause(ASK_S)
                return
            except CsmsSilent:
                log.warning("event=status_unanswered %s attempt=%d", _named(news), attempt)
                await pause(AGAIN_S)
            except CsmsError as error:
                log.warning("event=status_refused %s cause=%s", _named(news), error)
                break
            except StoreError:
                raise
            except Exception:  # an error of ours: it would come again at each start, and end the station each time
                log.exception("event=status_broken %s action=given_up", _named(news))
                break
        else:
            if not await self._answers():
                log.warning("event=nobody_answers %s action=kept", _named(news))
                await pause(DEAD_S)
                return
        self._over(news, given_up)

    async def _answers(self) -> bool:
        """Does the CSMS answer at all?"""
        try:
            await self._csms.ask(Heartbeat())
        except CsmsRefused:
            return True
        except CsmsError:
            return False
        return True

    def _over(self, news: N, given_up: bool) -> None:
        """The next one's turn."""
        if self._untold[:1] != (news,):
            return  # it was pushed out meanwhile
        left = self._untold[1:]
        if given_up and self._whole:
            left = tuple(each for each in left if each.request_id != news.request_id)
        with self._store.commit():
            self._keep(left)


def _named(news: Status | NotifyCustomerInformation) -> str:
    said = f"part={news.seq_no}" if isinstance(news, NotifyCustomerInformation) else f"status={news.status}"
    return f"{said} request={news.request_id}"

"""What becomes of a job, or of a reservation, told to the CSMS: every status, in order, over restarts and lost connections.

A status that is refused is not said again, nor one that we cannot say; one that is not answered is tried three times.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from chargepoint.domain.notifications import (
    FirmwareStatusNotification,
    LogStatusNotification,
    PublishFirmwareStatusNotification,
    ReservationStatusUpdate,
)
from chargepoint.station.clock import pause
from chargepoint.station.csms import Csms, CsmsError, CsmsOffline, CsmsSilent
from chargepoint.store.database import StoreError
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

N = TypeVar("N", bound=FirmwareStatusNotification | PublishFirmwareStatusNotification | LogStatusNotification | ReservationStatusUpdate)

MOST = 50
"""Beyond so many the oldest go: a CSMS that orders job after job and takes no news."""
ATTEMPTS = 3
AGAIN_S = 10.0
ASK_S = 1.0
"""How often it is looked whether there is somebody to tell."""


class Progress(Generic[N]):
    """The statuses of one kind of job that have not been told yet. ``run`` tells them."""

    def __init__(self, name: str, kind: type[N], store: Store, csms: Csms) -> None:
        self._name = f"{name}_untold"
        self._store = store
        self._csms = csms
        self._untold: tuple[N, ...] = store.jobs.load(self._name, tuple[kind, ...]) or ()  # type: ignore[valid-type]
        self._wake = asyncio.Event()
        self.may_ask: Callable[[], bool] = lambda: False
        """Connected and accepted?"""

    @property
    def told(self) -> bool:
        """Has everything been said?"""
        return not self._untold

    def add(self, news: N) -> None:
        """Tell it when its turn comes, as part of the commit that makes it true."""
        log.info("event=%s_status status=%s request=%s", self._name.partition("_")[0], news.status, news.request_id)
        self._keep((*self._untold, news)[-MOST:])
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
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if self._csms.says(news):
                    await self._csms.ask(news)
                break
            except CsmsOffline:
                await pause(ASK_S)
                return
            except CsmsSilent:
                log.warning("event=status_unanswered status=%s attempt=%d", news.status, attempt)
                await pause(AGAIN_S)
            except CsmsError as error:
                log.warning("event=status_refused status=%s cause=%s", news.status, error)
                break
            except StoreError:
                raise
            except Exception:  # an error of ours: it would come again at each start, and end the station each time
                log.exception("event=status_broken status=%s action=given_up", news.status)
                break
        if self._untold[:1] == (news,):  # not pushed out meanwhile
            with self._store.commit():
                self._keep(self._untold[1:])

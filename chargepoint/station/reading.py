"""Listens to the card readers, and knows which of them work.

    iterating ──DeviceError──▶ lost: tried again every 2 s ──seen_after_s──▶ reader_silent, a warning about the station as a whole
        ▲                        │
        └──── for hold_s ────────┘   a card, too, shows that it works

A reader that cannot begin says so sooner than in ``hold_s`` (``hal.api.TokenReader``). Who is charging charges on, and whoever is started
from afar starts.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from chargepoint.domain.fault_table import OF_STATION
from chargepoint.domain.faults import Fault
from chargepoint.station.clock import StationClock, pause
from hal.api import TokenReader
from hal.errors import HalError
from hal.measured import TokenSeen

log = logging.getLogger(__name__)

RETRY_S = 2.0
NAME = "reader_silent"
ROW = OF_STATION[NAME]


@dataclass
class Watched:
    """One reader. Moments are monotonic seconds."""

    reader: TokenReader
    began_s: float | None = None
    """Iterating since then; ``None``: not now."""
    lost_s: float | None = None
    """Broken since then; ``None``: as far as is known it works."""
    told: bool = False
    """Broken for so long that it is a fault."""
    reason: str = ""


class Reading:
    """``seen``: judges a card, and may take its time."""

    def __init__(
        self, clock: StationClock, readers: tuple[TokenReader, ...], seen: Callable[[TokenSeen], Coroutine[Any, Any, None]]
    ) -> None:
        self._clock = clock
        self._seen = seen
        self._watched = [Watched(reader) for reader in readers]
        self._told: tuple[Fault, ...] = ()
        self.changed: Callable[[], None] = lambda: None
        """A fault has come up, or is over."""

    @property
    def count(self) -> int:
        """How many readers there are."""
        return len(self._watched)

    def faults(self) -> tuple[Fault, ...]:
        """Of the station as a whole; one for all readers, with what each says."""
        return self._told

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on for as long as the station runs."""
        return [self._read(watched) for watched in self._watched]

    def tick(self, now_s: float) -> None:
        """Once a second."""
        for watched in self._watched:
            if watched.lost_s is not None and watched.began_s is not None and now_s - watched.began_s >= ROW.hold_s:
                self._works(watched)
            elif watched.lost_s is not None and watched.began_s is None and now_s - watched.lost_s >= ROW.seen_after_s:
                watched.told = True
        broken = [each for each in self._watched if each.told]
        before, self._told = self._told, _fault(broken)
        if bool(before) != bool(self._told):
            log.log(
                logging.WARNING if self._told else logging.INFO,
                "event=readers code=%s broken=%d of=%d",
                ROW.code,
                len(broken),
                len(self._watched),
            )
            self.changed()

    async def _read(self, watched: Watched) -> None:
        async with asyncio.TaskGroup() as judging:  # who only wants to stop does not wait for what the CSMS says of others
            while True:
                watched.began_s = self._clock.monotonic()
                try:
                    async for seen in watched.reader.tokens():
                        self._works(watched)
                        judging.create_task(self._seen(seen))
                    self._lost(watched, "its driver has ended; restart chargepoint station")
                except HalError as error:
                    self._lost(watched, str(error))
                except Exception as error:  # rim of the driver: one that is broken is a silent reader, and no reason to stop the station
                    reason = f"its driver is broken ({type(error).__name__}: {error}); see the log"
                    if reason != watched.reason:
                        log.exception("event=reader_broken")
                    self._lost(watched, reason)
                await pause(RETRY_S)

    def _works(self, watched: Watched) -> None:
        if watched.lost_s is not None:
            log.info("event=reader_found lost_for_s=%d", self._clock.monotonic() - watched.lost_s)
        watched.lost_s, watched.told, watched.reason = None, False, ""

    def _lost(self, watched: Watched, reason: str) -> None:
        if reason != watched.reason:
            log.warning("event=reader_lost cause=%s", reason)
        watched.began_s, watched.reason = None, reason
        if watched.lost_s is None:
            watched.lost_s = self._clock.monotonic()


def _fault(broken: list[Watched]) -> tuple[Fault, ...]:
    since = [watched.lost_s for watched in broken if watched.lost_s is not None]
    reasons = "; ".join(watched.reason for watched in broken if watched.reason)
    return (Fault(NAME, ROW.kind, reasons, since_s=min(since)),) if since else ()

"""Is there room on the disk for what has to be written? Where there is not, the station charges on and says so."""

import logging
from collections.abc import Callable

from chargepoint.domain.faults import Fault
from chargepoint.station.clock import StationClock, pause
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

LOOK_S = 600.0
"""How often it is looked whether there is room again."""


class Disk:
    """What the store says of the one that it is on."""

    def __init__(self, store: Store, clock: StationClock) -> None:
        self._store = store
        self._began_s = clock.monotonic()
        self.changed: Callable[[], None] = lambda: None

    def faults(self) -> tuple[Fault, ...]:
        """Of the station as a whole. A disk that fills up ends the process, so the fault is as old as that."""
        return (Fault("disk_full", "internal_error", since_s=self._began_s),) if self._store.outbox.tight else ()

    async def run(self) -> None:
        """For ever."""
        while True:
            await pause(LOOK_S)
            if self._store.outbox.tight and self._store.keep_room():
                log.info("event=room_on_disk_again")
                self.changed()

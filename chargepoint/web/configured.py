"""The configuration, read again when its file changes."""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

from chargepoint.domain.configuration import Configuration
from chargepoint.web.clock import Clock
from chargepoint.web.ports import Ports, Reading

log = logging.getLogger(__name__)

LOOK_S = 2.0


class Configured:
    """``now``: what there is. ``on_change`` is called with it after it has changed."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._seen: tuple[int, int, int] | None = _signature(ports.config)
        self.now: Reading = ports.read(ports.config)
        self.good: Configuration | None = self.now.configuration
        """The last that was good: what still runs while another is being mended."""
        self.on_change: list[Callable[[Reading], None]] = []

    async def run(self, clock: Clock) -> None:
        """For ever."""
        while True:
            await clock.pause(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Read it again if there is another one: at once for who has just written it."""
        seen = _signature(self._ports.config)
        if seen == self._seen:
            return
        self._seen = seen
        self.now = await asyncio.to_thread(self._ports.read, self._ports.config)
        self.good = self.now.configuration if self.now.state != "broken" else self.good
        log.info("event=configuration_read file=%s state=%s errors=%d", self._ports.config, self.now.state, len(self.now.errors))
        for hear in self.on_change:
            hear(self.now)


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size

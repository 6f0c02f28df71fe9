"""The uplink of the simulated world: ``PUT /v1/network`` cuts and restores it."""

import asyncio
import logging
from collections.abc import AsyncIterator

from hal.bus.simulated import AttachSite, SiteIs, messages
from hal.errors import DeviceError

log = logging.getLogger(__name__)

RETRY_S = 0.2


class SimulatedNetwork:
    """``hal.api.Network``. ``socket``: where the world listens. While the world is away nothing changes."""

    def __init__(self, *, socket: str) -> None:
        self._socket = socket

    async def changes(self) -> AsyncIterator[bool]:
        """Up or down: as it is, then every change."""
        known: bool | None = None
        while True:
            try:
                async for message in messages(self._socket, AttachSite()):
                    if isinstance(message, SiteIs) and message.network_up != known:
                        known = message.network_up
                        yield known
            except DeviceError as error:
                log.debug("network unknown reason=%s", error)
            await asyncio.sleep(RETRY_S)

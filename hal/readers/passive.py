"""Readers that write by themselves whatever is held to them: a port, something that makes texts out of bytes, and repeats left out."""

import logging
from collections.abc import AsyncIterator
from typing import Protocol

from hal.bus.port import Port
from hal.measured import TokenSeen
from hal.readers.formats import UnreadableCard
from hal.readers.presence import Presence

log = logging.getLogger(__name__)

PARTIAL_S = 1.0
"""What has begun and not ended within this is dropped."""


class Writing(Protocol):
    """How a reader writes."""

    def feed(self, data: bytes, now: float) -> list[str]:
        """The tokens that are whole by now. Raises UnreadableCard."""


async def presented(port: Port, writing: Writing, presence: Presence, evses: tuple[int, ...] | None) -> AsyncIterator[TokenSeen]:
    """Every card once, as long as the port is there. Raises DeviceError."""
    with port:
        port.discard()
        presence.resume(port.now())
        log.info("event=reader_open reader=%r", port.name)
        while True:
            data = await port.receive()
            try:
                tokens = writing.feed(data, port.now())
            except UnreadableCard as error:
                log.warning("event=card_unreadable reader=%r reason=%r", port.name, str(error))
                continue
            for token in tokens:
                if presence.sees(token, port.now()):
                    yield TokenSeen(token, evses=evses)

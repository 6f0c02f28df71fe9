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
LOOK_S = 0.1
"""So often somebody looks whether a card is gone; when it was longer this host stood still, and cards that lie there were not read."""


class Writing(Protocol):
    """How a reader writes."""

    def feed(self, data: bytes, now: float) -> list[str]:
        """The tokens that are whole by now. Raises UnreadableCard."""


async def presented(
    port: Port, writing: Writing, presence: Presence, evses: tuple[int, ...] | None, kind: str = "ISO14443"
) -> AsyncIterator[TokenSeen]:
    """Every card once, as long as the port is there. ``kind``: IdTokenEnumType of all of them. Raises DeviceError."""
    with port:
        port.discard()
        looked_s = port.now()
        presence.resume(looked_s)
        log.info("event=reader_open reader=%r", port.name)
        while True:
            data = await port.receive(LOOK_S)
            before_s, looked_s = looked_s, port.now()
            presence.stood_still(looked_s - before_s - LOOK_S)
            if not data:
                continue
            try:
                tokens = writing.feed(data, port.now())
            except UnreadableCard as error:
                log.warning("event=card_unreadable reader=%r reason=%r", port.name, str(error))
                continue
            for token in tokens:
                if presence.sees(token, port.now()):
                    yield TokenSeen(token, kind, evses)

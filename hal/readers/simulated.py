"""A card reader of the simulated world: ``POST /v1/rfid`` presents the cards."""

from collections.abc import AsyncIterator, Iterable

from hal.bus.simulated import AttachReader, Card, messages
from hal.measured import TokenSeen


class SimulatedReader:
    """``hal.api.TokenReader``. ``socket``: where the world listens; ``evses``: which EVSEs it serves, ``None`` all."""

    def __init__(self, *, socket: str, evses: Iterable[int] | None = None) -> None:
        self._socket = socket
        self._evses = None if evses is None else tuple(evses)

    async def tokens(self) -> AsyncIterator[TokenSeen]:
        """Every card as it is presented. Raises DeviceError when the world goes."""
        async for message in messages(self._socket, AttachReader(self._evses)):
            if isinstance(message, Card):
                yield message.token

"""An uplink that this host knows nothing about: taken to be there, and every failure is found out by trying."""

import asyncio
from collections.abc import AsyncIterator


class AlwaysUp:
    """``hal.api.Network``."""

    async def changes(self) -> AsyncIterator[bool]:
        """Up, and nothing after that."""
        yield True
        await asyncio.Event().wait()

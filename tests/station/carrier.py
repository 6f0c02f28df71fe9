"""Files that are carried by hand: what comes of each transfer is what the test says, and when."""

import asyncio
import hashlib
from pathlib import Path

from chargepoint.station import archive
from chargepoint.station.archive import Contents, Member
from chargepoint.station.transfers import Carried
from chargepoint.transfer.job import Reason

IMAGE = b"firmware 2.0"
SHA256 = hashlib.sha256(IMAGE).hexdigest()
MD5 = hashlib.md5(IMAGE, usedforsecurity=False).hexdigest()
FETCHED = Carried(size=len(IMAGE), sha256=SHA256)
GONE = Carried(failed=Reason.UNREACHABLE, text="nobody listens")


class PlayedFiles:
    """Transfers take a second each. ``outcomes`` are taken one by one, the last again and again."""

    def __init__(self, *outcomes: Carried, takes_s: float = 1.0) -> None:
        self.outcomes = list(outcomes) or [FETCHED]
        self.takes_s = takes_s
        self.fetched: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self.packed: dict[str, tuple[Member, ...]] = {}
        self.here = FETCHED
        """What the file is when it is looked at again."""
        self.summed = Carried(size=len(IMAGE), md5=MD5)
        """The same by its MD5."""
        self.cancelled = 0

    async def _carry(self) -> Carried:
        try:
            await asyncio.sleep(self.takes_s)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    async def fetch(self, url: str, path: Path, spare_bytes: int = 0) -> Carried:
        self.fetched.append(url)
        return await self._carry()

    async def send(self, url: str, path: Path, name: str) -> Carried:
        self.sent.append((url, name))
        return await self._carry()

    async def digest(self, path: Path) -> Carried:
        return self.here

    async def md5(self, path: Path) -> Carried:
        return self.summed

    async def pack(self, path: Path, contents: Contents) -> None:
        self.packed[path.name] = members = contents()
        archive.write(path, lambda: members)

    def clear(self, folder: Path, keep: str) -> None:
        archive.clear(folder, keep)

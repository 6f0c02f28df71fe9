"""Files to and from elsewhere. The work is done by a helper process (``chargepoint.transfer``), so that nothing here ever waits for it.

Passwords go to the helper by its standard input, never by its command line or into a log.
"""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from chargepoint.station import archive
from chargepoint.station.archive import Contents
from chargepoint.station.children import child
from chargepoint.station.clock import pause
from chargepoint.transfer.job import LASTING, WHOLE_S, Job, Reason
from chargepoint.transfer.urls import redacted

log = logging.getLogger(__name__)

GRACE_S = 60.0
"""So much later than its own time for the whole a helper is ended that looks at no clock: in a name server, say, or in endless headers."""
FIRMWARE_BYTES = 1024**3
"""The largest firmware that is taken."""
SPARE_BYTES = 32 * 1024**2
"""So much of the disk stays free for what must never fail: transactions and messages."""
RETRIES = 3
"""When the CSMS leaves it to us, and it may help."""
MOST_RETRIES = 1000
"""However many the CSMS wishes."""
RETRY_S = 10.0
SHORTEST_RETRY_S = 1.0
"""Never a flood, whatever the CSMS wishes."""
LONGEST_RETRY_S = 86_400.0
HOPELESS = LASTING | {Reason.MISSING, Reason.DENIED, Reason.BAD_REQUEST, Reason.UNTRUSTED}
"""Not tried again unless the CSMS asked for it."""


class Carried(Struct, frozen=True, kw_only=True):
    """How a transfer went."""

    size: int = 0
    sha256: str = ""
    md5: str = ""
    """Where that was asked for."""
    failed: str | None = None
    """One of ``Reason``."""
    text: str = ""
    """For people."""


class Files(Protocol):
    """Whoever can carry files. A call that is cancelled leaves nothing running."""

    async def fetch(self, url: str, path: Path, spare_bytes: int = SPARE_BYTES) -> Carried:
        """Download, with so much of the disk left free; what came of it before is taken up again."""

    async def send(self, url: str, path: Path, name: str) -> Carried:
        """Upload."""

    async def digest(self, path: Path) -> Carried:
        """Size and hash of a file that is here."""

    async def md5(self, path: Path) -> Carried:
        """Size and MD5 of a file that is here."""

    async def pack(self, path: Path, contents: Contents) -> None:
        """Write an archive, or a single member as it is. Raises OSError."""

    def clear(self, folder: Path, keep: str) -> None:
        """Have the folder, with nothing in it but what belongs to one file."""


class Transfers:
    """``Files`` by helper processes and a thread."""

    def __init__(
        self, trust_file: str | None = None, system_trust: bool = False, verify_server_name: bool = True, whole_s: float = WHOLE_S
    ) -> None:
        self._blank = Job("", "", trust_file=trust_file, system_trust=system_trust, verify_server_name=verify_server_name, whole_s=whole_s)

    async def fetch(self, url: str, path: Path, spare_bytes: int = SPARE_BYTES) -> Carried:
        """Download."""
        return await self._run(self._job("download", path, url=url, limit_bytes=FIRMWARE_BYTES, spare_bytes=spare_bytes))

    async def send(self, url: str, path: Path, name: str) -> Carried:
        """Upload."""
        return await self._run(self._job("upload", path, url=url, name=name))

    async def digest(self, path: Path) -> Carried:
        """Hash."""
        return await self._run(self._job("digest", path))

    async def md5(self, path: Path) -> Carried:
        """Hash."""
        return await self._run(self._job("md5", path))

    async def pack(self, path: Path, contents: Contents) -> None:
        """In a thread: compressing lets go of the interpreter. Who cancels waits for it, a second or so: a thread cannot be ended."""
        packing = asyncio.ensure_future(asyncio.to_thread(archive.write, path, contents))
        try:
            await asyncio.shield(packing)
        finally:
            await asyncio.gather(packing, return_exceptions=True)

    def clear(self, folder: Path, keep: str) -> None:
        """Names that do not begin with ``keep`` go."""
        archive.clear(folder, keep)

    def _job(self, kind: str, path: Path, **more: Any) -> Job:
        return self._blank._replace(kind=kind, path=str(path), **more)

    async def _run(self, job: Job) -> Carried:
        try:
            async with child(sys.executable, "-m", "chargepoint.transfer", stdin=PIPE, stdout=PIPE) as process:
                log.info("event=transfer_begins kind=%s url=%s pid=%d", job.kind, redacted(job.url), process.pid)
                carried = await _in_time(process, job)
        except OSError as error:
            log.error("event=transfer_impossible kind=%s cause=%s", job.kind, error)
            return Carried(failed=Reason.KILLED, text=f"no helper process: {error.strerror}")
        log.info("event=transfer_ends kind=%s bytes=%d failed=%s cause=%r", job.kind, carried.size, carried.failed, carried.text)
        return carried


async def _in_time(process: Process, job: Job) -> Carried:
    try:
        async with asyncio.timeout(job.whole_s + GRACE_S):
            return await _hear(process, job)
    except TimeoutError:
        return Carried(failed=Reason.TIMED_OUT, text=f"not complete after {job.whole_s:g} s")


async def _hear(process: Process, job: Job) -> Carried:
    """What the helper tells until it ends. Its standard input stays open: it lives as long as that."""
    assert process.stdin is not None
    assert process.stdout is not None
    carried = Carried(failed=Reason.KILLED, text="the helper process ended without a word")
    process.stdin.write(msgspec.json.encode(job._asdict()) + b"\n")
    async for line in process.stdout:
        told = msgspec.json.decode(line)
        match told["event"]:
            case "done":
                carried = Carried(size=told["bytes"], sha256=told.get("sha256", ""), md5=told.get("md5", ""))
            case "failed":
                carried = Carried(failed=told["reason"], text=told["text"])
            case "progress":
                log.debug("event=transfer_goes_on bytes=%s total=%s", told["bytes"], told["total"])
    return carried


async def persist(
    once: Callable[[], Awaitable[Carried]],
    retries: int | None = None,
    interval_s: int | None = None,
    failures: int = 0,
    failed: Callable[[], None] = lambda: None,
) -> Carried:
    """Try until it is done or the retries are used up (1.6 errata 3.50: so often again). ``failed`` hears of each failure."""
    wait_s = RETRY_S if interval_s is None else min(max(interval_s, SHORTEST_RETRY_S), LONGEST_RETRY_S)
    while True:
        carried = await once()
        if carried.failed is None or carried.failed in (HOPELESS if retries is None else LASTING):
            return carried
        if failures >= (RETRIES if retries is None else min(retries, MOST_RETRIES)):
            return carried
        failures += 1
        failed()
        await pause(wait_s)

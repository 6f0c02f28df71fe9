"""What has happened about security at the pages: one JSON line each, kept in a bounded file, and told to the station where it runs.

The file has at most ``MOST_BYTES``; then the older half goes. What the station is to be told waits in memory, ``WAITING`` at most, and is
told in order as soon as somebody answers: its own log is the one that survives and that the CSMS hears of.
"""

import asyncio
import logging
import os
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.security import NotedKind, NoteSecurity
from chargepoint.pki import files
from chargepoint.web.accounts import give_to_owner_of_folder
from chargepoint.web.clock import Clock

log = logging.getLogger(__name__)

FILE = "security.jsonl"
MOST_BYTES = 262_144
OFTEN, WINDOW_S = 60, 600.0
"""So many of a kind in ten minutes have a line each; the next one in the next ten minutes says how many more there were."""
WAITING = 100
AGAIN_S = 10.0
LONGEST = 200

What = Literal[
    "login", "login failed", "login paused", "logout", "access ended", "account", "password", "session ended", "forged", "update", "other"
]

TOLD: dict[What, NotedKind] = {
    "login": "MaintenanceLoginAccepted",
    "login failed": "MaintenanceLoginFailed",
    "login paused": "MaintenanceLoginFailed",
    "account": "ReconfigurationOfSecurityParameters",
    "password": "ReconfigurationOfSecurityParameters",
}
"""What the standard has a name for. The rest stays here."""

Tell = Callable[[NoteSecurity], Awaitable[None]]


class Line(Struct, frozen=True, kw_only=True):
    """One event."""

    at: datetime
    what: str
    who: str = ""
    """The account, as far as it is known."""
    address: str = ""
    info: str = ""


class Tally(Struct):
    """How many of a kind there were."""

    began_s: float
    seen: int = 0

    def beyond(self) -> int:
        """So many had no line."""
        return max(0, self.seen - OFTEN)


class SecurityLog:
    """``tell``: to the station; raises InquiryError."""

    def __init__(self, folder: Path, clock: Clock, tell: Tell) -> None:
        self._path = folder / FILE
        self._clock = clock
        self._tell = tell
        self._turn = asyncio.Lock()
        self._waiting: deque[NoteSecurity] = deque(maxlen=WAITING)
        self._news = asyncio.Event()
        self._tallies: dict[str, Tally] = {}

    async def note(self, what: What, who: str = "", address: str = "", info: str = "") -> None:
        """Write it down, and have it told. ``info``: never a secret. A disk that is full keeps nobody from working: that is logged."""
        more = self._more(what)
        if more is None:
            return
        info = f"{info} (and {more} more before)".strip() if more else info
        line = Line(at=self._clock.now(), what=what, who=plain(who), address=plain(address), info=plain(info))
        log.info("event=web_security what=%r who=%r address=%s info=%r", what, line.who, line.address, line.info)
        if what in TOLD:
            self._waiting.append(NoteSecurity(TOLD[what], said(line)))
            self._news.set()
        async with self._turn:
            try:
                await asyncio.to_thread(append, self._path, line)
            except OSError as error:
                log.warning("event=security_log_not_written file=%s cause=%s", self._path, error)

    def _more(self, what: str) -> int | None:
        """How many had no line before this one; ``None``: nor has this one."""
        now_s = self._clock.monotonic()
        tally = self._tallies.setdefault(what, Tally(now_s))
        more = 0
        if now_s - tally.began_s >= WINDOW_S:
            more = tally.beyond()
            tally = self._tallies[what] = Tally(now_s)
        tally.seen += 1
        return more if tally.seen <= OFTEN else None

    def newest(self, count: int) -> list[Line]:
        """The newest first. Lines that cannot be read are left out."""
        return read(self._path)[: -count - 1 : -1]

    async def run(self) -> None:
        """Tell the station, for ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                try:
                    await self._tell(self._waiting[0])
                except InquiryError:
                    await self._clock.pause(AGAIN_S)
                else:
                    self._waiting.popleft()


def said(line: Line) -> str:
    """What the CSMS is told; of logins in the form that OCPP 2.0.1 recommends (part 2 appendix 1)."""
    if line.what.startswith("login"):
        info = ", ".join(filter(None, (line.what, line.info)))
        fields = {"user": line.who, "origin": line.address, "info": f"pages: {info}"}
        return "{" + ",".join(f"'{name}':'{_unquoted(value)}'" for name, value in fields.items()) + "}"
    return "pages: " + ", ".join(filter(None, (line.what, line.who, line.address and f"from {line.address}", line.info)))


def _unquoted(text: str) -> str:
    return text.replace("'", "?")


def append(path: Path, line: Line) -> None:
    """On disk when it returns. Raises OSError."""
    data = msgspec.json.encode(line) + b"\n"
    if path.exists() and path.stat().st_size + len(data) > MOST_BYTES:
        kept = path.read_bytes()[-MOST_BYTES // 2 :]
        files.replace(path, kept.partition(b"\n")[2], files.PRIVATE)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, files.PRIVATE)
    with open(descriptor, "ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    give_to_owner_of_folder(path)


def read(path: Path) -> list[Line]:
    """The oldest first; none where there is no file, or where it cannot be read."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return []
    return [line for data in lines if (line := _line(data)) is not None]


def _line(data: bytes) -> Line | None:
    try:
        return msgspec.json.decode(data, type=Line)
    except msgspec.MsgspecError:
        return None  # the power went while it was written


def plain(text: str) -> str:
    """As one short line without anything that a terminal would obey."""
    return "".join(each if each.isprintable() else "?" for each in text[:LONGEST])

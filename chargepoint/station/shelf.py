"""Where published firmware lies for other stations of the site: a helper process gives it out (``chargepoint.transfer.serving``).

It runs for as long as there is anything to give, and listens where the configuration says; where it cannot, it is tried again and again: an
address may come later than the station.
"""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Protocol

import msgspec

from chargepoint.station.children import child
from chargepoint.station.clock import pause

log = logging.getLogger(__name__)

AGAIN_S = 10.0
OPEN_S = 15.0
"""So long a new file waits for the helper to listen; a small board takes a while to start it."""
ANSWER_S = 5.0
MOST_URLS = 8
LONGEST_URL = 512
"""PublishFirmwareStatusNotification: string[0..512]."""


class ShelfError(Exception):
    """The file is not to be had by others; the message is for people."""


class Shelf(Protocol):
    """Whoever gives files to other stations."""

    async def offer(self, name: str, path: Path) -> tuple[str, ...]:
        """Have it given out; where it is then. Raises ShelfError."""

    async def withdraw(self, name: str) -> bool:
        """No more; false: somebody is downloading it, and it stays."""

    def keep(self, name: str, path: Path) -> None:
        """It was offered before this start."""

    def drop(self, name: str) -> None:
        """No more, whoever is downloading it."""

    async def run(self) -> None:
        """For ever."""


class NoShelf:
    """``Shelf`` of a station that gives nothing to others."""

    async def offer(self, name: str, path: Path) -> tuple[str, ...]:
        """It cannot."""
        raise ShelfError("[firmware] publish does not say where to listen")

    async def withdraw(self, name: str) -> bool:
        """Nobody has it."""
        return True

    def keep(self, name: str, path: Path) -> None:
        """In vain."""

    def drop(self, name: str) -> None:
        """Nobody has it."""

    async def run(self) -> None:
        """Nothing to do."""


class ServedShelf:
    """``Shelf`` by HTTP. ``place``: where to listen. ``addresses``: those of this machine."""

    def __init__(self, place: tuple[str, int], addresses: Callable[[], tuple[str, ...]]) -> None:
        self._place = place
        self._addresses = addresses
        self._files: dict[str, Path] = {}
        self._wake = asyncio.Event()
        self._process: Process | None = None
        """The helper, once it listens."""
        self._port = 0
        self._problem = "the helper process has not begun to listen"
        self._opened = asyncio.Event()
        self._waiting: dict[tuple[str, str], asyncio.Future[dict[str, Any]]] = {}

    def keep(self, name: str, path: Path) -> None:
        """It was offered before this start."""
        self._files[name] = path
        self._wake.set()

    def drop(self, name: str) -> None:
        """No more, whoever is downloading it."""
        path = self._files.pop(name, None)
        if self._process is not None and path is not None:
            self._tell(self._process, {"do": "withdraw", "name": name})
        self._wake.set()

    async def offer(self, name: str, path: Path) -> tuple[str, ...]:
        """Have it given out; where it is then. HTTP is the one protocol by which this station can give files (L03.FR.03). Raises
        ShelfError."""
        new = name not in self._files
        self.keep(name, path)
        try:
            await self._listening()
            await self._ask("offer", "offered", name)
            return self._urls(name)
        except BaseException:
            if new:
                self.drop(name)
            raise

    async def _listening(self) -> None:
        """Raises ShelfError."""
        try:
            async with asyncio.timeout(OPEN_S):
                await self._opened.wait()
        except TimeoutError:
            raise ShelfError(self._problem) from None

    async def withdraw(self, name: str) -> bool:
        """No more; false: somebody is downloading it, and it stays. Where nothing listens nobody can be."""
        if self._process is not None and name in self._files:
            try:
                if (await self._ask("withdraw", "withdrawn", name))["busy"]:
                    return False
            except ShelfError as error:
                log.warning("event=shelf_silent cause=%s", error)
        self._files.pop(name, None)
        self._wake.set()
        return True

    def _urls(self, name: str) -> tuple[str, ...]:
        """L03.FR.04"""
        host, path = self._place[0], f":{self._port}/firmware/{name}"
        hosts = self._reachable(4 if host == "0.0.0.0" else None) if host in ("0.0.0.0", "::") else (host,)
        urls = (f"http://{f'[{each}]' if ':' in each else each}{path}" for each in hosts[:MOST_URLS])
        found = tuple(url for url in urls if len(url) <= LONGEST_URL)
        if not found:
            raise ShelfError("this machine has no address that other stations could reach")
        return found

    def _reachable(self, version: int | None) -> tuple[str, ...]:
        """Those of this machine that others can reach."""
        every = [(each, ip_address(each)) for each in self._addresses()]
        return tuple(text for text, each in every if not each.is_loopback and version in (None, each.version))

    # The helper

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            if not self._files:
                await self._wake.wait()
                continue
            try:
                await self._serve(*self._place)
            except (OSError, ValueError, KeyError) as error:
                log.error("event=shelf_broken cause=%r again_s=%.0f", error, AGAIN_S)
                self._problem = str(error)
            if self._files:
                await pause(AGAIN_S)

    async def _serve(self, host: str, port: int) -> None:
        """Until it ends, or nothing is left to give. Raises OSError; ValueError, KeyError: it tells nonsense."""
        async with child(sys.executable, "-m", "chargepoint.transfer.serving", stdin=PIPE, stdout=PIPE) as process:
            self._tell(process, {"host": host, "port": port})
            hearing = asyncio.ensure_future(self._hear(process))
            try:
                while self._files and not hearing.done():
                    self._wake.clear()
                    waking = asyncio.ensure_future(self._wake.wait())
                    await asyncio.wait((hearing, waking), return_when=asyncio.FIRST_COMPLETED)
                    waking.cancel()
                if hearing.done():
                    hearing.result()
            finally:
                hearing.cancel()
                self._lost()

    async def _hear(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            told = msgspec.json.decode(line)
            match told["event"]:
                case "open":
                    self._begun(process, told["port"])
                case "failed":
                    self._problem = f"cannot listen at {self._place}: {told['text']}"
                    log.warning("event=shelf_closed cause=%r again_s=%.0f", self._problem, AGAIN_S)
                case event:
                    waiting = self._waiting.get((event, told.get("name", "")))
                    if waiting is not None and not waiting.done():
                        waiting.set_result(told)

    def _begun(self, process: Process, port: int) -> None:
        self._process, self._port = process, port
        log.info("event=shelf_open host=%s port=%d files=%d", self._place[0], port, len(self._files))
        for name, path in self._files.items():
            self._tell(process, {"do": "offer", "name": name, "path": str(path)})
        self._opened.set()

    def _lost(self) -> None:
        self._process = None
        self._opened.clear()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ShelfError("the helper process has ended"))

    async def _ask(self, wish: str, event: str, name: str) -> dict[str, Any]:
        """Raises ShelfError."""
        if self._process is None:
            raise ShelfError(self._problem)
        answered: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[event, name] = answered
        try:
            self._tell(self._process, {"do": wish, "name": name, "path": str(self._files[name])})
            async with asyncio.timeout(ANSWER_S):
                return await answered
        except TimeoutError:
            raise ShelfError(f"the helper process has not answered within {ANSWER_S:g} s") from None
        finally:
            self._waiting.pop((event, name), None)

    @staticmethod
    def _tell(process: Process, line: dict[str, Any]) -> None:
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(line) + b"\n")

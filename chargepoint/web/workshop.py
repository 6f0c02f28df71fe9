"""Where the first configuration is made: the draft, which survives power cuts; one trial at a time; the new file on its way."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from chargepoint.pki import files
from chargepoint.web.ports import Ports
from chargepoint.web.wizard import candidate, toml
from chargepoint.web.wizard.draft import Draft
from chargepoint.web.wizard.ports import END, Checked, Progress, Tree, WizardPorts

log = logging.getLogger(__name__)

T = TypeVar("T")

FILE = "draft.json"
UNREAD = 100
"""Sights that wait for a browser; at twice a second it is gone by then."""


class Workshop:
    """``ports``: with or without what a wizard needs."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports.wizard
        self._path: Path = ports.folder / FILE
        self._config = ports.config
        self._draft: Draft | None = None
        self._turn = asyncio.Lock()
        self._stop = asyncio.Event()
        self._trials: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self.progress: tuple[Progress, ...] = ()
        """Of the configuration that was saved last, since these pages began."""

    @property
    def open(self) -> bool:
        """Can a configuration be made here?"""
        return self._ports is not None

    @property
    def ports(self) -> WizardPorts:
        """To be asked only where it is open."""
        assert self._ports is not None
        return self._ports

    # The draft

    @property
    def begun(self) -> bool:
        """Has anything been answered, and not become a configuration that works?"""
        return bool(self.draft.answers)

    @property
    def draft(self) -> Draft:
        """As it was saved last; a new one where there is none, or none that can be read. Who makes a configuration in a terminal takes it
        away."""
        if self._draft is None or (self._draft.answers and not self._path.exists()):
            self._draft = self._loaded()
            if self._draft.answers and self._in_place():
                log.info("event=draft_forgotten cause='the configuration is as it says: a power cut, perhaps'")
                self.forget()
        return self._draft

    def _loaded(self) -> Draft:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Draft)
        except FileNotFoundError:
            return Draft()
        except (OSError, msgspec.MsgspecError) as error:
            log.error("event=draft_unreadable path=%s cause=%s", self._path, error)
            return Draft()

    def _in_place(self) -> bool:
        """Has it become the configuration already?"""
        try:
            return self.open and self._config.read_bytes() == self.text(masked=False).encode()
        except OSError:
            return False

    def keep(self, draft: Draft) -> None:
        """On the disk, before anybody is told that it is. Raises OSError."""
        files.replace(self._path, msgspec.json.format(msgspec.json.encode(draft)), files.PRIVATE)
        self._draft = draft

    def forget(self) -> None:
        """It has become a configuration, or is to be begun anew. Passwords go with it."""
        files.remove(self._path)
        self._draft = Draft()

    @property
    def tree(self) -> Tree:
        """What the draft means."""
        return candidate.tree(self.draft, self.ports.drivers())

    def text(self, *, masked: bool) -> str:
        """The file."""
        return toml.text(self.tree, candidate.remarks(self.draft), masked=masked)

    def checked(self) -> Checked:
        """What check-config says of it."""
        return self.ports.check(self.tree)

    # Trials

    async def alone(self, begin: Callable[[], AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
        """What it tells, until somebody else begins another trial: two cannot hold one port."""
        self._stop.set()
        self._stop = stop = asyncio.Event()
        told: asyncio.Queue[T | None] = asyncio.Queue()
        task = asyncio.get_running_loop().create_task(self._try(begin, stop, told))
        self._trials.add(task)
        task.add_done_callback(self._trials.discard)
        try:
            while (each := await told.get()) is not None:
                yield each
        finally:
            stop.set()

    async def _try(self, begin: Callable[[], AsyncGenerator[T, None]], stop: asyncio.Event, told: "asyncio.Queue[T | None]") -> None:
        """A task of its own: a browser that leaves need not wait until a board is closed."""
        try:
            async with self._turn:
                if stop.is_set():
                    return
                source, stopped = begin(), asyncio.ensure_future(stop.wait())
                try:
                    while told.qsize() < UNREAD and (each := await _next(source, stopped)) is not None:
                        told.put_nowait(each)
                finally:
                    stopped.cancel()
                    await source.aclose()
        finally:
            told.put_nowait(None)

    # Saving

    @property
    def applying(self) -> bool:
        """Is a file on its way?"""
        return self._task is not None and not self._task.done()

    def apply(self) -> None:
        """Begin; it goes on whoever looks. Whoever tries something lets go of it first: control wants the hardware."""
        if not self.applying:
            self.progress = ()
            self._stop.set()
            self._task = asyncio.get_running_loop().create_task(self._apply(self.text(masked=False)))

    async def _apply(self, text: str) -> None:
        async with self._turn:
            async for progress in self.ports.apply(text):
                self.progress = (*self.progress, progress)
                log.info("event=configuration_progress state=%s text=%r", progress.state, progress.text)
            self._stop.set()
        if self.progress and self.progress[-1].state == "up":
            self.forget()

    @property
    def ended(self) -> Progress | None:
        """How it ended, if it has."""
        return self.progress[-1] if self.progress and not self.applying and self.progress[-1].state in END else None


async def _next(source: AsyncGenerator[T, None], stopped: "asyncio.Future[Any]") -> T | None:
    """The next, or nothing when it is over or to be stopped."""
    coming: asyncio.Future[Any] = asyncio.ensure_future(anext(source, None))
    try:
        await asyncio.wait({coming, stopped}, return_when=asyncio.FIRST_COMPLETED)
        told: T | None = coming.result() if coming.done() else None
        return told
    finally:
        if not coming.done():
            coming.cancel()
            await asyncio.wait({coming})

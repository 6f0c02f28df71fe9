"""Something that takes its time and ends the same whoever looks: a new configuration, a restore, a factory reset. One at a time."""

import asyncio
import logging
from collections.abc import AsyncGenerator

from chargepoint.web.wizard.ports import END, Progress

log = logging.getLogger(__name__)


class Work:
    """``progress``: of what was begun last, since these pages began."""

    def __init__(self) -> None:
        self.title = ""
        self.progress: tuple[Progress, ...] = ()
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Is something under way?"""
        return self._task is not None and not self._task.done()

    @property
    def waits(self) -> bool:
        """For a car, or an installation: it can be called off."""
        return self.running and bool(self.progress) and self.progress[-1].state == "waiting" and not self.progress[-1].link

    @property
    def ended(self) -> Progress | None:
        """How it ended, if it has."""
        return self.progress[-1] if self.progress and not self.running and self.progress[-1].state in END else None

    def begin(self, title: str, source: AsyncGenerator[Progress, None]) -> bool:
        """False: something else is under way, and this is not begun."""
        if self.running:
            return False
        self.title, self.progress = title, ()
        self._task = asyncio.get_running_loop().create_task(self._follow(source))
        return True

    async def _follow(self, source: AsyncGenerator[Progress, None]) -> None:
        try:
            async for progress in source:
                self.progress = (*self.progress, progress)
                log.info("event=work_progress what=%r state=%s text=%r", self.title, progress.state, progress.text)
        except OSError as error:
            log.error("event=work_failed what=%r cause=%s", self.title, error)
            self.progress = (*self.progress, Progress("failed", f"{error.filename or self.title}: {error.strerror}."))

"""Processes that the station starts: a child lives no longer than the block that uses it."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def child(*argv: str, stdin: int = DEVNULL, stdout: int | None = None) -> AsyncIterator[Process]:
    """Killed when the block is left, and gone when that has returned. Raises OSError where none can be started.

    The signal is sent past ``Process.kill``, which asks for the exit status on its own account and so may take it away from asyncio,
    which then knows only that the child is gone ("Unknown child process pid", status 255).
    """
    process = await asyncio.create_subprocess_exec(*argv, stdin=stdin, stdout=stdout)
    try:
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):  # ended in this moment
                os.kill(process.pid, signal.SIGKILL)
        await process.wait()

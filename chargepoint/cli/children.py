"""The product's processes as children of the bench: started, killed as a power cut does, started again when they die."""

import asyncio
import contextlib
import ctypes
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

log = logging.getLogger(__name__)

AGAIN_S = 1.0
"""As systemd would: a process that dies is started again."""
ORDERLY_S = 9.0
"""Control may take 8 s to stop a car."""
PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """A bench that is killed alone takes its children along (prctl(2)); a new program in the same process still has it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """One process of ``chargepoint VERB ...``."""

    def __init__(self, verb: str, options: Sequence[str], log_file: Path | None = None) -> None:
        self.verb = verb
        self._options = options
        self._log_file = log_file
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Is there a process?"""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """Its number, while it runs."""
        return self._process.pid if self._process is not None and self.running else None

    async def start(self) -> None:
        """Start it, and again whenever it ends by itself."""
        if self._keeper is None:
            await self._spawn()
            self._keeper = asyncio.get_running_loop().create_task(self._keep())

    async def _spawn(self) -> None:
        command = (sys.executable, "-m", "chargepoint", self.verb, *self._options)
        with contextlib.ExitStack() as opened:
            log_file = None if self._log_file is None else opened.enter_context(self._log_file.open("ab"))
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stderr=log_file,
                preexec_fn=_die_with_parent,
                process_group=0,  # Ctrl-C is for the bench, which ends them in order
            )

    async def _keep(self) -> None:
        while self._process is not None:
            status = await self._process.wait()
            log.warning("event=process_ended process=%s status=%d again_s=%.0f", self.verb, status, AGAIN_S)
            await asyncio.sleep(AGAIN_S)
            await self._spawn()

    async def kill(self) -> None:
        """SIGKILL, and it stays dead."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL if it does not end."""
        await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            self._keeper = None
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(number)
        try:
            async with asyncio.timeout(ORDERLY_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

"""Signs for the pages: ``chargepoint signs`` as a process of its own, since fonts and PDF take memory that the pages would keep."""

import asyncio
import logging
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

LONGEST_S = 60.0
"""A slow board takes 5 s; it may be busy."""
LONGEST_TEXT = 500


async def printed(config: Path, state_dir: Path, evse: int, name: str) -> bytes | str:
    """The file of this name for an EVSE; or what went wrong, for people."""
    with tempfile.TemporaryDirectory() as folder:
        station = ("--config", str(config), "--state-dir", str(state_dir))
        command = (sys.executable, "-m", "chargepoint", "signs", *station, "--evse", str(evse), "--output", folder)
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe)
        try:
            async with asyncio.timeout(LONGEST_S):
                _, said = await process.communicate()
        except TimeoutError:
            return f"the signs were not made within {LONGEST_S:g} s; try again when the station has less to do"
        finally:
            with suppress(ProcessLookupError):
                process.kill()
        if process.returncode:
            log.warning("event=signs_failed evse=%d status=%d said=%r", evse, process.returncode, said[-LONGEST_TEXT:])
            return said.decode("utf-8", "replace").strip()[-LONGEST_TEXT:] or f"chargepoint signs ended with {process.returncode}"
        try:
            return await asyncio.to_thread((Path(folder) / name).read_bytes)
        except OSError as error:
            return f"{name}: {error.strerror}"

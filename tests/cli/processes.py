"""Verbs of ours that run, as processes in a group of their own, with the files of one folder."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chargepoint.cli.paths import inquiry
from chargepoint.inquiry.client import InquiryError, ask
from chargepoint.inquiry.restarting import Processes, SeeProcesses
from tests import waiting

PATIENCE_S = 90.0
CONFIGURATION = """
[station]
id = "cp001"
vendor = "Acme"
model = "One"
[site]
fuse_a = 63
[[evses]]
id = 1
max_current_a = 32
connectors = [ { id = 1 } ]
[hal]
backend = "sim"
[bench]
listen = "127.0.0.1:0"
[web]
listen = "127.0.0.1:0"
"""


def until(seen: Callable[[], Any], every_s: float = 0.05) -> Any:
    """What one of them brings about."""
    return waiting.until(seen, within_s=PATIENCE_S, every_s=every_s)


class Home:
    """``config``: may be there or not; the state is beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config, self.state, self.log = folder / "station.toml", folder / "state", folder / "log"
        self.station, self.web = self.state / "station", self.state / "web"
        self.inquiry = inquiry(self.state)

    @property
    def options(self) -> list[str]:
        """Of most verbs."""
        return ["--config", str(self.config), "--state-dir", str(self.state)]

    def command(self, verb: str, *more: str) -> list[str]:
        """One of ours."""
        return [sys.executable, "-m", "chargepoint", verb, *self.options, *more]

    @contextlib.contextmanager
    def running(self, verb: str = "bench", *more: str) -> Iterator[subprocess.Popen[bytes]]:
        """Until it is left; then nothing of it goes on. Nobody has stumbled."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(self.command(verb, *more), stdout=log, stderr=log, process_group=0)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(30)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said = self.log.read_text()
        assert "Traceback" not in said, said[said.index("Traceback") :]

    def told(self, pattern: str) -> str:
        """What a process says to people, once it does."""
        return str(until(lambda: re.search(pattern, self.log.read_text()))[1])

    def answers(self) -> bool:
        """Do station and control?"""
        with contextlib.suppress(InquiryError):
            return bool(ask(self.inquiry, Processes, SeeProcesses()).control)
        return False

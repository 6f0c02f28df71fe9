"""A bench that runs in processes of its own: real control, real station, simulated hardware."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chargepoint.cli.inquiry import ask
from chargepoint.cli.paths import inquiry
from chargepoint.inquiry.faults import Answer, ClearFault
from chargepoint.inquiry.hardware import Exercised, ExerciseOutput, Shown, ShowSignals
from tests.waiting import until

CONFIGURATION = """
[station]
id = "cp001"
vendor = "Acme"
model = "One"
serial = "0001"

[site]
fuse_a = 63

[[evses]]
id = 1
max_current_a = 32
connectors = [ { id = 1, cable = "socket" } ]

[[evses]]
id = 2
max_current_a = 16
phases = 1
connectors = [ { id = 1, cable = "fixed" } ]

[hal]
backend = "sim"

[bench]
listen = "127.0.0.1:0"
"""
PATIENCE_S = 30.0
PARTS = (
    "lock",
    "contactor",
    "rcd",
    "meter",
    "board",
    "temperature_c",
    "emergency_stop",
    "earth",
    "enclosure",
    "mains_v",
    "breaker",
    "pilot",
)


class Site:
    """One that runs."""

    def __init__(self, config: Path, state: Path, url: str) -> None:
        self.config = config
        self.state = state
        self._url = url

    @property
    def options(self) -> list[str]:
        """For a command line."""
        return ["--config", str(self.config), "--state-dir", str(self.state)]

    def call(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """A verb of the bench."""
        request = urllib.request.Request(f"{self._url}/v1{path}", json.dumps(body).encode(), method=method)
        with urllib.request.urlopen(request) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def document(self) -> dict[str, Any]:
        """How the station is."""
        told: dict[str, Any] = ask(inquiry(self.state), dict[str, Any])
        return told

    def faults(self, evse: int = 1) -> list[str]:
        """Of an EVSE."""
        return list(next(each for each in self.document()["evses"] if each["id"] == evse)["faults"])

    def break_part(self, **parts: Any) -> None:
        """PATCH hardware of EVSE 1."""
        self.call("PATCH", "/evses/1/hardware", **parts)

    def rcd_tested(self) -> None:
        """Control's own test of the residual current monitor is over: what trips now is no test."""
        asked = ExerciseOutput(1, "rcm_test")
        self.until(lambda: ask(inquiry(self.state), Exercised, asked).outcome == "good", "the monitor is not tested")

    def until(self, condition: Callable[[], object], what: str = "") -> None:
        """It holds in time."""
        until(condition, lambda: what or str(self.faults()), PATIENCE_S, every_s=0.1)

    def sound(self) -> None:
        """Everything is mended, and nobody is there; a technician clears what he has to clear."""
        self.call("POST", "/evses/1/ev/unplug", side="station")
        self.break_part(**dict.fromkeys(PARTS))
        self.call("PATCH", "/evses/1/meter", energy_wh=None)

        def clear() -> bool:
            for name in self.faults():
                ask(inquiry(self.state), Answer, ClearFault(1, name))
            return not self.faults() and self.document()["evses"][0]["state"] == "A"

        self.until(clear)
        self.until(lambda: all(each.inputs and each.reading for each in ask(inquiry(self.state), Shown, ShowSignals()).evses))


@contextmanager
def running(folder: Path) -> Iterator[Site]:
    """From its start to its end."""
    config, state = folder / "station.toml", folder / "state"
    config.write_text(CONFIGURATION)
    command = (sys.executable, "-m", "chargepoint", "bench", "--config", str(config), "--state-dir", str(state))
    with (folder / "log").open("w") as log:
        bench = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True)
    try:
        assert bench.stdout is not None
        site = Site(config, state, bench.stdout.readline().split()[3].rstrip("/,"))
        site.until(lambda: site.call("GET", "/state")["ready"], "not ready")
        yield site
    finally:
        bench.send_signal(signal.SIGTERM)
        try:
            bench.communicate(timeout=PATIENCE_S)
        finally:
            if bench.poll() is None:
                os.killpg(bench.pid, signal.SIGKILL)

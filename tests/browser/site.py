"""A whole station to look at: bench, control, station, pages and a CSMS as processes, and a technician who has logged in."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chargepoint.web.server import read_addresses
from tests.browser.tab import PATIENCE_S, Tab, until

PASSWORD = "gravel umbrella 71 notebook"
CONFIGURATION = """
[station]
id = "cp042"
vendor = "Acme"
model = "One"
serial = "77"
[site]
fuse_a = 50
[[evses]]
id = 1
max_current_a = 32
failsafe_current_a = 6
connectors = [ { id = 1, type = "sType2", cable = "socket" } ]
[[evses]]
id = 2
max_current_a = 32
minimum_current_3p_a = 8
simplified_pilot_max_a = 10
connectors = [ { id = 1, type = "cType2", cable = "fixed" } ]
[ocpp]
version = "1.6"
csms_url = "CSMS"
[hal]
backend = "sim"
[bench]
listen = "127.0.0.1:0"
[web]
listen = "127.0.0.1:0"
driver_listen = "127.0.0.1:0"
[public]
open_to_public = true
operator = "Acme Charging"
help_line = "+44 20 7946 0000"
location = "Car park at the market, level 2"
label = "XY-12"
languages = ["en", "de", "fr", "es", "nl", "it", "pl"]
"""


def asked(url: str, body: dict[str, Any] | None = None, method: str | None = None) -> Any:
    """JSON from a program of ours."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return json.load(answer)


class Site:
    """``folder`` has the configuration ``station.toml``, and the state beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.csms = ""

    def told(self, pattern: str, file: str = "out") -> str:
        """What a process says to people, once it does."""
        return str(until(lambda: (found := re.search(pattern, (self.folder / file).read_text())) and found[1], f"{pattern} in {file}"))

    @property
    def bench(self) -> str:
        """Where its verbs are."""
        return self.told(r"bench of \S+: (\S+)/ for people") + "/v1"

    def page(self, path: str, which: str = "technicians") -> str:
        """Address of a page."""
        folder = self.folder / "state" / "web"
        told = until(lambda: (read_addresses(folder) or {}).get(which), f"the pages for {which}")
        return str(told).rstrip("/") + path

    def do(self, verb: str, path: str, **entries: Any) -> Any:
        """A verb of the bench."""
        return asked(f"{self.bench}{path}", entries, verb)

    def station(self) -> dict[str, Any]:
        """How it is."""
        state: dict[str, Any] = asked(f"{self.bench}/state")
        return state

    def state(self, evse: int = 1) -> dict[str, Any]:
        """How an EVSE is."""
        entry: dict[str, Any] = self.station()["evses"][evse - 1]
        return entry

    def call(self, action: str, **payload: Any) -> Any:
        """Something that the CSMS wants."""
        return asked(f"{self.csms}/stations/cp042/call", {"action": action, "payload": payload})["result"]

    def begin(self, tab: Tab) -> None:
        """The first account: with the code that the bench, or the verb for it, tells."""
        verb = [sys.executable, "-m", "chargepoint", "password", "--setup-code", "--state-dir", str(self.folder / "state")]
        tab.open(self.page("/"))
        said = subprocess.run(verb, capture_output=True, text=True, check=True).stdout
        code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", said)
        assert code, said
        tab.fill({"code": code[0], "name": "owner", "password": PASSWORD, "again": PASSWORD})
        tab.press("Make the account")

    def charge(self, evse: int, **car: Any) -> None:
        """A car that is paid for, until it charges."""
        self.do("POST", f"/evses/{evse}/ev/plug", **({"reaction_s": 0.2, "current_a": 32, "phases": 3} | car))
        self.do("POST", "/rfid", token="04A1B2C3", evses=[evse])
        until(lambda: self.state(evse)["contactor"] == "closed", f"EVSE {evse} charges")

    def unplug(self, *evses: int) -> None:
        """Nobody is there any more."""
        for evse in evses:
            self.do("PATCH", f"/evses/{evse}/ev", request=False)
            self.do("POST", f"/evses/{evse}/ev/unplug")
        until(lambda: all(self.state(evse)["transaction"] is None for evse in evses), f"the sessions at {evses} are over")


@contextlib.contextmanager
def process(folder: Path, name: str, *options: str) -> Iterator[None]:
    """One of ours, for as long as it is wanted; it leaves by itself when it is told to."""
    with (folder / f"{name}.log").open("wb") as log, (folder / ("out" if name == "bench" else name)).open("wb") as out:
        running = subprocess.Popen([sys.executable, "-m", "chargepoint", name, *options], stdout=out, stderr=log)
        try:
            yield
            running.send_signal(signal.SIGTERM)
            assert running.wait(PATIENCE_S) == 0, (folder / f"{name}.log").read_text()
        finally:
            running.kill()
            running.wait()
    log_text = (folder / f"{name}.log").read_text()
    assert "Traceback" not in log_text, log_text[log_text.index("Traceback") :]


@contextlib.contextmanager
def bench(folder: Path) -> Iterator[Site]:
    """From the folder's configuration, or from none."""
    with process(folder, "bench", "--config", str(folder / "station.toml"), "--state-dir", str(folder / "state")):
        yield Site(folder)


@contextlib.contextmanager
def whole(folder: Path) -> Iterator[Site]:
    """With a configuration, and a CSMS that commands it."""
    with process(folder, "csms", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"):
        site = Site(folder)
        url = site.told(r"(ws://\S+)", "csms")
        csms = site.told(r"(http://\S+/v1)", "csms")
        (folder / "station.toml").write_text(CONFIGURATION.replace("CSMS", url))
        with bench(folder) as site:
            site.csms = csms
            until(lambda: site.station()["ocpp"]["registration"] == "accepted", "the CSMS has accepted it")
            yield site

"""``chargepoint bench --wires``: a configuration for real hardware, played without any; wires break and are mended over HTTP."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from chargepoint.cli.paths import left
from tests.waiting import until

CONFIGURATION = """
[station]
id = "wires"
vendor = "Acme"
model = "One"
[site]
fuse_a = 63
[[evses]]
id = 1
max_current_a = 32
board = { driver = "openevse", port = "/dev/ttyUSB0" }
meter = { driver = "sdm630", port = "/dev/ttyUSB1", unit = 3, parity = "E" }
connectors = [ { id = 1, cable = "fixed" } ]
[bench]
listen = "127.0.0.1:0"
"""
PATIENCE_S = 60.0


class Bench:
    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, method: str, path: str, **entries: Any) -> Any:
        body = json.dumps(entries).encode() if entries else None
        with urlopen(Request(f"{self.url}{path}", body, method=method), timeout=10) as answer:
            return json.load(answer)

    def until(self, happened: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The EVSE's entry, once it is so."""
        seen: dict[str, Any] = {}

        def look() -> dict[str, Any] | None:
            seen.update(self.ask("GET", "/state")["evses"][0])
            return seen if happened(seen) else None

        return until(look, lambda: str(seen), PATIENCE_S, every_s=0.1)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    config = tmp_path / "station.toml"
    config.write_text(CONFIGURATION.replace("[bench]", "[authorization]\nfree = true\n[bench]"))
    command = [sys.executable, "-m", "chargepoint", "bench", "--wires", "--config", str(config), "--state-dir", str(tmp_path / "state")]
    with (tmp_path / "log").open("w") as log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "for programs" in line, (tmp_path / "log").read_text()
        yield Bench(line.split()[-3].removesuffix("/state"))
        process.terminate()
        process.wait(15)
        assert list(left(tmp_path / "state")) == [], "nothing is left of its sockets"


def test_wires_break_and_are_mended_and_the_station_names_what_is_wrong(bench: Bench) -> None:
    bench.until(lambda evse: evse["status"] == "Available" and evse["faults"] == [])
    devices = {(one["part"], one["driver"], one["where"]) for one in bench.ask("GET", "/world")["wires"]}
    assert devices == {("board", "openevse", "/dev/ttyUSB0"), ("meter", "sdm630", "/dev/ttyUSB1")}
    bench.ask("PATCH", "/evses/1/wires", meter="unplugged")
    bench.until(lambda evse: "meter_silent" in evse["faults"])
    assert {one["part"]: one["fault"] for one in bench.ask("GET", "/world")["wires"]} == {"board": None, "meter": "unplugged"}
    bench.ask("PATCH", "/evses/1/wires", meter="ok", board="silent")
    bench.until(lambda evse: "board_silent" in evse["faults"] and "meter_silent" not in evse["faults"])
    bench.ask("PATCH", "/evses/1/wires", board=None)
    bench.until(lambda evse: evse["faults"] == [])
    bench.ask("POST", "/evses/1/ev/plug", reaction_s=0.1)
    assert bench.until(lambda evse: evse["contactor"] == "closed" and evse["meter"]["power_w"] > 0)["limit_a"] == 32.0


def test_what_is_not_on_a_wire_cannot_be_broken(bench: Bench) -> None:
    for path, entries, text in (
        ("/evses/1/wires", {"indicator": "silent"}, "indicator 1: not on a wire; there are board 1, meter 1"),
        ("/evses/1/wires", {"board": "dusty"}, 'board: "dusty" is not allowed; one of "silent"'),
        ("/readers/1/wires", {"reader": "silent"}, "reader 1: not on a wire"),
    ):
        with pytest.raises(HTTPError) as caught:
            bench.ask("PATCH", path, **entries)
        assert caught.value.code == 400
        assert text in json.load(caught.value)["error"]["message"]

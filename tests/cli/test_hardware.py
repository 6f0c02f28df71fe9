"""Every signal on the screen, and one output moved by hand: against a whole site with real drivers on real wires."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import inspect
from chargepoint.cli.main import main
from chargepoint.cli.signals import View, shown
from chargepoint.domain.configuration import ConnectorPart, EvsePart
from chargepoint.inquiry.hardware import Shown
from chargepoint.link.messages import Signals
from hal.api import Abilities
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, BoardFault, BoardInputs, BoardOutputs, MeterReading
from tests.cli.processes import Home, until
from tests.control.rig import ABLE

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
board = { driver = "openevse", port = "/dev/ttyUSB0" }
meter = { driver = "sdm630", port = "/dev/ttyUSB1" }
connectors = [ { id = 1, cable = "fixed" } ]

[[evses]]
id = 2
max_current_a = 16
board = { driver = "simulated" }
meter = { driver = "simulated" }
connectors = [ { id = 1, cable = "socket" } ]

[hal]
backend = "wires"

[bench]
listen = "127.0.0.1:0"
"""


class Site:
    """A bench that runs."""

    def __init__(self, options: list[str], url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._options = options
        self._url = url
        self._capsys = capsys

    def ask(self, *words: str) -> tuple[int, str]:
        """Exit status and what was said."""
        self._capsys.readouterr()
        status = main(["hardware", *words, *self._options])
        out, err = self._capsys.readouterr()
        return status, out + err

    def signals(self) -> list[dict[str, Any]]:
        """As a program reads them."""
        status, text = self.ask("--json")
        told: list[dict[str, Any]] = json.loads(text)["evses"] if status == 0 else []
        return told

    def plug(self, evse: int) -> None:
        """A car comes."""
        body = json.dumps({"reaction_s": 0.2, "phases": 3}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self._url}/v1/evses/{evse}/ev/plug", body, method="POST")).close()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Site]:
    """Control, station and world, in processes of their own."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    home = Home(tmp_path)
    home.config.write_text(CONFIGURATION)
    with home.running():
        there = Site(home.options, home.told(r"bench of \S+: (\S+)/ for people"), capsys)
        until(lambda: len(there.signals()) == 2 and all(each["inputs"] and each["reading"] for each in there.signals()), every_s=0.1)
        yield there


def test_a_technician_looks_and_moves_outputs_and_lets_a_car_charge(site: Site) -> None:
    status, text = site.ask()
    assert status == 0
    assert "openevse on /dev/ttyUSB0, heard" in text
    assert "sdm630 on /dev/ttyUSB1, read" in text
    until(lambda: site.ask("exercise", "2", "lock", "close") == (0, "EVSE 2: the feedback of the lock says locked: True: good\n"))
    assert site.ask("exercise", "2", "pilot", "16")[1].endswith("expected +12000 mV and -12000 mV: good\n")
    assert site.ask("exercise", "1", "pilot", "16") == (
        1,
        "chargepoint: EVSE 1: its board moves the contactor by itself and might close it for an offer\n",
    )
    assert site.ask("exercise", "2", "charge")[1].startswith("chargepoint: EVSE 2: nothing is plugged in")
    site.plug(2)
    until(lambda: site.signals()[1]["state"] == "B1")
    status, text = site.ask("exercise", "2", "charge", "--current", "6", "--seconds", "5")
    assert status == 0, text
    assert "contactor closed (feedback closed)" in text
    assert "not a transaction" in text.splitlines()[-1]
    until(lambda: not site.signals()[1]["inputs"]["contactor_closed"])
    assert site.ask("exercise", "2", "lock", "close")[0] == 1


def test_wrong_words_are_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "station.toml").write_text(CONFIGURATION)
    there = Site(["--config", str(tmp_path / "station.toml"), "--state-dir", str(tmp_path)], "", capsys)
    assert there.ask("exercise", "3", "lock", "close") == (2, "chargepoint: EVSE 3: unknown; there are 1, 2\n")
    assert there.ask("exercise", "1", "contactor", "close")[0] == 2
    assert there.ask("exercise", "1", "buzzer", "read") == (1, "chargepoint: EVSE 1: no indicator is configured for it\n")
    assert there.ask("exercise", "1", "charge", "--seconds", "1000")[0] == 2
    assert there.ask()[0] == 1


def test_control_that_tells_nothing_does_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "station.toml").write_text(CONFIGURATION)
    there = Site(["--config", str(tmp_path / "station.toml"), "--state-dir", str(tmp_path)], "", capsys)
    for connected in (True, False):
        monkeypatch.setattr(inspect, "ask", lambda *asked, connected=connected, **how: Shown((), connected))
        for words in ((), ("--json",)):
            status, text = there.ask(*words)
            assert status == 1
            assert "control" in text
            assert "another configuration" not in text
        assert "control does not run" in text or not connected


FIXED = EvsePart(id=1, max_current_a=16.0, connectors=(ConnectorPart(id=1, cable="fixed"),), board={"driver": "acme", "host": "10.0.0.7"})
BARE = Abilities(safety="own", rcm=False, coil_watchdog=False, contactor="own", proximity=False)
IDLE = BoardOutputs(PILOT_FAULT_PPM, False, False)


def told(**fields: Any) -> Signals:
    """What control tells."""
    usual = {"evse": 1, "at_s": 100.0, "state": "A", "cp": None, "inputs": None, "outputs": IDLE, "reading": None}
    return Signals(**{**usual, **fields})


def test_what_is_not_there_says_so() -> None:
    text = shown(View(told(), FIXED, BARE))
    assert "acme on 10.0.0.7: NOT HEARD YET" in text
    assert "simulated: NOT READ YET" in text
    assert "indicator      none" in text
    assert "indicator      shows charging" in shown(View(told(shows="charging"), FIXED, BARE))
    board = BoardInputs(at_s=90.0, cp_high_mv=-5_000, cp_low_mv=-5_000, contactor_closed=None, plug_locked=None, pp_ohm=None)
    text = shown(View(told(inputs=board), FIXED, BARE))
    for said in (
        "heard 10.00 s ago: SILENT",
        "-5.00 V / -5.00 V   no state has this voltage",
        "proximity      none: fixed cable",
        "no feedback, taken to be open",
        "lock           none: fixed cable",
        "RCM            none on this board",
        "earth          not supervised",
        "temperature    not measured",
        "pilot -12 V (F)",
    ):
        assert said in text


def test_what_is_wrong_is_in_capitals() -> None:
    board = BoardInputs(
        at_s=99.9,
        cp_high_mv=0,
        cp_low_mv=0,
        contactor_closed=True,
        plug_locked=None,
        pp_ohm=None,
        rcd_tripped=True,
        emergency_stop=True,
        earth_good=False,
        enclosure_open=True,
        tilted=True,
        faults=(BoardFault("smoke", "other", "V1", "it burns"),),
    )
    reading = MeterReading(at_s=90.0, energy_wh=17, current_ma=(None, 1_500, 0))
    outputs = BoardOutputs(PILOT_OFF_PPM, False, False, shunt_trip=True, phases=1)
    part = EvsePart(id=1, max_current_a=16.0, connectors=(ConnectorPart(id=1),))
    signals = told(cp="E", inputs=board, outputs=outputs, reading=reading, doubt="runs backwards", exercise="pilot_f")
    text = shown(View(signals, part, ABLE))
    for said in (
        "exercise       pilot_f",
        "E: no voltage",
        "no plug in the socket",
        "closed, commanded open",
        "no feedback, commanded unlocked",
        "TRIPPED, test line at rest",
        "LOST",
        "PRESSED",
        "enclosure      OPEN",
        "TILTED",
        "smoke V1 it burns",
        "pilot off, 0 V, 1 phase, SHUNT TRIP",
        "read 10.0 s ago: SILENT",
        "17 Wh\n",
        " - / 1.5 / 0.0 A\n",
        "NOT BELIEVED: runs backwards",
    ):
        assert said in text
    assert "not measured by this board" in shown(View(signals, part, BARE))

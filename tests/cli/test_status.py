"""``chargepoint status --watch``: the live picture, and that the terminal is as it was afterwards."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import status, watching
from chargepoint.cli.main import main
from chargepoint.cli.watching import Glance, picture
from chargepoint.domain.history import Happening
from chargepoint.inquiry.history import EventLine

EXAMPLE = Path(__file__).with_name("example.toml")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVSE: dict[str, Any] = {
    "id": 1,
    "status": "Charging",
    "state": "C2",
    "offered_a": 16.0,
    "phases": 3,
    "power_w": 11040,
    "energy_wh": 1234,
    "faults": [],
    "fault_details": [],
    "transaction": "t",
    "why": "Charging: 11.0 kW, 16.0 A.",
    "why_code": None,
    "limits": [{"limit_a": 16.0, "source": "csms profile", "reason": "TxProfile 7"}],
}
DOCUMENT: dict[str, Any] = {
    "id": "cp001",
    "link": True,
    "messages": {"waiting": 2, "given_up": 0},
    "fault_details": [],
    "evses": [EVSE],
    "ocpp": {"configured": True, "connected": True, "version": "1.6", "registration": "accepted"},
}
EVENT = EventLine(
    number=1, at="2026-11-23T11:59:00+00:00", what=Happening(area="vehicle", kind="plugged_in", evse=1, text="a car was plugged in")
)


def drawn(seen: Glance) -> str:
    from rich.console import Console

    console = Console(file=StringIO(), width=80)
    console.print(picture(seen))
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_one_screen_of_80_columns_has_what_counts() -> None:
    text = drawn(Glance(NOW, DOCUMENT, events=(EVENT,)))
    assert all(each in text for each in ("station cp001", "OCPP 1.6 accepted", "2 messages wait", "16 A x 3", "11.04 kW", "1.234 kWh"))
    assert all(each in text for each in ("Charging: 11.0 kW", "at most 16 A by csms profile (TxProfile 7)", "a car was plugged in"))
    assert max(map(len, text.splitlines())) <= 80


def test_a_terminal_keeps_what_belongs_together_below_each_other() -> None:
    text = status.fitted("EVSE 1  Charging\n  limits       16 A  csms profile, set by csms: " + "word " * 20, 80)
    lines = text.splitlines()
    assert (lines[0], max(map(len, lines)) <= 80) == ("EVSE 1  Charging", True)
    assert all(line.startswith(status.INDENT + "  word") for line in lines[2:])


def test_what_control_has_told_is_old_once_it_is_not_heard() -> None:
    limit = {"owner": "csms", "age_s": 5.0, "expires_in_s": None}
    more = {"permit": "live", "contactor_count": None, "csms_transaction": None, "phases_drawn": None}
    evse = {**EVSE, **more, "limits": [{**EVSE["limits"][0], **limit}]}
    heard, lost = (status.shown({**DOCUMENT, "evses": [evse], "link": link, "reservations": []}) for link in (True, False))
    assert "state        C2, permit live\n" in heard
    assert "state        C2, permit live, when control was last heard\n" in lost
    assert "NOT CONNECTED" in lost


def test_a_station_that_goes_away_is_told_and_looked_for_again() -> None:
    assert "nobody there" in drawn(Glance(NOW, None, "nobody there"))


def test_a_pipe_gets_one_text_after_the_other_and_programs_a_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    seen = [Glance(NOW, DOCUMENT), Glance(NOW, None, "nobody there")]

    def glances(_: str) -> Any:
        yield from seen

    monkeypatch.setattr(watching, "_glances", glances)
    assert main(["status", "--watch", "--json", "--config", str(EXAMPLE), "--state-dir", str(tmp_path)]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["id"], second["error"]) == ("cp001", "nobody there")
    watching._print("", lambda document: f"station {document['id']}", as_json=False)
    assert capsys.readouterr().out == "12:00:00  station cp001\n\n12:00:00  nobody there\n\n"


def test_no_station_is_a_glance_too(tmp_path: Path) -> None:
    seen = watching.glance(str(tmp_path / "none"), NOW)
    assert seen.document is None
    assert "is the station process running" in seen.complaint


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_terminal_is_as_it_was_however_it_ends(tmp_path: Path, number: int) -> None:
    terminal, other_end = pty.openpty()
    arguments = ["status", "--watch", "--config", str(EXAMPLE), "--state-dir", str(tmp_path)]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "chargepoint", *arguments], stdin=other_end, stdout=other_end, stderr=other_end, env=environment
    ) as process:
        os.close(other_end)
        said = b""
        while b"no station answers" not in said:
            assert select.select([terminal], [], [], 20)[0], said
            said += os.read(terminal, 65536)
        process.send_signal(number)
        said += _rest(terminal)
    os.close(terminal)
    assert process.returncode == 0
    assert said.count(b"\x1b[?1049h") == said.count(b"\x1b[?1049l") == 1
    assert said.rindex(b"\x1b[?25h") > said.rindex(b"\x1b[?25l")


def _rest(terminal: int) -> bytes:
    said, ends_s = b"", time.monotonic() + 20
    while select.select([terminal], [], [], 20)[0]:
        assert time.monotonic() < ends_s, "it goes on"
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the other end is gone
            break
        if not part:
            break
        said += part
    return said

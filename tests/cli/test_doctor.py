"""``chargepoint doctor``: how it ends, and what it prints for people and programs."""

import json
from io import StringIO
from pathlib import Path

import pytest

from chargepoint.cli import doctor, rows
from chargepoint.cli.checks.every import Checked
from chargepoint.cli.main import main
from chargepoint.domain.findings import Finding, failing

pytestmark = pytest.mark.usefixtures("apart")

GOOD = Checked("network", Finding(name="link", state="passed", text="eth0 1000 Mb/s"))
BAD = Checked("network", failing("tcp", "tcp_refused", "port 443: 192.0.2.1: Connection refused"))
DOUBT = Checked("network", Finding(name="time", state="warning", text="NOT synchronised", remedy="Let port 123 through."))


def told(monkeypatch: pytest.MonkeyPatch, *found: Checked) -> None:
    async def every(_: object) -> object:
        for each in found:
            yield each

    monkeypatch.setattr(doctor, "every", every)


@pytest.mark.parametrize(("found", "status"), [((GOOD,), 0), ((GOOD, DOUBT), 0), ((GOOD, BAD, DOUBT), 1)])
def test_only_what_has_failed_makes_the_exit_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: tuple[Checked, ...], status: int
) -> None:
    told(monkeypatch, *found)
    assert main(["doctor", "--config", str(tmp_path / "none.toml"), "--state-dir", str(tmp_path)]) == status


def test_a_pipe_gets_a_line_and_a_remedy_for_each_and_where_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told(monkeypatch, GOOD, DOUBT, BAD)
    main(["doctor", "--config", str(tmp_path / "none.toml"), "--state-dir", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "network"
    assert lines[1] == "  ok    link            eth0 1000 Mb/s"
    assert lines[3].strip() == "-> Let port 123 through."
    assert lines[4].startswith("  FAIL  tcp             port 443: 192.0.2.1: Connection refused [CP-711]")
    assert lines[-1] == "1 failed, 1 warning. Begin with the first that failed: tcp [CP-711]."


def test_programs_get_every_finding_flat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    told(monkeypatch, GOOD, BAD)
    assert main(["doctor", "--json", "--config", str(tmp_path / "none.toml"), "--state-dir", str(tmp_path)]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["failed"], report["warnings"]) == (1, 0)
    assert [(each["area"], each["name"], each["state"], each["code"]) for each in report["findings"]] == [
        ("network", "link", "passed", ""),
        ("network", "tcp", "failed", "CP-711"),
    ]


def test_without_configuration_and_station_it_still_looks_at_the_computer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json", "--config", str(tmp_path / "none.toml"), "--state-dir", str(tmp_path / "state")]) == 1
    found = {(each["area"], each["name"]): each for each in json.loads(capsys.readouterr().out)["findings"]}
    assert found["configuration", "file"]["code"] == "CP-801"
    assert ("computer", "room") in found
    assert found["processes", "station"]["state"] == "skipped"
    assert not (tmp_path / "state").exists()


def test_a_terminal_of_80_columns_is_kept_to_and_colour_is_not_needed() -> None:
    from rich.console import Console

    console = Console(file=StringIO(), width=80, force_terminal=False)
    for checked in (GOOD, BAD, DOUBT):
        for part in rows.drawn(doctor.row_of(checked), doctor.NAME, checked is GOOD):
            console.print(part)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(word in text for word in ("ok", "FAIL", "WARN", "→ Compare host and port"))
    assert max(map(len, text.splitlines())) <= 80

"""What doctor must not overlook: a process that hangs, the pages' certificate and key, a memory that does not tell."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chargepoint.cli import doctor
from chargepoint.cli.checks import disk, files, processes, validity
from chargepoint.cli.checks.running import Running
from chargepoint.cli.checks.scene import HANGS, Scene
from chargepoint.cli.configuration import build, tree_of
from chargepoint.inquiry.hardware import Shown
from chargepoint.pki import device
from tests.cli.checks.test_checks import EXAMPLE, document, put, scene
from tests.ladder.ways import STANDS

BOTH = tuple(
    Running(verb=verb, pid=number, uid=0, user="root", age_s=9.0, memory_kib=1) for number, verb in enumerate(("control", "station"))
)


def test_a_station_that_takes_questions_and_answers_none_has_failed(tmp_path: Path) -> None:
    start = scene(tmp_path, configuration=build(tree_of(EXAMPLE)), processes=BOTH, presence="unknown", ask_how=HANGS)
    found = {each.name: each for each in processes.look(start)}
    assert (found["asking"].state, found["asking"].remedy) == ("failed", HANGS)


def test_a_control_that_is_connected_and_tells_nothing_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = scene(tmp_path, configuration=build(tree_of(EXAMPLE)), processes=BOTH, presence="answers", document=document())
    for told, state in ((Shown((), connected=True), "failed"), (None, "passed")):
        monkeypatch.setattr(Scene, "ask", lambda *_, told=told: told)
        found = {each.name: each for each in processes.look(start)}
        assert found["link to control"].state == state


def test_whoever_may_not_read_the_configuration_is_not_told_that_nothing_runs(tmp_path: Path) -> None:
    start = scene(tmp_path, errors=("cannot be read: Permission denied; run this as root",))
    assert {(each.name, each.state) for each in processes.look(start)} == {(verb, "not known") for verb in ("control", "station", "web")}


def test_certificate_and_key_of_the_pages_are_looked_at_where_the_pages_keep_them(tmp_path: Path) -> None:
    start = scene(tmp_path)
    device.settle(start.state_dir / "web/tls", ("localhost",), datetime.now(UTC))
    (found,) = validity.look(start)
    assert "the pages" in found.text
    (start.state_dir / "web/tls" / device.KEY).chmod(0o644)
    assert any(device.KEY in each.text and each.state == "warning" for each in files.look(start))


def test_a_store_that_is_no_database_any_more_is_named(tmp_path: Path) -> None:
    start = scene(tmp_path)
    store = put(tmp_path, "state/station/store.sqlite", "garbage that a power cut has left")
    (found,) = (each for each in files.look(start) if each.name == "store")
    assert (found.state, str(store) in found.text) == ("failed", True)
    store.write_bytes(files.SQLITE + bytes(84))
    assert not any(each.name == "store" for each in files.look(start))


def test_a_disk_that_does_not_tell_its_wear_says_so(tmp_path: Path) -> None:
    number = os.stat(tmp_path).st_dev
    put(tmp_path, f"sys/dev/block/{os.major(number)}:{os.minor(number)}/size", "1")
    (found,) = disk.wear(tmp_path, tmp_path)
    assert (found.name, found.state) == ("wear", "not needed")


def test_while_the_configuration_is_broken_the_station_that_runs_tells_of_its_connection(tmp_path: Path) -> None:
    config = put(tmp_path, "station.toml", "[station")
    start = scene(tmp_path, errors=("not TOML: Expected ']' (at line 1)",), uplink=STANDS, presence="answers")
    found = {(each.area, each.finding.name): each.finding for each in doctor.examined(start).findings}
    assert (found["network", "websocket"].state, found["network", "boot"].state) == ("passed", "passed")
    assert found["configuration", "file"].text.startswith(f"{config}: not TOML")

"""The updater as a process: a bundle by its socket, a kill in the middle, and leaving when there is nothing to do."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from chargepoint.cli.updater_world import StationWorld, read
from chargepoint.update.client import UpdaterError, ask
from chargepoint.update.messages import Cancel, Install, LookForSticks, Offer, Offered, Phase, See, State, TakeBack
from chargepoint.update.ports import Health
from tests.update.bundles import MAKER, bundle, written
from tests.waiting import until

PROGRAM = """
import sys
from chargepoint.cli import updater
from chargepoint.cli.main import main
updater.IDLE_S = 0.5
sys.exit(main(sys.argv[1:]))
"""


REPLACED = """
import sys
from pathlib import Path
from chargepoint.cli import updater
from chargepoint.cli.main import main
updater.CURRENT = Path("{current}")
sys.exit(main(sys.argv[1:]))
"""
BROKEN = """
import sys
from chargepoint.update.runner import Runner
Runner.step = lambda runner, now: [][0]
from chargepoint.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
HANGING = """
import sys, time
from chargepoint.update import bundle, offers
offers.HEAD_S = offers.HANGS_S = 0.1
bundle.read_head = lambda file: time.sleep(3600)
from chargepoint.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
"""The file system of what is offered answers nobody."""


def options(folder: Path) -> list[str]:
    trust = written(folder, MAKER.pem.encode(), "trust.pem")
    found = ["updater", "--installer", "dry-run", "--state-dir", folder / "state", "--trust", trust, "--config", folder / "none.toml"]
    return [str(each) for each in found]


@contextmanager
def updater(folder: Path, program: str = PROGRAM) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    path = str(folder / "socket")
    with subprocess.Popen([sys.executable, "-c", program, *options(folder), "--socket", path]) as process:
        try:
            until(lambda: process.poll() is not None or answers(path), "no answer")
            yield path, process
        finally:
            process.kill()


def answers(path: str) -> bool:
    try:
        ask(path, State, See())
    except UpdaterError:
        return False
    return True


def phase(path: str) -> Phase | None:
    update = ask(path, State, See()).update
    return None if update is None else update.phase


def test_a_bundle_is_installed_through_a_kill_and_what_is_told_is_true(tmp_path: Path) -> None:
    file = written(tmp_path, bundle())
    with updater(tmp_path) as (path, process):
        before = ask(path, State, See())
        assert (before.update, before.installer, before.before, before.trusted) == (None, "dry-run", "", ("CN=maker of stations,O=Acme",))
        assert [part.name for part in before.parts] == ["charge-point software", "Python", "operating system", "kernel"]
        with file.open("rb") as opened:
            offered = ask(path, Offered, Offer(source="command", by="somebody"), opened.fileno())
        assert offered.update is not None
        assert ask(path, Offered, Install(id=offered.update.id)).accepted
        until(lambda: phase(path) is Phase.PROVING, "not installed")
        assert (tmp_path / "state/updater/unfinished").exists()
        assert (tmp_path / "state/updater").stat().st_mode & 0o777 == 0o700
        process.kill()
        process.wait()
    with updater(tmp_path) as (path, process):
        state = ask(path, State, See())
        assert state.update is not None
        assert (state.update.phase, state.version, state.before) == (Phase.PROVING, "2.0", before.version)
        assert not ask(path, Offered, TakeBack()).accepted
        assert not ask(path, Offered, Cancel(id=state.update.id)).accepted
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_file_that_never_ends_costs_the_process_and_not_the_next_one(tmp_path: Path) -> None:
    with updater(tmp_path, HANGING) as (path, process), written(tmp_path, bundle()).open("rb") as file:
        with pytest.raises(UpdaterError):
            ask(path, Offered, Offer(source="command"), file.fileno(), 30)
        assert process.wait(30) != 0


def test_an_error_of_ours_in_the_work_ends_the_process_and_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BROKEN, *options(tmp_path), "--socket", str(tmp_path / "socket")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, "IndexError" in done.stderr) == (1, True)
    assert done.stderr.rstrip().endswith("its work broke off, for the reason above; the next start goes on where the journal stands")


def test_without_a_stick_it_says_so(tmp_path: Path) -> None:
    with updater(tmp_path) as (path, _):
        answer = ask(path, Offered, LookForSticks(by="somebody"))
        assert (answer.accepted, answer.code) == (False, "CP-825")
        assert "stick" in answer.text


@contextmanager
def by_systemd(folder: Path, program: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Begun by its socket."""
    path = str(folder / "socket")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        begin = 'exec 3<&"$1"; shift; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
        command = ["bash", "-c", begin, "bash", str(listening.fileno()), sys.executable, "-c", program, *options(folder)]
        with subprocess.Popen(command, pass_fds=[listening.fileno()]) as process:
            try:
                yield path, process
            finally:
                process.kill()


def test_by_a_socket_of_systemd_it_leaves_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    with by_systemd(tmp_path, PROGRAM) as (path, process):
        assert ask(path, State, See(), timeout_s=30).installer == "dry-run"
        assert process.wait(30) == 0
    assert os.path.exists(path), "it is not its own"


def test_replaced_it_leaves_also_while_somebody_asks_again_and_again(tmp_path: Path) -> None:
    current = tmp_path / "current"
    current.symlink_to("1.0")
    with by_systemd(tmp_path, REPLACED.format(current=current)) as (path, process):
        ask(path, State, See(), timeout_s=30)
        current.unlink()
        current.symlink_to("2.0")

        def asked() -> bool:
            with suppress(UpdaterError):  # the next one answers
                ask(path, State, See(), timeout_s=2)
            return process.poll() is not None

        until(asked, "the old one stays", 10)
        assert process.returncode == 0


@pytest.mark.parametrize(
    ("document", "health"),
    [
        ({}, Health("unknown", "")),
        (
            {
                "release": "0.1.0",
                "link": True,
                "control_release": "0.0.9",
                "ocpp": {"configured": True, "connected": False},
                "fault_details": [{"name": "disk_full", "code": "CP-601"}],
                "evses": [
                    {"id": 1, "transaction": None, "permit": "none", "fault_details": [{"name": "reader_lost", "code": "CP-502"}]},
                    {"id": 2, "transaction": "t", "permit": None, "fault_details": [{"name": "rcd", "code": "CP-201"}]},
                    {"id": 3, "transaction": None, "permit": "live", "fault_details": []},
                    {"id": 4, "transaction": None, "permit": "none", "plug_kept": True},
                ],
            },
            Health("0.1.0", "0.0.9", ("disk_full", "reader_lost"), False, (2, 3, 4)),
        ),
        ({"release": "1", "link": False, "control_release": "1", "ocpp": {"configured": False, "connected": False}}, Health("1", "")),
        ({"ocpp": 7, "evses": "x", "fault_details": [3], "link": True}, Health("unknown", "unknown")),
    ],
)
def test_health_is_read_from_the_document_whatever_it_says(document: dict[str, object], health: Health) -> None:
    assert read(document) == health


def test_without_a_station_nobody_charges_once_control_has_left_for_another_start(tmp_path: Path) -> None:
    said: list[str] = []
    starts = ["a", "a", "b"]

    def systemctl(*words: str) -> str | None:
        said.append(words[0])
        return {"is-active": "active", "show": starts[0], "kill": ""}[words[0]]

    world = StationWorld(str(tmp_path / "nobody"), tmp_path, systemctl)
    assert [world.deserted(), starts.pop(0) and world.deserted(), starts.pop(0) and world.deserted()] == [False, False, True]
    assert said.count("kill") == 1
    assert StationWorld(str(tmp_path / "nobody"), tmp_path, lambda *words: "").deserted(), "control does not run"
    assert not StationWorld(str(tmp_path / "nobody"), tmp_path, lambda *words: None).deserted(), "nobody knows"


def test_where_systemd_does_not_answer_something_may_run(tmp_path: Path) -> None:
    for answer, quiet in ((None, False), ("active", False), ("", True)):
        world = StationWorld(str(tmp_path / "nobody"), tmp_path / "no configuration", lambda *words, told=answer: told)
        assert world.quiet(60.0) is quiet

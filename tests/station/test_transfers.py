"""The helper process as the station runs it: real files, real servers on loopback, real kills."""

import asyncio
import errno
import os
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from chargepoint.station import archive
from chargepoint.station import transfers as transfers_module
from chargepoint.station.archive import Member
from chargepoint.station.installers import Command, Installed, make
from chargepoint.station.settings import FirmwareSettings
from chargepoint.station.transfers import Transfers
from chargepoint.transfer.job import Job, Reason
from tests.station.carrier import IMAGE as CONTENT
from tests.station.carrier import SHA256
from tests.transfer.disk import room
from tests.transfer.servers import CERTIFICATES, Shelf, web

WAIT_S = 20.0


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not condition():  # noqa: ASYNC110  (another process, another thread)
            await asyncio.sleep(0.01)


def helpers() -> list[int]:
    """Process numbers of this process's helpers."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if b"chargepoint.transfer" in words and parent == os.getpid():
            found.append(int(entry.name))
    return found


def resident_bytes(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_file_comes_and_goes_while_the_loop_runs_on(tmp_path: Path) -> None:
    shelf = Shelf(files={"/fw": CONTENT})

    async def main(url: str) -> None:
        transfers = Transfers(str(CERTIFICATES / "ca.pem"))
        fetched = await transfers.fetch(f"{url}/fw", tmp_path / "fw")
        assert (fetched.size, fetched.sha256, fetched.failed) == (len(CONTENT), SHA256, None)
        assert await transfers.digest(tmp_path / "fw") == fetched
        sent = await transfers.send(f"{url}/in/", tmp_path / "fw", "x.bin")
        assert sent == fetched
        missing = await transfers.fetch(f"{url}/none", tmp_path / "none")
        assert (missing.failed, missing.text) == (Reason.MISSING, "HTTP 404 Not Found")

    with web(shelf, secure=True) as url:
        asyncio.run(main(url))
    assert shelf.files["/in/x.bin"] == CONTENT


def test_a_transfer_that_is_cancelled_leaves_no_process(tmp_path: Path) -> None:
    shelf = Shelf(silent=threading.Event())

    async def main(url: str) -> None:
        transfer = asyncio.create_task(Transfers().fetch(f"{url}/fw", tmp_path / "fw"))
        await until(lambda: shelf.asked)
        assert len(helpers()) == 1
        transfer.cancel()
        await asyncio.wait((transfer,))
        assert transfer.cancelled()
        assert helpers() == []

    with web(shelf) as url:
        asyncio.run(main(url))
        assert shelf.silent is not None
        shelf.silent.set()


def test_a_helper_that_is_killed_is_a_failure_that_can_be_tried_again(tmp_path: Path) -> None:
    shelf = Shelf(silent=threading.Event())

    async def main(url: str) -> None:
        transfer = asyncio.create_task(Transfers().fetch(f"{url}/fw", tmp_path / "fw"))
        await until(lambda: shelf.asked)
        os.kill(helpers()[0], signal.SIGKILL)
        assert (await transfer).failed == Reason.KILLED

    with web(shelf) as url:
        asyncio.run(main(url))
        assert shelf.silent is not None
        shelf.silent.set()


def test_a_server_that_never_comes_to_the_point_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first byte of the file the helper itself looks at no clock but that of silence."""
    monkeypatch.setattr(transfers_module, "GRACE_S", 0.0)
    shelf = Shelf(silent=threading.Event())

    async def main(url: str) -> None:
        carried = await Transfers(whole_s=1.0).fetch(f"{url}/fw", tmp_path / "fw")
        assert carried.failed == Reason.TIMED_OUT
        assert helpers() == []

    with web(shelf) as url:
        asyncio.run(main(url))
        assert shelf.silent is not None
        shelf.silent.set()


def test_a_disk_without_room_fails_what_needs_it_and_nothing_stays(tmp_path: Path) -> None:
    async def main(url: str) -> None:
        fetched = await Transfers().fetch(f"{url}/fw", tmp_path / "fw")
        assert fetched.failed == Reason.NO_SPACE
        with pytest.raises(OSError, match="File too large"):
            await Transfers().pack(tmp_path / "log.tar.gz", lambda: (Member("a.txt", os.urandom(10_000)),))
        archive.clear(tmp_path, "")

    with web(Shelf(files={"/fw": CONTENT * 10_000})) as url, room(5000):
        asyncio.run(main(url))
    assert os.listdir(tmp_path) == []


def test_without_room_for_a_helper_the_transfer_fails_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", full)
    carried = asyncio.run(Transfers().fetch("http://files/fw", tmp_path / "fw"))
    assert (carried.failed, carried.text) == (Reason.KILLED, "no helper process: Cannot allocate memory")


def test_a_helper_that_is_ended_when_it_ends_by_itself_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where two ask for the exit status of one process, asyncio warns of a child that it does not know: one time in eighty."""
    monkeypatch.setattr(transfers_module, "sys", SimpleNamespace(executable="/bin/true"))

    async def main() -> None:
        for _ in range(400):
            assert (await Transfers().digest(tmp_path)).failed == Reason.KILLED

    asyncio.run(main())
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


def test_a_helper_ends_when_nobody_holds_its_standard_input(tmp_path: Path) -> None:
    """The station is killed: the other end of the pipe is gone."""
    shelf = Shelf(silent=threading.Event())
    with web(shelf) as url:
        helper = subprocess.Popen([sys.executable, "-m", "chargepoint.transfer"], stdin=subprocess.PIPE)
        assert helper.stdin is not None
        job = Job("download", str(tmp_path / "fw"), f"{url}/fw", limit_bytes=1000)
        helper.stdin.write(msgspec.json.encode(job._asdict()) + b"\n")
        helper.stdin.flush()
        asyncio.run(until(lambda: shelf.asked))
        assert helper.poll() is None
        helper.stdin.close()
        assert helper.wait(WAIT_S) == 2
        assert shelf.silent is not None
        shelf.silent.set()


def test_a_helper_is_nice_and_small(tmp_path: Path) -> None:
    shelf = Shelf(silent=threading.Event())

    async def main(url: str) -> None:
        transfer = asyncio.create_task(Transfers().fetch(f"{url}/fw", tmp_path / "fw"))
        await until(lambda: shelf.asked)
        helper = helpers()[0]
        assert os.getpriority(os.PRIO_PROCESS, helper) >= 10
        assert resident_bytes(helper) < 40 * 1024**2
        transfer.cancel()
        await asyncio.wait((transfer,))

    with web(shelf) as url:
        asyncio.run(main(url))
        assert shelf.silent is not None
        shelf.silent.set()


def test_an_archive_is_complete_or_not_there(tmp_path: Path) -> None:
    members = (Member("a.txt", b"one", 100), Member("b.txt", b"two", 100))
    path = tmp_path / "d" / "x.tar.gz"
    transfers = Transfers()
    transfers.clear(path.parent, "")
    (path.parent / "left.part").write_bytes(b"of an earlier one")
    transfers.clear(path.parent, path.name)
    asyncio.run(transfers.pack(path, lambda: members))
    assert [entry.name for entry in path.parent.iterdir()] == ["x.tar.gz"]
    with tarfile.open(path) as archive:
        assert [(each.name, each.size) for each in archive] == [("x/a.txt", 3), ("x/b.txt", 3)]


@pytest.mark.parametrize(
    ("script", "result"),
    [("exit 0", Installed.OK), ("exit 2", Installed.NOT_VERIFIED), ("exit 1", Installed.FAILED), ('test -f "$0"', Installed.OK)],
)
def test_a_program_installs_and_says_how_it_went_by_its_status(tmp_path: Path, script: str, result: Installed) -> None:
    (tmp_path / "fw").write_bytes(CONTENT)
    assert asyncio.run(Command(("/bin/sh", "-c", script)).install(tmp_path / "fw")) is result


def test_a_program_that_is_not_there_fails_the_installation(tmp_path: Path) -> None:
    assert asyncio.run(Command(("/nowhere/installer",)).install(tmp_path / "fw")) is Installed.FAILED


def test_an_installer_that_this_release_has_not_got_is_none() -> None:
    assert make(FirmwareSettings(installer="rauc")) is None
    assert make(FirmwareSettings(installer="command")) is None
    assert make(FirmwareSettings(installer="command", argv=("/bin/true",))) is not None

"""A new configuration: refused, in place, up; or the one before in its place again. On a virtual clock, with a station that is played."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chargepoint.cli import applying
from chargepoint.cli.applying import MODE, Place, apply
from chargepoint.cli.paths import inquiry
from chargepoint.inquiry import client
from chargepoint.inquiry.restarting import Processes, SeeProcesses
from chargepoint.web.wizard.ports import Progress
from tests.virtual_time import run

OLD = """
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
"""
NEW = OLD.replace("cp001", "cp002")


class Played:
    """Both processes. ``bad``: the identity with which they do not come up, and which of them; ``charges``: asks to wait."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.there = True
        self.now = Processes(station="s1", control="c1")
        self.bad: tuple[str, str] = ("", "")
        self.refuses = False
        self.busy_s = 0.0
        self.slow_s = 2.0
        self.restarts = 0

    async def answer(self, question: Any) -> Processes | None:
        if isinstance(question, SeeProcesses):
            return self.now if self.there else None
        self.restarts += 1
        if self.refuses:
            return msgspec.structs.replace(self.now, outcome="refused", message="an installation is under way")
        asyncio.get_running_loop().create_task(self._restart())
        return msgspec.structs.replace(self.now, outcome="waiting" if self.busy_s else "begun", message="EVSE 1 does")

    async def _restart(self) -> None:
        await asyncio.sleep(self.busy_s)
        self.there = False
        await asyncio.sleep(self.slow_s)
        identity, which = self.bad
        fails = which if identity and identity in self.file.read_text() else ""
        self.there = fails != "station"
        count = str(self.restarts + 1)
        self.now = Processes(station=f"s{count}", control="" if fails == "control" else f"c{count}")


@asynccontextmanager
async def playing(monkeypatch: pytest.MonkeyPatch, place: Place) -> AsyncIterator[Played]:
    played = Played(place.file)

    async def inquire(path: str, answer: type, question: Any) -> Any:
        told = await played.answer(question) if played.there else None
        if told is None:
            raise client.InquiryError("no station answers")
        return told

    monkeypatch.setattr(applying, "inquire", inquire)
    yield played


def applied(monkeypatch: pytest.MonkeyPatch, place: Place, text: str, **facts: Any) -> tuple[list[Progress], Played, float]:
    async def main() -> tuple[list[Progress], Played, float]:
        async with playing(monkeypatch, place) as played:
            for name, value in facts.items():
                setattr(played, name, value)
            told = [progress async for progress in apply(place, text)]
            await asyncio.sleep(5)
            return told, played, asyncio.get_running_loop().time()

    return run(main())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "station.toml").write_text(OLD)
    (tmp_path / "station.toml").symlink_to(tmp_path / "real" / "station.toml")
    return Place(tmp_path / "station.toml", str(tmp_path / "inquiry"))


def states(told: list[Progress]) -> list[str]:
    return [progress.state for progress in told]


def test_both_come_up_and_the_old_one_is_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    told, played, _ = applied(monkeypatch, place, NEW)
    assert states(told) == ["saved", "restarting", "up"]
    assert place.config.is_symlink(), "where it leads is replaced, not the link"
    assert (place.file.read_text(), place.previous.read_text()) == (NEW, OLD)
    assert os.stat(place.file).st_mode & 0o777 == MODE
    assert played.restarts == 1


@pytest.mark.parametrize("which", ["station", "control"])
def test_what_does_not_come_up_is_put_back(which: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    told, played, now_s = applied(monkeypatch, place, NEW, bad=("cp002", which))
    assert states(told) == ["saved", "restarting", "failed", "put back"]
    assert which in told[-1].text.lower()
    assert place.file.read_text() == OLD
    assert 30 <= now_s < 200
    assert played.restarts == (1 if which == "station" else 2), "a station that cannot be asked is started by its manager"


def test_a_station_that_was_only_slow_is_told_to_go_back_as_well(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    told, played, _ = applied(monkeypatch, place, NEW, slow_s=45.0)
    assert states(told) == ["saved", "restarting", "failed", "put back"]
    assert played.restarts == 2


def test_whoever_charges_is_waited_for_and_only_then_time_counts(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    told, _, now_s = applied(monkeypatch, place, NEW, busy_s=3600.0)
    assert states(told) == ["saved", "waiting", "restarting", "up"]
    assert now_s > 3600


def test_a_bad_one_and_a_restart_that_is_refused_change_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    told, played, _ = applied(monkeypatch, place, NEW.replace("63", "-63"))
    assert states(told) == ["refused"]
    assert "site.fuse_a" in told[0].text
    assert (place.file.read_text(), played.restarts) == (OLD, 0)
    told, _, _ = applied(monkeypatch, place, NEW, refuses=True)
    assert states(told) == ["saved", "failed", "put back"]
    assert place.file.read_text() == OLD


def test_the_first_one_has_nobody_to_restart_and_nothing_to_go_back_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path / "station.toml", "nowhere")
    told, played, _ = applied(monkeypatch, place, NEW, there=False)
    assert states(told) == ["saved", "restarting", "failed"]
    assert place.file.read_text() == NEW
    assert not place.previous.exists()
    assert played.restarts == 0


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    told, _, _ = applied(monkeypatch, Place(tmp_path / "file" / "station.toml", "nowhere"), NEW)
    assert states(told) == ["refused"]
    assert "cannot be written" in told[0].text


@contextmanager
def bench(folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "chargepoint", "bench", "--config", str(folder / "station.toml"), "--state-dir", str(folder / "state")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


async def risen(place: Place) -> None:
    for _ in range(600):
        seen = await applying.processes(place)
        if seen is not None and seen.control:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it does not come up")


def test_real_processes_take_a_new_one_and_go_back_from_one_with_which_control_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = OLD + '[bench]\nlisten = "127.0.0.1:0"\n'
    other = real.replace("cp001", "cp003")
    dead = other + f'[link]\nsocket = "{tmp_path}/nowhere/link"\n'
    (tmp_path / "station.toml").write_text(real)
    place = Place(tmp_path / "station.toml", inquiry(tmp_path / "state"))

    async def main() -> None:
        await risen(place)
        monkeypatch.setattr(applying, "UP_S", 60.0)  # other tests may have the processors
        assert states([each async for each in apply(place, other)]) == ["saved", "restarting", "up"]
        assert (await client.inquire(place.inquiry, dict[str, Any]))["id"] == "cp003"
        monkeypatch.setattr(applying, "UP_S", 12.0)
        assert states([each async for each in apply(place, dead)]) == ["saved", "restarting", "failed", "put back"]
        await risen(place)
        assert place.file.read_text() == other

    with bench(tmp_path):
        asyncio.run(asyncio.wait_for(main(), 150))
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log, log[log.index("Traceback") :]

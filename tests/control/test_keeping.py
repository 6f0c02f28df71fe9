"""What control keeps, on disk: whole at any moment, the latest soon, and never silently lost."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.control import keeping
from chargepoint.control.keeping import Keeper, KeepingError, Records, load, save
from chargepoint.control.kept import Kept, KeptEvse, KeptFault
from chargepoint.link.messages import ContactorCount
from tests.waiting import until

OLD: Kept = {1: KeptEvse(contactor=ContactorCount(7, 1))}
NEW: Kept = {
    1: KeptEvse((KeptFault("contactor_welded", "feedback says closed"),), ContactorCount(8, 2)),
    2: KeptEvse(),
}
LOST = ("memory_lost",)
SOON_S = 2.0
"""Below the period in which anything is tried again: what comes within this was not waited for."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / keeping.FILE


def eventually(condition: Callable[[], bool], within_s: float = SOON_S) -> None:
    """A thread of its own needs a moment."""
    until(condition, within_s=within_s, every_s=0.002)


def closings(kept: Kept) -> int:
    return kept[1].contactor.closings


def _as_many(found: list[int], number: int) -> bool:
    return len(found) == number


def counting(closings: int) -> Kept:
    return {1: KeptEvse(contactor=ContactorCount(closings))}


# --- the file ----------------------------------------------------------------------------------------------------------------------------


def test_what_is_saved_is_loaded_and_a_technician_can_read_it(path: Path) -> None:
    save(path, NEW)
    assert load(path) == NEW
    assert path.read_text().splitlines()[:7] == [
        "{",
        '  "version": 1,',
        '  "evses": {',
        '    "1": {',
        '      "latched": [',
        "        {",
        '          "name": "contactor_welded",',
    ]


def test_no_file_is_factory_new(path: Path) -> None:
    assert load(path) == {}


def test_what_a_later_release_adds_is_passed_over(path: Path) -> None:
    path.write_text('{"version": 1, "evses": {"1": {"colour": "red", "contactor": {"closings": 3}}}, "more": []}')
    assert load(path) == counting(3)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Input data was truncated"),
        (b'{"version": 1, "evses": {"1": {"latched": [{"na', "Input data was truncated"),
        (b"\0" * 512, "JSON is malformed: invalid character (byte 0)"),
        (b'{"version": 1, "evses": {"first": {}}}', "Expected `int`, got `str` - at `key` in `$.evses`"),
        (b'{"version": 2, "evses": {}}', "of another release: version 2, expected 1"),
        (b'{"version": 1, "more": ' + b"[" * 100_000, "maximum recursion depth exceeded while deserializing an object"),
        (b'{"version": 1, "evses": {}}' + b" " * keeping.LARGEST_BYTES, "more than 1000000 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(path: Path, content: bytes, reason: str) -> None:
    path.write_bytes(content)
    with pytest.raises(KeepingError) as caught:
        load(path)
    assert str(caught.value) == f"{path}: unusable ({reason}); check every contactor for welding, then clear memory_lost at every EVSE"


def test_a_file_that_is_none_is_unusable_too(path: Path) -> None:
    path.mkdir()
    with pytest.raises(KeepingError, match="Is a directory"):
        load(path)


@given(spot=st.integers(0, 400), junk=st.binary(max_size=8))
def test_whatever_stands_in_the_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, spot: int, junk: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "mangled.json"
    save(path, NEW)
    content = path.read_bytes()
    path.write_bytes(content[:spot] + junk + content[spot + len(junk) :])
    with contextlib.suppress(KeepingError):
        assert all(isinstance(each, KeptEvse) for each in load(path).values())


# --- cuts --------------------------------------------------------------------------------------------------------------------------------


CUT = """
import os, signal, sys
from pathlib import Path
from chargepoint.control.keeping import save
from chargepoint.control.kept import KeptEvse
from chargepoint.link.messages import ContactorCount

left = int(sys.argv[2])

def trace(frame, event, argument):
    global left
    if frame.f_code is save.__code__ and event == "line":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace if frame.f_code is save.__code__ else None

sys.settrace(trace)
save(Path(sys.argv[1]), {1: KeptEvse(contactor=ContactorCount(8))})
"""
"""Killed before a line of ``save``."""


def test_a_cut_at_any_line_leaves_the_old_or_the_new(path: Path) -> None:
    seen: list[int] = []
    status = -signal.SIGKILL
    while status == -signal.SIGKILL:
        save(path, counting(7))
        status = subprocess.run([sys.executable, "-c", CUT, str(path), str(len(seen) + 1)], timeout=30).returncode
        seen.append(closings(load(path)))
    assert status == 0
    assert seen == sorted(seen)
    assert set(seen) == {7, 8}
    assert len(seen) > 8, "it was cut at many places"


def test_everything_is_synced_before_anything_rests_on_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    sync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        place = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        order.append(f"sync {place.name}: {'directory' if place.is_dir() else f'{place.stat().st_size > 0}'}")
        sync(descriptor)

    def replaced(new: Path, target: Path) -> Path:
        order.append(f"{new.name} becomes {target.name}")
        return replace(new, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    save(path, NEW)
    assert order == ["sync kept.json.new: True", "kept.json.new becomes kept.json", f"sync {path.parent.name}: directory"]


WRITER = """
import sys
from pathlib import Path
from chargepoint.control.keeping import save
from chargepoint.control.kept import KeptEvse
from chargepoint.link.messages import ContactorCount
for number in range(1_000_000):
    save(Path(sys.argv[1]), {1: KeptEvse(contactor=ContactorCount(number))})
    print(number, flush=True)
"""


def test_nothing_that_was_saved_is_lost_by_a_kill(path: Path) -> None:
    for lines in range(1, 8):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            said = [int(writer.stdout.readline()) for _ in range(lines * lines)]
            writer.kill()
            said += [int(line) for line in writer.stdout if line.endswith("\n")]
        assert said[-1] <= closings(load(path)) <= said[-1] + 1


# --- the thread --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def keeper(path: Path) -> Iterator[Keeper]:
    keeper = Keeper(path)
    yield keeper
    keeper.leave()
    keeper.join(SOON_S)


def test_a_change_is_on_disk_without_waiting_for_a_period(path: Path, keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = threading.Condition()
    policies: list[int] = []
    genuine = save

    def watched(place: Path, kept: Kept, records: Records) -> None:
        genuine(place, kept, records)
        with saved:
            policies.append(os.sched_getscheduler(0))
            saved.notify_all()

    monkeypatch.setattr(keeping, "save", watched)
    assert keeper.recall([1]) == {}
    keeper.start()
    for number in range(1, 6):
        with saved:
            keeper.keep(counting(number))
            assert saved.wait_for(partial(_as_many, policies, number), SOON_S)
        assert load(path) == counting(number)
    assert policies == [os.SCHED_OTHER] * 5


def test_the_latest_wins_and_what_is_on_disk_is_not_written_again(path: Path, keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    written: list[int] = []
    genuine = save

    def slow(place: Path, kept: Kept, records: Records) -> None:
        begun.set()
        assert go_on.wait(SOON_S)
        genuine(place, kept, records)
        written.append(closings(kept))

    save(path, counting(1))
    monkeypatch.setattr(keeping, "save", slow)
    assert keeper.recall([1]) == counting(1)
    keeper.start()
    keeper.keep(counting(1))
    keeper.keep(counting(2))
    assert begun.wait(SOON_S)
    for number in range(3, 100):
        keeper.keep(counting(number))
    go_on.set()
    eventually(lambda: closings(load(path)) == 99)
    keeper.leave()
    keeper.join(SOON_S)
    assert written == [2, 99]


def test_what_is_left_is_written_when_it_leaves(path: Path, keeper: Keeper) -> None:
    keeper.start()
    keeper.keep(NEW)
    keeper.leave()
    keeper.join(SOON_S)
    assert load(path) == NEW


def test_an_evse_that_is_out_of_the_configuration_keeps_what_it_had(path: Path, keeper: Keeper) -> None:
    save(path, NEW)
    keeper.recall([2])
    keeper.start()
    keeper.keep({2: KeptEvse(contactor=ContactorCount(1))})
    eventually(lambda: load(path)[2].contactor.closings == 1)
    assert load(path)[1] == NEW[1]


# --- disks that fail ---------------------------------------------------------------------------------------------------------------------


def full(path: Path) -> None:
    """The file that would be written first is the kernel's device that is always full."""
    path.with_name(f"{path.name}.new").symlink_to("/dev/full")


def test_a_full_disk_is_said_once_and_tried_again_until_there_is_room(
    path: Path, keeper: Keeper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(keeping, "RETRY_S", 0.01)
    tries: list[Kept] = []
    genuine = save

    def counted(place: Path, kept: Kept, records: Records) -> None:
        tries.append(kept)
        genuine(place, kept, records)

    monkeypatch.setattr(keeping, "save", counted)
    save(path, OLD)
    full(path)
    keeper.recall([1])
    keeper.start()
    keeper.keep(counting(8))
    eventually(lambda: len(tries) > 5)
    keeper.keep(counting(9))
    eventually(lambda: tries[-1] == counting(9))
    assert load(path) == OLD
    path.with_name("kept.json.new").unlink()
    eventually(lambda: load(path) == counting(9))
    keeper.leave()
    keeper.join(SOON_S)
    assert [record.getMessage() for record in caplog.records] == [
        f"event=not_kept file={path} error='No space left on device' again_s=0",
        f"event=kept_again file={path}",
    ]


def test_each_kind_of_failure_is_said_once(
    path: Path, keeper: Keeper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failures: list[Exception] = [OSError(30, "Read-only file system"), OSError(5, "Input/output error"), ZeroDivisionError("a bug")]
    script = iter([each for each in failures for _ in range(3)])

    def failing(place: Path, kept: Kept, records: Records) -> None:
        for error in script:
            raise error
        save(place, kept, records)

    monkeypatch.setattr(keeping, "RETRY_S", 0.001)
    monkeypatch.setattr(keeping, "save", failing)
    keeper.start()
    keeper.keep(NEW)
    eventually(path.exists)
    keeper.leave()
    keeper.join(SOON_S)
    assert [record.getMessage().partition(" again_s")[0] for record in caplog.records] == [
        f"event=not_kept file={path} error='Read-only file system'",
        f"event=not_kept file={path} error='Input/output error'",
        f"event=keeper_broken file={path}",
    ]


def test_a_disk_that_hangs_neither_stalls_a_scan_nor_the_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def hanging(place: Path, kept: Kept, records: Records) -> None:
        go_on.wait(60)

    monkeypatch.setattr(keeping, "save", hanging)
    keeper = Keeper(path)
    keeper.start()
    began_s = time.monotonic()
    for number in range(1000):
        keeper.keep(counting(number))
    keeper.leave()
    keeper.join(0.01)
    assert time.monotonic() - began_s < 1
    go_on.set()
    keeper.join(SOON_S)


# --- files that are lost -----------------------------------------------------------------------------------------------------------------


def test_a_lost_memory_latches_at_every_evse_and_the_broken_file_is_kept_for_support(
    path: Path, keeper: Keeper, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(b"half a fi")
    known = keeper.recall([1, 2])
    assert {evse: tuple(fault.name for fault in kept.latched) for evse, kept in known.items()} == {1: LOST, 2: LOST}
    assert "check every contactor for welding" in known[1].latched[0].info
    assert "event=memory_lost" in caplog.text
    assert path.with_name("kept.json.broken").read_bytes() == b"half a fi"
    assert path.read_bytes() == b"half a fi", "until the latch is on disk a cut must not make it factory new"
    keeper.start()
    keeper.keep(known)
    eventually(lambda: path.read_bytes() != b"half a fi")
    assert load(path) == known
    assert path.with_name("kept.json.broken").read_bytes() == b"half a fi"


def test_the_technicians_clearing_is_written_and_the_newest_broken_file_is_the_one_that_is_kept(path: Path) -> None:
    for number in range(3):
        content = f"broken {number}".encode()
        path.write_bytes(content)
        keeper = Keeper(path)
        known = keeper.recall([1])
        keeper.start()
        keeper.keep(known)
        keeper.keep({1: KeptEvse()})
        keeper.leave()
        keeper.join(SOON_S)
        assert load(path) == {1: KeptEvse()}
        assert path.with_name("kept.json.broken").read_bytes() == content


def test_a_broken_file_that_cannot_be_set_aside_is_still_a_lost_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(name: Path, target: Path) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path.write_bytes(msgspec.json.encode({"version": 7}))
    assert [fault.name for fault in Keeper(path).recall([1])[1].latched] == ["memory_lost"]
    assert "event=not_set_aside" in caplog.text

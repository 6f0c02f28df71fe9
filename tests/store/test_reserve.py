"""When the disk is full: nothing that was acknowledged is lost, and there is room for what has to be written."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from chargepoint.domain.transaction import EventKind
from chargepoint.store import reserve
from chargepoint.store.database import StoreError
from chargepoint.store.outbox import Lane
from chargepoint.store.store import Store
from tests.store.test_outbox import event, told, whole

ROOM = 60
"""Pages of a disk that is soon full, and of one that has a little more."""


def filled(path: Path, pages: int) -> tuple[Store, int]:
    """A store whose disk is full; how many messages were acknowledged before."""
    store = Store(path, alone=True)
    store._database._connection.execute(f"PRAGMA max_page_count = {pages}")
    count = 0
    with pytest.raises(StoreError, match="check that the disk is not full"):
        while True:
            with store.commit():
                store.outbox.put(str(count), event(count, EventKind.UPDATED if count else EventKind.STARTED))
            count += 1
    return store, count


def test_a_full_disk_loses_nothing_that_was_acknowledged_and_frees_the_reserve(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store, count = filled(tmp_path / "store", ROOM)
    assert not (tmp_path / "store-reserve").exists()
    assert "disk_full" in caplog.text
    assert store.outbox.waiting() == count
    store.close()
    store = Store(tmp_path / "store", alone=True)
    assert told(store) == [event(number, EventKind.UPDATED if number else EventKind.STARTED) for number in range(count)]
    assert (tmp_path / "store-reserve").exists(), "there is room again"
    store.close()


def test_with_hardly_any_room_meter_values_make_way_for_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, count = filled(tmp_path / "store", ROOM)
    store.close()
    monkeypatch.setattr(reserve, "os", SimpleNamespace(statvfs=lambda path: SimpleNamespace(f_bavail=1, f_frsize=4096)))
    store = Store(tmp_path / "store", alone=True)
    store._database._connection.execute(f"PRAGMA max_page_count = {ROOM}")
    end = whole(0)[-1]
    with store.commit():
        store.outbox.put("end", end)
    first = store.outbox.first(Lane.TRANSACTION)
    assert first is not None
    assert store.outbox.waiting() < count * 0.6
    left = told(store)
    assert (left[0], left[-1]) == (event(0, EventKind.STARTED), end)
    store.close()


def test_with_hardly_any_room_the_log_of_the_database_takes_none_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take all of the reserve before it is written back, and then nothing can be written at any start any more."""
    monkeypatch.setattr(reserve, "os", SimpleNamespace(statvfs=lambda path: SimpleNamespace(f_bavail=1, f_frsize=4096)))
    store = Store(tmp_path / "store", alone=True)
    for number in range(1000):
        with store.commit():
            store.facts.hear("boot", number)
    assert (tmp_path / "store-wal").stat().st_size < reserve.BYTES / 10
    store.close()


def test_the_reserve_takes_real_room(tmp_path: Path) -> None:
    assert reserve.Reserve(tmp_path / "reserve").take()
    assert os.stat(tmp_path / "reserve").st_blocks * 512 >= reserve.BYTES

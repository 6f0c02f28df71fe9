"""What the store promises: order, all or nothing, bounds, and errors that a technician can read."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.transaction import EventKind, TransactionEvent, TriggerReason
from chargepoint.store import database
from chargepoint.store.database import Database, StoreError
from chargepoint.store.outbox import Lane
from chargepoint.store.store import Store
from chargepoint.store.tokens import Tokens

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def event(seq_no: int) -> TransactionEvent:
    """One of a transaction."""
    return TransactionEvent(
        transaction_id="t", connector=ConnectorId(1), kind=EventKind.UPDATED, trigger=TriggerReason.TRIGGER, seq_no=seq_no, at=NOW
    )


def test_a_commit_that_fails_leaves_nothing() -> None:
    store = Store(":memory:")
    with pytest.raises(ZeroDivisionError), store.commit():
        store.outbox.put("a", event(0))
        with store.commit():
            store.facts.hear("boot", 1)
        raise ZeroDivisionError
    assert store.outbox.first(Lane.TRANSACTION) is None
    assert store.facts.heard() is None


def test_every_commit_is_synced_to_the_disk(tmp_path: Path) -> None:
    database = Database(tmp_path / "store")
    assert database.row("PRAGMA synchronous") == (2,)
    assert database.row("PRAGMA journal_mode") == ("wal",)


def test_full_cache_forgets_strangers_first_then_the_oldest() -> None:
    database = Database(":memory:")
    tokens = Tokens(database, capacity=2)
    with database.commit():
        tokens.remember(IdToken("OLD"), TokenInfo(AuthorizationStatus.ACCEPTED), NOW)
        tokens.remember(IdToken("BAD"), TokenInfo(AuthorizationStatus.BLOCKED), NOW + timedelta(hours=1))
        tokens.remember(IdToken("new"), TokenInfo(AuthorizationStatus.ACCEPTED), NOW + timedelta(hours=2))
        assert tokens.recall(IdToken("BAD")) is None
        tokens.remember(IdToken("newer"), TokenInfo(AuthorizationStatus.ACCEPTED), NOW + timedelta(hours=3))
    assert tokens.recall(IdToken("OLD")) is None
    assert tokens.recall(IdToken("NEW")) is not None


def test_a_file_of_a_newer_release_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "store") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match=r"schema version 99 is newer .* move the file away"):
        Store(tmp_path / "store")


def test_a_file_that_is_no_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"garbage" * 1000)
    with pytest.raises(StoreError, match=r"not a database; expected .* check the disk"):
        Store(tmp_path / "store")


def test_an_error_of_the_disk_is_a_store_error(tmp_path: Path) -> None:
    database = Database(tmp_path / "store")
    with pytest.raises(StoreError, match="check that the disk is not full"), database.commit():
        database.change("INSERT INTO nonsense VALUES (1)")


def test_a_station_alone_with_its_file_keeps_no_index_on_the_disk_and_lets_nobody_else_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCKED_S", 0.01)
    store = Store(tmp_path / "store", alone=True)
    with store.commit():
        store.outbox.put("a", event(0))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store", "store-reserve", "store-wal"]
    with pytest.raises(StoreError, match="another process holds it, perhaps a station with the same --state-dir"):
        Store(tmp_path / "store", alone=True)
    store.close()
    assert Store(tmp_path / "store").outbox.waiting() == 1

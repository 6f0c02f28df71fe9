"""The local list on disk: large, quick to look up, and never half of an update."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import LocalListEntry
from chargepoint.domain.ids import IdToken
from chargepoint.domain.variables.lists import MAX_LOCAL_LIST
from chargepoint.store.store import Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INFO = TokenInfo(AuthorizationStatus.ACCEPTED, IdToken("FAMILY"), NOON)
FULL = [LocalListEntry(IdToken(f"{number:020X}"), INFO) for number in range(MAX_LOCAL_LIST)]


def test_ten_thousand_tokens_outlive_a_restart_and_are_found_by_any_spelling(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.commit():
        store.local_list.replace(3, FULL)
    store.close()
    store = Store(tmp_path / "store")
    assert (store.local_list.version(), store.local_list.size()) == (3, MAX_LOCAL_LIST)
    assert store.local_list.find(IdToken("000000000000000000ab")) == INFO
    assert store.local_list.find(IdToken("STRANGER")) is None


def test_a_change_adds_replaces_and_takes_out_and_an_empty_list_has_version_zero() -> None:
    store = Store(":memory:")
    a, b, c = IdToken("A"), IdToken("B"), IdToken("C")
    blocked = TokenInfo(AuthorizationStatus.BLOCKED)
    with store.commit():
        store.local_list.replace(1, [LocalListEntry(a, INFO), LocalListEntry(b, INFO)])
        store.local_list.change(2, [LocalListEntry(IdToken("a"), None), LocalListEntry(b, blocked), LocalListEntry(c, INFO)])
    assert [store.local_list.find(token) for token in (a, b, c)] == [None, blocked, INFO]
    assert store.local_list.version() == 2
    with store.commit():
        store.local_list.change(3, [LocalListEntry(b, None), LocalListEntry(c, None), LocalListEntry(a, None)])
    assert (store.local_list.version(), store.local_list.size()) == (0, 0)


def test_an_update_that_fails_half_way_leaves_the_list_as_it_was() -> None:
    store = Store(":memory:")
    with store.commit():
        store.local_list.replace(1, FULL[:2])
    with pytest.raises(ZeroDivisionError), store.commit():
        store.local_list.replace(2, FULL[2:9])
        raise ZeroDivisionError
    assert (store.local_list.version(), store.local_list.size()) == (1, 2)


def test_what_the_list_names_leaves_the_cache() -> None:
    store = Store(":memory:")
    with store.commit():
        store.tokens.remember(IdToken("a"), INFO, NOON)
        store.tokens.remember(IdToken("b"), INFO, NOON)
        store.tokens.leave_to_list([IdToken("A")])
    assert store.tokens.recall(IdToken("A")) is None
    assert store.tokens.recall(IdToken("B")) is not None


def test_a_large_update_does_not_keep_the_station_from_its_other_work(tmp_path: Path) -> None:
    """It is one turn of the event loop: a few statements an entry, each by the key, and none that reads the whole list."""
    store, part, statements = Store(tmp_path / "store"), FULL[::4], list[str]()
    with store.commit():
        store.local_list.replace(1, FULL)
        store._database._connection.set_trace_callback(statements.append)
        store.local_list.change(2, part)
        store.tokens.leave_to_list(entry.token for entry in part)
    assert len(statements) < 5 * len(part)

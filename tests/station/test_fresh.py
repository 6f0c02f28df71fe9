"""A factory reset of the station's part, and a backup that is put in place: at the next start, and again after a cut at any step."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chargepoint.inquiry.keeping import KeptCard, Parts
from chargepoint.pki import files
from chargepoint.station import fresh, restored
from chargepoint.store.store import Store

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def used(folder: Path) -> None:
    (folder / "certificates" / "identity").mkdir(parents=True)
    (folder / "certificates" / "identity" / "a.key").write_text("secret")
    Store(folder / fresh.STORE).close()
    (folder / "elsewhere").symlink_to(folder.parent)


def test_without_a_marker_nothing_goes(tmp_path: Path) -> None:
    used(tmp_path)
    assert not fresh.settle(tmp_path, NOW)
    assert (tmp_path / "certificates").exists()


def test_everything_goes_but_the_first_line_of_the_log(tmp_path: Path) -> None:
    own = tmp_path / "station"
    own.mkdir()
    used(own)
    fresh.mark(own, fresh.Marker(token="t1", by="anna"))
    assert fresh.settle(own, NOW)
    assert own.parent.exists(), "a link is removed, not followed"
    assert not (own / "certificates").exists()
    assert not (own / fresh.MARKER).exists()
    store = Store(own / fresh.STORE)
    assert [(line.kind, line.info) for line in store.security_log.every()] == [("SecurityLogWasCleared", "factory reset by anna")]
    assert store.facts.was_reset() == "t1"
    store.close()


@pytest.mark.parametrize("cut", ["rmtree", "settle"])
def test_a_cut_in_the_middle_begins_it_again(tmp_path: Path, cut: str, monkeypatch: pytest.MonkeyPatch) -> None:
    used(tmp_path)
    fresh.mark(tmp_path, fresh.Marker(token="t1"))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(shutil if cut == "rmtree" else files, cut, die)
        fresh.settle(tmp_path, NOW)
    assert (tmp_path / fresh.MARKER).exists()
    assert fresh.settle(tmp_path, NOW)
    assert not (tmp_path / "certificates").exists()


def test_what_is_restored_takes_the_place_of_what_is_there_and_writes_nowhere_else(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    with store.commit():
        store.facts.change_variable("old", "1")
    certificates = {"../evil.pem": "x", "csms.pem": "pem", "identity/../../evil.pem": "x", "/etc/evil.pem": "x"}
    parts = Parts(variables={"new": "2"}, cards=(KeptCard(number="0411", name="Anna"),), certificates=certificates)
    restored.stage(tmp_path, restored.Staged(parts=parts, by="anna"))
    assert restored.settle(tmp_path, store, NOW)
    assert not restored.settle(tmp_path, store, NOW)
    assert store.facts.changed_variables() == {"new": "2"}
    assert [card.name for card in store.cards.all()] == ["Anna"]
    assert sorted(path.name for path in tmp_path.rglob("*.pem")) == ["csms.pem"]
    store.close()


def test_a_certificate_for_which_there_is_no_room_is_not_lost_in_silence(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    (tmp_path / "certificates").write_text("no folder")
    restored.stage(tmp_path, restored.Staged(parts=Parts(certificates={"csms.pem": "pem"}), by="anna"))
    assert restored.settle(tmp_path, store, NOW)
    assert "not put in place: csms.pem" in [line.info for line in store.security_log.every()][-1]
    store.close()

"""What an offer reads of a file that comes from a stranger, for how long, and what it leaves behind."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.update import bundle as bundles
from chargepoint.update.bundle import CHUNK
from chargepoint.update.journal import Record
from chargepoint.update.messages import Install, Offer, Offered, Phase
from chargepoint.update.offers import HANGS_S, HEAD_S
from simulators.csms.authority import Authority
from tests.update.bundles import MAKER, bundle, manifest, members, packed, written
from tests.update.device import NEW, Power, Site, site

OTHER, OTHER_KEY = Authority("somebody else").issue("release signing")
LONG = bytes(8 * CHUNK)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much was asked for, each time."""
    asked: list[int] = []
    pread = os.pread

    def reading(file: int, count: int, offset: int) -> bytes:
        asked.append(count)
        return pread(file, count, offset)

    monkeypatch.setattr(os, "pread", reading)
    return asked


def slowly(found: Site, monkeypatch: pytest.MonkeyPatch, takes_s: Callable[[], float]) -> None:
    """Each piece of a file takes so long."""
    pread = os.pread

    def reading(file: int, count: int, offset: int) -> bytes:
        found.clock_s += takes_s()
        return pread(file, count, offset)

    monkeypatch.setattr(os, "pread", reading)


def long(found: Site, signer: str = "", key: str = "") -> Path:
    """A long bundle."""
    said = manifest(LONG, installer="deb", version=NEW)
    sealed = members(said, LONG, signer=signer, key=key) if signer else members(said, LONG)
    return written(found.folder, packed(sealed), "long.cpb")


def test_of_a_bundle_that_nobody_trusted_has_signed_only_the_head_is_read(read: list[int]) -> None:
    with site(Power()) as found:
        found.run()
        read.clear()
        refused = found.ask(Offer(source="page"), long(found, OTHER, OTHER_KEY))
        assert (refused.code, sum(read) < CHUNK) == ("CP-821", True)


def test_one_that_has_to_wait_for_another_is_not_read_either(read: list[int]) -> None:
    with site(Power()) as found:
        found.ask(Offer(source="csms"))
        read.clear()
        refused = found.ask(Offer(source="page"), long(found))
        assert (refused.code, sum(read) < CHUNK) == ("CP-826", True)


@pytest.mark.parametrize("again", [False, True])
def test_a_file_that_is_too_slow_is_not_read_to_its_end(again: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    with site(Power()) as found:
        if again:
            assert found.ask(Offer(source="page"), long(found)).accepted
        slowly(found, monkeypatch, lambda: HEAD_S / 8)
        refused = found.ask(Offer(source="page"), long(found))
        assert (refused.accepted, refused.code) == (False, "CP-825")
        assert "reading it takes too long" in refused.text
        assert found.clock_s < 2 * HEAD_S
        assert len(list((found.folder / "state").glob("*.payload*"))) == again


def test_one_that_is_slow_for_its_length_and_no_slower_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with site(Power()) as found:
        slowly(found, monkeypatch, lambda: 2.0)
        assert found.ask(Offer(source="page"), long(found)).accepted


def test_a_file_that_hangs_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def hangs() -> float:
        found.clock_s += HEAD_S + HANGS_S
        seen.append(found.desk.hangs)
        return 1.0

    with site(Power()) as found:
        assert not found.desk.hangs
        slowly(found, monkeypatch, hangs)
        found.ask(Offer(source="page"))
        assert (seen[0], seen[-1], found.desk.hangs) == (False, True, False)


def test_a_file_that_is_changed_while_it_is_read_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """For another one that is signed as well, after its beginning was found to be right."""
    with site(Power()) as found:
        path, copy = long(found), bundles.copy_payload

        def swapped(*arguments: object) -> str:
            path.write_bytes(bundle(b"1" * len(LONG), installer="deb", version="3.0"))
            return copy(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(bundles, "copy_payload", swapped)
        refused = found.ask(Offer(source="page"), path)
        assert (refused.accepted, refused.code) == (False, "CP-821")
        assert list((found.folder / "state").iterdir()) == []


def test_who_loses_the_race_against_another_update_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with site(Power()) as found:
        update = found.ask(Offer(source="page")).update
        assert update is not None
        copy = bundles.copy_payload

        def overtaken(*arguments: object) -> str:
            identity = copy(*arguments)  # type: ignore[arg-type]
            assert found.ask(Install(id=update.id)).accepted
            return identity

        monkeypatch.setattr(bundles, "copy_payload", overtaken)
        other = written(found.folder, bundle(installer="deb", version="3.0"), "other.cpb")
        lost = found.ask(Offer(source="page"), other)
        assert (lost.accepted, lost.code, found.update().id) == (False, "CP-826", update.id)
        assert list((found.folder / "state").glob("*.payload*")) == [found.desk.payload(update)]


def test_the_same_again_is_told_how_it_went_only_as_long_as_its_signature_counts() -> None:
    with site(Power()) as found:
        found.run()
        record = found.journal.record
        assert record is not None
        found.journal.write(Record(update=replace(record.update, phase=Phase.PROVING)))
        assert found.ask(Offer(source="csms")).accepted
        found.trust.write_text(Authority("new maker").pem)
        answer: Offered = found.ask(Offer(source="csms"))
        assert (answer.accepted, answer.code) == (False, "CP-821")
        found.trust.write_text(MAKER.pem)

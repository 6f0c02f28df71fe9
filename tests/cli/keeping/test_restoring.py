"""A restore that is cut at any step goes on at the next start, or goes back: on a virtual clock, with a station that is played."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chargepoint.cli import applying
from chargepoint.cli.applying import Place
from chargepoint.cli.keeping import restoring
from chargepoint.inquiry import client
from chargepoint.inquiry.keeping import KeptCard, Parts, Restore, Restored
from chargepoint.web.keeping import Looked
from chargepoint.web.wizard.ports import Progress
from tests.cli.test_applying import NEW, OLD, Played, place, states
from tests.virtual_time import run

__all__ = ["place"]

PARTS = Parts(cards=(KeptCard(number="04A1B2C3"),))
LOOKED = Looked(station="cp002", made="", release="", contents=(), text=NEW, parts=PARTS)


class Restorable(Played):
    """``kept``: what it was given for its next start."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.kept: list[Parts] = []
        self.full = False

    async def answer(self, question: Any) -> Any:
        if not isinstance(question, Restore):
            return await super().answer(question)
        if self.full:
            return Restored(outcome="refused", message="no room on this disk")
        self.kept.append(question.parts)
        return Restored(outcome="kept", message="")


def told_of(monkeypatch: pytest.MonkeyPatch, place: Place, cut: int | None, **facts: Any) -> tuple[list[Progress], Restorable]:
    """What somebody is told; with ``cut`` after so many steps by whoever starts next."""
    played, journal = Restorable(place.file), place.file.parent / restoring.JOURNAL
    for name, value in facts.items():
        setattr(played, name, value)

    async def inquire(_: str, answer: type, question: Any, timeout_s: float = 0) -> Any:
        told = await played.answer(question) if played.there else None
        if told is None:
            raise client.InquiryError("no station answers")
        return told

    monkeypatch.setattr(applying, "inquire", inquire)
    monkeypatch.setattr(restoring, "inquire", inquire)

    async def main() -> list[Progress]:
        begun = restoring.restore(place, journal, LOOKED, "anna")
        if cut is None:
            return [each async for each in begun]
        for _ in range(cut):
            await anext(begun)
        await begun.aclose()
        await asyncio.sleep(600)
        going_on = restoring.resume(place, journal)
        assert going_on is not None, "the journal is gone too early"
        return [each async for each in going_on]

    told = run(main())
    assert restoring.resume(place, journal) is None, "nothing is left to be done"
    return told, played


@pytest.mark.parametrize("cut", [None, 1, 2, 3, 4, 5])
def test_all_of_it_is_in_place_in_the_end(cut: int | None, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    told, played = told_of(monkeypatch, place, cut)
    assert told[-1].state == "up"
    assert (place.file.read_text(), place.previous.read_text()) == (NEW, OLD)
    assert played.kept
    assert set(map(msgspec.json.encode, played.kept)) == {msgspec.json.encode(PARTS)}


@pytest.mark.parametrize("cut", [None, 1, 2, 3])
@pytest.mark.parametrize("which", ["station", "control"])
def test_what_does_not_come_up_goes_back_and_nothing_else_is_changed(
    which: str, cut: int | None, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, played = told_of(monkeypatch, place, cut, bad=("cp002", which))
    assert told[-1].state == "put back"
    assert place.file.read_text() == OLD
    assert played.kept == []


def test_a_station_that_has_no_room_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    told, _ = told_of(monkeypatch, place, None, full=True)
    assert states(told)[-1] == "failed"
    assert "no room on this disk; then restore the backup once more" in told[-1].text


def test_a_journal_that_nobody_can_read_is_no_reason_to_do_anything(place: Place) -> None:
    journal = place.file.parent / restoring.JOURNAL
    journal.write_text("{")
    assert restoring.resume(place, journal) is None
    assert not journal.exists()

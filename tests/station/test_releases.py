"""The history of the software: another release at this start, and how updates ended, once each."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.notifications import SecurityEvent
from chargepoint.inquiry.history import ListEvents
from chargepoint.inquiry.restarting import KeepQuiet
from chargepoint.inquiry.updates import NoteUpdate
from chargepoint.station.installers import UNDER_WAY, Last
from chargepoint.station.settings import FirmwareSettings
from tests.station.rig import Game, play

DONE = NoteUpdate(end="installed", version="0.2.0", before="0.1.0", by="anna", key="abc done")
BACK = NoteUpdate(end="taken-back", version="0.2.0", before="0.1.0", code="CP-829", text="control was not heard", key="abc back")


class Told:
    """An updater that tells these, the last again and again."""

    def __init__(self, *lasts: Last | None) -> None:
        self.told: Callable[[NoteUpdate], None] = lambda end: None
        self.lasts = list(lasts)
        self.asked = 0

    async def last(self) -> Last | None:
        self.asked += 1
        return self.lasts.pop(0) if len(self.lasts) > 1 else self.lasts[0]

    async def install(self, path: Path, sha256: str, again: bool) -> Any:
        raise AssertionError


async def lines(game: Game) -> list[str]:
    told: Any = await game.station.takers[ListEvents](ListEvents())
    return [f"{line.what.kind}: {line.what.text}" for line in told.lines if line.what.kind.startswith(("update", "software"))]


def start(path: Path, script: Any, *lasts: Last | None, updater: Told | None = None) -> Game:
    return play(script, path / "store", firmware=FirmwareSettings(updater=updater or Told(*(lasts or (None,)))))


async def nothing(game: Game) -> None:
    await asyncio.sleep(60)


def security(game: Game) -> list[str]:
    return [each.info for each in game.csms.of(SecurityEvent) if isinstance(each, SecurityEvent) and each.kind == "FirmwareUpdated"]


def test_a_start_of_another_release_is_a_line_and_the_first_of_all_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(game: Game) -> None:
        await asyncio.sleep(10)
        seen.append(await lines(game))

    seen: list[list[str]] = []
    for release in ("0.1.0", "0.1.0", "0.2.0"):
        monkeypatch.setattr("chargepoint.station.releases.RELEASE", release)
        start(tmp_path, script)
    assert seen == [[], [], ["software_changed: the software is 0.2.0 now; at the start before it was 0.1.0"]]


def test_an_update_that_is_being_proved_at_the_start_is_watched_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start(tmp_path, nothing)
    monkeypatch.setattr("chargepoint.station.releases.RELEASE", "0.2.0")

    async def script(game: Game) -> None:
        await asyncio.sleep(60)
        assert (await lines(game))[1:] == ["update_installed: update to 0.2.0 from 0.1.0 installed, by anna"]
        assert security(game) == ["update to 0.2.0 from 0.1.0 installed, by anna"]

    start(tmp_path, script, UNDER_WAY, UNDER_WAY, UNDER_WAY, DONE)

    async def again(game: Game) -> None:
        await asyncio.sleep(60)
        assert len(await lines(game)) == 2
        assert security(game) == []

    start(tmp_path, again, DONE)


def test_the_updater_is_asked_only_where_there_is_something_to_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks it starts it."""

    async def left_quiet(game: Game) -> None:
        await game.station.takers[KeepQuiet](KeepQuiet(for_s=30.0))
        await asyncio.sleep(10)
        assert updater.asked == 0

    async def kept_quiet(game: Game) -> None:
        await game.station.takers[KeepQuiet](KeepQuiet(for_s=30.0))
        await asyncio.sleep(60)

    asked = []
    for script in (nothing, nothing, kept_quiet, nothing, left_quiet, nothing, nothing):
        updater = Told(DONE)
        start(tmp_path, script, updater=updater)
        asked.append(updater.asked)
    assert asked == [0, 0, 1, 0, 0, 1, 0]
    monkeypatch.setattr("chargepoint.station.releases.RELEASE", "0.2.0")
    start(tmp_path, nothing, updater=(updater := Told(DONE)))
    assert updater.asked == 1


def test_whoever_sees_an_end_tells_it_and_one_line_comes_of_it(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        tell = game.station.takers[NoteUpdate]
        for end in (BACK, BACK, NoteUpdate(end="refused", code="CP-821", text="not signed", by="bert")):
            await tell(end)
        assert await lines(game) == [
            "update_taken_back: update to 0.2.0 from 0.1.0 taken back: control was not heard",
            "update_refused: update refused, by bert: not signed",
        ]
        await tell(BACK)
        await tell(DONE)
        assert len(await lines(game)) == 3
        assert security(game) == [], "nobody but the updater vouches for it"

    start(tmp_path, script)


@pytest.mark.parametrize(("last", "count"), [(DONE, 1), (UNDER_WAY, 0)])
def test_of_an_end_that_the_updater_knows_its_own_word_counts(tmp_path: Path, last: Last, count: int) -> None:
    async def script(game: Game) -> None:
        await game.station.takers[NoteUpdate](BACK)
        await asyncio.sleep(1)
        assert await lines(game) == ["update_installed: update to 0.2.0 from 0.1.0 installed, by anna"] * count
        assert len(security(game)) == count

    start(tmp_path, script, last)


def test_what_the_csms_wanted_is_no_second_security_event(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await game.station.takers[NoteUpdate](NoteUpdate(end="installed", version="0.2.0", from_csms=True, key="k"))
        await asyncio.sleep(5)
        assert (len(await lines(game)), security(game)) == (1, [])

    start(tmp_path, script)

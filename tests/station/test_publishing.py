"""Firmware for other stations on a virtual clock: every line of the table, over newer requests, refusals, files that rot and power cuts."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.commands import Outcome, PublishFirmware, Trigger, TriggerMessage, UnpublishFirmware, Verdict
from chargepoint.domain.jobs import PublishJob
from chargepoint.domain.notifications import PublishFirmwareStatusNotification as Status
from chargepoint.domain.publishing import PublishStatus
from chargepoint.station.publishing import MOST, NEXT
from chargepoint.station.settings import FirmwareSettings
from chargepoint.station.shelf import ShelfError
from chargepoint.station.transfers import Carried
from chargepoint.transfer.job import Reason
from tests.station.carrier import FETCHED, GONE, IMAGE, MD5, PlayedFiles
from tests.station.rig import Game, play

URL = "http://user:pass@files/fw.bin"
WHOLE = ["Downloading", "Downloaded", "ChecksumVerified", "Published"]
BROKEN = Carried(failed=Reason.MISSING)


class PlayedShelf:
    """What lies on it. ``busy``: somebody is downloading. ``closed``: it cannot be reached."""

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}
        self.busy = self.closed = False

    async def offer(self, name: str, path: Path) -> tuple[str, ...]:
        await asyncio.sleep(5)
        if self.closed:
            raise ShelfError("cannot listen")
        self.files[name] = path
        return (f"http://10.0.0.7:8090/firmware/{name}",)

    async def withdraw(self, name: str) -> bool:
        if not self.busy:
            self.drop(name)
        return not self.busy

    def keep(self, name: str, path: Path) -> None:
        self.files[name] = path

    def drop(self, name: str) -> None:
        self.files.pop(name, None)

    async def run(self) -> None:
        """Nothing to do."""


class Laying(PlayedFiles):
    """Every file that is fetched is there afterwards, and looking at it takes a while."""

    async def fetch(self, url: str, path: Path, spare_bytes: int = 0) -> Carried:
        assert spare_bytes >= 100_000_000, "a full queue of messages has room beside it"
        carried = await super().fetch(url, path)
        if carried.failed is None:
            path.write_bytes(IMAGE)  # noqa: ASYNC240  (a few bytes)
        return carried

    async def md5(self, path: Path) -> Carried:
        await asyncio.sleep(5)
        return await super().md5(path)


def run(
    tmp_path: Path, script: Callable[[Game], Any], shelf: PlayedShelf | None = None, files: PlayedFiles | None = None, able: bool = True
) -> Game:
    folder = FirmwareSettings(folder=str(tmp_path), shelf=(shelf or PlayedShelf()) if able else None)
    return play(script, tmp_path / "store", files=files or Laying(), firmware=folder)


async def order(game: Game, command: PublishFirmware | UnpublishFirmware) -> Outcome:
    outcome, after = await game.station.obey(command)
    assert isinstance(outcome, Outcome)
    if after is not None:
        after()
    return outcome


def wanted(number: int = 1, checksum: str = MD5, **more: Any) -> PublishFirmware:
    fields: dict[str, Any] = {"request_id": number, "location": URL, "checksum": checksum} | more
    return PublishFirmware(**fields)


def news(game: Game) -> list[Status]:
    return [each for each in game.csms.of(Status) if isinstance(each, Status)]


def told(game: Game) -> list[str]:
    return [each.status.value if each.request_id == 1 else f"{each.request_id} {each.status}" for each in news(game)]


async def published(game: Game, **more: Any) -> None:
    assert (await order(game, wanted(**more))).verdict is Verdict.ACCEPTED
    await game.until(lambda: told(game)[-1:] == ["Published"], 120)


def test_every_status_is_told_and_the_last_says_where_the_file_is(tmp_path: Path) -> None:
    """L03.FR.01, L03.FR.02, L03.FR.05, L03.FR.09"""
    shelf = PlayedShelf()

    async def script(game: Game) -> None:
        await published(game, checksum=f" {MD5.upper()} ")

    game = run(tmp_path, script, shelf)
    assert told(game) == WHOLE
    assert news(game)[-1].locations == (f"http://10.0.0.7:8090/firmware/{MD5}",)
    assert shelf.files[MD5].read_bytes() == IMAGE
    job = game.store.jobs.load("publish", PublishJob)
    assert job is not None
    assert job.request.location == "http://files/fw.bin", "no password is kept for longer than it is needed"


@pytest.mark.parametrize(
    ("make", "statuses"),
    [
        (lambda files, shelf: files.outcomes.insert(0, BROKEN), ["Downloading", "DownloadFailed"]),
        (lambda files, shelf: setattr(files, "summed", Carried(md5="0" * 32)), [*WHOLE[:2], "InvalidChecksum"]),
        (lambda files, shelf: setattr(files, "summed", Carried(failed=Reason.DISK)), [*WHOLE[:2], "InvalidChecksum"]),
        (lambda files, shelf: setattr(shelf, "closed", True), [*WHOLE[:3], "PublishFailed"]),
    ],
)
def test_what_cannot_be_published_is_told_and_leaves_nothing(
    tmp_path: Path, make: Callable[[PlayedFiles, PlayedShelf], None], statuses: list[str]
) -> None:
    """L03.FR.06, L03.FR.07, L03.FR.08; TriggerMessage tells the last status again (L03.FR.11)."""
    files, shelf = Laying(), PlayedShelf()
    make(files, shelf)

    async def script(game: Game) -> None:
        await order(game, wanted())
        await game.until(lambda: told(game) == statuses, 120)
        assert shelf.files == {}
        assert list((tmp_path / "published").iterdir()) == []
        await triggered(game)
        assert told(game) == [*statuses, statuses[-1]]
        assert (await order(game, UnpublishFirmware(MD5))).verdict is Verdict.NO_FIRMWARE

    run(tmp_path, script, shelf, files)


async def triggered(game: Game) -> None:
    reply, after = await game.station.obey(TriggerMessage(Trigger.PUBLISH_STATUS))
    assert reply == Outcome(Verdict.ACCEPTED)
    assert after is not None
    after()
    await asyncio.sleep(1)


def test_when_asked_it_is_idle_before_anything_and_after_published(tmp_path: Path) -> None:
    """L03.FR.10"""

    async def script(game: Game) -> None:
        await triggered(game)
        await published(game)
        await triggered(game)
        assert told(game) == ["None Idle", *WHOLE, "None Idle"]

    run(tmp_path, script)


def test_a_download_is_tried_again_as_the_request_says(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        begun_s = game.station.clock.monotonic()
        await published(game, retries=2, retry_interval_s=30)
        assert game.station.clock.monotonic() - begun_s >= 60

    files = Laying(GONE, GONE, FETCHED)
    run(tmp_path, script, files=files)
    assert len(files.fetched) == 3


@pytest.mark.parametrize(
    ("command", "able", "reason"),
    [
        (wanted(), False, "UnsupportedRequest"),
        (wanted(checksum="d41d8cd9"), True, "InvalidValue"),
        (wanted(checksum="../../../../etc/shadow/../../../"), True, "InvalidValue"),
        (wanted(location="file:///etc/shadow"), True, "InvalidURL"),
        (wanted(location="http://"), True, "InvalidURL"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_begins(tmp_path: Path, command: PublishFirmware, able: bool, reason: str) -> None:
    async def script(game: Game) -> None:
        refused = await order(game, command)
        assert (refused.verdict, refused.reason_code) == (Verdict.REJECTED, reason)
        await asyncio.sleep(30)
        assert told(game) == []
        reply, _ = await game.station.obey(TriggerMessage(Trigger.PUBLISH_STATUS))
        assert reply == Outcome(Verdict.ACCEPTED if able else Verdict.NOT_IMPLEMENTED)

    run(tmp_path, script, able=able)


def test_so_many_files_and_no_more(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        for number in range(MOST):
            files.summed = Carried(md5=f"{number:032x}")
            await order(game, wanted(number + 10, f"{number:032x}"))
            await asyncio.sleep(1)
            await game.until(lambda: news(game)[-1].status is PublishStatus.PUBLISHED, 120)
        assert (await order(game, wanted())).reason_code == "OutOfStorage"
        assert (await order(game, wanted(checksum=f"{0:032x}"))).verdict is Verdict.ACCEPTED, "that one is here already"
        await game.until(lambda: told(game)[-1:] == ["InvalidChecksum"], 120)
        assert (await order(game, wanted())).verdict is Verdict.ACCEPTED, "the one that is not what it was has given its place up"

    files = Laying()
    run(tmp_path, script, files=files)


def test_a_newer_request_ends_the_one_that_is_not_published_yet(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await order(game, wanted(5, "0" * 32))
        await asyncio.sleep(3)
        await order(game, wanted())
        await game.until(lambda: told(game)[-1:] == ["Published"], 120)

    files = Laying(takes_s=10)
    assert told(run(tmp_path, script, files=files)) == ["5 Downloading", "5 DownloadFailed", *WHOLE]
    assert files.cancelled == 1


def test_it_is_unpublished_unless_somebody_is_downloading_it(tmp_path: Path) -> None:
    """L04.FR.01, L04.FR.02, L04.FR.03, L04.FR.04"""
    shelf = PlayedShelf()

    async def script(game: Game) -> None:
        await order(game, wanted())
        await asyncio.sleep(0.5)
        assert (await order(game, UnpublishFirmware(MD5))).verdict is Verdict.DOWNLOAD_ONGOING, "by this station"
        await game.until(lambda: told(game)[-1:] == ["Published"], 120)
        shelf.busy = True
        assert (await order(game, UnpublishFirmware(MD5))).verdict is Verdict.DOWNLOAD_ONGOING, "from it"
        assert shelf.files[MD5].exists()
        shelf.busy = False
        for other in ("0" * 32, "", "nonsense"):
            assert (await order(game, UnpublishFirmware(other))).verdict is Verdict.NO_FIRMWARE
        assert (await order(game, UnpublishFirmware(MD5.upper()))).verdict is Verdict.UNPUBLISHED
        assert (shelf.files, list((tmp_path / "published").iterdir())) == ({}, [])
        assert (await order(game, UnpublishFirmware(MD5))).verdict is Verdict.NO_FIRMWARE

    run(tmp_path, script, shelf)


@pytest.mark.parametrize("cut_after", range(len(WHOLE)))
def test_a_power_cut_at_any_status_only_delays_it(tmp_path: Path, cut_after: int) -> None:
    async def script(game: Game) -> None:
        await order(game, wanted())
        await game.until(lambda: told(game)[-1:] == [WHOLE[cut_after]], 120)

    before = told(run(tmp_path, script))

    async def after(game: Game) -> None:
        await game.until(lambda: shelf.files and set(before) | set(told(game)) >= set(WHOLE), 120)

    shelf = PlayedShelf()
    game = run(tmp_path, after, shelf)
    assert [*before, *(each for each in told(game) if each not in before)] == WHOLE
    assert shelf.files[MD5].read_bytes() == IMAGE


def test_what_is_gone_or_not_wanted_any_more_is_not_given_after_a_start(tmp_path: Path) -> None:
    run(tmp_path, published)
    shelf = PlayedShelf()

    async def later(game: Game) -> None:
        await asyncio.sleep(3)
        assert (await order(game, UnpublishFirmware(MD5))).verdict is Verdict.NO_FIRMWARE

    run(tmp_path, later, shelf, able=False)  # the entry has left the configuration
    assert list((tmp_path / "published").iterdir()) == [], "it takes no room either"
    run(tmp_path, published)
    (tmp_path / "published" / MD5).unlink()
    run(tmp_path, later, shelf)
    assert shelf.files == {}


def test_every_status_leads_to_the_end() -> None:
    ends = {status for pair in NEXT.values() for status in pair} - set(NEXT)
    assert ends == {PublishStatus.PUBLISHED, PublishStatus.DOWNLOAD_FAILED, PublishStatus.INVALID_CHECKSUM, PublishStatus.PUBLISH_FAILED}

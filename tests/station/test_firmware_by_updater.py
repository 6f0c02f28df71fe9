"""Firmware that the updater puts in place: it starts the station anew, and each start asks it again until it tells the end."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import Reset, ResetKind, Verdict
from chargepoint.domain.jobs import FirmwareJob, FirmwareStep
from chargepoint.domain.notifications import BootNotification, BootReason
from chargepoint.inquiry.updates import NoteUpdate
from chargepoint.station.installers import Installed, Last
from chargepoint.station.settings import FirmwareSettings, SecuritySettings
from chargepoint.store.database import Database
from tests.station.carrier import SHA256, PlayedFiles
from tests.station.rig import Game, play
from tests.station.test_firmware import MAKER, events, order, seconds, signed, told, unsigned

BEFORE = ["Downloading", "Downloaded", "SignatureVerified", "Installing"]


class Played:
    """``answers``: one for each time it is asked; ``None``: the station is killed before there is one."""

    def __init__(self, *answers: Installed | None) -> None:
        self.told: Callable[[NoteUpdate], None] = lambda end: None
        self.answers = list(answers)
        self.asked: list[tuple[str, bool]] = []

    async def install(self, path: Path, sha256: str, again: bool) -> Installed:
        self.asked.append((sha256, again))
        answer = self.answers.pop(0)
        await (asyncio.sleep(20) if answer is not None else asyncio.Event().wait())
        assert answer is not None
        return answer

    async def last(self) -> Last | None:
        return None


def start(tmp_path: Path, updater: Played, script: Callable[[Game], Any], installer: str = "deb") -> Game:
    roots = tmp_path / "roots.pem"
    roots.write_text(MAKER.root)
    return play(
        script,
        tmp_path / "store",
        files=PlayedFiles(),
        firmware=FirmwareSettings(folder=str(tmp_path), installer=installer, updater=updater),
        security=SecuritySettings(trust={CertificateUse.MANUFACTURER_ROOT: str(roots)}),
    )


def reason(game: Game) -> BootReason:
    (boot,) = game.csms.of(BootNotification)
    assert isinstance(boot, BootNotification)
    return boot.reason


ORDERS = {
    "it restarts nobody, as a dry run does": ([Installed.RUNS], "Installed"),
    "a restart before its answer": ([None, Installed.RUNS], "Installed"),
    "taken back, with two restarts": ([None, None, Installed.FAILED], "InstallationFailed"),
    "a restart, then power cuts": ([None, None, None, None, None, Installed.RUNS], "Installed"),
    "refused for its signature": ([Installed.NOT_VERIFIED], "InstallVerificationFailed"),
    "the updater is dead": ([Installed.FAILED], "InstallationFailed"),
    "dead after the restart": ([None, Installed.FAILED], "InstallationFailed"),
}


@pytest.mark.parametrize(("answers", "end"), ORDERS.values(), ids=ORDERS)
def test_whatever_the_order_the_csms_hears_the_begin_and_the_end_once(tmp_path: Path, answers: list[Installed | None], end: str) -> None:
    """1.6-SEC L01.FR.01, 28, 29, 32."""
    updater, heard, starts = Played(*answers), list[str](), len(answers)

    async def first(game: Game) -> None:
        assert await order(game, signed()) is Verdict.ACCEPTED
        await seconds(game, 60)

    async def later(game: Game) -> None:
        assert game.station.availability.held(), "nothing begins until it has ended"
        await seconds(game, 60)
        assert reason(game) is BootReason.FIRMWARE_UPDATE

    for number in range(starts):
        game = start(tmp_path, updater, later if number else first)
        heard += told(game)
        assert game.restarts is None, "the updater restarts the station, and the station does not"
    assert heard == [*BEFORE, end]
    assert updater.asked == [(SHA256, number > 0) for number in range(starts)]
    assert events(game) == (["FirmwareUpdated"] if end == "Installed" else [])
    assert not game.station.availability.held()

    async def after(game: Game) -> None:
        await seconds(game, 60)
        assert (told(game), reason(game)) == ([], BootReason.POWER_UP)

    start(tmp_path, updater, after)


def test_the_words_of_1_6_without_signature_are_those_that_it_has(tmp_path: Path) -> None:
    updater = Played(None, Installed.NOT_VERIFIED)

    async def first(game: Game) -> None:
        await order(game, unsigned())
        await seconds(game, 60)
        assert told(game) == ["Downloading", "Downloaded", "Installing"]

    async def later(game: Game) -> None:
        await seconds(game, 60)
        assert told(game) == ["InstallationFailed"]

    start(tmp_path, updater, first)
    start(tmp_path, updater, later)


def test_what_the_csms_did_not_hear_before_the_restart_it_hears_after_it_in_order(tmp_path: Path) -> None:
    updater = Played(None, Installed.RUNS)

    async def first(game: Game) -> None:
        await order(game, signed())
        await game.until(lambda: told(game) == BEFORE[:1])
        game.csms.lose()
        await seconds(game, 60)

    async def later(game: Game) -> None:
        await seconds(game, 60)
        assert told(game) == [*BEFORE[1:], "Installed"]

    start(tmp_path, updater, first)
    start(tmp_path, updater, later)


def test_a_reset_and_another_request_wait_for_the_updater(tmp_path: Path) -> None:
    """1.6-SEC L01.FR.27."""

    async def script(game: Game) -> None:
        await order(game, signed())
        await game.until(lambda: "Installing" in told(game))
        outcome, _ = await game.station.obey(Reset(ResetKind.IMMEDIATE, graceful=True))
        assert outcome.verdict is Verdict.REJECTED  # type: ignore[union-attr]
        assert await order(game, signed(8)) is Verdict.REJECTED

    start(tmp_path, Played(None), script)


def test_an_installer_of_an_earlier_configuration_that_wanted_a_restart_does_not_restart_for_ever(tmp_path: Path) -> None:
    """The technician has changed ``[firmware] installer`` in between."""
    database = Database(tmp_path / "store")
    with database.commit():
        body = (
            b'{"request":{"request_id":7,"location":"http://files/fw","retrieve_at":"2026-03-01T00:00:00Z"},"file":"a","step":"Restarting"}'
        )
        database.change("INSERT INTO jobs (name, body) VALUES ('firmware', ?)", body)
    database.close()

    async def script(game: Game) -> None:
        await seconds(game, 30)
        assert (told(game), game.restarts) == (["Installed"], None)

    start(tmp_path, Played(), script)


def test_the_updater_is_not_asked_where_the_configuration_names_another_installer(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await order(game, signed())
        await game.until(lambda: game.restarts)
        job = game.store.jobs.load("firmware", FirmwareJob)
        assert job is not None
        assert job.step is FirmwareStep.RESTARTING

    start(tmp_path, Played(), script, installer="dry-run")

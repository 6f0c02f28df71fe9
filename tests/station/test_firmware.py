"""Firmware updates on a virtual clock: every line of the table, in order, over transactions, newer requests and power cuts."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import Outcome, Reset, ResetKind, SetVariables, Trigger, TriggerMessage, UpdateFirmware, Verdict
from chargepoint.domain.device_model import SetResult, VariableKey, VariableStatus
from chargepoint.domain.firmware import FirmwareStatus
from chargepoint.domain.jobs import FirmwareJob, FirmwareStep
from chargepoint.domain.notifications import Answer, BootNotification, BootReason, FirmwareStatusNotification, Notification, SecurityEvent
from chargepoint.station import installers
from chargepoint.station.firmware_table import COMMITTED, TABLE, Happening
from chargepoint.station.settings import FirmwareSettings, SecuritySettings
from chargepoint.station.transfers import Carried
from chargepoint.store.database import Database
from chargepoint.transfer.job import Reason
from tests.pki.signing import Maker
from tests.station.carrier import GONE, IMAGE, PlayedFiles
from tests.station.rig import MIDNIGHT, Game, play

F = FirmwareStatus
URL = "http://user:pass@files/fw.bin"
MAKER = Maker()
STRANGER = Maker()
WHOLE = ["Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting"]
SCHEDULED = ["DownloadScheduled", *WHOLE[:3], "InstallScheduled", *WHOLE[3:]]


def unsigned(**more: Any) -> UpdateFirmware:
    fields: dict[str, Any] = {"location": URL, "retrieve_at": MIDNIGHT} | more
    return UpdateFirmware(**fields)


def signed(request_id: int = 7, maker: Maker = MAKER, image: bytes = IMAGE, **more: Any) -> UpdateFirmware:
    return unsigned(request_id=request_id, signing_certificate=maker.certificate, signature=maker.sign(image), **more)


def told(game: Game) -> list[str]:
    """Statuses in order; those of a request with its number."""
    news = [each for each in game.csms.of(FirmwareStatusNotification) if isinstance(each, FirmwareStatusNotification)]
    return [each.status.value if each.request_id in (None, 7) else f"{each.request_id} {each.status}" for each in news]


def events(game: Game) -> list[str]:
    return [each.kind for each in game.csms.of(SecurityEvent) if isinstance(each, SecurityEvent) and "irmware" in each.kind]


async def order(game: Game, command: UpdateFirmware) -> Verdict:
    outcome, after = await game.station.obey(command)
    assert isinstance(outcome, Outcome)
    if after is not None:
        after()
    return outcome.verdict


def run(
    tmp_path: Path,
    script: Callable[[Game], Any],
    files: PlayedFiles | None = None,
    result: str = "ok",
    unsigned_too: bool = True,
    unsigned_2x: bool = True,
    **more: Any,
) -> Game:
    """A station with a folder, the maker's root, and hand-made transfers."""
    roots = tmp_path / "roots.pem"
    roots.write_text(MAKER.root)
    return play(
        script,
        tmp_path / "store",
        files=files or PlayedFiles(),
        firmware=FirmwareSettings(
            folder=str(tmp_path),
            dry_run_result=result,
            accept_unsigned=lambda: unsigned_too,
            accept_unsigned_2x=lambda: unsigned_2x,
        ),
        security=SecuritySettings(trust={CertificateUse.MANUFACTURER_ROOT: str(roots)}),
        **more,
    )


async def seconds(game: Game, number: float) -> None:
    await asyncio.sleep(number)


def test_an_update_without_signature_says_what_1_6_has_words_for_and_restarts(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert await order(game, unsigned()) is Verdict.ACCEPTED
        await game.until(lambda: game.restarts)

    game = run(tmp_path, script)
    assert told(game) == ["Downloading", "Downloaded", "Installing"]

    async def after(game: Game) -> None:
        await seconds(game, 3)
        boot = game.csms.of(BootNotification)[0]
        assert isinstance(boot, BootNotification)
        assert boot.reason is BootReason.FIRMWARE_UPDATE
        assert told(game) == ["Installed"]
        assert events(game) == ["FirmwareUpdated"]

    run(tmp_path, after)


def test_a_signed_update_says_every_step_with_the_number_of_its_request(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        later = MIDNIGHT + timedelta(minutes=10)
        assert await order(game, signed(retrieve_at=later, install_at=later + timedelta(minutes=10))) is Verdict.ACCEPTED
        await game.until(lambda: game.restarts, 1500)

    game = run(tmp_path, script)
    assert told(game) == SCHEDULED
    assert {each.request_id for each in game.csms.of(FirmwareStatusNotification) if isinstance(each, FirmwareStatusNotification)} == {7}

    async def after(game: Game) -> None:
        await seconds(game, 3)
        assert told(game) == ["Installed"]
        job = game.store.jobs.load("firmware", FirmwareJob)
        assert job is not None
        assert job.request.location == "http://files/fw.bin", "no password is kept for longer than it is needed"

    run(tmp_path, after)


@pytest.mark.parametrize(
    ("result", "signed_word", "unsigned_word"),
    [
        ("installation-failed", "InstallationFailed", "InstallationFailed"),
        ("verification-failed", "InstallVerificationFailed", "InstallationFailed"),
    ],
)
def test_an_installation_that_fails_is_told_and_the_station_goes_on(
    tmp_path: Path, result: str, signed_word: str, unsigned_word: str
) -> None:
    async def script(game: Game) -> None:
        await order(game, signed())
        await game.until(lambda: signed_word in told(game))
        await order(game, unsigned())
        await game.until(lambda: told(game)[-1] == unsigned_word and len(told(game)) > 6)
        assert not game.station.availability.held()
        assert game.restarts is None
        game.control.plug()
        await game.swipe()
        assert game.transaction is not None

    run(tmp_path, script, result=result)


def test_a_download_is_tried_again_as_often_as_the_csms_wants(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await order(game, signed(retries=2, retry_interval_s=60))
        await seconds(game, 100)
        assert told(game) == ["Downloading"]
        await seconds(game, 100)
        assert told(game) == ["Downloading", "DownloadFailed"]

    files = PlayedFiles(GONE)
    run(tmp_path, script, files)
    assert files.fetched == [URL] * 3


@pytest.mark.parametrize(
    ("carried", "retries", "tries"),
    [
        (GONE, None, 4),
        (GONE, 0, 1),
        (Carried(failed=Reason.MISSING), None, 1),
        (Carried(failed=Reason.MISSING), 1, 2),
        (Carried(failed=Reason.TOO_LARGE), 5, 1),
        (Carried(failed=Reason.NO_SPACE), 5, 1),
    ],
)
def test_only_what_may_help_is_tried_again(tmp_path: Path, carried: Carried, retries: int | None, tries: int) -> None:
    async def script(game: Game) -> None:
        await order(game, unsigned(retries=retries))
        await game.until(lambda: told(game)[-1:] == ["DownloadFailed"], 100)

    files = PlayedFiles(carried)
    run(tmp_path, script, files)
    assert len(files.fetched) == tries


def test_a_forged_file_is_not_installed_and_raises_a_security_event(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert await order(game, signed(image=b"something else")) is Verdict.ACCEPTED
        await game.until(lambda: events(game))
        await seconds(game, 5)
        assert told(game) == ["Downloading", "Downloaded", "InvalidSignature"]
        assert events(game) == ["InvalidFirmwareSignature"]
        assert game.restarts is None

    run(tmp_path, script)


def test_a_certificate_of_somebody_else_is_refused_at_once(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert await order(game, signed(maker=STRANGER)) is Verdict.INVALID_CERTIFICATE
        await seconds(game, 5)
        assert (told(game), events(game)) == ([], ["InvalidFirmwareSigningCertificate"])

    run(tmp_path, script)


def test_the_question_of_home_assistant_is_a_plain_no(tmp_path: Path) -> None:
    """Field quirk 2.2: a made-up update at every connection."""

    async def script(game: Game) -> None:
        for _ in range(20):
            fake = unsigned(request_id=1, location="dummy://dummy", signing_certificate="☺", signature="☺")
            assert await order(game, fake) is Verdict.REJECTED
        await order(game, unsigned(location="dummy://dummy"))
        await seconds(game, 5)
        assert (told(game), events(game)) == (["DownloadFailed"], [])

    files = PlayedFiles()
    run(tmp_path, script, files)
    assert files.fetched == []


def test_unsigned_firmware_is_not_supported_where_only_signed_is_taken(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert await order(game, unsigned()) is Verdict.NOT_SUPPORTED
        assert await order(game, signed()) is Verdict.ACCEPTED

    run(tmp_path, script, unsigned_too=False)


def test_an_installation_waits_for_the_transaction_and_nobody_else_may_start(tmp_path: Path) -> None:
    """1.6-SEC L01.FR.06, 07."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await order(game, signed())
        await game.until(lambda: told(game)[-1:] == ["InstallScheduled"])
        await seconds(game, 600)
        assert game.restarts is None
        assert game.station.availability.held()
        game.control.unplug(2000)
        await game.until(lambda: game.transaction is None)
        game.control.plug(2)
        await game.swipe()
        assert game.transaction is None, "an installation is due"
        await game.until(lambda: game.restarts)
        assert told(game)[-3:] == ["InstallScheduled", "Installing", "InstallRebooting"]

    run(tmp_path, script, PlayedFiles(takes_s=0.1))


def test_charging_goes_on_until_the_date_of_installation(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await order(game, signed(install_at=MIDNIGHT + timedelta(hours=1)))
        await game.until(lambda: told(game)[-1:] == ["InstallScheduled"])
        assert not game.station.availability.held()
        game.control.plug()
        await game.swipe()
        assert game.transaction is not None

    run(tmp_path, script)


def test_connectors_are_unavailable_while_an_installation_is_due(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await order(game, signed())
        await game.until(lambda: "Installing" in told(game))
        await seconds(game, 1)
        assert not game.csms.statuses[-1].facts.operative

    run(tmp_path, script, PlayedFiles(takes_s=0.1))


def test_a_newer_request_replaces_the_running_one(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await order(game, signed(1))
        await seconds(game, 5)
        assert await order(game, signed(2)) is Verdict.ACCEPTED_CANCELED
        assert await order(game, signed(3, maker=STRANGER)) is Verdict.INVALID_CERTIFICATE
        files.takes_s = 0.1
        await game.until(lambda: game.restarts)
        assert told(game) == ["1 Downloading", *(f"2 {word}" for word in WHOLE)]

    files = PlayedFiles(takes_s=100)
    run(tmp_path, script, files)
    assert files.cancelled == 1


def test_an_installation_cannot_be_cancelled(tmp_path: Path) -> None:
    """L01.FR.27, L02.FR.18."""

    async def script(game: Game) -> None:
        await order(game, signed())
        await game.until(lambda: "Installing" in told(game))
        assert await order(game, signed(8)) is Verdict.REJECTED
        assert await order(game, unsigned()) is Verdict.REJECTED

    run(tmp_path, script)


def test_an_installation_that_begins_while_the_answer_leaves_cannot_be_cancelled_either(tmp_path: Path) -> None:
    """1.6-SEC L01.FR.27. What was accepted a moment too early fails, and is told so under its own number."""

    async def script(game: Game) -> None:
        await order(game, signed(install_at=MIDNIGHT + timedelta(seconds=30)))
        await game.until(lambda: told(game)[-1:] == ["InstallScheduled"])
        outcome, after = await game.station.obey(signed(8))
        assert outcome == Outcome(Verdict.ACCEPTED_CANCELED)
        assert after is not None
        await game.until(lambda: "Installing" in told(game))
        after()
        await game.until(lambda: game.restarts)
        assert set(told(game)[-3:]) == {"Installing", "8 DownloadFailed", "InstallRebooting"}

    run(tmp_path, script, PlayedFiles(takes_s=0.1))


@pytest.mark.parametrize("graceful", [True, False])
def test_a_reset_does_not_cut_off_an_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, graceful: bool) -> None:
    async def install(_: object, path: Path) -> installers.Installed:
        await asyncio.sleep(100)
        return installers.Installed.OK

    async def script(game: Game) -> None:
        await order(game, signed())
        await game.until(lambda: "Installing" in told(game))
        outcome, after = await game.station.obey(Reset(ResetKind.IMMEDIATE, graceful=graceful))
        assert isinstance(outcome, Outcome)
        assert (outcome.verdict, after) == (Verdict.REJECTED, None)
        await game.until(lambda: game.restarts, 200)
        assert told(game)[-1] == "InstallRebooting"

    monkeypatch.setattr(installers.DryRun, "install", install)
    run(tmp_path, script, PlayedFiles(takes_s=0.1))


def test_a_reset_on_idle_waits_for_a_download_drivers_do_not_and_the_update_goes_on_after_it(tmp_path: Path) -> None:
    """B11.FR.07, and the errata of 2025-06 to B11."""

    async def script(game: Game) -> None:
        await order(game, signed())
        await game.until(lambda: told(game) == ["Downloading"])
        outcome, after = await game.station.obey(Reset(ResetKind.ON_IDLE))
        assert isinstance(outcome, Outcome)
        assert (outcome.verdict, after) == (Verdict.SCHEDULED, None)
        game.control.plug()
        await game.swipe()
        assert game.transaction is not None
        await game.until(lambda: "SignatureVerified" in told(game), 200)
        game.control.unplug(2000)
        await game.until(lambda: game.restarts, 20)
        assert "Installing" not in told(game)
        assert game.store.facts.boot_reason() is BootReason.SCHEDULED_RESET

    async def after_restart(game: Game) -> None:
        await game.until(lambda: game.restarts)
        assert told(game)[-2:] == ["Installing", "InstallRebooting"]

    run(tmp_path, script, PlayedFiles(takes_s=100))
    run(tmp_path, after_restart, PlayedFiles(takes_s=0.1))


def test_an_installation_does_not_begin_when_the_station_is_about_to_restart(tmp_path: Path) -> None:
    """The reset ends the transaction that it has waited for; the installer would be cut off a moment later."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await order(game, signed())
        await game.until(lambda: told(game)[-1:] == ["InstallScheduled"])
        _, after = await game.station.obey(Reset(ResetKind.IMMEDIATE, graceful=True))
        assert after is not None
        game.csms.lose()
        after()
        await seconds(game, 1)
        game.control.open(2000)
        await game.until(lambda: game.restarts)
        job = game.store.jobs.load("firmware", FirmwareJob)
        assert job is not None
        assert job.step is FirmwareStep.PENDING

    async def after_restart(game: Game) -> None:
        await game.until(lambda: game.restarts)
        assert told(game) == ["Installing", "InstallRebooting"]

    run(tmp_path, script, PlayedFiles(takes_s=0.1))
    run(tmp_path, after_restart, PlayedFiles(takes_s=0.1))


def test_a_file_that_changed_between_download_and_installation_is_not_installed(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await order(game, signed())
        await game.until(lambda: told(game)[-1:] == ["InstallVerificationFailed"])

    files = PlayedFiles()
    files.here = Carried(size=1, sha256="00")
    run(tmp_path, script, files)


KILLED = Carried(failed=Reason.KILLED, text="the helper process ended without a word")


@pytest.mark.parametrize(("killed", "last"), [(3, "InstallRebooting"), (4, "InstallationFailed")])
def test_a_helper_that_is_killed_says_nothing_of_the_file(tmp_path: Path, killed: int, last: str) -> None:
    """Out of memory, say: it is looked at again, a few times, and what could not be verified has not failed verification."""

    class Hunted(PlayedFiles):
        async def digest(self, path: Path) -> Carried:
            looks.append(path.name)
            return KILLED if len(looks) <= killed else self.here

    async def script(game: Game) -> None:
        await order(game, signed())
        await game.until(lambda: told(game)[-1:] == [last])

    looks: list[str] = []
    run(tmp_path, script, Hunted())
    assert len(looks) == 4


def test_a_reset_that_comes_while_the_file_is_looked_at_comes_first(tmp_path: Path) -> None:
    """The installer would be cut off in the middle, or go on beside the next one."""

    class Slow(PlayedFiles):
        async def digest(self, path: Path) -> Carried:
            looking.set()
            await asyncio.sleep(3)
            return self.here

    async def script(game: Game) -> None:
        await order(game, signed())
        await looking.wait()
        _, after = await game.station.obey(Reset(ResetKind.IMMEDIATE, graceful=True))
        assert after is not None
        game.station.resetting._restart = lambda: None
        after()
        await seconds(game, 30)
        assert "Installing" not in told(game)

    looking = asyncio.Event()
    run(tmp_path, script, Slow())


def test_statuses_wait_for_the_csms_and_come_in_order(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await order(game, signed(image=b"forged"))
        await game.until(lambda: told(game) == ["Downloading"])
        game.csms.lose()
        await seconds(game, 30)
        game.csms.connect()
        await seconds(game, 5)
        assert told(game) == ["Downloading", "Downloaded", "InvalidSignature"]

    run(tmp_path, script, PlayedFiles(takes_s=2))


def test_a_status_that_cannot_be_said_is_given_up_and_the_next_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is kept over restarts: it would end the station at each of them."""

    async def script(game: Game) -> None:
        def broken(news: Notification) -> Answer:
            if news == FirmwareStatusNotification(F.DOWNLOADING, 7):
                raise ZeroDivisionError
            return game.csms.kindly(news)

        game.csms.answer = broken
        await order(game, signed())
        await game.until(lambda: game.restarts)
        assert told(game) == WHOLE
        assert caplog.text.count("event=status_broken status=Downloading") == 1

    run(tmp_path, script)


async def ask(game: Game, trigger: Trigger) -> list[FirmwareStatusNotification]:
    before = len(game.csms.of(FirmwareStatusNotification))
    outcome, after = await game.station.obey(TriggerMessage(trigger))
    assert outcome == Outcome(Verdict.ACCEPTED)
    assert after is not None
    after()
    await seconds(game, 1)
    return [each for each in game.csms.of(FirmwareStatusNotification)[before:] if isinstance(each, FirmwareStatusNotification)]


def test_the_status_that_is_asked_for_is_idle_or_the_last(tmp_path: Path) -> None:
    """§4.5; 1.6-SEC L01.FR.28, 29."""

    async def script(game: Game) -> None:
        assert await ask(game, Trigger.FIRMWARE_STATUS) == [FirmwareStatusNotification(F.IDLE)]
        assert await ask(game, Trigger.SIGNED_FIRMWARE_STATUS) == [FirmwareStatusNotification(F.IDLE, signed=True)]
        await order(game, signed(image=b"forged"))
        await game.until(lambda: told(game)[-1:] == ["Downloading"])
        assert await ask(game, Trigger.SIGNED_FIRMWARE_STATUS) == [FirmwareStatusNotification(F.DOWNLOADING, 7, signed=True)]
        assert await ask(game, Trigger.FIRMWARE_STATUS) == [FirmwareStatusNotification(F.IDLE)]
        await game.until(lambda: told(game)[-1:] == ["InvalidSignature"])
        assert await ask(game, Trigger.SIGNED_FIRMWARE_STATUS) == [FirmwareStatusNotification(F.INVALID_SIGNATURE, 7, signed=True)]
        await order(game, unsigned(retrieve_at=MIDNIGHT + timedelta(days=1)))
        assert await ask(game, Trigger.FIRMWARE_STATUS) == [FirmwareStatusNotification(F.IDLE)]

    run(tmp_path, script, PlayedFiles(takes_s=10))


STEPS = [step for step in FirmwareStep if step is not FirmwareStep.OVER]


@pytest.mark.parametrize("step", STEPS)
def test_a_power_cut_at_any_step_changes_nothing_in_what_is_told(tmp_path: Path, step: FirmwareStep) -> None:
    """The store is left as it is when the step has begun, and opened again. What was not answered by then is said again."""

    async def cut(game: Game) -> None:
        begun = asyncio.Event()

        async def hang(job: FirmwareJob) -> Any:
            begun.set()
            await asyncio.Event().wait()

        firmware = game.station.maintenance.firmware
        firmware._steps = {**firmware._steps, step: hang}
        later = game.station.clock.now() + timedelta(seconds=20)
        await order(game, signed(retrieve_at=later, install_at=later + timedelta(seconds=20)))
        await begun.wait()
        heard.extend(told(game))

    async def after(game: Game) -> None:
        await game.until(lambda: game.restarts or "Installed" in told(game), 100)
        heard.extend(told(game))

    heard: list[str] = []
    run(tmp_path, cut)
    while "Installed" not in heard:
        run(tmp_path, after)
    assert [word for word, _ in groupby(heard)] == [*SCHEDULED, "Installed"]


BROKEN = {FirmwareStep.SCHEDULED: "DownloadFailed", FirmwareStep.FETCHING: "DownloadFailed"}
"""In any other step it is the installation that fails."""


@pytest.mark.parametrize("step", STEPS)
def test_an_error_of_ours_ends_the_update_and_not_the_station(tmp_path: Path, step: FirmwareStep, caplog: pytest.LogCaptureFixture) -> None:
    async def breaks(job: FirmwareJob) -> Any:
        raise ZeroDivisionError

    async def script(game: Game) -> None:
        firmware = game.station.maintenance.firmware
        firmware._steps = {**firmware._steps, step: breaks}
        await order(game, signed())
        await game.until(lambda: told(game)[-1:] == [BROKEN.get(step, "InstallationFailed")])
        game.control.plug()
        await game.swipe()
        assert game.transaction is not None, "it charges"

    async def after(game: Game) -> None:
        await seconds(game, 30)
        assert told(game) == []

    run(tmp_path, script)
    run(tmp_path, after)
    (error,) = (record for record in caplog.records if record.exc_info)
    assert f"firmware_step_broken step={step}" in error.getMessage()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"request":{"request_id":7,"url":"http://files/fw"},"step":"Fetching"}', ["InstallationFailed"]),
        ('{"request":{"url":"http://files/fw"},"step":"Polishing"}', ["InstallationFailed"]),
        ('{"request":{"request_id":7},"step":"Over"}', []),
        ('{"request":{"request_id":7},"st', []),
        ("\udcff", []),
    ],
)
def test_an_update_that_cannot_be_read_has_failed(tmp_path: Path, body: str, said: list[str], caplog: pytest.LogCaptureFixture) -> None:
    """Written by another release, or spoilt on the disk."""
    database = Database(tmp_path / "store")
    with database.commit():
        database.change("INSERT INTO jobs (name, body) VALUES ('firmware', ?)", body.encode("utf-8", "surrogateescape"))
    database.close()

    async def script(game: Game) -> None:
        await game.until(lambda: told(game) == said)
        assert await order(game, signed(8)) is Verdict.ACCEPTED
        await game.until(lambda: told(game)[-1:] == ["8 Downloading"])

    run(tmp_path, script)
    assert caplog.text.count("event=job_unreadable name=firmware") == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_newer_request_replaces_an_update_at_every_step_until_it_is_installed(tmp_path: Path, step: FirmwareStep) -> None:
    """1.6-SEC L01.FR.26, 27. What the older one has fetched gives its room back, however long the newer one has to wait."""

    async def hang(job: FirmwareJob) -> Any:
        (tmp_path / "firmware" / f"{job.file}.part").touch()
        begun.set()
        await asyncio.Event().wait()

    async def script(game: Game) -> None:
        firmware = game.station.maintenance.firmware
        steps, firmware._steps = firmware._steps, {**firmware._steps, step: hang}
        await order(game, signed())
        await begun.wait()
        firmware._steps = steps
        verdict = await order(game, signed(8, retrieve_at=MIDNIGHT + timedelta(hours=1)))
        if step in COMMITTED:
            assert verdict is Verdict.REJECTED
            return
        assert verdict is Verdict.ACCEPTED_CANCELED
        await game.until(lambda: told(game)[-1:] == ["8 DownloadScheduled"])
        assert list((tmp_path / "firmware").iterdir()) == []
        assert not game.station.availability.held()
        await game.until(lambda: game.restarts, 3700)
        assert told(game)[-5:] == [f"8 {word}" for word in WHOLE]

    (tmp_path / "firmware").mkdir()
    begun = asyncio.Event()
    run(tmp_path, script, PlayedFiles(takes_s=0.1))


class Hanging:
    """An installer that the power cut always comes before."""

    async def install(self, path: Path) -> Any:
        await asyncio.Event().wait()

    async def started(self) -> Any:
        raise AssertionError


def test_an_installation_that_ends_in_power_cuts_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installers, "make", lambda settings: Hanging())

    async def first(game: Game) -> None:
        await order(game, signed())
        await seconds(game, 30)

    assert told(run(tmp_path, first))[-1] == "Installing"
    assert told(run(tmp_path, lambda game: seconds(game, 30))) == []
    assert told(run(tmp_path, lambda game: seconds(game, 30))) == ["InstallationFailed"]


def test_the_table_leads_from_every_step_to_the_end() -> None:
    leads = {step: {following for (here, _), (_, following) in TABLE.items() if here is step} for step in FirmwareStep}
    for step in STEPS:
        assert TABLE[step, Happening.FAILED][1] is FirmwareStep.OVER
    assert leads[FirmwareStep.OVER] == set()
    assert {following for steps in leads.values() for following in steps} == set(FirmwareStep)


def test_without_a_folder_nothing_is_taken(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert await order(game, unsigned()) is Verdict.REJECTED

    play(script)


def test_an_unsigned_update_of_2x_says_every_step_with_its_number_but_of_a_signature(tmp_path: Path) -> None:
    """L02.FR.01, L02.FR.02, L02.FR.06, L02.FR.07, L02.FR.10, L02.FR.14, L02.FR.20, L02.FR.21."""

    async def script(game: Game) -> None:
        later = MIDNIGHT + timedelta(minutes=10)
        wish = unsigned(request_id=7, retrieve_at=later, install_at=later + timedelta(minutes=10))
        assert await order(game, wish) is Verdict.ACCEPTED
        await game.until(lambda: game.restarts, 1500)

    assert told(run(tmp_path, script, unsigned_too=False)) == [word for word in SCHEDULED if word != "SignatureVerified"]

    async def after(game: Game) -> None:
        await seconds(game, 3)
        assert told(game) == ["Installed"]
        await order(game, signed(8))
        assert await order(game, unsigned(request_id=9)) is Verdict.ACCEPTED_CANCELED

    run(tmp_path, after)


def test_an_unsigned_update_of_2x_that_cannot_be_had_is_told_so_and_remembered(tmp_path: Path) -> None:
    """L02.FR.15, L02.FR.16, L02.FR.17, L02.FR.19."""

    async def script(game: Game) -> None:
        assert await order(game, unsigned(request_id=7, location="dummy://dummy")) is Verdict.REJECTED
        await order(game, unsigned(request_id=7, retries=1, retry_interval_s=1))
        await game.until(lambda: told(game) == ["Downloading", "DownloadFailed"])
        game.station.maintenance.firmware.triggered(signed=True)
        await seconds(game, 1)
        assert told(game)[2:] == ["DownloadFailed"]

    run(tmp_path, script, PlayedFiles(GONE))


def test_2x_has_a_no_for_what_nobody_has_signed_and_for_half_a_signature(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert await order(game, unsigned(request_id=7)) is Verdict.NOT_SUPPORTED
        assert await order(game, unsigned(request_id=7, signing_certificate=MAKER.certificate)) is Verdict.REJECTED
        assert await order(game, unsigned(request_id=7, signature=MAKER.sign(IMAGE))) is Verdict.INVALID_CERTIFICATE
        assert await order(game, unsigned()) is Verdict.ACCEPTED, "1.6 has rules of its own"

    run(tmp_path, script, unsigned_2x=False)


def test_sessions_may_begin_while_an_installation_waits_where_the_csms_wants_it_so(tmp_path: Path) -> None:
    """L01.FR.06, L01.FR.07, L02.FR.03, L02.FR.04, L02.FR.22, L02.FR.23."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await order(game, unsigned(request_id=7))
        await game.until(lambda: told(game)[-1:] == ["InstallScheduled"])
        assert game.station.availability.held()
        assert await order_variable(game, "true")
        assert not game.station.availability.held()
        game.control.unplug(2000)
        await game.until(lambda: game.restarts)
        assert told(game)[-3:] == ["InstallScheduled", "Installing", "InstallRebooting"]

    run(tmp_path, script, PlayedFiles(takes_s=0.1))


async def order_variable(game: Game, value: str) -> bool:
    key = VariableKey(component="ChargingStation", variable="AllowNewSessionsPendingFirmwareUpdate")
    reply, _ = await game.station.obey(SetVariables(((key, value),)))
    return isinstance(reply, tuple) and isinstance(reply[0], SetResult) and reply[0].status is VariableStatus.ACCEPTED


@pytest.mark.parametrize("made", [True, False])
def test_a_signature_has_to_be_that_of_the_whole_file(tmp_path: Path, made: bool) -> None:
    """L01.FR.04, L01.FR.12."""

    async def script(game: Game) -> None:
        await order(game, signed(image=IMAGE if made else IMAGE[:-1]))
        await game.until(lambda: "SignatureVerified" in told(game) or "InvalidSignature" in told(game))
        assert ("SignatureVerified" in told(game)) is made

    run(tmp_path, script)

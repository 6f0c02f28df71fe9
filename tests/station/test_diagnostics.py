"""Diagnostics and logs on a virtual clock: what is in them, what is told of them, and what must never be in them."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.commands import GetLog, Outcome, RequestStart, Trigger, TriggerMessage, Verdict
from chargepoint.domain.configuration import (
    AuthorizationPart,
    Configuration,
    ConnectorPart,
    EvsePart,
    OcppPart,
    SecurityPart,
    SitePart,
    StationPart,
)
from chargepoint.domain.ids import AdditionalInfo, IdToken
from chargepoint.domain.logs import LogKind, LogStatus
from chargepoint.domain.notifications import LogStatusNotification
from chargepoint.domain.redaction import without_secrets
from chargepoint.station.archive import Contents
from chargepoint.station.recent_log import RecentLog
from chargepoint.station.settings import FirmwareSettings
from chargepoint.station.transfers import Carried
from chargepoint.store.database import Database
from chargepoint.transfer.job import Reason
from hal.measured import TokenSeen
from tests.station.carrier import GONE, PlayedFiles
from tests.station.rig import MIDNIGHT, Game, play

URL = "ftp://user:pass@files/in/"
DONE = Carried(size=1, sha256="00")
PASSWORD = "correct horse battery"


def diagnostics(**more: Any) -> GetLog:
    return GetLog(**({"kind": LogKind.DIAGNOSTICS, "location": URL} | more))


def log(request_id: int = 5, kind: LogKind = LogKind.DIAGNOSTICS, **more: Any) -> GetLog:
    return diagnostics(request_id=request_id, kind=kind, **more)


async def order(game: Game, command: GetLog) -> tuple[Verdict, str | None]:
    outcome, after = await game.station.obey(command)
    assert isinstance(outcome, Outcome)
    if after is not None:
        after()
    return outcome.verdict, outcome.data


def told(game: Game) -> list[str]:
    news = [each for each in game.csms.of(LogStatusNotification) if isinstance(each, LogStatusNotification)]
    return [f"{'diagnostics' if each.diagnostics else each.request_id} {each.status}" for each in news]


def run(tmp_path: Path, script: Callable[[Game], Any], files: PlayedFiles | None = None, **more: Any) -> Game:
    settings = FirmwareSettings(folder=str(tmp_path), about=lambda: without_secrets(CONFIGURATION))
    return play(script, tmp_path / "store", files=files or PlayedFiles(DONE), firmware=settings, **more)


CONFIGURATION = Configuration(
    station=StationPart(id="cp001", vendor="Acme", model="One"),
    site=SitePart(fuse_a=63),
    evses=(EvsePart(id=1, max_current_a=32, board={"driver": "x", "password": PASSWORD}, connectors=(ConnectorPart(id=1),)),),
    ocpp=OcppPart(csms_url=f"wss://user:{PASSWORD}@csms", basic_auth_password=PASSWORD, keys={"AuthorizationKey": PASSWORD}),
    security=SecurityPart(key_password=PASSWORD),
    authorization=AuthorizationPart(free=True, cards=("04B2C3D4",)),
)


def contents(files: PlayedFiles) -> dict[str, str]:
    (members,) = files.packed.values()
    return {member.name: member.content.decode() for member in members}


def test_diagnostics_are_named_uploaded_and_told_of(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        verdict, name = await order(game, diagnostics())
        assert verdict is Verdict.ACCEPTED
        assert name is not None
        assert name.startswith("diagnostics_cp001_20260301T0000")
        await game.until(lambda: len(told(game)) == 2)
        assert told(game) == ["diagnostics Uploading", "diagnostics Uploaded"]
        assert files.sent == [(URL, name)]
        assert set(contents(files)) == {
            *("station.json", "configuration.json", "variables.json", "log.txt", "security.jsonl", "transactions.json", "store.json")
        }
        assert list((tmp_path / "logs").iterdir()) == [], "the disk is given back"

    files = PlayedFiles(DONE)
    run(tmp_path, script, files)


def test_no_secret_is_in_them(tmp_path: Path) -> None:
    """Passwords from the configuration, changed by the CSMS, or in a log line; user and password of URLs; whole tokens."""

    async def script(game: Game) -> None:
        recent = game.station.maintenance.recent
        for text in (f"password={PASSWORD}", f"it was {PASSWORD}", "GET http://me:hush@host/x failed", "ftp://me:a/hush@host failed"):
            recent.emit(logging.makeLogRecord({"msg": text, "name": "test", "levelname": "INFO"}))
        game.control.plug()
        await game.swipe()
        await order(game, diagnostics())
        await game.until(lambda: files.packed)

    files = PlayedFiles(DONE)
    run(tmp_path, script, files, keys={"AuthorizationKey": PASSWORD})
    found = contents(files)
    everything = "\n".join(found.values())
    assert PASSWORD not in everything
    assert "hush" not in everything
    assert json.loads(found["configuration.json"])["authorization"]["cards"] == ["04B2***"]
    assert "GET http" in found["log.txt"]
    assert json.loads(found["configuration.json"])["ocpp"]["csms_url"] == "wss://***@csms"
    assert json.loads(found["variables.json"])["SecurityCtrlr.BasicAuthPassword"] == "***"
    assert [each["authorization"]["token"]["value"] for each in json.loads(found["transactions.json"])] == ["04A1***"]


def test_nothing_of_a_pin_is_in_them(tmp_path: Path) -> None:
    """C04.FR.04."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe(TokenSeen("7351", "KeyCode"))
        await order(game, diagnostics())
        await game.until(lambda: files.packed)

    files = PlayedFiles(DONE)
    run(tmp_path, script, files)
    found = contents(files)
    assert [each["authorization"]["token"]["kind"] for each in json.loads(found["transactions.json"])] == ["KeyCode"]
    assert "7351" not in "\n".join(found[name] for name in ("transactions.json", "log.txt", "security.jsonl"))
    assert [each["authorization"]["token"]["value"] for each in json.loads(found["transactions.json"])] == ["***"]


def test_nor_is_a_whole_token_or_what_goes_with_one(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.station.obey(RequestStart(IdToken("04A1B2C3", additional=(AdditionalInfo("E0049988", "employee"),)), 5, 1))
        await order(game, diagnostics())
        await game.until(lambda: files.packed)

    files = PlayedFiles(DONE)
    run(tmp_path, script, files)
    (told,) = json.loads(contents(files)["transactions.json"])
    token = told["authorization"]["token"]
    assert (token["value"], token["additional"]) == ("04A1***", [{"value": "E004***", "kind": "employee"}])


def test_the_security_log_is_one_event_a_line_between_two_moments(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await asyncio.sleep(60)
        game.station.noted("InvalidMessages", "in the middle")
        await asyncio.sleep(60)
        game.station.noted("ResetOrReboot", "late")
        oldest, newest = MIDNIGHT + timedelta(seconds=50), MIDNIGHT + timedelta(seconds=70)
        _, name = await order(game, log(kind=LogKind.SECURITY, oldest=oldest, newest=newest))
        assert name is not None
        assert name.endswith(".jsonl")
        await game.until(lambda: told(game) == ["5 Uploading", "5 Uploaded"])

    files = PlayedFiles(DONE)
    run(tmp_path, script, files)
    lines = contents(files)["security.jsonl"].splitlines()
    assert [(json.loads(line)["type"], json.loads(line)["info"]) for line in lines] == [("InvalidMessages", "in the middle")]


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.DENIED, "PermissionDenied"),
        (Reason.UNSUPPORTED, "NotSupportedOperation"),
        (Reason.BAD_REQUEST, "BadMessage"),
        (Reason.UNTRUSTED, "UploadFailure"),
    ],
)
def test_a_failed_upload_says_why(tmp_path: Path, reason: str, status: str) -> None:
    async def script(game: Game) -> None:
        await order(game, log())
        await game.until(lambda: told(game) == ["5 Uploading", f"5 {status}"])

    run(tmp_path, script, PlayedFiles(Carried(failed=reason)))


def test_an_upload_is_tried_again_and_uploading_is_said_once(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await order(game, diagnostics(retries=2, retry_interval_s=30))
        await game.until(lambda: told(game) == ["diagnostics Uploading", "diagnostics Uploaded"], 100)

    files = PlayedFiles(GONE, GONE, DONE)
    run(tmp_path, script, files)
    assert len(files.sent) == 3
    assert len(files.packed) == 1


def test_a_newer_request_replaces_the_running_one(tmp_path: Path) -> None:
    """N01.FR.12."""

    async def script(game: Game) -> None:
        assert (await order(game, log(1)))[0] is Verdict.ACCEPTED
        await asyncio.sleep(5)
        assert (await order(game, log(2)))[0] is Verdict.ACCEPTED_CANCELED
        await asyncio.sleep(5)
        assert (await order(game, diagnostics()))[0] is Verdict.ACCEPTED_CANCELED
        await asyncio.sleep(5)
        files.takes_s = 1.0
        assert (await order(game, log(3)))[0] is Verdict.ACCEPTED_CANCELED
        await game.until(lambda: told(game)[-1] == "3 Uploaded")
        assert told(game) == [
            *("1 Uploading", "1 AcceptedCanceled", "2 Uploading", "2 AcceptedCanceled"),
            *("diagnostics Uploading", "diagnostics UploadFailure", "3 Uploading", "3 Uploaded"),
        ]

    files = PlayedFiles(DONE, takes_s=100)
    run(tmp_path, script, files)
    assert files.cancelled == 3


def test_a_power_cut_in_the_middle_changes_nothing_in_what_is_told(tmp_path: Path) -> None:
    async def cut(game: Game) -> None:
        names.append((await order(game, log()))[1])
        await asyncio.sleep(5)
        assert told(game) == ["5 Uploading"]

    async def after(game: Game) -> None:
        await game.until(lambda: told(game) == ["5 Uploaded"])

    names: list[str | None] = []
    run(tmp_path, cut, PlayedFiles(DONE, takes_s=100))
    files = PlayedFiles(DONE)
    run(tmp_path, after, files)
    assert [name for _, name in files.sent] == names
    assert files.packed == {}, "the archive is still there"


def test_others_have_their_turn_while_much_is_read(tmp_path: Path) -> None:
    """Ten thousand events on the loop in one go took longer than a message may be late."""

    async def script(game: Game) -> None:
        with game.store.commit():
            for number in range(10_000):
                game.store.security_log.add(MIDNIGHT, f"Kind{number % 20}", "x" * 200)
        turns = 0
        reading = asyncio.ensure_future(game.station.maintenance.collecting.collect(log(kind=LogKind.SECURITY)))
        while not reading.done():
            turns += 1
            await asyncio.sleep(0)
        (member,) = (await reading)()
        assert turns >= len(member.content.splitlines()) / 500 >= 20

    run(tmp_path, script)


def test_an_error_of_ours_fails_the_upload_once_and_ends_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(PlayedFiles):
        async def pack(self, path: Path, contents: Contents) -> None:
            raise ZeroDivisionError

    async def script(game: Game) -> None:
        await order(game, log())
        await game.until(lambda: told(game) == ["5 Uploading", "5 UploadFailure"])
        await order(game, log(6))
        await game.until(lambda: told(game)[2:] == ["6 Uploading", "6 UploadFailure"])

    async def after(game: Game) -> None:
        await asyncio.sleep(30)
        assert told(game) == []

    run(tmp_path, script, Broken())
    run(tmp_path, after, Broken())
    assert caplog.text.count("event=log_upload_broken") == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"request":{"request_id":5,"kind":"ThirdLog"}}', ["5 UploadFailure"]),
        ('{"request":{"kind":"DiagnosticsLog"}}', ["diagnostics UploadFailure"]),
        ('{"request":{"request_id":5},"over":true}', []),
        ("[]", []),
    ],
)
def test_an_upload_that_cannot_be_read_has_failed(tmp_path: Path, body: str, said: list[str]) -> None:
    database = Database(tmp_path / "store")
    with database.commit():
        database.change("INSERT INTO jobs (name, body) VALUES ('log', ?), ('log_untold', ?)", body, '[{"status":"Melting"}]')
    database.close()

    async def script(game: Game) -> None:
        await asyncio.sleep(5)
        assert told(game) == said

    run(tmp_path, script)
    run(tmp_path, lambda game: asyncio.sleep(0))


def test_a_disk_without_room_fails_the_upload_and_nothing_else(tmp_path: Path) -> None:
    class Full(PlayedFiles):
        async def pack(self, path: Path, contents: Contents) -> None:
            raise OSError(28, "No space left on device")

    async def script(game: Game) -> None:
        await order(game, diagnostics())
        await game.until(lambda: told(game) == ["diagnostics Uploading", "diagnostics UploadFailure"])

    run(tmp_path, script, Full())


def test_an_address_that_can_never_work_is_rejected_or_fails(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert await order(game, log(location="C:")) == (Verdict.REJECTED, None)
        verdict, name = await order(game, diagnostics(location="C:"))
        assert verdict is Verdict.ACCEPTED
        assert name

    run(tmp_path, script)

    async def nowhere(game: Game) -> None:
        assert await order(game, diagnostics()) == (Verdict.REJECTED, None)

    play(nowhere)


async def ask(game: Game, trigger: Trigger) -> LogStatusNotification:
    _, after = await game.station.obey(TriggerMessage(trigger))
    assert after is not None
    after()
    await asyncio.sleep(1)
    last = game.csms.of(LogStatusNotification)[-1]
    assert isinstance(last, LogStatusNotification)
    return last


def test_the_status_that_is_asked_for_is_uploading_or_idle(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert await ask(game, Trigger.LOG_STATUS) == LogStatusNotification(LogStatus.IDLE)
        assert await ask(game, Trigger.DIAGNOSTICS_STATUS) == LogStatusNotification(LogStatus.IDLE, diagnostics=True)
        await order(game, log())
        assert await ask(game, Trigger.LOG_STATUS) == LogStatusNotification(LogStatus.UPLOADING, 5)
        assert await ask(game, Trigger.DIAGNOSTICS_STATUS) == LogStatusNotification(LogStatus.IDLE, diagnostics=True)

    run(tmp_path, script, PlayedFiles(DONE, takes_s=100))


def test_the_newest_lines_of_the_log_are_kept_in_bounds() -> None:
    recent = RecentLog(most=3)
    for number in range(5):
        record = {"msg": f"{number}" + "x" * 1000, "created": 100.0 + number, "name": "test", "levelname": "INFO"}
        recent.emit(logging.makeLogRecord(record))
    lines = recent.lines()
    assert [line.split(" ", 3)[3][0] for line in lines] == ["2", "3", "4"]
    assert max(map(len, lines)) < 450
    assert len(recent.lines(newest=MIDNIGHT)) == 3
    assert recent.lines(oldest=MIDNIGHT) == []


def test_a_log_of_a_time_of_which_there_is_nothing_is_refused(tmp_path: Path) -> None:
    """N01.FR.05."""

    async def script(game: Game) -> None:
        long_ago = MIDNIGHT - timedelta(days=2)
        a_day = log(kind=LogKind.SECURITY, oldest=long_ago, newest=long_ago + timedelta(days=1))
        assert (await order(game, a_day))[0] is Verdict.REJECTED
        assert (await order(game, log(oldest=MIDNIGHT, newest=long_ago)))[0] is Verdict.REJECTED
        assert (await order(game, log(kind=LogKind.SECURITY, oldest=long_ago)))[0] is Verdict.ACCEPTED
        await game.until(lambda: told(game) == ["5 Uploading", "5 Uploaded"])

    run(tmp_path, script)

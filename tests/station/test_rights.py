"""Keys, and what replaces everything, are not for everybody who may ask."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from chargepoint.cli.keeping.taking import take
from chargepoint.inquiry.client import inquire
from chargepoint.inquiry.keeping import FactoryReset, Parts, ResetSeen, Restore, Restored, SeeReset, TakeBackup, Taken
from chargepoint.station import rights
from chargepoint.station.inquiry import Inquiry, Takers
from chargepoint.web.keeping import BackupError
from tests.ocpp.rig import until

RESTORE, RESET = Restore(parts=Parts()), FactoryReset(token="t")
CONFIGURATION = '[station]\nid = "cp001"\n'
STRANGER = 4_711
MADE = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("question", [TakeBackup(passphrase="a long passphrase"), RESTORE, RESET])
def test_a_stranger_is_told_who_may(question: msgspec.Struct) -> None:
    told = rights.refusal(question, STRANGER, {0, 100})
    assert isinstance(told, Taken | Restored | ResetSeen)
    assert "user 4711 may not ask for this" in (told.refused if isinstance(told, Taken) else told.message)
    assert getattr(told, "outcome", "refused") == "refused"
    assert rights.refusal(question, 100, {0, 100}) is None


@pytest.mark.parametrize("question", [TakeBackup(), SeeReset()])
def test_what_gives_no_secret_away_is_for_everybody_who_is_let_in(question: msgspec.Struct) -> None:
    assert rights.refusal(question, STRANGER, {0}) is None


def test_root_the_station_and_the_pages_are_trusted(tmp_path: Path) -> None:
    assert rights.trusted(tmp_path) == {0, os.geteuid()}
    (tmp_path / "web").mkdir()
    assert rights.trusted(tmp_path) == {0, os.geteuid(), (tmp_path / "web").stat().st_uid}


def test_the_kernel_says_who_asks_and_the_station_is_not_bothered(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text(CONFIGURATION)
    path, asked, callers = tmp_path / "s", list[object](), list[int]()

    async def taken(question: TakeBackup) -> Taken:
        asked.append(question)
        return Taken(parts=Parts())

    async def restored(question: Restore) -> Restored:
        asked.append(question)
        return Restored(outcome="kept", message="")

    def refuse(question: object, caller: int) -> msgspec.Struct | None:
        callers.append(caller)
        return rights.refusal(question, caller, {STRANGER})

    async def main() -> None:
        takers: Takers = {TakeBackup: taken, Restore: restored}
        serving = asyncio.create_task(Inquiry(path, dict, takers, refuse=refuse).run())
        await until(path.is_socket)
        assert (await inquire(str(path), Restored, RESTORE)).outcome == "refused"
        with pytest.raises(BackupError, match="may not ask for this"):
            await take(tmp_path / "station.toml", str(path), "a long passphrase", "eve", MADE)
        assert asked == []
        assert (await inquire(str(path), Taken, TakeBackup())).refused == ""
        assert len(asked) == 1
        assert set(callers) == {os.geteuid()}
        serving.cancel()

    asyncio.run(main())

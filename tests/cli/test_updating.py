"""The updater as the station's installer: every way in which an update may end, and every order of answers and starts."""

import asyncio
import hashlib
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from chargepoint.cli import updating
from chargepoint.cli.updating import ByUpdater
from chargepoint.inquiry.updates import NoteUpdate
from chargepoint.station.installers import UNDER_WAY, Installed
from chargepoint.update.messages import Cancel, Install, Offer, Offered, Phase, State, Update
from tests.cli.updaters import STATE, UPDATE, PlayedUpdater, in_phase

T = TypeVar("T")

FILE = b"a bundle"
HASH = hashlib.sha256(FILE).hexdigest()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updating, "LOOK_S", 0.001)


def states(*updates: Update | None) -> list[State]:
    return [replace(STATE, update=None if each is None else replace(each, id=HASH)) for each in updates]


def phases(*phases: Phase, **more: Any) -> list[State]:
    return states(*(in_phase(phase, **(more if phase is phases[-1] else {})) for phase in phases))


def install(tmp_path: Path, updater: PlayedUpdater, again: bool = False, told: list[NoteUpdate] | None = None) -> Installed:
    async def main() -> Installed:
        async with updater.listening(tmp_path / "updater") as path:
            installer = ByUpdater(path)
            if told is not None:
                installer.told = told.append
            return await installer.install(tmp_path / "fw", HASH, again)

    (tmp_path / "fw").write_bytes(FILE)
    updater.answers.setdefault(Offer, Offered(accepted=True, update=replace(UPDATE, id=HASH, phase=Phase.WAITING)))
    return run(main())


def run(main: Coroutine[Any, Any, T]) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(20):
            return await main

    return asyncio.run(bounded())


WAY = (Phase.WAITING, Phase.INSTALLING, Phase.PROVING)


@pytest.mark.parametrize(
    ("ended", "code", "result"),
    [
        ((*WAY, Phase.DONE), "", Installed.RUNS),
        ((*WAY, Phase.TAKING_BACK, Phase.TAKEN_BACK), "CP-829", Installed.FAILED),
        ((*WAY[:2], Phase.FAILED), "CP-826", Installed.FAILED),
        ((*WAY[:2], Phase.FAILED), "CP-821", Installed.NOT_VERIFIED),
        ((Phase.WAITING, Phase.CANCELLED), "", Installed.FAILED),
    ],
)
def test_the_file_is_handed_over_and_the_end_is_waited_for(tmp_path: Path, ended: tuple[Phase, ...], code: str, result: Installed) -> None:
    updater, told = PlayedUpdater(*phases(*ended, code=code)), list[NoteUpdate]()
    assert install(tmp_path, updater, told=told) is result
    assert [(each.end, each.code) for each in told] == [(ended[-1].value.replace("done", "installed"), code)]
    assert (updater.asked, updater.files) == ([Offer(source="csms", by="the CSMS")], [FILE])


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("CP-821", Installed.NOT_VERIFIED),
        ("CP-823", Installed.NOT_VERIFIED),
        ("CP-822", Installed.FAILED),
        ("CP-824", Installed.FAILED),
        ("", Installed.FAILED),
    ],
)
def test_what_is_refused_for_its_signature_has_failed_verification(tmp_path: Path, code: str, result: Installed) -> None:
    updater = PlayedUpdater()
    updater.answers[Offer] = Offered(accepted=False, code=code, text="no")
    told: list[NoteUpdate] = []
    assert install(tmp_path, updater, told=told) is result
    assert updater.sees == 0
    assert told == [NoteUpdate(end="refused", code=code, text="no", by="the CSMS", from_csms=True)]


@pytest.mark.parametrize("ended", [Phase.TAKEN_BACK, Phase.FAILED, Phase.DONE, Phase.CANCELLED])
def test_a_start_in_the_middle_does_not_begin_again_what_has_ended(tmp_path: Path, ended: Phase) -> None:
    updater = PlayedUpdater(*phases(ended))
    assert install(tmp_path, updater, again=True) is (Installed.RUNS if ended is Phase.DONE else Installed.FAILED)
    assert updater.asked == []


def test_a_start_in_the_middle_goes_on_waiting(tmp_path: Path) -> None:
    updater = PlayedUpdater(*phases(Phase.PROVING, Phase.PROVING, Phase.DONE))
    assert install(tmp_path, updater, again=True) is Installed.RUNS
    assert updater.asked == []


@pytest.mark.parametrize("other", [None, in_phase(Phase.DONE)])
def test_an_offer_that_never_got_there_is_made_again(tmp_path: Path, other: Update | None) -> None:
    first = replace(STATE, update=other)
    updater = PlayedUpdater(first, *phases(Phase.INSTALLING, Phase.DONE))
    assert install(tmp_path, updater, again=True) is Installed.RUNS
    assert updater.files == [FILE]


def test_what_somebody_had_only_checked_is_installed(tmp_path: Path) -> None:
    updater = PlayedUpdater(*phases(Phase.WAITING, Phase.DONE))
    updater.answers[Offer] = Offered(accepted=True, update=replace(UPDATE, id=HASH))
    assert install(tmp_path, updater) is Installed.RUNS
    assert updater.asked[1:] == [Install(id=HASH)]


def test_another_update_in_its_place_is_a_failure(tmp_path: Path) -> None:
    updater = PlayedUpdater(replace(STATE, update=UPDATE))
    assert install(tmp_path, updater) is Installed.FAILED


def test_what_waits_for_hours_is_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updating, "LONGEST_WAIT_S", 0.0)
    updater = PlayedUpdater(*phases(Phase.WAITING, Phase.WAITING, Phase.CANCELLED))
    assert install(tmp_path, updater) is Installed.FAILED
    assert updater.asked[1:2] == [Cancel(id=HASH)]


def test_an_updater_that_is_away_for_a_moment_is_waited_for_and_a_dead_one_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def late() -> Installed:
        asked = asyncio.create_task(ByUpdater(str(tmp_path / "updater")).install(tmp_path / "fw", HASH, True))
        await asyncio.sleep(0.05)
        async with updater.listening(tmp_path / "updater"):
            return await asked

    (tmp_path / "fw").write_bytes(FILE)
    updater = PlayedUpdater(*phases(Phase.DONE))
    assert run(late()) is Installed.RUNS
    monkeypatch.setattr(updating, "ABSENT_S", 0.01)
    assert run(ByUpdater(str(tmp_path / "nobody")).install(tmp_path / "fw", HASH, False)) is Installed.FAILED


def test_the_last_one_is_told_for_the_history(tmp_path: Path) -> None:
    async def main(*given: Update | None) -> list[Any]:
        told = []
        for number, update in enumerate(given):
            async with PlayedUpdater(replace(STATE, update=update)).listening(tmp_path / f"u{number}") as path:
                told.append(await ByUpdater(path).last())
        return [*told, await ByUpdater(str(tmp_path / "nobody")).last()]

    done = in_phase(Phase.DONE)
    end = NoteUpdate(
        end="installed", version="0.2.0", before="0.1.0", by="technician (by page)", key=f"{done.id[:16]} done {done.since_unix_s}"
    )
    assert run(main(None, in_phase(Phase.CHECKED), in_phase(Phase.PROVING), done)) == [None, None, UNDER_WAY, end, None]

"""Asking for a certificate of our own: how often, when by itself, and when no more."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.commands import Verdict
from chargepoint.domain.notifications import BootAnswer, Notification, Registration, SignAnswer, SignCertificate
from chargepoint.station import renewing
from chargepoint.station.csms import CsmsSilent
from tests.pki.authority import DAY, NOW
from tests.station.rig import MIDNIGHT, Game, play
from tests.station.test_certificates import OTHER, PROFILE_3, ROOT, agrees, files, requests, said, signed, told, trigger
from tests.station.test_securing import dial


@pytest.mark.parametrize("answer", ["accepted", "rejected", "silent"])
def test_a_request_is_repeated_ever_more_slowly_and_not_for_ever(answer: str, tmp_path: Path) -> None:
    """OCPP 2.0.1 A02.FR.17, A02.FR.18, A03.FR.17, A03.FR.18."""
    at: list[float] = []

    async def script(game: Game) -> None:
        kindly = game.csms.kindly

        def reply(notification: Notification) -> Any:
            if not isinstance(notification, SignCertificate):
                return kindly(notification)
            at.append(asyncio.get_running_loop().time())
            if answer == "silent":
                raise CsmsSilent
            return SignAnswer(answer == "accepted")

        game.csms.answer = reply
        await trigger(game)
        await asyncio.sleep(7200)
        assert [round(later - before) for before, later in pairwise(at)] == [100, 200]
        assert len(set(requests(game))) >= 1
        await trigger(game)
        await asyncio.sleep(1)
        assert len(at) == 4, "whoever triggers it is heard"

    play(script, keys={"CertSigningWaitMinimum": "100", "CertSigningRepeatTimes": "2"}, security=files(tmp_path, ROOT))


def test_a_triggered_request_is_sent_while_the_boot_is_pending(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        agrees(game)
        game.csms.boot = BootAnswer(Registration.PENDING, 300, MIDNIGHT)
        game.csms.connect()
        await asyncio.sleep(1)
        await trigger(game)
        await game.until(lambda: requests(game))

    play(script, connected=False, security=files(tmp_path, ROOT))


async def days(game: Game, count: float) -> None:
    """So many days later, and certificates have been looked at."""
    game.station.clock.correct(game.station.clock.now() + count * DAY)
    await asyncio.sleep(3700)


def test_a_certificate_that_ends_within_a_month_is_renewed_and_its_end_is_told(tmp_path: Path) -> None:
    """OCPP 2.0.1 A03.FR.02, A03.FR.03."""
    own = ROOT.leaf("0001", begin=NOW - 300 * DAY, end=NOW + 33 * DAY)

    async def script(game: Game) -> None:
        agrees(game)
        await days(game, 1)
        assert requests(game) == []
        await days(game, 3)
        await asyncio.sleep(600)
        assert len(requests(game)) == 4, "once, and three repeats"
        assert told(game).count("CertificateExpiring") == 1
        for later, warnings in ((17, 2), (6, 3), (4, 4), (2, 5)):
            await days(game, later)
            assert told(game).count("CertificateExpiring") == warnings, "30, 14, 7, 3 and 0 days before"

    play(script, keys=PROFILE_3, security=files(tmp_path, ROOT, own=own))


def test_one_whose_time_comes_is_tried_then(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        agrees(game)
        await dial(game, lambda _: True)
        await trigger(game)
        await game.until(lambda: requests(game))
        assert await said(game, signed(ROOT.sign(requests(game)[0], begin=NOW + DAY))) is Verdict.ACCEPTED
        assert game.csms.drops == []
        await days(game, 2)
        assert game.csms.drops[0] == "new credentials"
        assert len(await dial(game, lambda access: "station-" in (access.certificate_file or ""))) <= 2

    play(script, keys=PROFILE_3, security=files(tmp_path, ROOT, own=ROOT.leaf("0001", begin=NOW - 30 * DAY)))


@pytest.mark.parametrize(("begin", "gap"), [(20, False), (26, True)], ids=["in time", "with a gap"])
def test_a_renewed_certificate_whose_time_has_not_come_is_taken_and_not_asked_for_again(
    begin: int, gap: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A02.FR.08, A03.FR.02. Only where it leaves a gap, in which the station could not connect, another is asked for the next day."""
    monkeypatch.setattr(renewing, "ASK_AGAIN_S", 7000.0)
    own = ROOT.leaf("0001", begin=NOW - 300 * DAY, end=NOW + 25 * DAY)

    async def script(game: Game) -> None:
        agrees(game)
        await game.until(lambda: requests(game), 200)
        assert await said(game, signed(ROOT.sign(requests(game)[0], begin=NOW + begin * DAY, end=NOW + 400 * DAY))) is Verdict.ACCEPTED
        await asyncio.sleep(3700)
        assert len(requests(game)) == 1, "not every hour"
        await asyncio.sleep(3700)
        assert (len(requests(game)) > 1) is gap
        assert game.csms.drops == []

    play(script, keys=PROFILE_3, security=files(tmp_path, ROOT, own=own))


def test_a_certificate_that_is_refused_here_is_not_asked_for_again_within_the_hour(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        agrees(game)
        await game.until(lambda: requests(game), 200)
        assert await said(game, signed(OTHER.sign(requests(game)[0]))) is Verdict.REJECTED
        await asyncio.sleep(7200)
        assert len(requests(game)) == 1
        await trigger(game)
        await game.until(lambda: len(requests(game)) == 2)

    play(script, keys=PROFILE_3, security=files(tmp_path, ROOT, own=ROOT.leaf("0001", begin=NOW - 300 * DAY, end=NOW + 25 * DAY)))

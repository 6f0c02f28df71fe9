"""What technicians are told of the connection to the CSMS."""

import logging

from chargepoint.domain.notifications import BootAnswer, BootNotification, Notification, Registration
from chargepoint.inquiry.ladder import SeeUplink, UplinkSeen
from chargepoint.inquiry.log import LogLines, ReadLog
from chargepoint.station.csms import CsmsSilent, Failure, Line
from tests.station.rig import MIDNIGHT, Game, play


async def seen(game: Game) -> UplinkSeen:
    told = await game.station.takers[SeeUplink](SeeUplink())
    assert isinstance(told, UplinkSeen)
    return told


def test_the_uplink_is_told_with_what_failed_when_and_what_is_next() -> None:
    async def script(game: Game) -> None:
        now_s = game.station.clock.monotonic()
        failure = Failure(seen="HTTP 401", check="the password", code="CP-732", at_s=now_s - 5)
        game.csms.line = Line(url="ws://csms/cp001", failed=2, failure=failure, again_s=now_s + 7, ended="no pong", ended_s=now_s - 60)
        told = await seen(game)
        assert (told.configured, told.connected, told.registration) == (True, False, Registration.NONE)
        assert (told.url, told.failed, told.again_s, told.ended, told.ended_s) == ("ws://csms/cp001", 2, 7.0, "no pong", 60.0)
        assert told.last_failure is not None
        assert (told.last_failure.code, told.last_failure.age_s) == ("CP-732", 5.0)

    play(script, connected=False)


def test_the_boot_is_told_from_its_first_question_to_its_answer() -> None:
    async def script(game: Game) -> None:
        def silent(notification: Notification) -> object:
            if isinstance(notification, BootNotification):
                raise CsmsSilent
            return game.csms.kindly(notification)

        game.csms.answer = silent  # type: ignore[assignment]
        game.csms.connect()
        await game.until(lambda: game.station.uplink.provisioning.failure)
        told = await seen(game)
        assert (told.connected, told.registration, told.boot_failure) == (True, Registration.NONE, "CsmsSilent")
        assert told.boot_again_s is not None
        assert 25 <= told.boot_again_s <= 40
        game.csms.answer = game.csms.kindly
        game.csms.boot = BootAnswer(Registration.PENDING, 20, MIDNIGHT)
        await game.until(lambda: game.station.registration is Registration.PENDING)
        told = await seen(game)
        assert (told.boot_failure, told.boot_again_s) == ("", 20.0)
        game.csms.boot = BootAnswer(Registration.ACCEPTED, 77, MIDNIGHT)
        await game.until(lambda: game.station.registration is Registration.ACCEPTED)
        told = await seen(game)
        assert (told.interval_s, told.boot_again_s) == (77.0, None)

    play(script, connected=False)


def test_the_log_is_told_as_it_is_kept() -> None:
    async def script(game: Game) -> None:
        for number in range(5):
            game.station.maintenance.recent.handle(_record(f"event=x number={number} password=hidden"))
        told = await game.station.takers[ReadLog](ReadLog(2))
        assert isinstance(told, LogLines)
        assert [line.partition(" WARNING ")[2] for line in told.lines] == [f"test event=x number={each} password=***" for each in (3, 4)]
        assert await game.station.takers[ReadLog](ReadLog(-1)) == LogLines(())

    play(script, connected=False)


def _record(text: str) -> logging.LogRecord:
    return logging.LogRecord("test", logging.WARNING, __file__, 1, text, None, None)

"""Statuses on their way to the CSMS: whose fault it is that one is not answered."""

import asyncio

import pytest

from chargepoint.domain.firmware import FirmwareStatus
from chargepoint.domain.notifications import Answer, FirmwareStatusNotification, Heartbeat, Notification
from chargepoint.station.csms import CsmsRefused, CsmsSilent
from tests.station.rig import Game, play

INSTALLED = FirmwareStatusNotification(FirmwareStatus.INSTALLED, 7)
IDLE = FirmwareStatusNotification(FirmwareStatus.IDLE)
HOUR_S = 3600.0


async def says_both(game: Game) -> None:
    with game.store.commit():
        game.station.maintenance.firmware.progress.add(INSTALLED, IDLE)
    await asyncio.sleep(HOUR_S)


def test_a_line_on_which_nobody_answers_anything_loses_no_status() -> None:
    """L01.FR.01: it is told as soon as somebody answers again, though the connection was never seen to break."""

    async def script(game: Game) -> None:
        def silent(notification: Notification) -> Answer:
            raise CsmsSilent

        game.csms.answer = silent
        await says_both(game)
        assert IDLE not in game.csms.of(FirmwareStatusNotification), "it waits for its turn"
        game.csms.answer = game.csms.kindly
        await asyncio.sleep(120)
        assert game.csms.of(FirmwareStatusNotification)[-2:] == [INSTALLED, IDLE]
        assert game.station.maintenance.firmware.progress.told

    play(script)


@pytest.mark.parametrize("refuses", [False, True])
def test_a_status_that_is_not_answered_by_a_csms_that_answers_others_is_said_three_times(refuses: bool) -> None:
    async def script(game: Game) -> None:
        def answer(notification: Notification) -> Answer:
            if notification == INSTALLED:
                raise CsmsSilent
            if refuses and isinstance(notification, Heartbeat):
                raise CsmsRefused("InternalError")
            return game.csms.kindly(notification)

        game.csms.answer = answer
        await says_both(game)
        assert game.csms.of(FirmwareStatusNotification) == [INSTALLED] * 3 + [IDLE]

    play(script)

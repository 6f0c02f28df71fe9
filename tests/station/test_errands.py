"""Work that nobody waits for is seen to fail, and is ended by whoever ends the station."""

import asyncio

import pytest

from chargepoint.domain.commands import RequestStart
from chargepoint.domain.ids import IdToken
from chargepoint.station.errands import Errands
from chargepoint.store.database import StoreError
from tests import virtual_time
from tests.station.rig import Game, play


def test_the_first_that_fails_is_told_and_the_others_are_ended() -> None:
    ended: list[str] = []

    async def lasting() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("lasting")

    async def failing() -> None:
        await asyncio.sleep(1)
        raise StoreError("the disk is full")

    async def main() -> None:
        errands = Errands()
        running = asyncio.create_task(errands.run())
        for work in (lasting, failing, failing):
            errands.begin(work())
        with pytest.raises(StoreError, match="the disk is full"):
            await running
        assert ended == ["lasting"]
        assert virtual_time.now_s() == pytest.approx(1.0)

    virtual_time.run(main())


def test_a_start_from_afar_that_fails_after_its_answer_ends_the_process() -> None:
    async def script(game: Game) -> None:
        def full(*_: object, **__: object) -> None:
            raise StoreError("the disk is full")

        game.station.transacting.authorize = full  # type: ignore[method-assign]
        _, after = await game.station.obey(RequestStart(IdToken("APP"), evse=1, authorize=True))
        assert after is not None
        after()
        await asyncio.sleep(5)

    with pytest.raises(ExceptionGroup) as failed:
        play(script)
    assert failed.group_contains(StoreError, match="the disk is full", depth=1)

"""UnlockConnector, sent twice: everybody who asks hears whether the plug is free (1.6 §5.18)."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.commands import Outcome, UnlockConnector, Verdict
from chargepoint.domain.ids import ConnectorId
from chargepoint.link.messages import Down, Unlock, UnlockOutcome
from chargepoint.store.database import StoreError
from tests.station.rig import Game, PlayedControl, play, settings
from tests.station.test_transacting import charge

TWINS = (ConnectorId(1, 1), ConnectorId(1, 2))
PULSE_S = 2.0


class OneLock(PlayedControl):
    """As control does: a motor lock that takes its time, and a newer wish takes the place of one that still waits."""

    def __init__(self, frees: bool = True) -> None:
        super().__init__()
        self.frees = frees
        self.wishes: list[Unlock] = []

    def _hear(self, message: Down) -> None:
        if not isinstance(message, Unlock):
            super()._hear(message)
            return
        self.wishes.append(message)
        asyncio.get_running_loop().call_later(PULSE_S, self._moved, message)

    def _moved(self, wish: Unlock) -> None:
        if wish is self.wishes[-1]:
            self.change(unlock=UnlockOutcome(wish.wish, self.frees))


async def verdicts(*asked: Coroutine[Any, Any, Any]) -> list[Verdict]:
    replies = [reply for reply, _ in await asyncio.gather(*asked)]
    assert all(isinstance(reply, Outcome) for reply in replies)
    return [reply.verdict for reply in replies]


def unlock(game: Game, place: ConnectorId = TWINS[0]) -> Coroutine[Any, Any, Any]:
    return game.station.obey(UnlockConnector(place, ends_transaction=True))


@pytest.mark.parametrize("frees", [True, False])
def test_who_asks_while_a_plug_is_let_go_hears_the_same(frees: bool) -> None:
    control = OneLock(frees)

    async def script(game: Game) -> None:
        async def again() -> Any:
            await asyncio.sleep(PULSE_S / 2)
            return await unlock(game)

        assert await verdicts(unlock(game), again()) == [Verdict.UNLOCKED if frees else Verdict.UNLOCK_FAILED] * 2
        assert len(control.wishes) == 1
        await verdicts(unlock(game))
        assert len(control.wishes) == 2, "a new attempt for whoever asks later"

    play(script, control=control)


def test_both_wait_for_the_same_transaction_to_end() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        asked = asyncio.create_task(verdicts(unlock(game), unlock(game)))
        await asyncio.sleep(1)
        game.control.open(1600)
        assert await asked == [Verdict.UNLOCKED] * 2

    play(script, control=OneLock())


def test_who_no_longer_waits_for_the_answer_takes_it_from_nobody_else() -> None:
    async def script(game: Game) -> None:
        gone = asyncio.create_task(verdicts(unlock(game)))
        asked = asyncio.create_task(verdicts(unlock(game)))
        await asyncio.sleep(PULSE_S / 2)
        gone.cancel()
        assert await asked == [Verdict.UNLOCKED]

    play(script, control=OneLock())


def test_an_attempt_that_fails_is_heard_of_although_nobody_waits_for_it_any_more() -> None:
    async def script(game: Game) -> None:
        def full(*_: object) -> None:
            raise StoreError("the disk is full")

        await charge(game)
        game.station.transacting.let_go = full  # type: ignore[assignment]
        gone = asyncio.create_task(verdicts(unlock(game)))
        await asyncio.sleep(1)
        gone.cancel()
        game.control.open(1600)
        await asyncio.sleep(5)

    with pytest.raises(ExceptionGroup) as failed:
        play(script, control=OneLock())
    assert failed.group_contains(StoreError, match="the disk is full", depth=1)


def test_two_sockets_of_one_evse_are_let_go_one_after_the_other() -> None:
    control = OneLock()

    async def script(game: Game) -> None:
        assert await verdicts(*(unlock(game, place) for place in TWINS)) == [Verdict.UNLOCKED] * 2
        assert [wish.connector for wish in control.wishes] == [1, 2]

    play(script, control=control, evses=(replace(settings().evses[0], connectors=TWINS, sockets=frozenset({1, 2})),))

"""One EVSE with two sockets, of which one can be in use at a time: what is said of the one does not touch the other (1.6 §5.11, §5.18)."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.commands import ChangeAvailability, Outcome, RequestStart, UnlockConnector, Verdict
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.ocpp.v16.status import status_word
from tests.station.rig import Game, play, settings
from tests.station.test_transacting import charge

TWINS = (ConnectorId(1, 1), ConnectorId(1, 2))
APP = IdToken("APP")


def twins(script: Callable[[Game], Coroutine[Any, Any, None]], **more: Any) -> Game:
    """A game with such an EVSE."""
    return play(script, evses=(replace(settings().evses[0], connectors=TWINS, sockets=frozenset({1, 2})),), **more)


def words(game: Game) -> list[str]:
    """The status of both in 1.6."""
    return [status_word(game.station.availability.facts(connector)) for connector in TWINS]


async def remote_start(game: Game, connector: int) -> Verdict:
    """RemoteStartTransaction of 1.6."""
    reply, then = await game.station.obey(RequestStart(APP, evse=1, connector=connector))
    assert isinstance(reply, Outcome)
    if then is not None:
        then()
    await asyncio.sleep(1)
    return reply.verdict


@pytest.mark.parametrize("asks", ["false", "true"])
def test_a_remote_start_for_the_one_does_not_charge_the_car_at_the_other(asks: str) -> None:
    async def script(game: Game) -> None:
        game.control.plug(connector=1)
        await asyncio.sleep(1)
        assert await remote_start(game, 2) is Verdict.REJECTED
        assert await remote_start(game, 1) is Verdict.ACCEPTED
        assert game.transaction.connector == TWINS[0]

    assert len(twins(script, keys={"AuthorizeRemoteTxRequests": asks}).csms.events) == 1


def test_a_remote_start_waits_for_a_car_at_its_connector_only() -> None:
    async def script(game: Game) -> None:
        assert await remote_start(game, 2) is Verdict.ACCEPTED
        assert words(game) == ["Available", "Preparing"]
        game.control.plug(connector=1)
        await asyncio.sleep(1)
        assert (game.transaction, words(game)) == (None, ["Preparing", "Available"])

    assert twins(script).csms.story == []


def test_a_remote_start_for_a_connector_out_of_operation_is_rejected() -> None:
    async def script(game: Game) -> None:
        await game.station.obey(ChangeAvailability(False, 1, 2))
        assert await remote_start(game, 2) is Verdict.REJECTED
        assert await remote_start(game, 1) is Verdict.ACCEPTED

    twins(script)


def test_unlocking_the_one_does_not_end_the_transaction_of_the_other() -> None:
    async def script(game: Game) -> None:
        game.control.change(connector=1)
        await charge(game)
        await game.station.obey(UnlockConnector(TWINS[1], ends_transaction=True))
        assert game.transaction.stop is None

    twins(script)

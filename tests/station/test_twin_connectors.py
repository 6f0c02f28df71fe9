"""One EVSE with two sockets, of which one can be in use at a time: what is said of the one does not touch the other (1.6 §5.11, §5.18)."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.commands import ChangeAvailability, Outcome, RequestStart, Trigger, TriggerMessage, UnlockConnector, Verdict
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.notifications import MeterValues
from chargepoint.domain.status import availability_state
from chargepoint.domain.transaction import TriggerReason
from chargepoint.ocpp.v16.status import status_word
from chargepoint.station.showing import Showing
from tests.station.rig import Game, play, settings
from tests.station.test_reserving import speak_16
from tests.station.test_transacting import charge
from tests.station.test_triggers import pull

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
        assert words(game) == ["Unavailable", "Preparing"]
        game.control.plug(connector=1)
        await asyncio.sleep(1)
        assert (game.transaction, words(game)) == (None, ["Preparing", "Unavailable"])

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


def test_while_the_one_is_in_use_nobody_can_charge_at_the_other_and_1_6_is_told_so() -> None:
    """An outlet that is Available is so for a new user (1.6 §7.7); a CSMS of 2.x knows its EVSEs (E01.FR.14, G01.FR.08)."""

    async def script(game: Game) -> None:
        speak_16(game)
        await game.swipe()
        assert words(game) == ["Preparing", "Preparing"], "its car may come to either"
        game.control.plug(connector=2)
        await asyncio.sleep(1)
        game.control.charge()
        await asyncio.sleep(1)
        assert words(game) == ["Unavailable", "Charging"]
        assert [availability_state(game.station.availability.facts(each)) for each in TWINS] == ["Available", "Occupied"]
        assert await remote_start(game, 1) is Verdict.REJECTED
        game.control.unplug(1600)
        await asyncio.sleep(5)
        assert words(game) == ["Available", "Available"]

    told = [status_word(each.facts) for each in twins(script).csms.statuses if each.facts.connector == TWINS[0]]
    assert told == ["Available", "Preparing", "Unavailable", "Available"]


async def values(game: Game, evse: int | None = None, connector: int | None = None) -> tuple[Verdict, list[int]]:
    """TriggerMessage of MeterValues: the answer, and of which connectors values were told."""
    game.csms.asked.clear()
    verdict = (await pull(game, TriggerMessage(Trigger.SAMPLES, evse, connector))).verdict
    told = [event.connector for event in game.csms.events if event.trigger is TriggerReason.TRIGGER]
    told += [each.connector for each in game.csms.of(MeterValues) if isinstance(each, MeterValues)]
    return verdict, [connector.connector for connector in told]


def test_meter_values_are_of_the_connector_that_is_in_use() -> None:
    """1.6 §5.17. There is one meter: what it measures is not of the other connector."""

    async def script(game: Game) -> None:
        assert await values(game) == (Verdict.ACCEPTED, [1, 2])
        assert await values(game, 1, 2) == (Verdict.ACCEPTED, [2])
        game.control.plug(connector=1)
        await game.swipe()
        await asyncio.sleep(1)
        assert await values(game) == (Verdict.ACCEPTED, [1])
        assert await values(game, 1, 1) == (Verdict.ACCEPTED, [1])
        assert await values(game, 1, 2) == (Verdict.REJECTED, [])

    twins(script)


def test_their_evse_is_out_of_operation_when_both_are() -> None:
    """G03.FR.06: an EVSE takes its connectors with it; one connector does not take its EVSE."""

    async def script(game: Game) -> None:
        state = Showing(game.station.transacting, game.station.availability).evse_state
        shown = []
        for operative, connector in ((False, 1), (False, 2), (True, 1), (True, 2), (False, None)):
            await game.station.obey(ChangeAvailability(operative, 1, connector))
            shown.append(state(game.station.transacting.sheets[1]))
        assert shown == ["Available", "Unavailable", "Available", "Available", "Unavailable"]

    twins(script)

"""Who is in operation, and what 1.6 and 2.x mean by it (1.6 §5.2; OCPP 2.0.1 G03, G04)."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.commands import ChangeAvailability, Outcome, Verdict
from chargepoint.domain.ids import ConnectorId
from tests.station.rig import Game, play, settings
from tests.station.test_transacting import charge

ONE, TWO = ConnectorId(1), ConnectorId(2)
BOTH = (settings().evses[0], replace(settings().evses[0], evse=2, connectors=(TWO,)))


def operative(game: Game) -> list[bool]:
    """Connector 0, 1 and 2."""
    availability = game.station.availability
    return [availability.station_operative, availability.operative(ONE), availability.operative(TWO)]


async def change(game: Game, operative: bool, evse: int | None = None, cascades: bool = True) -> Verdict:
    """ChangeAvailability; ``cascades``: of 1.6."""
    command = ChangeAvailability(operative, evse, None if evse is None else 1, cascades)
    reply, _ = await game.station.obey(command)
    assert isinstance(reply, Outcome)
    return reply.verdict


def test_in_1_6_connector_0_sets_all_and_one_connector_is_then_set_by_itself() -> None:
    async def script(game: Game) -> None:
        assert await change(game, False) is Verdict.ACCEPTED
        assert operative(game) == [False, False, False]
        assert await change(game, True, 1) is Verdict.ACCEPTED
        assert operative(game) == [True, True, False], "Accepted means that it is so"
        assert await change(game, True) is Verdict.ACCEPTED
        assert operative(game) == [True, True, True]

    play(script, evses=BOTH)


def test_in_2_x_a_connector_waits_for_the_station_above_it() -> None:
    async def script(game: Game) -> None:
        await change(game, False, cascades=False)
        await change(game, True, 1, cascades=False)
        assert operative(game) == [False, False, False]
        await change(game, False, 2, cascades=False)
        await change(game, True, cascades=False)
        assert operative(game) == [True, True, False]

    play(script, evses=BOTH)


def test_what_is_asked_for_twice_is_accepted_twice_and_both_survive_a_restart(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        assert [await change(game, False, 1), await change(game, False, 1)] == [Verdict.ACCEPTED] * 2
        assert [await change(game, True, 2), await change(game, True, 2)] == [Verdict.ACCEPTED] * 2
        assert operative(game) == [True, False, True]

    async def after(game: Game) -> None:
        assert operative(game) == [True, False, True]

    play(before, tmp_path / "store", evses=BOTH)
    play(after, tmp_path / "store", evses=BOTH)


def test_connector_0_waits_for_the_one_transaction_and_takes_the_others_at_once() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        assert await change(game, False) is Verdict.SCHEDULED
        facts = [game.station.availability.facts(connector).operative for connector in (ONE, TWO)]
        assert (game.station.availability.station_operative, facts) == (True, [True, False])
        game.control.unplug(1600)
        await asyncio.sleep(2)
        facts = [game.station.availability.facts(connector).operative for connector in (ONE, TWO)]
        assert (game.station.availability.station_operative, facts) == (False, [False, False])

    play(script, evses=BOTH)


@pytest.mark.parametrize("cascades", [True, False])
def test_a_schedule_that_is_taken_back_has_never_been(cascades: bool) -> None:
    async def script(game: Game) -> None:
        await charge(game)
        assert await change(game, False, 1, cascades) is Verdict.SCHEDULED
        assert await change(game, True, 1, cascades) is Verdict.ACCEPTED
        game.control.unplug(1600)
        await asyncio.sleep(2)
        assert game.station.availability.facts(ONE).operative

    play(script)


def test_a_connector_that_is_not_there_cannot_be_changed() -> None:
    async def script(game: Game) -> None:
        assert await change(game, False, 7) is Verdict.REJECTED

    play(script)


def test_while_everything_is_held_nobody_starts_and_afterwards_it_is_as_before() -> None:
    async def script(game: Game) -> None:
        game.station.availability.held = lambda: True
        game.control.plug()
        await game.swipe()
        assert (game.transaction, operative(game)[1]) == (None, False)
        game.station.availability.held = lambda: False
        await game.swipe()
        assert game.transaction is not None

    play(script)

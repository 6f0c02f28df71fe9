"""Whose car a token starts: the one that it was shown for, as far as that can be known (1.6 §4.1, §4.9, §9.1.6)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.charging_profile import Purpose
from chargepoint.domain.commands import Outcome, RequestStart, Verdict
from chargepoint.domain.ids import IdToken, PlugInId
from chargepoint.domain.notifications import Authorize, Notification
from chargepoint.domain.transaction import TransactionEvent
from chargepoint.ocpp.v16.status import status_word
from hal.measured import TokenSeen
from tests.station.rig import CARD, Game, PlayedControl
from tests.station.test_faults import EMERGENCY_STOP
from tests.station.test_limiting import profile
from tests.station.test_reserving import OWNER, STRANGER, now, obey
from tests.station.test_reserving_several import second, two, where

SLOW_S = 20.0
APP = IdToken("APP")
BY_TIME_OUT = {"ConnectionTimeOut": "15"}


def slow(game: Game, seconds: float = SLOW_S) -> None:
    """From now on the CSMS takes its time to judge a token."""
    ask = game.csms.ask

    async def slowly(notification: Notification, message_id: str | None = None) -> Any:
        if isinstance(notification, Authorize):
            await asyncio.sleep(seconds)
        return await ask(notification, message_id)

    game.csms.ask = slowly  # type: ignore[method-assign]


async def show(game: Game, how: str, **more: Any) -> None:
    """A card, or a remote start that is to be authorised."""
    if how == "card":
        await game.swipe()
        return
    reply, then = await game.station.obey(RequestStart(APP, authorize=True, **more))
    assert isinstance(reply, Outcome)
    assert reply.verdict is Verdict.ACCEPTED
    if then is not None:
        then()


def at_second(game: Game, number: int | None = 1) -> None:
    """A car comes to EVSE 2, or leaves it."""
    if number is None:
        second(game)
    else:
        second(game, plug_in=PlugInId(game.control.boot, number), cp="B", state="B1")


def states(game: Game) -> list[str]:
    """The status of both EVSEs in 1.6."""
    return [status_word(game.station.availability.facts(connector)) for connector in game.station.availability.connectors]


async def pause() -> None:
    await asyncio.sleep(1)


# What the CSMS takes its time for


@pytest.mark.parametrize("how", ["card", "remote"])
def test_a_car_that_comes_after_the_one_that_was_meant_is_not_started(how: str) -> None:
    async def script(game: Game) -> None:
        slow(game)
        game.control.plug(1)
        await pause()
        await show(game, how)
        game.control.unplug(1000)
        await pause()
        game.control.plug(2)
        await asyncio.sleep(SLOW_S)
        assert states(game) == ["Preparing", "Available"], "and nothing waits at the other EVSE"
        await asyncio.sleep(SLOW_S)

    assert where(two(script)) == []


@pytest.mark.parametrize("how", ["card", "remote"])
def test_the_car_that_was_meant_is_started_however_long_it_takes_and_whoever_comes_meanwhile(how: str) -> None:
    async def script(game: Game) -> None:
        slow(game)
        at_second(game)
        await pause()
        await show(game, how)
        game.control.plug(1)
        await asyncio.sleep(SLOW_S + 1)

    assert where(two(script, keys=BY_TIME_OUT)) == [2]


@pytest.mark.parametrize("how", ["card", "remote"])
def test_where_no_car_stood_the_next_that_comes_is_meant(how: str) -> None:
    async def script(game: Game) -> None:
        slow(game)
        await show(game, how)
        at_second(game)
        await asyncio.sleep(SLOW_S + 1)

    assert where(two(script)) == [2]


@pytest.mark.parametrize("comes", [True, False])
def test_a_token_shown_to_no_car_is_too_old_after_the_connection_time_out(comes: bool) -> None:
    async def script(game: Game) -> None:
        slow(game)
        await game.swipe()
        if comes:
            game.control.plug(1)
        await asyncio.sleep(SLOW_S + 1)
        assert states(game)[1] == "Available"
        assert game.transaction is None

    assert where(two(script, keys=BY_TIME_OUT)) == []


def test_a_place_that_became_free_meanwhile_was_not_meant() -> None:
    """Both are in use when somebody of the group shows a card; then one of the drivers leaves."""

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED, IdToken("FAMILY"))
        game.control.plug()
        await pause()
        await game.swipe(STRANGER)
        at_second(game)
        await pause()
        await game.swipe(OWNER)
        slow(game)
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED)
        await game.swipe(TokenSeen("04C3"))
        game.control.unplug(1000)
        await asyncio.sleep(SLOW_S + 1)
        assert states(game)[0] == "Available"

    assert where(two(script)) == [1, 2]


# Card first, several EVSEs behind one reader


@pytest.mark.parametrize("how", ["card", "remote"])
def test_a_token_goes_to_the_evse_that_its_car_comes_to(how: str) -> None:
    async def script(game: Game) -> None:
        await show(game, how)
        await pause()
        assert states(game) == ["Preparing", "Available"], "one is taken, the other is there for whoever comes next"
        at_second(game)
        await pause()
        assert states(game)[0] == "Available"
        game.control.plug()
        await pause()
        assert game.transaction is None, "it is used up"

    game = two(script)
    assert where(game) == [2]
    (started,) = (event for event in game.csms.of(TransactionEvent) if isinstance(event, TransactionEvent) and event.seq_no == 0)
    assert started.id_token == (APP if how == "remote" else IdToken(CARD.value))


def test_the_profile_of_a_remote_start_goes_with_it() -> None:
    given: list[int] = []

    async def script(game: Game) -> None:
        game.station.transacting.profile_given = lambda evse, _: given.append(evse)
        await show(game, "remote", profile=profile((0, 10.0), purpose=Purpose.TX))
        await pause()
        at_second(game)
        await pause()
        assert all(session.profile is None for session in game.station.transacting.sessions.values())

    two(script)
    assert given == [2]


def test_a_remote_start_for_one_evse_waits_there_and_nowhere_else() -> None:
    async def script(game: Game) -> None:
        await show(game, "remote", evse=1)
        await pause()
        at_second(game)
        await pause()
        assert states(game) == ["Preparing", "Preparing"]

    assert where(two(script)) == []


def test_two_tokens_start_the_cars_at_the_evses_that_hold_them_and_a_third_car_waits() -> None:
    async def script(game: Game) -> None:
        await game.swipe(OWNER)
        await game.swipe(STRANGER)
        at_second(game)
        await pause()
        assert game.station.transacting.sessions[2].transaction is not None
        assert states(game)[0] == "Preparing"
        at_second(game, None)
        await pause()
        at_second(game, 2)
        await pause()
        assert game.station.transacting.sessions[2].transaction is not None, "the token that still waited"
        assert states(game)[0] == "Available"

    tokens = [event.id_token.value for event in started(two(script)) if event.id_token is not None]
    assert tokens == [STRANGER.value, OWNER.value]


def started(game: Game) -> list[TransactionEvent]:
    return [event for event in game.csms.of(TransactionEvent) if isinstance(event, TransactionEvent) and event.seq_no == 0]


def test_a_token_that_waits_goes_nowhere_after_the_connection_time_out() -> None:
    async def script(game: Game) -> None:
        await game.swipe()
        await asyncio.sleep(16)
        at_second(game)
        await pause()
        assert states(game) == ["Available", "Preparing"]

    assert where(two(script, keys=BY_TIME_OUT)) == []


def test_a_token_does_not_go_where_somebody_else_is_expected_and_the_owner_starts_where_it_is_reserved() -> None:
    async def script(game: Game) -> None:
        await obey(game, now(evse=2))
        await game.swipe(STRANGER)
        at_second(game)
        await pause()
        assert where(game) == []
        assert states(game)[0] == "Preparing"
        game.control.plug()
        await pause()
        assert where(game) == [1]

    two(script)


def test_a_token_with_a_reservation_waits_where_that_is() -> None:
    async def script(game: Game) -> None:
        await obey(game, now(evse=1))
        await game.swipe(OWNER)
        at_second(game)
        await pause()
        assert where(game) == []

    two(script)


@pytest.mark.parametrize("promised", [1, 2])
def test_a_token_that_moves_leaves_the_evse_that_held_it_to_a_reservation_of_any(promised: int) -> None:
    async def script(game: Game) -> None:
        await game.swipe(STRANGER)
        for number in range(promised):
            await obey(game, now(id=number, evse=None, token=IdToken(f"X{number}")))
        at_second(game)
        await pause()
        assert where(game) == [2]

    two(script)


def test_a_token_does_not_go_to_an_evse_that_is_out_of_order() -> None:
    async def script(game: Game) -> None:
        await game.swipe()
        second(game, plug_in=PlugInId("boot-1", 1), cp="F", state="fault", faults=(EMERGENCY_STOP,))
        await pause()
        assert states(game)[0] == "Preparing"
        assert where(game) == []

    two(script)


def test_a_token_that_waited_when_the_power_was_cut_starts_no_car_at_another_evse(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        await game.swipe()
        assert states(game)[0] == "Preparing"

    async def after(game: Game) -> None:
        await pause()
        at_second(game)
        await pause()
        assert states(game) == ["Available", "Preparing"]

    two(before, path=tmp_path / "store")
    assert where(two(after, path=tmp_path / "store", control=PlayedControl("boot-2"))) == []

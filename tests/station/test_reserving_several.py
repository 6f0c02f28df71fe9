"""Reservations where there are several connectors: of one of them, and of any (connector 0 in 1.6; TC_049, TC_050)."""

import asyncio
from typing import Any

from chargepoint.domain.commands import CancelReservation, ChangeAvailability, RequestStart, Verdict
from chargepoint.domain.ids import ConnectorId, IdToken, PlugInId
from chargepoint.domain.transaction import TransactionEvent
from chargepoint.link.messages import Event, EvseState
from chargepoint.station.settings import EvseSettings
from hal.measured import MeterReading, TokenSeen
from tests import virtual_time
from tests.station.rig import Game
from tests.station.test_faults import EMERGENCY_STOP
from tests.station.test_reserving import OWNER, STRANGER, TOKEN, asked, now, obey, played, used, words

TWO = tuple(
    EvseSettings(evse=evse, connectors=(ConnectorId(evse, 1),), rating_ma=32_000, failsafe_ma=6_000, phases=3, voltage_v=230)
    for evse in (1, 2)
)


def second(game: Game, **more: Any) -> None:
    """How EVSE 2 is."""
    control = game.control
    control.number += 1
    state = EvseState(evse=2, reading=MeterReading(at_s=virtual_time.now_s(), energy_wh=1000), **more)
    event = Event(control.boot, control.number, virtual_time.now_s(), state)
    control.ring.append(event)
    control.end.send(event)


def two(script: Any, **more: Any) -> Game:
    """Two EVSEs with one reader."""

    async def started(game: Game) -> None:
        second(game)
        await asyncio.sleep(0.5)
        await script(game)

    return played(started, evses=TWO, **more)


def where(game: Game) -> list[int]:
    """The EVSE of each transaction that was told."""
    return [event.connector.evse for event in game.csms.of(TransactionEvent) if isinstance(event, TransactionEvent) and event.seq_no == 0]


def test_of_connector_0_one_stays_free_and_is_shown_as_reserved_only_when_it_is_the_last() -> None:
    """TC_049."""

    async def script(game: Game) -> None:
        assert await obey(game, now(evse=None)) is Verdict.ACCEPTED
        assert await obey(game, now(id=8, evse=None, token=IdToken("X"))) is Verdict.ACCEPTED
        assert (words(game)[-1], words(game, 2)[-1]) == ("Reserved", "Reserved")
        assert await obey(game, now(id=9, evse=None)) is Verdict.OCCUPIED
        assert await obey(game, now(id=9, evse=2)) is Verdict.OCCUPIED
        assert await obey(game, CancelReservation(8)) is Verdict.ACCEPTED
        assert (words(game)[-1], words(game, 2)[-1]) == ("Available", "Available")
        game.control.plug()
        await game.swipe(STRANGER)
        assert where(game) == [1]
        assert (words(game)[-1], words(game, 2)[-1]) == ("Preparing", "Reserved")
        await game.swipe(TokenSeen("04C3"))
        assert asked(game) == 1
        await game.swipe(OWNER)
        second(game, plug_in=PlugInId("boot-1", 2), cp="B", state="B1")
        await asyncio.sleep(1)

    game = two(script)
    assert (where(game), used(game)) == ([1, 2], [None, 7])


def test_the_last_free_connector_is_refused_to_a_stranger_who_has_plugged_in_there() -> None:
    async def script(game: Game) -> None:
        await obey(game, now(evse=None))
        game.control.plug()
        second(game, plug_in=PlugInId("boot-1", 2), cp="B", state="B1")
        await asyncio.sleep(1)
        await game.swipe(STRANGER)
        assert where(game) == []
        await game.swipe(OWNER)

    assert used(two(script)) == [7]


def test_connector_0_is_faulted_or_unavailable_only_when_all_are_and_ends_only_then() -> None:
    async def script(game: Game) -> None:
        await obey(game, now(evse=None))
        game.control.fail(EMERGENCY_STOP)
        await asyncio.sleep(1)
        assert words(game, 2)[-1] == "Reserved"
        assert await obey(game, now(id=8, evse=None)) is Verdict.OCCUPIED
        await obey(game, ChangeAvailability(False, 2, 1))
        assert game.store.reservations.all() == []
        assert await obey(game, now(evse=None)) is Verdict.UNAVAILABLE

    two(script)


def test_the_card_of_the_owner_goes_to_his_connector_although_a_strangers_car_waits_at_the_other() -> None:
    async def script(game: Game) -> None:
        await obey(game, now(evse=2))
        game.control.plug()
        await asyncio.sleep(0.5)
        await game.swipe(OWNER)
        assert where(game) == []
        second(game, plug_in=PlugInId("boot-1", 2), cp="B", state="B1")
        await asyncio.sleep(0.5)
        await game.swipe(STRANGER)

    game = two(script)
    assert (where(game), used(game)) == ([2, 1], [7, None])


def test_an_owner_who_is_served_elsewhere_by_the_csms_keeps_his_reservation() -> None:
    async def script(game: Game) -> None:
        await obey(game, now(evse=2))
        game.control.plug()
        await asyncio.sleep(0.5)
        assert await obey(game, RequestStart(TOKEN, evse=1)) is Verdict.ACCEPTED
        await asyncio.sleep(0.5)
        assert [each.id for each in game.store.reservations.all()] == [7]
        assert words(game, 2)[-1] == "Reserved"

    assert used(two(script)) == [None]

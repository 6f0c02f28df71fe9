"""Transactions of the store for technicians: what runs, what has been, and whether the CSMS knows of it."""

import asyncio
from typing import Any

from chargepoint.domain.commands import DataTransfer
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import Answer, Notification
from chargepoint.domain.transaction import TransactionEvent
from chargepoint.inquiry.cards import EnrolCard
from chargepoint.inquiry.sessions import ListTransactions, TransactionLine, Transactions
from chargepoint.station.csms import CsmsSilent
from chargepoint.station.vendors.costmsg import VENDOR
from tests.station.rig import Game, play


async def listed(game: Game, **wanted: Any) -> Transactions:
    return await game.station.takers[ListTransactions](ListTransactions(**wanted))  # type: ignore[return-value]


async def newest(game: Game) -> TransactionLine:
    return (await listed(game)).lines[0]


async def session(game: Game, lasts_s: float = 60) -> None:
    """500 Wh more on the register."""
    at_wh = game.station.transacting.sheets[1].reading.energy_wh  # type: ignore[union-attr]
    game.control.plug()
    await game.swipe()
    await game.until(lambda: game.transaction)
    game.control.charge()
    await asyncio.sleep(lasts_s)
    game.control.measure(at_wh + 500)
    game.control.unplug(at_wh + 500)
    await game.until(lambda: not game.transaction)


def test_all_of_a_session_is_told_and_the_card_by_its_name_if_it_is_ours() -> None:
    async def script(game: Game) -> None:
        await game.station.takers[EnrolCard](EnrolCard(name="Anna", number="04A1"))
        await session(game)
        await asyncio.sleep(2)
        line = await newest(game)
        assert (line.csms_id, line.evse, line.energy_wh, line.start_wh, line.end_wh) == ("17", 1, 500, 1000, 1500)
        assert (line.token, line.name, line.origin, line.stop_reason) == ("***", "Anna", "local", "EVDisconnected")
        assert 60 <= line.duration_s < 65
        assert line.started < line.ended
        assert (line.told, line.cost) == ("told", "")

    play(script)


def test_one_that_runs_is_told_as_it_is_now() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        game.control.measure(1234)
        await asyncio.sleep(100)
        line = await newest(game)
        assert (line.ended, line.energy_wh, line.stop_reason) == ("", 234, "")
        assert line.duration_s >= 99

    play(script)


def test_what_waits_and_what_was_given_up_is_named() -> None:
    async def script(game: Game) -> None:
        def silent(notification: Notification) -> Answer:
            if isinstance(notification, TransactionEvent):
                raise CsmsSilent
            return game.csms.kindly(notification)

        await session(game)
        game.csms.lose()
        await asyncio.sleep(1)
        await session(game)
        assert [line.told for line in (await listed(game)).lines] == ["waiting", "told"]
        game.csms.answer = silent
        game.csms.connect()
        await game.until(lambda: game.store.outbox.waiting() == 0)
        assert [line.told for line in (await listed(game)).lines] == ["given_up", "told"]
        game.csms.lose()
        with game.store.commit():
            game.store.outbox.resend()
        assert [line.told for line in (await listed(game)).lines] == ["waiting", "told"]

    play(script, keys={"TransactionMessageAttempts": "1"})


def test_without_a_csms_there_is_nobody_to_tell() -> None:
    async def script(game: Game) -> None:
        await session(game)
        assert (await newest(game)).told == ""

    play(script, connected=False, has_csms=False, cards=(IdToken("04A1"),))


def test_the_final_cost_stays_with_its_transaction() -> None:
    async def script(game: Game) -> None:
        await session(game)
        await asyncio.sleep(1)
        final = '{"transactionId": 17, "cost": 3.31, "priceText": "3.31 in all"}'
        await game.station.obey(DataTransfer(VENDOR, "FinalCost", final))
        game.control.change(plug_in=None)
        assert (await newest(game)).cost == "3.31"

    play(script)


def test_pages_begin_with_the_newest_and_end() -> None:
    async def script(game: Game) -> None:
        for _ in range(5):
            await session(game, 1)
        first = await listed(game, count=2)
        second = await listed(game, count=2, before=first.before)
        third = await listed(game, count=2, before=second.before)
        assert [line.number for page in (first, second, third) for line in page.lines] == [5, 4, 3, 2, 1]
        assert third.before is None
        assert (await listed(game, count=0)) == Transactions(lines=(), before=None)
        assert len((await listed(game, count=10**9)).lines) == 5
        assert (await listed(game, before=-3)).lines == ()

    play(script)

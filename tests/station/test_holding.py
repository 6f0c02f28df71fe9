"""A card that is held to be looked at starts nothing and stops nothing, for nobody."""

import asyncio
from typing import Any

from chargepoint.inquiry.cards import EnrolCard, HeldCard, HoldCard, ListCards
from chargepoint.link.messages import Beep
from chargepoint.station.holding import ASKED_S, GRACE_S
from hal.measured import TokenSeen
from tests.station.rig import CARD, Game, play
from tests.station.test_availability import BOTH
from tests.station.test_transacting import charge

NEW = TokenSeen("04A1B2C3")


async def hold(game: Game, name: str = "", **more: Any) -> HeldCard:
    return await game.station.takers[HoldCard](HoldCard(hold=name, **more))  # type: ignore[return-value]


def session(game: Game) -> Any:
    return game.station.transacting.sessions[1]


def sounds(game: Game) -> list[str]:
    return [message.sound for message in game.control.heard if isinstance(message, Beep)]


def test_the_card_is_told_bleeps_and_can_be_enrolled_and_nothing_starts() -> None:
    async def script(game: Game) -> None:
        begun = await hold(game)
        assert (begun.state, begun.left_s) == ("waiting", 30.0)
        await game.swipe(NEW)
        seen = await hold(game, begun.hold)
        assert (seen.state, seen.token, seen.kind, seen.known) == ("shown", "***B2C3", "ISO14443", "")
        assert sounds(game) == ["read", "accepted"]
        assert (session(game).authorization, game.csms.asked[-1][1].__class__.__name__ == "Authorize") == (None, False)
        answer: Any = await game.station.takers[EnrolCard](EnrolCard(name="Anna", hold=begun.hold))
        assert answer.outcome == "done"
        cards: Any = await game.station.takers[ListCards](ListCards())
        assert [card.name for card in cards.cards] == ["Anna"]
        assert (await hold(game, begun.hold)).known == "enrolled as 'Anna'"

    play(script)


def test_a_card_that_is_held_twice_or_comes_too_late_starts_nothing_and_afterwards_cards_count_again() -> None:
    async def script(game: Game) -> None:
        begun = await hold(game)
        await game.swipe(NEW)
        await game.swipe(NEW)
        await game.swipe(CARD)
        assert session(game).authorization is None
        assert sounds(game) == ["read", "accepted", "read", "accepted", "read", "rejected"]
        await asyncio.sleep(GRACE_S)
        await game.swipe(CARD)
        assert session(game).waits_for_car
        assert (await hold(game, begun.hold)).token == "***B2C3"

    play(script)


def test_it_does_not_begin_where_a_card_could_start_or_stop_something() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(0.5)
        answer = await hold(game)
        assert (answer.state, answer.message[:16]) == ("refused", "EVSE 1 is in use")
        await game.swipe()
        assert game.transaction is not None

    play(script)


def test_whoever_comes_ends_it_and_the_technicians_card_does_not_pay_for_him() -> None:
    async def script(game: Game) -> None:
        begun = await hold(game)
        game.control.plug()
        await asyncio.sleep(0.2)
        await game.swipe(NEW)
        assert game.transaction is None, "too late"
        answer = await hold(game, begun.hold)
        assert (answer.state, answer.message[:29]) == ("over", "somebody has come to EVSE 1; ")
        await asyncio.sleep(GRACE_S)
        await game.swipe()
        assert game.transaction is not None

    play(script)


def test_at_a_reader_of_several_evses_a_running_session_is_stopped_by_its_own_card_and_by_no_other() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        begun = await hold(game, evse=2)
        assert begun.state == "waiting"
        await game.swipe(NEW)
        assert (await hold(game, begun.hold)).message == "EVSE 1, which has the same reader, is in use"
        assert game.transaction.stop is None
        await hold(game, evse=2)
        await game.swipe(CARD)
        assert game.transaction.stop is not None

    play(script, evses=BOTH)


def test_it_ends_when_nobody_asks_any_more_and_when_its_time_is_over() -> None:
    async def script(game: Game) -> None:
        begun = await hold(game)
        await asyncio.sleep(ASKED_S + 1 + GRACE_S)
        await game.swipe()
        assert session(game).waits_for_car
        assert (await hold(game, begun.hold)).message == "nobody asked for the card any more"

    async def patient(game: Game) -> None:
        begun = await hold(game, valid_for_s=500)
        assert begun.left_s == 60.0
        assert (await hold(game)).state == "refused", "one at a time"
        for _ in range(61):
            await asyncio.sleep(1)
            answer = await hold(game, begun.hold)
        assert (answer.state, answer.message) == ("over", "no card was shown in time")

    play(script)
    play(patient)


def test_the_technician_ends_it_and_what_was_not_shown_cannot_be_enrolled() -> None:
    async def script(game: Game) -> None:
        begun = await hold(game)
        assert (await hold(game, begun.hold, valid_for_s=0)).state == "over"
        answer: Any = await game.station.takers[EnrolCard](EnrolCard(name="x", hold=begun.hold))
        assert answer.outcome == "unknown"
        assert (await hold(game, evse=9)).message == "EVSE 9: unknown; there are 1"
        assert (await hold(game, valid_for_s=float("nan"))).state == "refused"

    play(script)

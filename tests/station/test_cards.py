"""Cards that technicians enrol authorise as an entry of the local list does; without a CSMS they just do."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import SetVariables
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import Authorize
from chargepoint.inquiry.cards import (
    EnrolCard,
    EnrolCards,
    ExportCards,
    ForgetCard,
    ListCards,
    NewCard,
    RenameCard,
    parcels,
)
from chargepoint.inquiry.history import ListEvents
from chargepoint.station import cards
from hal.measured import TokenSeen
from tests.station.rig import Game, play

NUMBER = "04A1B2C3"
CARD_OF_ANNA = TokenSeen(NUMBER)
LIFE_TIME = VariableKey(component="AuthCacheCtrlr", variable="LifeTime")


async def ask(game: Game, question: Any) -> Any:
    return await game.station.takers[type(question)](question)


async def enrol(game: Game, number: str = "04:a1:b2:c3", name: str = "Anna") -> Any:
    return await ask(game, EnrolCard(name=name, number=number))


async def charges(game: Game) -> bool:
    """Plug in and show the card."""
    game.control.plug()
    await game.swipe(CARD_OF_ANNA)
    return game.transaction is not None


def test_without_a_csms_an_enrolled_card_charges_and_no_other_does() -> None:
    async def script(game: Game) -> None:
        assert not await charges(game)
        assert (await enrol(game)).outcome == "done"
        await game.swipe(CARD_OF_ANNA)
        assert game.transaction is not None
        (card,) = (await ask(game, ListCards())).cards
        assert (card.token, card.name, card.uses) == ("***B2C3", "Anna", 1)
        assert card.last_used >= card.added

    play(script, connected=False, has_csms=False)


@pytest.mark.parametrize(("says", "keys", "asked", "charged"), [
    (AuthorizationStatus.ACCEPTED, {}, 1, True),
    (AuthorizationStatus.INVALID, {}, 1, False),
    (AuthorizationStatus.INVALID, {"LocalPreAuthorize": "true"}, 0, True),
])  # fmt: skip
def test_a_csms_that_is_there_has_the_last_word_unless_it_lets_list_and_cache_go_before(
    says: AuthorizationStatus, keys: dict[str, str], asked: int, charged: bool
) -> None:
    async def script(game: Game) -> None:
        await enrol(game)
        game.csms.token = TokenInfo(says)
        game.control.plug()
        game.reader.present(CARD_OF_ANNA)
        await game.until(lambda: len(game.csms.of(Authorize)) == asked)
        await asyncio.sleep(0.5)
        assert (len(game.csms.of(Authorize)), bool(game.csms.events)) == (asked, charged)

    play(script, keys=keys)


@pytest.mark.parametrize("allowed", ["true", "false"])
def test_while_the_csms_is_away_it_depends_on_local_authorize_offline(allowed: str) -> None:
    async def script(game: Game) -> None:
        await enrol(game)
        game.csms.lose()
        await asyncio.sleep(1)
        assert await charges(game) is (allowed == "true")

    play(script, keys={"LocalAuthorizeOffline": allowed})


def test_what_the_csms_refused_last_is_refused_while_it_is_away() -> None:
    async def script(game: Game) -> None:
        await enrol(game)
        game.csms.token = TokenInfo(AuthorizationStatus.BLOCKED)
        assert not await charges(game)
        game.csms.lose()
        await asyncio.sleep(1)
        await game.swipe(CARD_OF_ANNA)
        assert game.transaction is None

    play(script)


def test_a_cached_answer_that_is_too_old_says_nothing_against_it() -> None:
    async def script(game: Game) -> None:
        await game.station.obey(SetVariables(((LIFE_TIME, "10"),)))
        await game.station.access.authorizing.judge(IdToken(NUMBER))
        game.csms.lose()
        await asyncio.sleep(100)
        assert not await charges(game)
        await enrol(game)
        await game.swipe(CARD_OF_ANNA)
        assert game.transaction is not None

    play(script)


def test_cards_survive_a_power_cut_and_can_be_renamed_and_forgotten(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        await enrol(game)
        assert (await enrol(game, "04A1B2C3", "Anne")).renamed == 1, "the same card, however it is written"

    async def after(game: Game) -> None:
        (card,) = (await ask(game, ListCards())).cards
        assert card.name == "Anne"
        assert (await ask(game, RenameCard(card.id, "Anna\n"))).outcome == "done"
        assert (await ask(game, ExportCards())).cards == (NewCard(number=NUMBER, name="Anna"),)
        assert (await ask(game, ForgetCard(card.id))).message == "card ***B2C3 (Anna) is forgotten"
        assert (await ask(game, ForgetCard(card.id))).outcome == "unknown"
        assert (await ask(game, ListCards())).cards == ()
        assert game.store.cards.uses() == {}

    play(before, tmp_path / "store")
    play(after, tmp_path / "store")


def test_cards_of_the_configuration_file_are_listed_with_their_use_and_cannot_be_forgotten() -> None:
    async def script(game: Game) -> None:
        assert await charges(game)
        (card,) = (await ask(game, ListCards())).cards
        assert (card.id, card.name, card.uses, card.added) == (None, "", 1, "")
        await enrol(game)
        (card,) = (await ask(game, ListCards())).cards
        assert (card.name, card.uses) == ("Anna", 1)
        assert "names it as well" in (await ask(game, ForgetCard(card.id))).message

    play(script, cards=(IdToken(NUMBER),))


def test_there_is_an_end_to_them_and_one_that_is_refused_keeps_no_other_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "MOST", 3)

    async def script(game: Game) -> None:
        wrong = NewCard(number="not a card!")
        answer = await ask(game, EnrolCards((wrong, *(NewCard(number=f"0A0{number}") for number in range(5)))))
        assert (answer.outcome, answer.enrolled, len(answer.refused)) == ("done", 3, 3)
        assert "'not a card!' is no number of a card" in answer.refused[0]
        assert "there is room for 3 cards" in answer.refused[1]
        assert (await ask(game, ListCards())).room == 0
        assert (await enrol(game, "0A00", "first")).outcome == "done", "a name costs no room"
        assert (await enrol(game, "0A0F")).outcome == "refused"

    play(script)


def test_the_history_names_cards_by_name_and_number_of_the_list_and_says_who_took_numbers_away() -> None:
    async def script(game: Game) -> None:
        await enrol(game)
        await ask(game, ExportCards())
        lines = (await ask(game, ListEvents(area="technician"))).lines
        assert [line.what.text for line in lines] == [
            "a technician enrols a card for Anna: done",
            "a technician exports the numbers of the cards: done",
        ]
        assert not any(NUMBER in line.what.text for line in lines)

    play(script)


def test_many_cards_go_in_questions_that_the_station_reads() -> None:
    many = [NewCard(number=f"{number:014X}", name="ä" * 50) for number in range(500)]
    asked = list(parcels(many))
    assert [card for question in asked for card in question.cards] == many
    assert max(len(msgspec.json.encode(question)) for question in asked) < 4_000

"""How much a transaction matters, from what the CSMS says of it to the permit (OCPP 2.0.1 K03)."""

import asyncio
from typing import Any

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.notifications import Answer, Authorize, AuthorizeAnswer, Notification, TransactionAnswer
from chargepoint.domain.transaction import EventKind, TransactionEvent, TriggerReason
from chargepoint.link.messages import Permit
from tests.ocpp.examples import CARD, FIRST, NOON
from tests.ocpp.rig import dialect
from tests.station.rig import Game, PlayedCsms, play
from tests.station.test_limiting import charge
from tests.station.test_strict_profiles import points

ACCEPTED = AuthorizationStatus.ACCEPTED


@pytest.fixture(autouse=True)
def csms_of_201(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


def priority(game: Game) -> int:
    """Of the newest permit."""
    return [message for message in game.control.heard if isinstance(message, Permit)][-1].priority


def says(game: Game, started: TransactionAnswer) -> None:
    """What the CSMS answers to the beginning of a transaction."""

    def answer(notification: Notification) -> Answer:
        if isinstance(notification, TransactionEvent) and notification.kind is EventKind.STARTED:
            return started
        return game.csms.kindly(notification)

    game.csms.answer = answer


@pytest.mark.parametrize(
    ("token", "started", "wanted"),
    [
        (None, TransactionAnswer(), 0),
        (5, TransactionAnswer(), 5),
        (5, TransactionAnswer(priority=-3), -3),
        (5, TransactionAnswer(priority=0), 0),
        (5, TransactionAnswer(TokenInfo(ACCEPTED)), 5),
        (None, TransactionAnswer(TokenInfo(ACCEPTED, priority=7)), 7),
        (None, TransactionAnswer(TokenInfo(ACCEPTED, priority=7), priority=2), 2),
    ],
)
def test_what_is_said_of_the_transaction_goes_before_what_is_said_of_its_token(
    token: int | None, started: TransactionAnswer, wanted: int
) -> None:
    """K03.FR.04, K03.FR.05, K03.FR.06."""

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(ACCEPTED, priority=token)
        says(game, started)
        await charge(game)
        assert priority(game) == wanted

    play(script)


def test_what_was_said_of_the_transaction_before_there_was_a_token_still_goes_before_what_is_said_of_that() -> None:
    """K03.FR.05: from the plug on, and whatever is answered later."""

    async def script(game: Game) -> None:
        await points(game, "EVConnected", "EVConnected")
        game.csms.token = TokenInfo(ACCEPTED, priority=5)
        says(game, TransactionAnswer(priority=-3))
        game.control.plug()
        await asyncio.sleep(1)
        assert game.csms.story == ["Started CablePluggedIn"]
        game.csms.answer = lambda notification: (
            TransactionAnswer(game.csms.token) if isinstance(notification, TransactionEvent) else game.csms.kindly(notification)
        )
        await game.swipe()
        game.control.charge()
        await asyncio.sleep(1)
        assert priority(game) == -3

    play(script)


def test_what_was_said_of_one_transaction_is_not_remembered_of_its_token() -> None:
    """K03.FR.05."""

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(ACCEPTED, priority=5)
        says(game, TransactionAnswer(priority=9))
        await charge(game)
        assert priority(game) == 9
        await game.swipe()
        game.control.open(2000)
        await asyncio.sleep(1)
        game.control.unplug(2000)
        await asyncio.sleep(1)
        game.csms.lose()
        game.control.plug(2)
        await game.swipe()
        assert priority(game) == 5, "from the cache"

    play(script, keys={"LocalAuthorizeOffline": "true", "AuthorizationCacheEnabled": "true"})


@pytest.mark.parametrize(("said", "understood"), [(None, None), (9, 9), (-9, -9), (10, 9), (-100, -9)])
def test_it_is_read_where_the_csms_says_it(said: int | None, understood: int | None) -> None:
    entries: dict[str, Any] = {} if said is None else {"chargingPriority": said}
    v201, info = dialect("2.0.1"), {"status": "Accepted"}
    answer = v201.decode_answer(Authorize(CARD), {"idTokenInfo": info | entries})
    assert answer == AuthorizeAnswer(TokenInfo(ACCEPTED, priority=understood))
    started = TransactionEvent(
        transaction_id="t-1", connector=FIRST, kind=EventKind.STARTED, trigger=TriggerReason.AUTHORIZED, seq_no=0, at=NOON
    )
    assert v201.decode_answer(started, entries) == TransactionAnswer(priority=understood)

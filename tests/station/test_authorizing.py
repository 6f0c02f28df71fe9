"""Who may charge, by list, cache, CSMS, or nobody (1.6 §3.5, §4.1, §4.8, §4.10)."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import LocalListEntry, Outcome, RequestStart, SendLocalList, Verdict
from chargepoint.domain.ids import IdToken, PlugInId
from chargepoint.domain.notifications import Answer, Authorize, AuthorizeAnswer, Notification, TransactionAnswer
from chargepoint.domain.transaction import EventKind, StopReason, TransactionEvent
from chargepoint.link.messages import Revoke
from chargepoint.station.authorizing import MOST_JUDGED
from chargepoint.station.csms import CsmsSilent
from hal.measured import TokenSeen
from tests.station.rig import MIDNIGHT, Game, play
from tests.station.test_recovery import control_after_boot
from tests.station.test_reserving_several import second as happens
from tests.station.test_reserving_several import two
from tests.station.test_transacting import charge

CARD, OTHER, FAMILY = IdToken("04A1"), TokenSeen("04B2"), IdToken("FAMILY")
GOOD, BAD = TokenInfo(AuthorizationStatus.ACCEPTED), TokenInfo(AuthorizationStatus.BLOCKED)
OF_THE_FAMILY = TokenInfo(AuthorizationStatus.ACCEPTED, FAMILY)
OLD = TokenInfo(AuthorizationStatus.ACCEPTED, expires=MIDNIGHT + timedelta(seconds=1))
DEFAULT = {"LocalAuthorizeOffline": "true", "LocalPreAuthorize": "false", "AllowOfflineTxForUnknownId": "false"}


def enlist(game: Game, *entries: tuple[str, TokenInfo | None]) -> None:
    """Put tokens into the local list."""
    listed = tuple(LocalListEntry(IdToken(token), info) for token, info in entries)
    with game.store.commit():
        game.store.local_list.change(1, listed)


def know(game: Game, by: str, info: TokenInfo) -> None:
    """The card is in the list, in the cache, or good in the one and bad in the other."""
    if by == "cache":
        game.station.access.known.heard(CARD, info)
    elif by == "list":
        enlist(game, ("04A1", info))


def asked(game: Game) -> list[str]:
    """Tokens that the CSMS was asked about."""
    return [each.token.value for each in game.csms.of(Authorize) if isinstance(each, Authorize)]


@pytest.mark.parametrize("by", ["list", "cache"])
@pytest.mark.parametrize(
    ("known", "keys", "charges"),
    [
        (GOOD, {}, True),
        (GOOD, {"LocalAuthorizeOffline": "false"}, False),
        (GOOD, {"LocalAuthorizeOffline": "false", "AllowOfflineTxForUnknownId": "true"}, True),
        (BAD, {}, False),
        (BAD, {"AllowOfflineTxForUnknownId": "true"}, False),
        (BAD, {"LocalAuthorizeOffline": "false", "AllowOfflineTxForUnknownId": "true"}, False),
        (OLD, {"AllowOfflineTxForUnknownId": "true"}, False),
        (None, {}, False),
        (None, {"AllowOfflineTxForUnknownId": "true"}, True),
    ],
)
def test_offline_what_is_known_counts_and_what_is_known_to_be_bad_never_charges(
    by: str, known: TokenInfo | None, keys: dict[str, str], charges: bool
) -> None:
    async def script(game: Game) -> None:
        if known is not None:
            know(game, by, known)
        await asyncio.sleep(2)
        game.control.plug()
        await game.swipe()
        assert (game.transaction is not None) == charges

    play(script, connected=False, keys=DEFAULT | keys)


@pytest.mark.parametrize("by", ["list", "cache"])
@pytest.mark.parametrize(
    ("known", "keys", "is_asked"),
    [
        (GOOD, {}, True),
        (GOOD, {"LocalPreAuthorize": "true"}, False),
        (BAD, {"LocalPreAuthorize": "true"}, True),
        (OLD, {"LocalPreAuthorize": "true"}, True),
        (None, {"LocalPreAuthorize": "true"}, True),
    ],
)
def test_online_only_a_valid_token_spares_the_question_and_the_answer_counts(
    by: str, known: TokenInfo | None, keys: dict[str, str], is_asked: bool
) -> None:
    """TC_007, TC_008."""

    async def script(game: Game) -> None:
        if known is not None:
            know(game, by, known)
        await asyncio.sleep(2)
        game.control.plug()
        await game.swipe()
        assert game.transaction is not None, "the CSMS accepts it"
        assert (asked(game) == ["04A1"]) == is_asked

    play(script, keys=DEFAULT | keys)


def test_the_list_has_the_last_word_over_the_cache_and_what_it_names_is_not_cached() -> None:
    """1.6 §3.5.3."""

    async def script(game: Game) -> None:
        know(game, "cache", GOOD)
        know(game, "list", BAD)
        game.control.plug()
        await game.swipe()
        assert game.transaction is None
        game.csms.connect()
        await asyncio.sleep(1)
        await game.swipe()
        assert game.transaction is not None
        game.station.access.known.heard(CARD, OF_THE_FAMILY)
        assert await game.station.obey(SendLocalList(2, True, (LocalListEntry(IdToken("b"), GOOD),))) is not None
        assert game.store.tokens.recall(CARD) is not None, "what was there before the list is"
        await game.station.obey(SendLocalList(3, True, (LocalListEntry(CARD, GOOD),)))
        assert game.store.tokens.recall(CARD) is None

    play(script, connected=False)


def test_an_answer_that_does_not_come_is_as_if_offline() -> None:
    async def script(game: Game) -> None:
        know(game, "cache", GOOD)
        kindly = game.csms.answer

        def silent(notification: Notification) -> Answer:
            if isinstance(notification, Authorize):
                raise CsmsSilent
            return kindly(notification)

        game.csms.answer = silent
        game.control.plug()
        await game.swipe()
        assert game.transaction is not None

    play(script, keys=DEFAULT)


def test_a_fresh_answer_counts_whatever_its_date_which_is_for_the_cache() -> None:
    """1.6 §7.27; a CSMS whose clock is wrong must not lock everybody out."""

    async def script(game: Game) -> None:
        game.csms.token = OLD
        await asyncio.sleep(5)
        game.control.plug()
        await game.swipe()
        assert game.transaction is not None
        found = game.station.access.known.find(CARD)
        assert found is not None
        assert found.status is AuthorizationStatus.EXPIRED

    play(script)


def test_a_cached_token_that_was_not_seen_for_too_long_has_expired() -> None:
    async def script(game: Game) -> None:
        with game.store.commit():
            game.store.tokens.remember(CARD, GOOD, MIDNIGHT - timedelta(days=30))
        await asyncio.sleep(1)
        game.control.plug()
        await game.swipe()
        assert game.transaction is None

    play(script, connected=False, keys=DEFAULT | {"AllowOfflineTxForUnknownId": "true"})


# Stopping


def test_a_card_that_can_neither_start_nor_stop_anything_is_not_asked_about() -> None:
    """TC_068: the only place is taken, by somebody without a group."""

    async def script(game: Game) -> None:
        await charge(game)
        await game.swipe(OTHER)
        assert asked(game) == ["04A1"]
        assert game.transaction.stop is None

    play(script)


def test_another_card_of_the_group_is_asked_about_and_stops_it() -> None:
    """TC_069."""

    async def script(game: Game) -> None:
        game.csms.token = OF_THE_FAMILY
        await charge(game)
        game.station.access.known.heard(IdToken("04B2"), OF_THE_FAMILY)
        await game.swipe(OTHER)
        assert asked(game) == ["04A1", "04B2"]
        assert game.transaction.stop is not None

    play(script, keys=DEFAULT)


@pytest.mark.parametrize("by", ["list", "cache"])
@pytest.mark.parametrize(("known", "ends"), [(OF_THE_FAMILY, True), (GOOD, False), (TokenInfo(AuthorizationStatus.BLOCKED, FAMILY), False)])
def test_offline_list_or_cache_know_who_may_stop_whatever_the_key_for_starting_says(by: str, known: TokenInfo, ends: bool) -> None:
    async def script(game: Game) -> None:
        game.csms.token = OF_THE_FAMILY
        await charge(game)
        if by == "list":
            enlist(game, ("04B2", known))
        else:
            game.station.access.known.heard(IdToken("04B2"), known)
        game.csms.lose()
        await game.swipe(OTHER)
        assert (game.transaction.stop is not None) == ends

    play(script, keys=DEFAULT | {"LocalAuthorizeOffline": "false"})


def test_with_local_pre_authorization_the_group_stops_it_without_a_question() -> None:
    async def script(game: Game) -> None:
        enlist(game, ("04A1", OF_THE_FAMILY), ("04B2", OF_THE_FAMILY))
        await charge(game)
        await game.swipe(OTHER)
        assert asked(game) == []
        assert game.transaction.stop is not None

    play(script, keys={"LocalPreAuthorize": "true"})


def test_the_group_that_only_the_answer_to_the_start_names_can_stop_it_too_and_after_a_restart(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        game.csms.token = OF_THE_FAMILY
        game.control.plug()
        await game.station.obey(RequestStart(CARD, evse=1))
        await asyncio.sleep(1)
        assert asked(game) == []
        assert game.transaction is not None

    async def after(game: Game) -> None:
        game.csms.token = OF_THE_FAMILY
        await game.swipe(OTHER)
        assert game.transaction.stop is not None

    play(before, tmp_path / "store", keys={"AuthorizationCacheEnabled": "false"})
    play(after, tmp_path / "store", control_after_boot(car=True), keys={"AuthorizationCacheEnabled": "false"})


# What answers to transaction messages say


@pytest.mark.parametrize(("keeps_open", "ends"), [("true", True), ("false", False)])
def test_a_start_offline_that_is_refused_when_the_line_is_back(keeps_open: str, ends: bool) -> None:
    """TC_037_2, TC_037_3."""

    async def script(game: Game) -> None:
        know(game, "list", GOOD)
        await charge(game)
        await asyncio.sleep(100)
        game.csms.token = BAD
        game.csms.connect()
        await asyncio.sleep(3)
        assert game.control.permits[-1] == Revoke(1, PlugInId("boot-1", 1))
        game.control.open(1600)
        await asyncio.sleep(5)
        assert (game.transaction is None) == ends

    csms = play(script, connected=False, keys=DEFAULT | {"StopTransactionOnInvalidId": keeps_open}).csms
    assert csms.events[0].kind is EventKind.STARTED
    if ends:
        assert csms.events[-1].stop_reason is StopReason.DE_AUTHORIZED
    else:
        assert csms.story[-1] in ("Updated Deauthorized", "Updated ChargingStateChanged")


def test_the_answer_to_a_stop_is_about_the_card_that_stopped_and_ends_nothing_else() -> None:
    """1.6 §4.10: it updates the cache."""

    async def script(game: Game) -> None:
        game.csms.token = OF_THE_FAMILY
        await charge(game)
        await game.swipe(OTHER)
        kindly = game.csms.answer

        def answer(notification: Notification) -> Answer:
            over = isinstance(notification, TransactionEvent) and notification.kind is EventKind.ENDED
            return TransactionAnswer(BAD) if over else kindly(notification)

        game.csms.answer = answer
        game.control.open(1600)
        await asyncio.sleep(1)
        assert (game.station.access.known.find(IdToken("04B2")), game.station.access.known.find(CARD)) == (BAD, OF_THE_FAMILY)

    play(script)


def test_the_answer_to_the_start_of_a_transaction_that_is_over_still_teaches_the_cache() -> None:
    async def script(game: Game) -> None:
        know(game, "cache", GOOD)
        await charge(game)
        await game.swipe()
        game.control.unplug(1600)
        await asyncio.sleep(5)
        assert game.transaction is None
        game.csms.token = BAD
        game.csms.connect()
        await asyncio.sleep(3)
        assert game.station.access.known.find(CARD) == BAD

    play(script, connected=False, keys=DEFAULT)


def test_an_answer_is_remembered_whatever_it_says_and_a_refused_card_starts_nothing() -> None:
    """TC_023."""

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.INVALID)
        await game.swipe()
        game.control.plug()
        await asyncio.sleep(2)
        assert game.transaction is None
        assert game.station.access.known.find(CARD) == TokenInfo(AuthorizationStatus.INVALID)
        assert isinstance(game.csms.answer(Authorize(CARD)), AuthorizeAnswer)

    play(script)


def test_a_remote_start_is_judged_by_list_and_cache_first_if_it_is_to_be_judged_at_all() -> None:
    """TC_007_2, TC_008_2; 1.6 §5.11."""

    async def script(game: Game) -> None:
        enlist(game, ("04A1", GOOD))
        game.control.plug()
        reply, after = await game.station.obey(RequestStart(CARD, evse=1))
        assert reply == Outcome(Verdict.ACCEPTED)
        assert after is not None
        after()
        await asyncio.sleep(1)
        assert asked(game) == []
        assert game.transaction is not None

    play(script, keys={"LocalPreAuthorize": "true", "AuthorizeRemoteTxRequests": "true"})


def test_who_stops_does_not_wait_for_what_a_silent_csms_says_of_other_cards_at_the_same_reader() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        answers, says = asyncio.Event(), game.csms.ask

        async def slowly(notification: Notification, message_id: str | None = None) -> Answer:
            if isinstance(notification, Authorize):
                await answers.wait()
            return await says(notification, message_id)

        game.csms.ask = slowly  # type: ignore[method-assign]
        happens(game)
        await asyncio.sleep(0.5)
        for number in range(20):
            await game.swipe(TokenSeen(f"STRANGER{number}"))
            await game.swipe(TokenSeen("STRANGER0"))
        running = game.transaction
        await game.swipe()
        assert (running.stop, game.transaction.stop.reason) == (None, StopReason.LOCAL)
        answers.set()
        await asyncio.sleep(1)
        assert asked(game)[1:] == [f"STRANGER{number}" for number in range(MOST_JUDGED)]

    two(script)

"""Groups and the master pass in 2.0.1 (C09, C16)."""

import asyncio

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import LocalListEntry, RequestStart, SendLocalList, Verdict
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import Answer, Authorize, AuthorizeAnswer, Notification
from chargepoint.domain.transaction import EventKind, Stop, StopReason, TriggerReason
from hal.measured import TokenSeen
from tests.station.rig import Game
from tests.station.test_judging import asked, obeyed, play_201
from tests.station.test_transacting import charge

MASTER = TokenSeen("04FF")
OF_THE_MASTERS = TokenInfo(AuthorizationStatus.ACCEPTED, IdToken("masters", "Central"))
OF_THE_FAMILY = TokenInfo(AuthorizationStatus.ACCEPTED, IdToken("FAMILY", "Central"))
MASTERS = {"AuthCtrlr.MasterPassGroupId": "MASTERS"}


def knows_the_master(game: Game) -> None:
    """The CSMS does."""
    kindly = game.csms.answer

    def answer(notification: Notification) -> Answer:
        if isinstance(notification, Authorize) and notification.token.value == MASTER.value:
            return AuthorizeAnswer(OF_THE_MASTERS)
        return kindly(notification)

    game.csms.answer = answer


def remember_the_master(game: Game) -> None:
    game.station.access.known.heard(IdToken(MASTER.value), OF_THE_MASTERS)


def test_it_ends_what_runs_wherever_it_is_shown() -> None:
    """C16.FR.02, C16.FR.07."""

    async def script(game: Game) -> None:
        knows_the_master(game)
        await charge(game)
        await game.swipe(MASTER)
        stop = game.transaction.stop
        assert (stop.reason, stop.trigger) == (StopReason.MASTER_PASS, TriggerReason.STOP_AUTHORIZED)
        assert stop.token == IdToken(MASTER.value)
        assert asked(game) == ["04A1", "04FF"]

    play_201(script, MASTERS)


@pytest.mark.parametrize(("online", "key"), [(True, "AuthCtrlr.LocalPreAuthorize"), (False, "AuthCtrlr.LocalAuthorizeOffline")])
@pytest.mark.parametrize("enough", ["true", "false"])
def test_the_cache_is_enough_where_it_would_be_for_a_start(online: bool, key: str, enough: str) -> None:
    """C16.FR.04, C16.FR.05."""

    async def script(game: Game) -> None:
        await charge(game)
        knows_the_master(game)
        remember_the_master(game)
        if not online:
            game.csms.lose()
        await game.swipe(MASTER)
        assert (game.transaction.stop is not None) == (online or enough == "true")
        assert ("04FF" in asked(game)) == (online and enough == "false")

    play_201(script, {**MASTERS, key: enough})


def test_it_lets_go_a_plug_that_is_kept_for_somebody_although_nothing_runs() -> None:
    """C16: so that the cable becomes unlocked."""

    async def script(game: Game) -> None:
        knows_the_master(game)
        await charge(game)
        game.station.transacting.stop(1, Stop(StopReason.DE_AUTHORIZED, TriggerReason.DEAUTHORIZED))
        game.control.open(1500)
        await game.until(lambda: game.transaction is None)
        assert game.station.transacting.sessions[1].plug_kept_for is not None
        await game.swipe(MASTER)
        assert game.station.transacting.sessions[1].plug_kept_for is None
        assert game.station.access.answers.of(1) is None, "it was accepted"

    play_201(script, {**MASTERS, "TxCtrlr.TxStopPoint": "PowerPathClosed"})


def test_it_begins_nothing_by_card_or_from_afar() -> None:
    """C12.FR.09, C16.FR.03."""

    async def script(game: Game) -> None:
        knows_the_master(game)
        game.control.plug()
        await game.swipe(MASTER)
        assert game.transaction is None
        answer = game.station.access.answers.of(1)
        assert answer is not None
        assert answer.status == "MasterPass"
        assert await obeyed(game, RequestStart(IdToken(MASTER.value), 1, 1)) is Verdict.REJECTED

    play_201(script, MASTERS)


@pytest.mark.parametrize("stops", ["PowerPathClosed", "EVConnected"])
def test_nor_does_it_go_on_with_what_it_has_begun_while_nobody_could_tell_what_it_is(stops: str) -> None:
    """C16.FR.03: let in offline as a stranger."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe(MASTER)
        game.control.charge()
        assert game.transaction is not None
        game.csms.token = OF_THE_MASTERS
        game.csms.connect()
        await game.until(lambda: game.transaction.stop is not None)
        assert game.transaction.stop.reason is StopReason.DE_AUTHORIZED

    values = {"AuthCtrlr.OfflineTxForUnknownIdEnabled": "true", "TxCtrlr.TxStopPoint": stops}
    play_201(script, {**MASTERS, **values}, connected=False)


def test_where_only_the_cable_ends_a_transaction_that_still_says_who_has_ended_it() -> None:
    """C16.FR.06, C16.FR.07."""

    async def script(game: Game) -> None:
        knows_the_master(game)
        await charge(game)
        await game.swipe(MASTER)
        game.control.open(1500)
        await game.until(lambda: game.transaction is None)
        assert (game.csms.events[-1].kind, game.csms.events[-1].stop_reason) == (EventKind.UPDATED, None)
        game.control.unplug(1500)
        await game.until(lambda: game.csms.events[-1].kind is EventKind.ENDED)
        assert game.csms.events[-1].stop_reason is StopReason.MASTER_PASS

    play_201(script, {**MASTERS, "TxCtrlr.TxStopPoint": "EVConnected"})


def test_nor_where_only_the_question_tells_that_it_is_one() -> None:
    async def script(game: Game) -> None:
        knows_the_master(game)
        game.control.plug()
        assert await obeyed(game, RequestStart(IdToken(MASTER.value), 1, 1)) is Verdict.ACCEPTED
        await asyncio.sleep(1)
        assert (asked(game), game.transaction) == (["04FF"], None)

    play_201(script, {**MASTERS, "AuthCtrlr.AuthorizeRemoteStart": "true"})


@pytest.mark.parametrize(("known", "ends"), [(OF_THE_FAMILY, True), (TokenInfo(AuthorizationStatus.INVALID, OF_THE_FAMILY.group), False)])
def test_of_the_group_is_enough_to_stop_whatever_the_variable_for_starting_says(known: TokenInfo, ends: bool) -> None:
    """C01.FR.03, C09.FR.03, C09.FR.07, C09.FR.11."""

    async def script(game: Game) -> None:
        game.csms.token = OF_THE_FAMILY
        await charge(game)
        game.csms.token = known
        game.station.access.known.heard(IdToken("04B2"), known)
        await game.swipe(TokenSeen("04B2"))
        assert (game.transaction.stop is not None) == ends
        assert ("04B2" in asked(game)) != ends

    play_201(script, {"AuthCtrlr.LocalPreAuthorize": "false"})


def test_a_card_that_was_shown_before_another_of_its_group_began_ends_nothing() -> None:
    """C01.FR.03: two cards in one purse."""

    async def script(game: Game) -> None:
        game.csms.token = OF_THE_FAMILY
        game.control.plug()
        game.reader.present(TokenSeen("04A1"))
        await game.swipe(TokenSeen("04B2"))
        assert asked(game) == ["04A1", "04B2"]
        assert game.transaction.stop is None
        await game.swipe(TokenSeen("04B2"))
        assert game.transaction is None

    play_201(script)


def test_the_group_that_the_list_names_only_later_counts_as_well() -> None:
    """C01.FR.03: where the answer about the one who has begun had none."""

    async def script(game: Game) -> None:
        await charge(game)
        entries = (LocalListEntry(IdToken("04A1"), OF_THE_FAMILY), LocalListEntry(IdToken("04B2"), OF_THE_FAMILY))
        assert await obeyed(game, SendLocalList(1, True, entries, empty_is_none=False)) is Verdict.ACCEPTED
        await game.swipe(TokenSeen("04B2"))
        assert game.transaction.stop is not None
        assert asked(game) == ["04A1"]

    play_201(script)


def test_a_stranger_is_asked_about_even_where_he_can_neither_start_nor_stop() -> None:
    """C01.FR.02, C09.FR.05: his group may be that of the one who charges."""

    async def script(game: Game) -> None:
        await charge(game)
        await game.swipe(TokenSeen("04B2"))
        assert asked(game) == ["04A1", "04B2"]
        assert game.transaction.stop is None

    play_201(script)


@pytest.mark.parametrize("second", [TokenSeen("04A1"), MASTER])
def test_it_ends_once_however_many_cards_are_shown_before_the_contactor_is_open(second: TokenSeen) -> None:
    """C01.FR.03."""

    async def script(game: Game) -> None:
        remember_the_master(game)
        await charge(game)
        await game.swipe()
        await game.swipe(second)
        ends = [event for event in game.csms.events if event.trigger is TriggerReason.STOP_AUTHORIZED]
        assert [event.id_token for event in ends] == [IdToken("04A1")]
        game.control.open(1500)
        game.control.unplug(1500)
        await game.until(lambda: game.csms.events[-1].kind is EventKind.ENDED)
        assert game.csms.events[-1].stop_reason is StopReason.LOCAL

    play_201(script, {**MASTERS, "AuthCtrlr.LocalPreAuthorize": "true", "TxCtrlr.TxStopPoint": "EVConnected"})


def test_what_is_said_of_the_one_who_ends_it_takes_nothing_from_the_one_who_pays() -> None:
    async def script(game: Game) -> None:
        knows_the_master(game)
        await charge(game)
        await game.swipe(MASTER)
        game.control.open(1500)
        await asyncio.sleep(2)
        assert game.csms.events[-1].stop_reason is StopReason.MASTER_PASS

    play_201(script, MASTERS)


def test_nobody_else_goes_on_with_what_another_has_begun() -> None:
    """C01.FR.23: its authorisation has ended, and it has not."""

    async def script(game: Game) -> None:
        await charge(game)
        await game.swipe()
        game.control.open(1500)
        await game.until(lambda: game.transaction is None)
        assert game.station.transacting.going_on() == [1]
        await game.swipe(TokenSeen("04B2"))
        assert (asked(game), game.transaction) == (["04A1", "04B2"], None)
        await game.swipe()
        await game.until(lambda: game.transaction is not None)

    play_201(script, {"TxCtrlr.TxStopPoint": "EVConnected"})

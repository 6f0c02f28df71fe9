"""What holds for a token by the rules of 2.0.1 (C01 to C06, C10 to C15). What both versions have in common is in test_authorizing."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import (
    ClearCache,
    Command,
    GetVariables,
    LocalListEntry,
    Outcome,
    RequestStart,
    SendLocalList,
    SetVariables,
    Verdict,
)
from chargepoint.domain.device_model import GetResult, SetResult, VariableKey
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import Authorize
from chargepoint.domain.transaction import EventKind, StopReason
from chargepoint.link.messages import Permit
from chargepoint.store.database import StoreError
from hal.measured import TokenSeen
from tests.station.rig import MIDNIGHT, Game, play
from tests.station.test_transacting import charge

CARD = IdToken("04A1")
GOOD, BAD = TokenInfo(AuthorizationStatus.ACCEPTED), TokenInfo(AuthorizationStatus.BLOCKED)
PAST, SOON = (TokenInfo(AuthorizationStatus.ACCEPTED, expires=MIDNIGHT + timedelta(hours=hours)) for hours in (-1, 1))


async def obeyed(game: Game, command: Command) -> Verdict:
    """A command that only a verdict answers; what follows the answer is done, too."""
    reply, then = await game.station.obey(command)
    assert isinstance(reply, Outcome)
    if then is not None:
        then()
    return reply.verdict


async def configure(game: Game, values: Mapping[str, str]) -> None:
    """``{"AuthCtrlr.Enabled": "false"}``, all of them accepted."""
    wanted = []
    for name, value in values.items():
        component, variable = name.split(".")
        wanted.append((VariableKey(component=component, variable=variable), value))
    results, _ = await game.station.obey(SetVariables(tuple(wanted)))
    assert isinstance(results, tuple)
    assert all(isinstance(result, SetResult) and result.status == "Accepted" for result in results), results


def play_201(
    script: Callable[[Game], Coroutine[Any, Any, None]],
    values: Mapping[str, str] = MappingProxyType({}),
    *,
    connected: bool = True,
    path: Path | str = ":memory:",
) -> None:
    """The CSMS speaks 2.0.1; ``values`` as for ``configure``."""

    async def played(game: Game) -> None:
        game.csms.version = "2.0.1"
        await configure(game, values)
        if connected:
            game.csms.connect()
            await asyncio.sleep(0.5)
        await script(game)

    play(played, path, connected=False)


def asked(game: Game) -> list[str]:
    """Tokens that the CSMS was asked about."""
    return [each.token.value for each in game.csms.of(Authorize) if isinstance(each, Authorize)]


def know(game: Game, by: str, info: TokenInfo) -> None:
    if by == "cache":
        game.station.access.known.heard(CARD, info)
    else:
        with game.store.commit():
            game.store.local_list.change(1, [LocalListEntry(CARD, info)])


@pytest.mark.parametrize(("by", "variable"), [("cache", "AuthCacheCtrlr"), ("list", "LocalAuthListCtrlr")])
@pytest.mark.parametrize("info", [GOOD, BAD, PAST])
def test_of_a_token_that_is_bad_nobody_is_asked_where_that_is_off(by: str, variable: str, info: TokenInfo) -> None:
    """C10.FR.03, C12.FR.05, C14.FR.03, C14.FR.05: what is too old is as good as not there."""

    async def script(game: Game) -> None:
        know(game, by, info)
        await game.swipe()
        assert asked(game) == ([] if info is BAD else ["04A1"])

    play_201(script, {f"{variable}.DisablePostAuthorize": "true"})


@pytest.mark.parametrize("known", [GOOD, BAD, None])
def test_without_remote_authorisation_only_what_is_known_to_be_good_charges(known: TokenInfo | None) -> None:
    async def script(game: Game) -> None:
        if known is not None:
            know(game, "cache", known)
        game.control.plug()
        await game.swipe()
        assert asked(game) == []
        assert (game.transaction is not None) == (known is GOOD)

    play_201(script, {"AuthCtrlr.DisableRemoteAuthorization": "true", "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true"})


@pytest.mark.parametrize("kind", ["ISO14443", "Local"])
def test_nothing_charges_unasked_and_nothing_is_asked_but_who_may_charge(kind: str) -> None:
    """C01.FR.01, C01.FR.02, C01.FR.03, C01.FR.04; C06.FR.01, C06.FR.02, C06.FR.03."""

    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(5)
        assert (asked(game), game.control.permits) == ([], [])
        await game.swipe(TokenSeen("04A1", kind))
        assert isinstance(game.control.permits[-1], Permit)
        game.control.charge()
        await asyncio.sleep(1000)
        await game.swipe(TokenSeen("04A1", kind))
        game.control.open(1500)
        game.control.unplug(1500)
        await asyncio.sleep(1000)
        assert [each.token for each in game.csms.of(Authorize) if isinstance(each, Authorize)] == [IdToken("04A1", kind)]

    play_201(script)


@pytest.mark.parametrize("start", ["Authorized", "PowerPathClosed"])
def test_who_brings_no_car_in_time_shows_his_card_again(start: str) -> None:
    """C01.FR.26."""

    async def script(game: Game) -> None:
        await game.swipe()
        await asyncio.sleep(31)
        game.control.plug()
        await asyncio.sleep(5)
        assert game.control.permits == []
        await game.swipe()
        assert isinstance(game.control.permits[-1], Permit)

    play_201(script, {"TxCtrlr.EVConnectionTimeOut": "30", "TxCtrlr.TxStartPoint": start})


@pytest.mark.parametrize("card_first", [True, False])
def test_where_authorisation_is_off_a_card_is_named_and_none_is_needed(card_first: bool) -> None:
    """C01.FR.01, C02.FR.01."""

    async def script(game: Game) -> None:
        if card_first:
            await game.swipe()
        game.control.plug()
        await asyncio.sleep(1)
        assert asked(game) == []
        assert game.csms.events[0].id_token == (CARD if card_first else IdToken("", "NoAuthorization"))

    play_201(script, {"AuthCtrlr.Enabled": "false"})


def test_a_car_that_waits_for_a_card_charges_when_none_is_needed_any_more() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(1)
        assert game.transaction is None
        await configure(game, {"AuthCtrlr.Enabled": "false"})
        await asyncio.sleep(2)
        assert game.transaction is not None
        assert game.transaction.authorization.token.kind == "NoAuthorization"

    play_201(script)


@pytest.mark.parametrize(("kind", "asks"), [("Central", False), ("NoAuthorization", False), ("ISO14443", True)])
def test_of_a_token_that_the_csms_has_brought_it_is_not_asked(kind: str, asks: bool) -> None:
    """C03.FR.01, C05.FR.01, C05.FR.03, C05.FR.05; C02.FR.03, C03.FR.02, C05.FR.02: and it is not cached."""

    async def script(game: Game) -> None:
        game.control.plug()
        token = IdToken("X", kind)
        assert await obeyed(game, RequestStart(token, 5, 1)) is Verdict.ACCEPTED
        await asyncio.sleep(1)
        assert game.transaction is not None
        assert (asked(game) == ["X"]) == asks
        assert (game.csms.events[0].id_token, game.csms.events[0].remote_start_id) == (token, 5)
        assert (game.store.tokens.recall(token) is not None) == asks

    play_201(script, {"AuthCtrlr.AuthorizeRemoteStart": "true"})


def test_a_start_button_begins_and_ends_it_unasked() -> None:
    """C02.FR.01."""
    button = TokenSeen("", "NoAuthorization")

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe(button)
        assert isinstance(game.control.permits[-1], Permit)
        assert game.csms.events[0].id_token == IdToken("", "NoAuthorization")
        await game.swipe(button)
        assert (game.transaction, asked(game)) == (None, [])

    play_201(script)


def test_two_tokens_of_the_same_value_and_another_type_are_two() -> None:
    """C01.FR.25."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        assert game.transaction is not None
        await game.swipe(TokenSeen("04A1", "ISO15693"))
        assert game.transaction.stop is None
        game.csms.token = BAD
        await game.swipe(TokenSeen("04A1", "ISO15693"))
        assert asked(game) == ["04A1", "04A1", "04A1"]
        assert game.station.access.known.find(CARD) == GOOD
        await game.swipe(TokenSeen("04a1", "ISO14443"))
        assert game.transaction is None

    play_201(script)


def test_a_token_charges_only_at_the_evses_that_are_named() -> None:
    """C01.FR.21."""

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED, evses=(2,))
        game.control.plug()
        await game.swipe()
        assert game.transaction is None
        answer = game.station.access.answers.of(1)
        assert answer is not None
        assert (answer.answer, answer.status) == ("refused", "only at EVSE 2")
        await game.swipe()  # cached, with its EVSEs
        assert (game.transaction, asked(game)) == (None, ["04A1"])

    play_201(script, {"AuthCtrlr.LocalPreAuthorize": "true"})


def test_nor_does_it_go_on_elsewhere_where_only_the_answer_to_its_transaction_says_so() -> None:
    """C01.FR.21."""

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED, evses=(2,))
        game.control.plug()
        assert await obeyed(game, RequestStart(CARD, 5, 1)) is Verdict.ACCEPTED
        await game.until(lambda: game.csms.events and game.csms.events[-1].stop_reason is StopReason.DE_AUTHORIZED)

    play_201(script)


# The cache


@pytest.mark.parametrize(("info", "minutes", "left"), [(GOOD, 29, True), (GOOD, 31, False), (SOON, 31, True), (SOON, 61, False)])
def test_an_entry_holds_as_long_as_it_says_or_else_as_the_variable_says(info: TokenInfo, minutes: int, left: bool) -> None:
    """C10.FR.08, C10.FR.10, C10.FR.13."""

    async def script(game: Game) -> None:
        know(game, "cache", info)
        await configure(game, {"AuthCacheCtrlr.LifeTime": "1800" if info is GOOD else "0"})
        await asyncio.sleep(minutes * 60)
        found = game.station.access.known.find(CARD)
        assert found is not None
        assert found.accepted == left

    play_201(script, connected=False)


def test_what_is_over_when_it_is_said_is_not_kept() -> None:
    """Errata to C10.FR.10: a prepaid account."""

    async def script(game: Game) -> None:
        know(game, "cache", GOOD)
        know(game, "cache", PAST)
        assert game.store.tokens.recall(CARD) is None

    play_201(script)


def test_what_a_tariff_was_is_not_kept_and_the_rest_is() -> None:
    """C10.FR.09."""

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED, languages=("de",), message="0.30 a kWh")
        game.control.plug()
        await game.swipe()
        assert game.transaction.authorization.message == "0.30 a kWh"
        assert game.station.access.known.find(CARD) == TokenInfo(AuthorizationStatus.ACCEPTED, languages=("de",))

    play_201(script)


def test_while_the_cache_is_off_it_is_not_used_nor_cleared_nor_longer_and_comes_back_without_what_is_wrong_by_now() -> None:
    """C10.FR.04, C10.FR.11, C11.FR.04."""

    async def script(game: Game) -> None:
        know(game, "cache", GOOD)
        other = IdToken("04B2")
        await configure(game, {"AuthCacheCtrlr.Enabled": "false"})
        know(game, "cache", BAD)
        game.station.access.known.heard(other, GOOD)
        assert game.station.access.known.find(CARD) is None
        assert await obeyed(game, ClearCache()) is Verdict.REJECTED
        await configure(game, {"AuthCacheCtrlr.Enabled": "true"})
        assert (game.station.access.known.find(CARD), game.station.access.known.find(other)) == (BAD, None)
        assert await obeyed(game, ClearCache()) is Verdict.ACCEPTED
        assert game.station.access.known.find(CARD) is None

    play_201(script)


def test_a_cache_that_cannot_be_cleared_says_so_and_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """C11.FR.05."""

    async def script(game: Game) -> None:
        know(game, "cache", GOOD)
        monkeypatch.setattr(game.store.tokens, "clear", full)
        assert await obeyed(game, ClearCache()) is Verdict.REJECTED
        assert game.station.access.known.find(CARD) == GOOD

    def full() -> None:
        raise StoreError("disk full")

    play_201(script)


def test_a_stranger_who_is_let_in_offline_is_not_cached_before_the_csms_has_spoken() -> None:
    """C15.FR.01, C10.FR.05."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        assert game.transaction is not None
        assert game.store.tokens.recall(CARD) is None
        game.csms.connect()
        await game.until(lambda: any(event.kind is EventKind.STARTED for event in game.csms.events))
        await asyncio.sleep(1)
        assert game.store.tokens.recall(CARD) is not None

    play_201(script, {"AuthCtrlr.OfflineTxForUnknownIdEnabled": "true"}, connected=False)


# The list


@pytest.mark.parametrize("by", ["list", "cache"])
@pytest.mark.parametrize(("info", "asks"), [(GOOD, False), (SOON, False), (PAST, True)])
def test_with_local_pre_authorize_who_is_known_to_be_good_charges_at_once(by: str, info: TokenInfo, asks: bool) -> None:
    """C12.FR.02, C12.FR.04, C13.FR.03, C14.FR.02, C14.FR.04, C14.FR.05."""

    async def script(game: Game) -> None:
        know(game, by, info)
        game.control.plug()
        await game.swipe()
        assert asked(game) == (["04A1"] if asks else [])
        assert isinstance(game.control.permits[-1], Permit)
        assert [event.id_token for event in game.csms.events] == [CARD]

    play_201(script, {"AuthCtrlr.LocalPreAuthorize": "true"})


@pytest.mark.parametrize("by", ["list", "cache"])
def test_without_local_pre_authorize_the_csms_is_asked_about_whom_everybody_knows(by: str) -> None:
    """C01.FR.05."""

    async def script(game: Game) -> None:
        know(game, by, GOOD)
        await game.swipe()
        assert asked(game) == ["04A1"]

    play_201(script, {"AuthCtrlr.LocalPreAuthorize": "false"})


def test_a_message_that_is_too_large_is_refused_whole() -> None:
    """D01.FR.11."""

    async def script(game: Game) -> None:
        entries = (LocalListEntry(CARD, GOOD),)
        most = 1_048_576  # as LocalAuthListCtrlr.BytesPerMessage says
        for size, verdict in ((most + 1, Verdict.FAILED), (most, Verdict.ACCEPTED)):
            command = SendLocalList(1, True, entries, empty_is_none=False, size=size)
            assert await obeyed(game, command) is verdict
            assert game.store.local_list.size() == (verdict is Verdict.ACCEPTED)

    play_201(script)


def test_an_update_that_cannot_be_written_fails_and_leaves_the_list_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """D01.FR.02."""

    async def script(game: Game) -> None:
        know(game, "list", GOOD)
        monkeypatch.setattr(game.store.local_list, "change", full)
        assert await obeyed(game, SendLocalList(2, True, (LocalListEntry(CARD, BAD),), empty_is_none=False)) is Verdict.FAILED
        assert (game.store.local_list.find(CARD), game.store.local_list.sent()) == (GOOD, 1)

    def full(*_: object) -> None:
        raise StoreError("disk full")

    play_201(script)


def test_nothing_but_an_update_changes_the_list_and_its_size_is_told() -> None:
    """D01.FR.01, D01.FR.09, D01.FR.12."""

    async def script(game: Game) -> None:
        entries = (LocalListEntry(CARD, GOOD), LocalListEntry(IdToken("04B2"), BAD))
        assert await obeyed(game, SendLocalList(8, True, entries, empty_is_none=False)) is Verdict.ACCEPTED
        before = game.store.local_list.every()
        game.csms.token = BAD
        await charge(game)
        assert await obeyed(game, ClearCache()) is Verdict.ACCEPTED
        game.csms.lose()
        await asyncio.sleep(3600)
        assert (game.store.local_list.every(), game.store.local_list.sent()) == (before, 8)
        told, _ = await game.station.obey(GetVariables((VariableKey(component="LocalAuthListCtrlr", variable="Entries"),)))
        assert isinstance(told, tuple)
        assert [each.value for each in told if isinstance(each, GetResult)] == ["2"]

    play_201(script)


@pytest.mark.parametrize(("info", "charges"), [(GOOD, True), (SOON, True), (PAST, False), (BAD, False)])
@pytest.mark.parametrize("strangers", ["true", "false"])
def test_offline_the_list_decides_with_its_dates(info: TokenInfo, charges: bool, strangers: str) -> None:
    """C13.FR.02, C13.FR.04, C13.FR.05, C13.FR.06."""

    async def script(game: Game) -> None:
        know(game, "list", info)
        game.control.plug()
        await game.swipe()
        assert (game.transaction is not None) == charges

    play_201(script, {"AuthCtrlr.OfflineTxForUnknownIdEnabled": strangers}, connected=False)


def test_an_emptied_list_keeps_its_version_and_two_types_are_two_entries() -> None:
    """D01.FR.04, D01.FR.06, D01.FR.19."""

    async def sent(game: Game, number: int, *tokens: IdToken, full: bool = True) -> Verdict:
        entries = tuple(LocalListEntry(token, GOOD) for token in tokens)
        return await obeyed(game, SendLocalList(number, full, entries, empty_is_none=False))

    async def script(game: Game) -> None:
        assert await sent(game, 5) is Verdict.ACCEPTED
        assert await sent(game, 5, CARD, full=False) is Verdict.VERSION_MISMATCH
        assert await sent(game, 6, CARD, CARD) is Verdict.FAILED
        assert await sent(game, 6, CARD, IdToken("04A1", "Central")) is Verdict.ACCEPTED
        assert game.store.local_list.size() == 2
        assert game.store.local_list.find(IdToken("04A1", "ISO15693")) is None

    play_201(script)


def test_the_list_counts_for_more_than_the_cache_which_learns_all_the_same_and_is_left_as_it_is() -> None:
    """C10.FR.01, C10.FR.04, C13.FR.01, C14.FR.01: two lists, whatever the CSMS does to the one."""

    async def script(game: Game) -> None:
        know(game, "cache", GOOD)
        entries = (LocalListEntry(CARD, BAD),)
        assert await obeyed(game, SendLocalList(1, True, entries, empty_is_none=False)) is Verdict.ACCEPTED
        assert game.station.access.known.find(CARD) == BAD
        game.csms.token = TokenInfo(AuthorizationStatus.EXPIRED)
        await game.swipe()
        assert game.station.access.known.find(CARD) == BAD
        assert await obeyed(game, SendLocalList(2, True, (), empty_is_none=False)) is Verdict.ACCEPTED
        assert game.station.access.known.find(CARD) == game.csms.token

    play_201(script)


# PINs


def pin(text: str) -> TokenSeen:
    return TokenSeen(text, "KeyCode")


def test_pins_cannot_be_tried_out_one_after_the_other() -> None:
    """C04.FR.06."""

    async def script(game: Game) -> None:
        game.csms.token = BAD
        for wrong in ("1111", "2222", "3333", "4444"):
            await game.swipe(pin(wrong))
        assert asked(game) == ["1111", "2222", "3333"], "the fourth has to wait"
        await game.swipe()
        assert asked(game)[3:] == ["04A1"], "a card does not"
        await asyncio.sleep(10)
        await game.swipe(pin("4444"))
        await asyncio.sleep(10)
        await game.swipe(pin("5555"))
        assert asked(game)[4:] == ["4444"], "now it is twice as long"
        await asyncio.sleep(10)
        game.csms.token = GOOD
        game.control.plug()
        await game.swipe(pin("6666"))
        game.csms.token = BAD
        for wrong in ("1111", "2222", "3333", "4444"):
            await game.swipe(pin(wrong))
        assert asked(game)[5:] == ["6666", "1111", "2222", "3333"]
        assert game.transaction is not None
        await game.swipe(pin("6666"))
        assert game.transaction is None, "whoever has begun can always end"

    play_201(script)


def test_a_pin_is_remembered_like_a_card_and_no_line_of_the_log_names_it(caplog: pytest.LogCaptureFixture) -> None:
    """C04.FR.03, C04.FR.04."""
    caplog.set_level(logging.DEBUG)

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe(pin("93571842"))
        await game.swipe(pin("93571842"))
        game.csms.token = BAD
        await game.swipe(pin("71842935"))
        assert game.station.access.known.find(IdToken("93571842", "KeyCode")) == GOOD
        assert asked(game) == ["93571842", "71842935"]

    play_201(script)
    written = [record.getMessage() for record in caplog.records]
    assert any("transaction_stopping" in line for line in written)
    assert [line for line in written if "1842" in line or "2935" in line] == []

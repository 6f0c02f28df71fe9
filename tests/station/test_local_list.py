"""The local authorisation list as the CSMS sends it, and where it contradicts itself (1.6 §3.5.2, §5.10, §5.15)."""

import asyncio
from pathlib import Path

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import (
    ClearCache,
    GetLocalListVersion,
    LocalListEntry,
    LocalListVersion,
    Outcome,
    SendLocalList,
    SetVariables,
    Verdict,
)
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.ids import IdToken
from chargepoint.ocpp.v16.status import error_code, station_word, told_fault
from tests.station.rig import Game, play

ACCEPTED, BLOCKED = TokenInfo(AuthorizationStatus.ACCEPTED), TokenInfo(AuthorizationStatus.BLOCKED)
CARD = IdToken("04A1")


def entries(*tokens: str, info: TokenInfo | None = ACCEPTED) -> tuple[LocalListEntry, ...]:
    return tuple(LocalListEntry(IdToken(token), info) for token in tokens)


async def send(game: Game, version: int, listed: tuple[LocalListEntry, ...] = (), full: bool = True) -> Verdict:
    """As the CSMS does; what follows the answer is done, too."""
    reply, after = await game.station.obey(SendLocalList(version, full, listed))
    assert isinstance(reply, Outcome)
    if after is not None:
        after()
    await asyncio.sleep(0.5)
    return reply.verdict


async def version(game: Game) -> LocalListVersion:
    reply, _ = await game.station.obey(GetLocalListVersion())
    assert isinstance(reply, LocalListVersion)
    return reply


def listed(game: Game, *tokens: str) -> str:
    return "".join(token for token in tokens if game.station.access.local_list.find(IdToken(token)) is not None)


def test_full_and_differential_updates_are_taken_in_the_order_of_their_versions_and_outlive_a_restart(tmp_path: Path) -> None:
    """TC_042_2, TC_043, TC_043_2. D01.FR.04, D01.FR.05, D01.FR.11, D01.FR.15, D01.FR.16, D01.FR.17, D01.FR.19, D02.FR.02."""

    async def before(game: Game) -> None:
        assert await version(game) == LocalListVersion(0)
        assert await send(game, 2, entries("a", "b")) is Verdict.ACCEPTED
        assert await version(game) == LocalListVersion(2, sent=2)
        assert await send(game, 5, entries("c") + entries("A", info=None), full=False) is Verdict.ACCEPTED
        for stale in (4, 5):
            assert await send(game, stale, entries("d"), full=False) is Verdict.VERSION_MISMATCH
        assert await send(game, 6, full=False) is Verdict.ACCEPTED

    async def after(game: Game) -> None:
        assert await version(game) == LocalListVersion(6, sent=6)
        assert listed(game, "a", "b", "c", "d") == "bc"
        assert await send(game, 3, entries("e")) is Verdict.ACCEPTED, "a full list may have any version"
        assert (await version(game), listed(game, "b", "c", "e")) == (LocalListVersion(3, sent=3), "e")
        assert await send(game, 9) is Verdict.ACCEPTED
        assert await version(game) == LocalListVersion(0, sent=9)

    play(before, tmp_path / "store")
    play(after, tmp_path / "store")


@pytest.mark.parametrize(
    ("number", "full", "wrong"),
    [
        (0, True, entries("x")),
        (-1, False, entries("x")),
        (3, True, entries("x", "y", "X")),
        (3, False, entries("x", "x", info=None)),
        (3, True, entries("x") + entries("y", info=None)),
        (3, True, entries("v", "w", "x", "y")),
        (3, False, entries("x", "y")),
    ],
    ids=["version 0", "version -1", "twice", "twice out", "nothing said of one", "too many at once", "too many in all"],
)
def test_an_update_that_is_wrong_anywhere_changes_nothing(number: int, full: bool, wrong: tuple[LocalListEntry, ...]) -> None:
    """TC_043_3. D01.FR.06, D01.FR.18."""

    async def script(game: Game) -> None:
        await send(game, 1, entries("a", "b"))
        assert await send(game, number, wrong, full) is Verdict.FAILED
        assert (await version(game), listed(game, "a", "b", "v", "w", "x", "y")) == (LocalListVersion(1, sent=1), "ab")

    play(script, keys={"LocalAuthListMaxLength": "3", "SendLocalListMaxLength": "3"})


def test_a_list_that_is_off_is_not_supported_and_comes_back_as_it_was() -> None:
    """TC_042_1, TC_043_1. D01.FR.13, D02.FR.03."""

    async def script(game: Game) -> None:
        key = VariableKey(component="", variable="LocalAuthListEnabled")  # as ChangeConfiguration names it
        await send(game, 4, entries("a"))
        await game.station.obey(SetVariables(((key, "false"),)))
        assert await version(game) == LocalListVersion(0, supported=False)
        assert await send(game, 5, entries("b")) is Verdict.NOT_SUPPORTED
        assert listed(game, "a") == ""
        await game.station.obey(SetVariables(((key, "true"),)))
        assert (await version(game), listed(game, "a", "b")) == (LocalListVersion(4, sent=4), "a")

    play(script)


def test_clearing_the_cache_touches_no_list() -> None:
    """D01.FR.10."""

    async def script(game: Game) -> None:
        await send(game, 1, entries("a"))
        game.station.access.known.heard(IdToken("b"), ACCEPTED)
        assert await game.station.obey(ClearCache()) == (Outcome(Verdict.ACCEPTED), None)
        assert listed(game, "a") == "a"
        assert game.station.access.known.find(IdToken("b")) is None

    play(script)


def conflicts(game: Game) -> list[str]:
    """Error codes of connector 0, one for each message."""
    facts = [status.facts for status in game.csms.statuses if status.station]
    assert all(station_word(each) == "Available" for each in facts)
    return [error_code(told_fault(each), "Available", station=True) for each in facts]


def test_an_answer_that_contradicts_the_list_is_told_on_connector_0_until_an_update_settles_it(tmp_path: Path) -> None:
    """1.6 §3.5.2."""

    async def before(game: Game) -> None:
        await send(game, 1, entries("04A1", "b"))
        game.csms.token = BLOCKED
        await game.swipe()
        await game.swipe()
        assert conflicts(game) == ["NoError", "LocalListConflict"], "once, not at every card"

    async def after(game: Game) -> None:
        assert conflicts(game) == ["LocalListConflict"]
        await send(game, 2, entries("c"), full=False)
        assert conflicts(game) == ["LocalListConflict"], "that was about somebody else"
        await send(game, 3, entries("04a1", info=BLOCKED), full=False)
        assert conflicts(game) == ["LocalListConflict", "NoError"]
        assert game.store.local_list.disputes() == {}

    play(before, tmp_path / "store")
    play(after, tmp_path / "store")


@pytest.mark.parametrize("settled", ["out of the list", "judged as it says"])
def test_a_conflict_also_ends_when_the_token_leaves_the_list_or_the_csms_says_what_the_list_says(settled: str) -> None:
    async def script(game: Game) -> None:
        await send(game, 1, entries("04A1", "b", info=BLOCKED))
        await game.swipe()
        assert game.transaction is None
        assert conflicts(game) == ["NoError", "LocalListConflict"]
        if settled == "out of the list":
            await send(game, 2, entries("04A1", info=None), full=False)
        else:
            game.station.access.known.heard(CARD, TokenInfo(AuthorizationStatus.INVALID))
            await asyncio.sleep(0.5)
        assert conflicts(game) == ["NoError", "LocalListConflict", "NoError"]

    play(script)


def test_a_token_that_charges_elsewhere_is_no_conflict() -> None:
    """1.6 §3.5.2 counts ConcurrentTx among the valid."""

    async def script(game: Game) -> None:
        await send(game, 1, entries("04A1"))
        game.csms.token = TokenInfo(AuthorizationStatus.CONCURRENT_TX)
        await game.swipe()
        assert conflicts(game) == ["NoError"]

    play(script)


def test_before_an_update_is_written_the_others_have_their_turn() -> None:
    async def script(game: Game) -> None:
        await send(game, 1, entries("A"))
        meanwhile: list[int] = []
        asyncio.get_running_loop().call_soon(lambda: meanwhile.append(game.store.local_list.version()))
        await game.station.obey(SendLocalList(2, True, entries("B")))
        assert meanwhile == [1]
        assert (listed(game, "A", "B"), game.store.local_list.version()) == ("B", 2)

    play(script)

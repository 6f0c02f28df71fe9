"""The history says what happened, in the order in which it did, and stays small whatever happens over and over."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from chargepoint.inquiry.faults import ClearFault
from chargepoint.inquiry.history import EventLine, ListEvents
from chargepoint.station.chronicle import OFTEN
from chargepoint.station.csms import Failure, Line
from chargepoint.station.unreached import LONG_S
from chargepoint.store import history
from tests.station.rig import CARD, Game, play
from tests.station.test_faults import WELDED


async def told(game: Game, **wanted: Any) -> list[EventLine]:
    events = await game.station.takers[ListEvents](ListEvents(**wanted))
    return list(events.lines)  # type: ignore[attr-defined]


def kinds(lines: list[EventLine]) -> list[str]:
    return [line.what.kind for line in lines]


async def session(game: Game) -> None:
    """Plug in, show the card, charge 500 Wh, unplug."""
    game.control.plug()
    await game.swipe()
    await game.until(lambda: game.transaction)
    game.control.charge()
    game.control.measure(1500)
    await asyncio.sleep(1)
    game.control.unplug(1500)
    await game.until(lambda: not game.transaction)


def test_a_session_is_told_from_plug_to_plug() -> None:
    async def script(game: Game) -> None:
        await session(game)
        lines = await told(game)
        assert kinds(lines) == [
            "station_started",
            "connected",
            "plugged_in",
            "authorised",
            "transaction_started",
            "charging",
            "unplugged",
            "transaction_ended",
        ]
        assert [line.what.text for line in lines if line.what.kind == "authorised"] == ["token *** may charge"]
        assert next(line for line in lines if line.what.kind == "transaction_ended").what.text.endswith(": 500 Wh, EVDisconnected")
        assert not any(CARD.value in line.what.text for line in lines)

    play(script)


def test_a_fault_is_told_with_its_number_and_what_the_technician_did_about_it() -> None:
    async def script(game: Game) -> None:
        game.control.fail(WELDED)
        await asyncio.sleep(1)
        await game.station.takers[ClearFault](ClearFault(1, "contactor_welded", by="anna"))
        await asyncio.sleep(1)
        lines = await told(game, evse=1)
        assert kinds(lines) == ["contactor_welded raised", "contactor_welded cleared", "clear_fault"]
        assert [line.what.level for line in lines] == ["error", "info", "info"]
        assert lines[0].what.code == WELDED.row.code
        assert lines[2].what.text == "a technician (anna) says that contactor_welded has been dealt with: cleared"
        assert kinds(await told(game, least="error")) == ["contactor_welded raised"]
        assert kinds(await told(game, area="technician")) == ["clear_fault"]

    play(script)


def test_who_follows_is_told_only_what_is_new() -> None:
    async def script(game: Game) -> None:
        events = await game.station.takers[ListEvents](ListEvents())
        game.control.plug()
        await asyncio.sleep(1)
        newer = await game.station.takers[ListEvents](ListEvents(after=events.after))  # type: ignore[attr-defined]
        assert kinds(newer.lines) == ["plugged_in"]  # type: ignore[attr-defined]
        assert await told(game, after=newer.after) == []  # type: ignore[attr-defined]

    play(script)


def test_a_fault_is_on_disk_when_the_power_goes_right_after_it(tmp_path: Path) -> None:
    async def fault(game: Game) -> None:
        game.control.fail(WELDED)
        await asyncio.sleep(0.3)

    async def look(game: Game) -> None:
        assert "contactor_welded raised" in kinds(await told(game))

    play(fault, tmp_path / "store")
    play(look, tmp_path / "store")


def test_a_station_that_is_ended_writes_what_waits(tmp_path: Path) -> None:
    async def leave(game: Game) -> None:
        await session(game)
        game.station.leave(restart=True)
        await game.until(lambda: game.restarts)

    async def look(game: Game) -> None:
        assert {"unplugged", "transaction_ended"} <= set(kinds(await told(game)))

    play(leave, tmp_path / "store")
    play(look, tmp_path / "store")


def test_what_flickers_is_counted_and_pushes_nothing_out() -> None:
    async def script(game: Game) -> None:
        for _ in range(OFTEN + 30):
            game.csms.lose()
            await asyncio.sleep(1)
            game.csms.connect()
            await asyncio.sleep(1)
        lines = await told(game, area="csms", count=500)
        assert len(lines) == 2 * OFTEN
        assert sum(1 + line.more for line in lines) == 2 * (OFTEN + 30) + 1
        assert lines[-1].last > lines[-1].at

    play(script)


def test_a_csms_that_is_not_reached_for_long_is_told_once_each_time() -> None:
    async def script(game: Game) -> None:
        game.csms.line = Line(failed=7, failure=Failure(seen="csms.example: unknown", check="its name", code="CP-713"))
        await asyncio.sleep(LONG_S - 60)
        assert await told(game, area="csms") == []
        await asyncio.sleep(3 * LONG_S)
        (line,) = await told(game, area="csms", least="warning")
        assert (line.what.kind, line.what.code) == ("unreached", "CP-713")
        assert line.what.text == "the CSMS has not been reached for 10 min 0 s: csms.example: unknown"
        game.csms.connect()
        await asyncio.sleep(1)
        game.csms.lose()
        game.csms.line = Line(network=False)
        await asyncio.sleep(2 * LONG_S)
        lines = await told(game, area="csms")
        assert kinds(lines) == ["unreached", "connected", "lost", "unreached"]
        assert lines[-1].what.text.endswith(": there is no network")

    play(script, connected=False)


def test_a_station_without_a_csms_misses_none() -> None:
    async def script(game: Game) -> None:
        await asyncio.sleep(2 * LONG_S)
        assert await told(game, area="csms") == []

    play(script, connected=False, has_csms=False)


def test_the_oldest_lines_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", 5)
    monkeypatch.setattr(history, "SWEPT", 2)

    async def script(game: Game) -> None:
        for _ in range(3):
            await session(game)
        lines = await told(game)
        assert 5 <= len(lines) <= 7
        assert kinds(lines)[-2:] == ["unplugged", "transaction_ended"]

    play(script)

"""Processes start anew for a new configuration: control when every EVSE is idle, the station after it, and nothing is lost."""

import asyncio
from pathlib import Path
from typing import Any

from chargepoint.domain.notifications import BootReason
from chargepoint.inquiry.history import ListEvents
from chargepoint.inquiry.restarting import Processes, Restart, SeeProcesses
from chargepoint.link.messages import Renew
from tests.station.rig import Game, play
from tests.station.test_transacting import charge


async def ask(game: Game, question: Any) -> Processes:
    return await game.station.takers[type(question)](question)  # type: ignore[return-value]


def renewals(game: Game) -> int:
    return sum(isinstance(each, Renew) for each in game.control.heard)


def test_the_station_follows_control_which_left_when_it_was_told(tmp_path: Path) -> None:
    async def story(game: Game) -> None:
        seen = await ask(game, SeeProcesses())
        assert (seen.control, seen.outcome) == ("boot-1", "listed")
        assert (await ask(game, Restart(by="anna"))).outcome == "begun"
        await game.until(lambda: renewals(game))
        await asyncio.sleep(5)
        assert game.restarts is None, "control is there still"
        game.control.absent = True
        game.control.end.hang_up()
        await game.until(lambda: game.restarts)
        assert game.store.facts.boot_reason() is BootReason.LOCAL_RESET
        events: Any = await game.station.takers[ListEvents](ListEvents())
        assert any("starts both anew" in line.what.text for line in events.lines)

    play(story, tmp_path / "store")


def test_whoever_charges_is_waited_for(tmp_path: Path) -> None:
    async def story(game: Game) -> None:
        await charge(game)
        answer = await ask(game, Restart(what="station"))
        assert answer.outcome == "waiting"
        assert "EVSE 1 does" in answer.message
        await asyncio.sleep(30)
        assert game.restarts is None
        game.control.unplug(1200)
        await game.until(lambda: game.restarts)

    play(story, tmp_path / "store")


def test_at_once_a_transaction_goes_on_after_the_restart(tmp_path: Path) -> None:
    async def story(game: Game) -> None:
        await charge(game)
        assert (await ask(game, Restart(what="station", when="now"))).outcome == "begun"
        await game.until(lambda: game.restarts)
        assert game.transaction is not None

    play(story, tmp_path / "store")


def test_an_installation_is_not_cut_off(tmp_path: Path) -> None:
    async def story(game: Game) -> None:
        game.station.resetting.forbidden = lambda: True
        assert (await ask(game, Restart())).outcome == "refused"
        assert renewals(game) == 0

    play(story, tmp_path / "store")

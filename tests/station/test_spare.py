"""A CSMS that spreads a new password over its servers late, or goes back to an old one: the station ends connected all the same."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from chargepoint.ocpp.backoff import BackOff, BackOffRule
from tests.station.rig import Game, play
from tests.station.test_securing import BASIC, NEW, OLD, PASSWORD, change, dial, log_of, passwords, wants

MINUTE = 60.0
Taken = Callable[[float], str | None]
"""Which password the CSMS takes at this moment, seconds after it gave the new one; ``None``: neither."""

SPREADS: dict[str, tuple[float, Taken]] = {
    "new after five minutes, neither before": (5, lambda at: NEW if at >= 5 * MINUTE else None),
    "new after five minutes, old before": (5, lambda at: NEW if at >= 5 * MINUTE else OLD),
    "old after five minutes, neither before": (5, lambda at: OLD if at >= 5 * MINUTE else None),
    "old for ever": (0, lambda at: OLD),
    "new at once, old again after five minutes": (5, lambda at: OLD if at >= 5 * MINUTE else NEW),
    "new, then old, then new": (10, lambda at: NEW if at < MINUTE or at >= 10 * MINUTE else OLD),
    "old, new, old": (8, lambda at: NEW if 4 * MINUTE <= at < 8 * MINUTE else OLD),
    "new after an hour, neither before": (60, lambda at: NEW if at >= 60 * MINUTE else None),
}
"""And after how many minutes it does not change its mind any more."""
LONGEST_WAIT_S = 64.0


class Dialling:
    """The client, as it dials: with back-off, anew when it is told to drop; the CSMS breaks a connection with what it takes no longer."""

    def __init__(self, game: Game, taken: Taken, began_s: float) -> None:
        self._game = game
        self._taken = taken
        self._began_s = began_s
        self._wait = BackOff(lambda: BackOffRule(1.0, 0.0, 6))
        self._drops = len(game.csms.drops)
        self.shown: list[str | None] = []
        self.ups: list[float] = []

    def now(self) -> float:
        return asyncio.get_running_loop().time() - self._began_s

    async def run(self, until_s: float) -> None:
        up = self._game.csms.connected
        while self.now() < until_s:
            if up:
                await asyncio.sleep(0.5)
                up = self._still_up()
            elif not (up := self._attempt()):
                await self._pause(self._wait.next_s())

    def _still_up(self) -> bool:
        if self._game.csms.connected and self.shown and self._taken(self.now()) != self.shown[-1]:
            self._game.csms.lose()
        return self._game.csms.connected

    def _attempt(self) -> bool:
        securing = self._game.station.security.securing
        self.shown.append(securing.access().password)
        if self.shown[-1] != self._taken(self.now()):
            securing.failed(True)
            return False
        self._wait.reset()
        self.ups.append(self.now())
        self._game.csms.connect()
        return True

    async def _pause(self, seconds: float) -> None:
        end_s = self.now() + seconds
        await self._game.until(lambda: self.now() >= end_s or len(self._game.csms.drops) != self._drops, seconds + 1)
        if len(self._game.csms.drops) != self._drops:
            self._drops = len(self._game.csms.drops)
            self._wait.reset()


@pytest.mark.parametrize("cut_s", [None, 0.0, 45.0, 200.0])
@pytest.mark.parametrize("order", SPREADS)
def test_however_late_a_csms_spreads_a_new_password_the_station_ends_connected(order: str, cut_s: float | None, tmp_path: Path) -> None:
    """Also with the power cut in between. Six of the longest waits after the CSMS has made up its mind: four refusals, and two turns."""
    minutes, taken = SPREADS[order]
    end_s = minutes * MINUTE + 6 * LONGEST_WAIT_S

    async def before(game: Game) -> None:
        await change(game, PASSWORD, NEW)
        await Dialling(game, taken, asyncio.get_running_loop().time()).run(cut_s or 0.0)

    async def after(game: Game) -> None:
        if cut_s is None:
            await change(game, PASSWORD, NEW)
        dialling = Dialling(game, taken, asyncio.get_running_loop().time() - (cut_s or 0.0))
        await dialling.run(end_s)
        assert game.csms.connected
        assert len(dialling.shown) <= 40 + end_s / LONGEST_WAIT_S, "with back-off"

    if cut_s is not None:
        play(before, tmp_path / "store", keys=BASIC)
    play(after, tmp_path / "store", keys=BASIC, connected=cut_s is None)


def test_a_password_that_was_given_up_and_works_later_is_the_one_in_force_from_then_on(tmp_path: Path) -> None:
    """The CSMS had not yet told all of its servers when it was tried; the one that was in force is refused some times first."""

    async def script(game: Game) -> None:
        await change(game, PASSWORD, NEW)
        await dial(game, wants(OLD))
        game.csms.lose()
        tried = passwords(await dial(game, wants(NEW)))
        assert tried == [OLD, OLD, OLD, OLD, OLD, NEW]
        assert log_of(game)[-1] == "password: the one in force is refused, the other one works and is kept"

    async def after_restart(game: Game) -> None:
        assert passwords(await dial(game, wants(NEW))) == [NEW]
        game.csms.lose()
        assert passwords(await dial(game, wants(OLD)))[-1] == OLD

    play(script, tmp_path / "store", keys=BASIC)
    play(after_restart, tmp_path / "store", keys=BASIC, connected=False)


def test_a_csms_that_is_away_never_gets_to_see_the_other_password() -> None:
    async def script(game: Game) -> None:
        await change(game, PASSWORD, NEW)
        await dial(game, wants(NEW))
        game.csms.lose()
        assert set(passwords(await dial(game, lambda _: False, 60, answered=False))) == {NEW}

    play(script, keys=BASIC)


def test_a_csms_that_takes_the_old_password_is_connected_again_within_thirty_seconds() -> None:
    async def script(game: Game) -> None:
        began_s = asyncio.get_running_loop().time()
        await change(game, PASSWORD, NEW)
        dialling = Dialling(game, lambda _: OLD, began_s)
        await dialling.run(120)
        assert len(dialling.ups) == 1
        assert dialling.ups[0] <= 32

    play(script, keys=BASIC)

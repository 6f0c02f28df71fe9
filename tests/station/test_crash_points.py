"""The power goes at every single commit of a session, just before it and just after it: the CSMS still hears one whole story."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.transaction import EventKind, TransactionEvent
from chargepoint.store.database import Database
from tests.station.rig import Game, PlayedControl, play
from tests.station.test_faults import EMERGENCY_STOP
from tests.station.test_recovery import control_after_boot
from tests.station.test_transacting import charge

WRITES = ("INSERT", "UPDATE", "DELETE")


class PowerCut(BaseException):
    """Nothing of this process happens any more."""


class Fuse:
    """Blows at the n-th commit that writes something: before it is on disk, or right after."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, after: bool) -> None:
        self.left = number
        self.after = after
        self.blown = False
        self._wrote = False
        self._commit, self._change = Database.commit, Database.change
        monkeypatch.setattr(Database, "commit", self.wrapped())
        monkeypatch.setattr(Database, "change", self.noticed())

    def noticed(self) -> Callable[..., int]:
        def change(database: Database, statement: str, *values: object) -> int:
            self._wrote = True
            return self._change(database, statement, *values)

        return change

    def wrapped(self) -> Callable[..., AbstractContextManager[None]]:
        @contextmanager
        def commit(database: Database) -> Iterator[None]:
            if self.blown:
                raise PowerCut
            outermost = database._depth == 0
            with self._commit(database):
                yield
                if outermost and not self.after:
                    self.count()
            if outermost and self.after:
                self.count()

        return commit

    def count(self) -> None:
        """One more commit; is it the one?"""
        if self._wrote:
            self._wrote = False
            self.left -= 1
            if self.left == 0:
                self.blown = True
                raise PowerCut


async def whole_session(game: Game) -> None:
    """Cable, card, current, the same card, and the car leaves."""
    await charge(game)
    await game.swipe()
    game.control.open(2000)
    await game.until(lambda: game.transaction is None)
    game.control.unplug(2000)
    await game.until(lambda: game.store.outbox.waiting() == 0)


async def faulted_session(game: Game) -> None:
    """Cable, card, current, the emergency stop, and the car leaves."""
    await charge(game)
    game.control.fail(EMERGENCY_STOP)
    game.control.open(2000)
    await game.until(lambda: game.transaction is None)
    game.control.unplug(2000)
    game.control.fail()
    await game.until(lambda: game.store.outbox.waiting() == 0)


async def settle(game: Game) -> None:
    """After the cut: whatever is left to be told is told."""
    await game.until(lambda: game.csms.statuses and game.transaction is None and game.store.outbox.waiting() == 0)


@pytest.mark.parametrize("session", [whole_session, faulted_session])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_power_cut_at_every_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool, session: Callable[[Game], Coroutine[None, None, None]]
) -> None:
    number, finished = 0, False
    while not finished:
        number += 1
        path = tmp_path / f"{number}"
        with monkeypatch.context() as patched:
            fuse = Fuse(patched, number, after)
            heard: list[TransactionEvent] = []
            control = PlayedControl()

            async def script(game: Game, heard: list[TransactionEvent] = heard, fuse: Fuse = fuse) -> None:
                try:
                    await session(game)
                finally:
                    heard += game.csms.events

            try:
                play(script, path, control)
            except* PowerCut:
                pass
            except* AssertionError:
                assert fuse.blown, "a dead station makes a script wait in vain; a living one must not"
            finished = not fuse.blown
        wh = 1000 if control.state.reading is None else control.state.reading.energy_wh
        heard += play(settle, path, control_after_boot(car=False, energy_wh=wh)).csms.events
        check(heard, f"commit {number}")
    assert number > 8, "a session has more commits than that"


def check(heard: list[TransactionEvent], where: str) -> None:
    """Resends apart, one story: begun once, told without gaps, ended once, with energy that was delivered."""
    unique = {(event.transaction_id, event.seq_no): replace(event, offline=False) for event in heard}
    for event in heard:
        assert unique[event.transaction_id, event.seq_no] == replace(event, offline=False), f"{where}: a resend says something else"
    for transaction in {event.transaction_id for event in heard}:
        story = [unique[key] for key in sorted(unique) if key[0] == transaction]
        assert [event.seq_no for event in story] == list(range(len(story))), where
        assert [event.kind for event in story].count(EventKind.STARTED) == 1, where
        assert [event.kind for event in story].count(EventKind.ENDED) == 1, where
        assert story[-1].meter_wh is not None
        assert 1000 <= story[-1].meter_wh <= 2000, where
    assert len({event.transaction_id for event in heard}) <= 1, where

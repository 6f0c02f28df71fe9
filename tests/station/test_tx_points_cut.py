"""The power goes at every commit of sessions with other points of start and stop: what a CSMS of 2.x and one of 1.6 hear stays whole."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.transaction import EventKind, PathStep, TransactionEvent
from chargepoint.domain.tx_points import POINTS
from tests.station.rig import CARD, Game, PlayedControl, PlayedCsms, play
from tests.station.test_crash_points import Fuse, PowerCut
from tests.station.test_recovery import control_after_boot
from tests.station.test_tx_points import Script, cable_first, card_first, in_16, paid_twice, pulled_out, write

ALL = ",".join(POINTS)
SESSIONS = [
    (cable_first, "EVConnected", "EVConnected"),
    (cable_first, "EnergyTransfer", "Authorized"),
    (card_first, "Authorized", "Authorized"),
    (card_first, "Authorized", "EVConnected"),
    (pulled_out, "EVConnected", "EnergyTransfer"),
    (paid_twice(CARD), "EVConnected", "EVConnected"),
    (cable_first, ALL, ALL),
]


@pytest.fixture(autouse=True)
def csms_of_201(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


async def settle(game: Game) -> None:
    """After the cut, the car gone: whatever is left to be told is told."""
    sessions = game.station.transacting.sessions
    await game.until(lambda: game.csms.statuses and sessions[1].transaction_id is None and game.store.outbox.waiting() == 0)


def played_until(fuse: Fuse, path: Path, session: Script, points: tuple[str, str]) -> tuple[list[TransactionEvent], PlayedControl]:
    """The station's story until the fuse blows, if it does."""
    heard: list[TransactionEvent] = []
    control = PlayedControl()

    async def script(game: Game) -> None:
        try:
            await write(game, TxStartPoint=points[0], TxStopPoint=points[1])
            await session(game)
        finally:
            heard.extend(game.csms.events)

    try:
        play(script, path, control)
    except* PowerCut:
        pass
    except* AssertionError:
        assert fuse.blown, "a dead station makes a script wait in vain; a living one must not"
    return heard, control


@pytest.mark.parametrize(("session", "start", "stop"), SESSIONS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_power_cut_at_every_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool, session: Script, start: str, stop: str
) -> None:
    number, finished = 0, False
    while not finished:
        number += 1
        path = tmp_path / f"{number}"
        with monkeypatch.context() as patched:
            fuse = Fuse(patched, number, after)
            heard, control = played_until(fuse, path, session, (start, stop))
            finished = not fuse.blown
        wh = 1000 if control.state.reading is None else control.state.reading.energy_wh
        heard += play(settle, path, control_after_boot(car=False, energy_wh=wh)).csms.events
        check(heard, f"commit {number}")
    assert number > 8, "a session has more commits than that"


def check(heard: list[TransactionEvent], where: str) -> None:
    """Resends apart, each transaction is begun once, told without gaps and ended once; and so is each of 1.6."""
    unique = {(event.transaction_id, event.seq_no): replace(event, offline=False) for event in heard}
    for event in heard:
        assert unique[event.transaction_id, event.seq_no] == replace(event, offline=False), f"{where}: a resend says something else"
    for transaction in {event.transaction_id for event in heard}:
        story = [unique[key] for key in sorted(unique) if key[0] == transaction]
        kinds = [event.kind for event in story]
        assert [event.seq_no for event in story] == list(range(len(story))), where
        assert (kinds[0], kinds[-1]) == (EventKind.STARTED, EventKind.ENDED), where
        assert (kinds.count(EventKind.STARTED), kinds.count(EventKind.ENDED)) == (1, 1), where
        ends = [event.path for event in story if event.path.step in (PathStep.CLOSES, PathStep.OPENS)]
        assert [path.step for path in ends] == [PathStep.CLOSES, PathStep.OPENS] * (len(ends) // 2), where
        assert all(path.meter_wh is not None and 1000 <= path.meter_wh <= 2000 for path in ends), where
        assert [name for name in in_16(story) if name != "MeterValues"] == ["StartTransaction", "StopTransaction"] * (len(ends) // 2), where

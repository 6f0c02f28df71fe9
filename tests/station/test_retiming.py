"""The clock is set while messages wait and cars charge: what is told has its right time, and nothing comes before what was told already."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.charging_profile import Purpose
from chargepoint.domain.commands import Verdict
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.notifications import Answer, Notification, SecurityEvent
from chargepoint.domain.retiming import Correction
from chargepoint.domain.transaction import EventKind, TransactionEvent, TriggerReason
from chargepoint.inquiry.undelivered import ResendMessages
from chargepoint.station.csms import CsmsOffline, CsmsRefused
from chargepoint.store.outbox import Lane, Outbox
from chargepoint.store.store import Store
from tests import virtual_time
from tests.domain.charging import examples
from tests.station.rig import MIDNIGHT, Game, HostClock, PlayedControl, play
from tests.station.test_limiting import RELATIVE, STATION_MAX, TX, permit, set_profile, site_permits
from tests.station.test_recovery import control_after_boot
from tests.station.test_transacting import charge

CARDS = (IdToken("04A1"),)
MINUTELY = {"MeterValueSampleInterval": "60", "StopTxnSampledData": "Energy.Active.Import.Register"}
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOON = timedelta(seconds=10)


def told(game: Game, at: datetime) -> None:
    """The CSMS says what time it is, at each boot."""
    game.csms.boot = replace(game.csms.boot, now=at)


async def stop(game: Game, energy_wh: int = 2000) -> None:
    """By the card that started it."""
    await game.swipe()
    game.control.open(energy_wh)
    await game.until(lambda: game.transaction is None)


def in_order(events: list[TransactionEvent]) -> bool:
    """No event is earlier than the one told before it, no meter value than the one before it; the end repeats some of them."""
    values = [value.at for event in events if event.kind is not EventKind.ENDED for value in event.values]
    ended = [value.at for event in events if event.kind is EventKind.ENDED for value in event.values]
    return all(times == sorted(times) for times in ([event.at for event in events], values, ended))


def near(at: datetime, expected: datetime) -> bool:
    return abs(at - expected) < SOON


def test_a_transaction_from_before_the_csms_told_the_time_is_told_with_the_times_that_it_had() -> None:
    async def script(game: Game) -> None:
        with game.store.commit():
            game.store.outbox.put("alarm", SecurityEvent("TamperDetectionActivated", game.station.clock.now()))
        await charge(game)
        await asyncio.sleep(600)
        await stop(game)
        await asyncio.sleep(1800)
        told(game, MIDNIGHT + 9 * HOUR)
        game.csms.connect()
        await game.until(lambda: game.store.outbox.waiting() == 0)

    csms = play(script, connected=False, cards=CARDS, keys=MINUTELY).csms
    began = MIDNIGHT + 9 * HOUR - timedelta(seconds=2400)
    start, end = csms.events[0], csms.events[-1]
    assert near(start.at, began)
    assert near(end.at, began + 10 * MINUTE)
    assert all(began - SOON <= value.at <= end.at for event in csms.events for value in event.values)
    assert len(end.values) > 10, "and so are those that were kept for the end"
    alarm = csms.of(SecurityEvent)[0]
    assert isinstance(alarm, SecurityEvent)
    assert near(alarm.at, began)
    assert in_order(csms.events)


@pytest.mark.parametrize("begins", [TX, STATION_MAX])
def test_a_correction_of_the_clock_is_no_charging_time_after_a_later_restart(tmp_path: Path, begins: Purpose) -> None:
    """A schedule that counts from the start of the transaction, and one that counts from when it was set: 7 A, after two hours 20 A."""
    control = PlayedControl()
    relative = examples.profile((0, 7.0), (7200, 20.0), purpose=begins, kind=RELATIVE, id=5)

    def limit(game: Game) -> int:
        return permit(game)[0] if begins is TX else site_permits(game)[-1].limit_ma

    async def before(game: Game) -> None:
        await charge(game)
        if begins is not TX:
            assert await set_profile(game, relative, 0) is Verdict.ACCEPTED
        told(game, MIDNIGHT + 4 * HOUR)
        game.csms.connect()
        await asyncio.sleep(3)
        if begins is TX:
            assert await set_profile(game, relative) is Verdict.ACCEPTED
        assert limit(game) == 7_000

    async def after(game: Game) -> None:
        told(game, MIDNIGHT + 4 * HOUR + 2 * MINUTE)
        game.csms.connect()
        await asyncio.sleep(5)
        assert limit(game) == 7_000

    play(before, tmp_path / "store", control, connected=False, cards=CARDS)
    play(after, tmp_path / "store", control, connected=False, cards=CARDS)


@pytest.mark.parametrize("jump", [-3 * DAY, -HOUR, HOUR, 3 * DAY])
def test_a_clock_that_is_set_during_a_transaction_never_puts_its_stop_before_its_start(jump: timedelta) -> None:
    async def script(game: Game) -> None:
        game.station.clock.correct(MIDNIGHT + 3 * DAY)
        await charge(game)
        await asyncio.sleep(300)
        game.station.clock.correct(game.station.clock.now() + jump)
        await asyncio.sleep(300)
        await stop(game)
        await asyncio.sleep(1)

    csms = play(script, keys=MINUTELY).csms
    assert in_order(csms.events)
    assert near(csms.events[0].at, MIDNIGHT + 3 * DAY), "what was sent keeps its time"
    ended = csms.events[-1]
    if jump > timedelta():
        assert near(ended.at, MIDNIGHT + 3 * DAY + jump + 10 * MINUTE)


@pytest.mark.parametrize("ahead", [-9 * HOUR, 9 * HOUR])
def test_stamps_from_both_sides_of_a_power_cut_move_together_when_nobody_knew_the_time(tmp_path: Path, ahead: timedelta) -> None:
    async def before(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(600)

    async def after(game: Game) -> None:
        await asyncio.sleep(300)
        await stop(game)
        told(game, game.station.clock.now() + ahead)
        game.csms.connect()
        await game.until(lambda: game.store.outbox.waiting() == 0)

    play(before, tmp_path / "store", connected=False, cards=CARDS, keys=MINUTELY)
    csms = play(after, tmp_path / "store", control_after_boot(car=True), connected=False, cards=CARDS, keys=MINUTELY).csms
    assert near(csms.events[0].at, MIDNIGHT + ahead)
    assert abs(csms.events[-1].at - csms.events[0].at - 15 * MINUTE) < 2 * MINUTE
    assert in_order(csms.events)


@pytest.mark.parametrize("ahead", [-HOUR, HOUR])
def test_stamps_from_before_a_power_cut_keep_their_times_when_the_csms_had_told_the_time(tmp_path: Path, ahead: timedelta) -> None:
    async def before(game: Game) -> None:
        game.csms.lose()
        await charge(game)
        await asyncio.sleep(600)

    async def after(game: Game) -> None:
        await asyncio.sleep(300)
        told(game, game.station.clock.now() + ahead)
        game.csms.connect()
        await asyncio.sleep(5)
        await stop(game)
        await game.until(lambda: game.store.outbox.waiting() == 0)

    play(before, tmp_path / "store", cards=CARDS, keys=MINUTELY)
    csms = play(after, tmp_path / "store", control_after_boot(car=True), connected=False, cards=CARDS, keys=MINUTELY).csms
    assert near(csms.events[0].at, MIDNIGHT)
    samples = [event for event in csms.events if event.trigger == "MeterValuePeriodic"]
    assert all(event.at <= MIDNIGHT + 11 * MINUTE for event in samples[:10])
    assert in_order(csms.events)


def test_the_clock_of_a_host_without_a_battery_goes_on_after_a_power_cut_where_the_disk_says_that_it_was(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        told(game, MIDNIGHT + 5 * DAY)
        game.csms.connect()
        await asyncio.sleep(1)
        await charge(game)
        await asyncio.sleep(5)

    async def after(game: Game) -> None:
        assert MIDNIGHT + 5 * DAY < game.station.clock.now() < MIDNIGHT + 5 * DAY + MINUTE

    play(before, tmp_path / "store", connected=False)
    play(after, tmp_path / "store", control_after_boot(car=True), connected=False)


def test_a_power_cut_before_anything_waits_does_not_hide_that_nobody_knows_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host was right before it (chaos 52), and forgets the time over it."""

    async def before(game: Game) -> None:
        started = game.store.outbox.first(Lane.SECURITY)
        assert started is not None
        with game.store.commit():
            game.store.outbox.delivered(started.number)  # the power went before it was put in

    async def after(game: Game) -> None:
        await charge(game)
        told(game, MIDNIGHT + HOUR)
        game.csms.connect()
        await game.until(lambda: game.csms.events)
        assert near(game.csms.events[0].at, MIDNIGHT + HOUR)

    play(before, tmp_path / "store", connected=False)
    monkeypatch.setattr(HostClock, "now_s", lambda _: (MIDNIGHT - 300 * DAY).timestamp() + virtual_time.now_s())
    play(after, tmp_path / "store", connected=False, cards=CARDS)


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_a_message_that_is_sent_again_after_the_clock_was_set_says_the_same(jump: timedelta) -> None:
    async def script(game: Game) -> None:
        heard: list[TransactionEvent] = []

        def answer(notification: Notification) -> Answer:
            if isinstance(notification, TransactionEvent) and not heard:
                heard.append(notification)
                game.station.clock.correct(game.station.clock.now() + jump)
                game.csms.lose()
                raise CsmsOffline
            return game.csms.kindly(notification)

        game.csms.answer = answer
        await charge(game)
        await asyncio.sleep(5)
        game.csms.connect()
        await asyncio.sleep(5)
        first, again = (event for event in game.csms.events if event.seq_no == 0)
        assert replace(again, offline=False) == replace(first, offline=False)

    csms = play(script).csms
    assert in_order(csms.events)


def test_a_message_that_was_put_aside_keeps_its_time_when_it_is_sent_again() -> None:
    async def script(game: Game) -> None:
        refused = True

        def answer(notification: Notification) -> Answer:
            if isinstance(notification, TransactionEvent) and refused:
                raise CsmsRefused("InternalError")
            return game.csms.kindly(notification)

        game.csms.answer = answer
        await charge(game)
        await game.until(lambda: game.store.outbox.given_up() >= 2)
        before = game.csms.events[0]
        game.station.clock.correct(game.station.clock.now() + HOUR)
        refused = False
        await game.station.uplink.undelivered.resend(ResendMessages(None))
        await game.until(lambda: game.store.outbox.waiting() == 0)
        again = [event for event in game.csms.events if event.seq_no == 0][-1]
        assert again.at == before.at

    play(script, keys={"TransactionMessageAttempts": "1"})


def test_a_queue_of_any_length_is_corrected_by_one_row_and_read_with_its_right_times() -> None:
    """Nothing is rewritten but what may have been sent, and no number is used again that a correction counts for."""
    store = Store(":memory:")
    sample = TransactionEvent(
        transaction_id="t", connector=ConnectorId(1), kind=EventKind.UPDATED, trigger=TriggerReason.TRIGGER, seq_no=1, at=MIDNIGHT
    )
    with store.commit():
        for number in range(2_000):
            store.outbox.put(str(number), sample)
    before = store._database._connection.total_changes
    with store.commit():
        store.outbox.correct(Correction(60.0, MIDNIGHT), first=500, told=())
    assert store._database._connection.total_changes - before == 1
    heard = []
    while (letter := store.outbox.first(Lane.TRANSACTION)) is not None:
        heard.append(letter.event.at)
        with store.commit():
            store.outbox.delivered(letter.number)
    assert heard == [MIDNIGHT] * 499 + [MIDNIGHT + MINUTE] * 1501
    assert Outbox(store._database).next == 2_001

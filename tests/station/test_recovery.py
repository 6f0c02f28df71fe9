"""Power cuts, restarts of either process, and lines that fall: every transaction is told once, whole and in order."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.commands import RequestStart, Reset, ResetKind
from chargepoint.domain.ids import IdToken, PlugInId
from chargepoint.domain.notifications import Answer, BootNotification, Notification, Registration
from chargepoint.domain.session import Session
from chargepoint.domain.transaction import EventKind, StopReason, TransactionEvent
from chargepoint.link.messages import Event, EvseState, Permit
from chargepoint.link.pair import PairStation
from chargepoint.link.ports import LinkClosed
from chargepoint.station.csms import CsmsOffline, CsmsRefused, CsmsSilent
from chargepoint.store.store import Store
from hal.measured import MeterReading
from tests.station.rig import MIDNIGHT, Game, PlayedControl, play
from tests.station.test_transacting import charge


def control_after_boot(*, car: bool, energy_wh: int = 1700) -> PlayedControl:
    """Control after a power cut, with the car still there or not."""
    control = PlayedControl("boot-2")
    control.state = EvseState(evse=1, reading=MeterReading(at_s=0.0, energy_wh=energy_wh))
    if car:
        control.state = replace(control.state, plug_in=PlugInId("boot-2", 1), found_at_start=True, cp="B", state="B1")
    return control


def power_cut(path: Path, control: PlayedControl, **changes: Any) -> tuple[Game, Game]:
    """A transaction, a power cut, and the station up again with that control."""

    async def before(game: Game) -> None:
        await charge(game)

    async def after(game: Game) -> None:
        await asyncio.sleep(8)

    return play(before, path), play(after, path, control, **changes)


def test_power_cut_with_the_car_still_there_goes_on(tmp_path: Path) -> None:
    before, after = power_cut(tmp_path / "store", control_after_boot(car=True))
    assert after.transaction.id == before.transaction.id
    assert after.control.permits == [Permit(1, PlugInId("boot-2", 1), 32_000, 10.0, 6_000)]
    assert all(event.seq_no > before.csms.events[-1].seq_no for event in after.csms.events)


@pytest.mark.parametrize(("car", "resume"), [(False, True), (False, False), (True, False)])
def test_power_cut_ends_it_once_with_the_register_after_the_cut(tmp_path: Path, car: bool, resume: bool) -> None:
    before, after = power_cut(tmp_path / "store", control_after_boot(car=car), resume_after_power_loss=resume)
    assert [event.stop_reason for event in after.csms.events] == [StopReason.POWER_LOSS]
    ended = after.csms.events[0]
    assert ended.meter_wh == 1700
    assert ended.at <= before.csms.events[-1].at, "nobody charged while there was no power"
    assert after.transaction is None
    assert after.control.permits == [] or not isinstance(after.control.permits[-1], Permit)


@pytest.mark.parametrize("car", [True, False])
def test_power_cut_while_it_was_ending_keeps_its_reason_and_the_time_of_the_stop(tmp_path: Path, car: bool) -> None:
    async def before(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(30)
        await game.swipe()

    async def after(game: Game) -> None:
        game.csms.boot = replace(game.csms.boot, now=MIDNIGHT + timedelta(hours=5))
        game.csms.connect()
        await asyncio.sleep(8)

    play(before, tmp_path / "store", keys={"MeterValueSampleInterval": "0"})
    csms = play(after, tmp_path / "store", control_after_boot(car=car), connected=False).csms
    assert [(event.stop_reason, event.meter_wh) for event in csms.events] == [(StopReason.LOCAL, 1700)]
    assert timedelta(seconds=30) < csms.events[0].at - MIDNIGHT < timedelta(seconds=40)


@pytest.mark.parametrize(("boot", "charges"), [("boot-2", False), ("boot-1", True)])
def test_a_token_that_waited_for_its_car_pays_for_none_that_came_in_a_power_cut(tmp_path: Path, boot: str, charges: bool) -> None:
    async def before(game: Game) -> None:
        await game.station.obey(RequestStart(IdToken("APP"), evse=1, connector=1))

    async def after(game: Game) -> None:
        await asyncio.sleep(3)
        assert (game.transaction is not None) == charges
        if not charges:
            await game.swipe()
            assert game.transaction is not None, "who shows his card now does"

    play(before, tmp_path / "store")
    control = control_after_boot(car=True)
    control.boot, control.number = boot, 5
    control.state = replace(control.state, plug_in=PlugInId(boot, 1))
    control.ring = [Event(boot, 5, 0.0, control.state)]
    play(after, tmp_path / "store", control)


def test_another_car_after_the_power_cut_does_not_charge_on_the_old_permit(tmp_path: Path) -> None:
    control = control_after_boot(car=True)
    control.state = replace(control.state, found_at_start=False)
    _, after = power_cut(tmp_path / "store", control)
    assert after.csms.events[-1].stop_reason is StopReason.POWER_LOSS
    assert not any(isinstance(message, Permit) for message in after.control.heard)


def test_restart_of_the_station_alone_goes_on_and_hears_what_it_missed(tmp_path: Path) -> None:
    control = PlayedControl()

    async def before(game: Game) -> None:
        await charge(game)

    async def after(game: Game) -> None:
        await asyncio.sleep(8)

    play(before, tmp_path / "store", control)
    game = play(after, tmp_path / "store", control)
    assert game.transaction is not None
    assert game.csms.events == []


def test_car_that_left_while_the_station_was_dead_and_a_new_one_are_told_apart(tmp_path: Path) -> None:
    control = PlayedControl()

    async def before(game: Game) -> None:
        await charge(game)
        control.end.hang_up()  # the station no longer hears, and is killed before it can
        control.unplug(1650)
        control.plug(2)

    async def after(game: Game) -> None:
        await asyncio.sleep(5)

    play(before, tmp_path / "store", control)
    game = play(after, tmp_path / "store", control)
    assert [(event.stop_reason, event.meter_wh) for event in game.csms.events] == [(StopReason.EV_DISCONNECTED, 1650)]
    assert game.transaction is None
    assert control.ring == [], "all events are acknowledged"


def test_a_car_that_left_while_the_line_to_control_was_down_ends_its_transaction_when_it_left() -> None:
    class Control(PlayedControl):
        away = False

        async def connect(self) -> PairStation:
            if self.away:
                raise LinkClosed
            return await super().connect()

    async def script(game: Game) -> None:
        await charge(game)
        control.away = True
        control.end.hang_up()
        await asyncio.sleep(10)
        left = game.station.clock.now()
        control.unplug(1600)
        await asyncio.sleep(600)
        assert not any(event.values for event in game.csms.events[1:]), "nobody reads the meter"
        control.away = False
        await game.until(lambda: game.csms.events[-1].stop_reason)
        ended = game.csms.events[-1]
        assert (ended.stop_reason, ended.meter_wh, ended.at) == (StopReason.EV_DISCONNECTED, 1600, left)

    control = Control()
    play(script, control=control)


def test_card_shown_before_control_has_measured_starts_the_car_that_is_found() -> None:
    async def script(game: Game) -> None:
        assert not game.station.document()["ready"]
        await game.swipe()
        assert game.transaction is None
        game.control.plug(plug_known=True, found_at_start=True)
        await game.until(lambda: game.transaction is not None, 1)
        assert game.station.document()["ready"]

    control = PlayedControl()
    control.state = replace(control.state, plug_known=False)
    play(script, control=control)


def test_hard_reset_counts_what_flows_until_the_contactor_is_open(tmp_path: Path) -> None:
    control = PlayedControl()

    async def before(game: Game) -> None:
        await charge(game)
        _, then = await game.station.obey(Reset(ResetKind.IMMEDIATE, graceful=False))
        assert then is not None
        then()
        await game.until(lambda: game.restarts is not None, 10)

    async def after(game: Game) -> None:
        control.measure(1600)
        await asyncio.sleep(0.5)
        control.open(1700)
        await asyncio.sleep(8)

    first = play(before, tmp_path / "store", control)
    second = play(after, tmp_path / "store", control)
    ends = [event for game in (first, second) for event in game.csms.events if event.kind is EventKind.ENDED]
    assert [(event.stop_reason, event.meter_wh) for event in ends] == [(StopReason.IMMEDIATE_RESET, 1700)]


def test_restart_of_control_alone_keeps_the_transaction_open() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        first = game.transaction.id
        game.control.boot, game.control.number, game.control.ring = "boot-2", 0, []
        game.control.state = replace(
            game.control.state,
            plug_in=PlugInId("boot-2", 1),
            found_at_start=True,
            cp="C",
            state="C1",
            contactor_closed=False,
            offered_ma=0,
            permit="none",
        )
        game.control.end.hang_up()
        await asyncio.sleep(2)
        assert game.transaction.id == first
        assert game.control.permits[-1] == Permit(1, PlugInId("boot-2", 1), 32_000, 10.0, 6_000)

    play(script, resume_after_power_loss=False)


@pytest.mark.parametrize("car", [True, False])
def test_control_that_has_not_measured_yet_ends_nothing(tmp_path: Path, car: bool) -> None:
    async def before(game: Game) -> None:
        await charge(game)

    async def after(game: Game) -> None:
        await asyncio.sleep(0.5)
        assert game.transaction is not None
        known = control_after_boot(car=car).state
        game.control.change(plug_known=True, plug_in=known.plug_in, found_at_start=known.found_at_start, cp=known.cp, state=known.state)
        await asyncio.sleep(8)

    control = control_after_boot(car=False)
    control.state = replace(control.state, plug_known=False)
    first = play(before, tmp_path / "store")
    game = play(after, tmp_path / "store", control)
    if car:
        assert game.transaction.id == first.transaction.id
    else:
        assert [event.stop_reason for event in game.csms.events][-1] is StopReason.POWER_LOSS


def test_offline_transaction_is_told_in_order_when_the_line_is_back() -> None:
    async def script(game: Game) -> None:
        game.csms.lose()
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await asyncio.sleep(30)
        game.control.unplug(1400)
        await asyncio.sleep(2)
        assert game.csms.events == []
        game.csms.connect()
        await asyncio.sleep(1)

    csms = play(script, cards=(IdToken("04A1"),)).csms
    assert csms.story == ["Started Authorized", "Updated ChargingStateChanged", "Ended EVCommunicationLost"]
    assert all(event.offline for event in csms.events)
    assert csms.events[-1].at - csms.events[0].at == pytest.approx(timedelta(seconds=30.5), abs=timedelta(seconds=1))
    assert len(csms.of(BootNotification)) == 1, "a reconnect is no boot"


def test_resend_after_a_cut_between_answer_and_record_has_the_same_id(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        answered = game.csms.answer

        def kill(notification: Notification) -> Answer:
            if isinstance(notification, TransactionEvent):
                raise asyncio.CancelledError  # the power goes just after the CSMS has heard it
            return answered(notification)

        game.csms.answer = kill
        game.control.plug()
        await game.swipe()
        await game.until(lambda: game.csms.events)

    async def after(game: Game) -> None:
        await asyncio.sleep(2)

    first = play(before, tmp_path / "store").csms
    second = play(after, tmp_path / "store", control_after_boot(car=True)).csms
    ids = [[message_id for message_id, what in csms.asked if isinstance(what, TransactionEvent)] for csms in (first, second)]
    assert ids[0][0] == ids[1][0]


@pytest.mark.parametrize("trouble", [CsmsSilent(), CsmsRefused("InternalError")])
def test_message_that_is_never_answered_is_put_aside_after_its_attempts_and_the_queue_goes_on(trouble: Exception) -> None:
    async def script(game: Game) -> None:
        kindly = game.csms.answer

        def answer(notification: Notification) -> Answer:
            if isinstance(notification, TransactionEvent) and notification.seq_no == 0:
                raise trouble
            return kindly(notification)

        game.csms.answer = answer
        await charge(game)
        await asyncio.sleep(5)
        game.csms.lose()
        await asyncio.sleep(300)  # uses up no attempts
        game.csms.connect()
        await asyncio.sleep(60)

    game = play(script, keys={"TransactionMessageAttempts": "3", "TransactionMessageRetryInterval": "10"})
    tried = [event.seq_no for event in game.csms.events]
    assert tried[:5] == [0, 0, 0, 1, 2]
    assert (game.store.outbox.given_up(), game.store.outbox.waiting()) == (1, 0)


def test_transaction_of_an_evse_that_was_taken_out_of_the_configuration_ends(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        await charge(game)

    async def after(game: Game) -> None:
        await asyncio.sleep(2)

    play(before, tmp_path / "store")
    store = Store(tmp_path / "store")
    with store.commit():  # as if it had been EVSE 2
        store.sessions.save(replace(store.sessions.load(1), evse=2))
        store.sessions.save(Session(evse=1))
    store.close()
    game = play(after, tmp_path / "store")
    assert [event.stop_reason for event in game.csms.events] == [StopReason.OTHER]


def test_boot_whose_connection_broke_before_the_answer_is_sent_at_once_on_the_next() -> None:
    async def script(game: Game) -> None:
        def breaks(notification: Notification) -> Answer:
            game.csms.lose()
            raise CsmsOffline

        game.csms.answer = breaks
        game.csms.connect()
        await game.until(lambda: game.csms.of(BootNotification), 1)
        game.csms.answer = game.csms.kindly
        await asyncio.sleep(1)
        game.csms.connect()
        await game.until(lambda: game.station.registration is Registration.ACCEPTED, 1)

    play(script, connected=False)


def test_reconnecting_does_not_shorten_the_interval_of_the_boot() -> None:
    async def script(game: Game) -> None:
        game.csms.boot = replace(game.csms.boot, status=Registration.REJECTED, interval_s=100)
        for _ in range(5):
            game.csms.connect()
            await asyncio.sleep(10)
            game.csms.lose()
        assert len(game.csms.asked) == 1

    play(script, connected=False)


def test_before_it_is_accepted_nobody_is_authorised_by_asking() -> None:
    async def script(game: Game) -> None:
        game.csms.boot = replace(game.csms.boot, status=Registration.PENDING, interval_s=100)
        game.csms.connect()
        game.control.plug()
        await game.swipe()
        assert game.transaction is None
        assert {type(what) for _, what in game.csms.asked} == {BootNotification}

    play(script, connected=False)


@pytest.mark.parametrize("status", [Registration.PENDING, Registration.REJECTED])
def test_nothing_but_boots_at_the_interval_until_it_is_accepted(status: Registration) -> None:
    async def script(game: Game) -> None:
        game.csms.boot = replace(game.csms.boot, status=status, interval_s=20)
        game.csms.connect()
        game.control.plug()
        await asyncio.sleep(50)
        assert {type(what) for _, what in game.csms.asked} == {BootNotification}
        assert len(game.csms.asked) == 3
        game.csms.boot = replace(game.csms.boot, status=Registration.ACCEPTED)
        await asyncio.sleep(20)
        assert game.csms.statuses

    play(script, connected=False)


def test_clock_of_the_csms_counts_and_intervals_do_not_notice() -> None:
    async def script(game: Game) -> None:
        game.csms.boot = replace(game.csms.boot, now=MIDNIGHT + timedelta(hours=5))
        game.csms.connect()
        await asyncio.sleep(1)
        await charge(game)
        await asyncio.sleep(10)

    csms = play(script, connected=False, keys={"MeterValueSampleInterval": "10"}).csms
    assert csms.events[0].at.hour == 5
    assert sum(event.trigger == "MeterValuePeriodic" for event in csms.events) == 1


@pytest.mark.parametrize("year", [1, 1970, 9999])
def test_a_time_that_cannot_be_is_not_taken_from_the_csms(year: int) -> None:
    async def script(game: Game) -> None:
        game.csms.boot = replace(game.csms.boot, now=MIDNIGHT.replace(year=year, month=12, day=31, hour=23, minute=59, second=59))
        game.csms.connect()
        await asyncio.sleep(5)
        await charge(game)

    csms = play(script, connected=False).csms
    assert csms.events[0].at - MIDNIGHT < timedelta(minutes=1)

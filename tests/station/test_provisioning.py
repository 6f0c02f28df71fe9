"""The boot until it is accepted, and whose time the station goes by (OCPP 2.0.1 B01 to B04)."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from chargepoint.domain.commands import SetVariables, Trigger, TriggerMessage
from chargepoint.domain.device_model import SetResult, VariableKey, VariableStatus
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import (
    Answer,
    BootAnswer,
    BootNotification,
    BootReason,
    Heartbeat,
    HeartbeatAnswer,
    Notification,
    Registration,
)
from chargepoint.domain.variables.transactions import TX_BEFORE_ACCEPTED
from chargepoint.station import provisioning
from tests import virtual_time
from tests.station.rig import CARD, MIDNIGHT, Game, PlayedControl, play

PENDING, REJECTED, ACCEPTED = Registration.PENDING, Registration.REJECTED, Registration.ACCEPTED


def boots(game: Game) -> list[BootReason]:
    return [boot.reason for boot in game.csms.of(BootNotification) if isinstance(boot, BootNotification)]


async def first_answer(game: Game, status: Registration, interval_s: int) -> float:
    """When it came."""
    game.csms.boot = BootAnswer(status, interval_s, MIDNIGHT)
    game.csms.connect()
    await game.until(lambda: game.station.registration is status, 2)
    return virtual_time.now_s()


def beat(_: Notification) -> Answer:
    return HeartbeatAnswer(MIDNIGHT + timedelta(hours=1))


async def write(game: Game, component: str, variable: str, value: str) -> None:
    reply, _ = await game.station.obey(SetVariables(((VariableKey(component=component, variable=variable), value),)))
    assert isinstance(reply, tuple)
    (result,) = reply
    assert isinstance(result, SetResult)
    assert result.status is VariableStatus.ACCEPTED


@pytest.mark.parametrize("status", [PENDING, REJECTED])
@pytest.mark.parametrize("broken", [False, True], ids=["connection stands", "connection breaks"])
def test_the_interval_is_waited_for_also_over_another_connection(status: Registration, broken: bool) -> None:
    """B02.FR.04, B02.FR.08, B03.FR.02, B03.FR.06"""

    async def script(game: Game) -> None:
        began_s = await first_answer(game, status, 100)
        if broken:
            await asyncio.sleep(10)
            game.csms.lose()
            game.csms.connect()
        game.control.plug()
        await game.swipe()
        await game.until(lambda: len(boots(game)) == 2, 110)
        assert 99 <= virtual_time.now_s() - began_s <= 102
        assert {type(notification) for _, notification in game.csms.asked} == {BootNotification}

    play(script, connected=False)


@pytest.mark.parametrize("status", [PENDING, REJECTED])
def test_without_an_interval_the_station_takes_one_of_its_own(status: Registration) -> None:
    """B02.FR.07, B03.FR.05"""

    async def script(game: Game) -> None:
        began_s = await first_answer(game, status, 0)
        await game.until(lambda: len(boots(game)) == 2, 60)
        assert 29 <= virtual_time.now_s() - began_s <= 42

    play(script, connected=False)


def test_a_boot_that_was_triggered_says_so_and_only_that_one(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        with game.store.commit():
            game.store.facts.next_boot_reason(BootReason.REMOTE_RESET)
        await first_answer(game, PENDING, 20)
        _, after = await game.station.obey(TriggerMessage(Trigger.BOOT_NOTIFICATION))
        assert after is not None
        after()
        await game.until(lambda: len(boots(game)) == 3, 30)
        assert boots(game) == [BootReason.REMOTE_RESET, BootReason.TRIGGERED, BootReason.REMOTE_RESET]
        game.csms.boot = BootAnswer(ACCEPTED, 300, MIDNIGHT)
        await game.until(lambda: game.station.registration is ACCEPTED, 30)

    async def again(game: Game) -> None:
        assert boots(game) == [BootReason.POWER_UP]

    play(script, tmp_path / "store", connected=False)
    play(again, tmp_path / "store", PlayedControl("boot-2"))


def test_what_was_asked_for_while_pending_is_not_said_to_a_csms_that_rejects_the_station_then() -> None:
    """B03.FR.02"""

    async def script(game: Game) -> None:
        await first_answer(game, PENDING, 600)
        game.csms.boot = BootAnswer(REJECTED, 600, MIDNIGHT)
        for wanted in (Trigger.BOOT_NOTIFICATION, Trigger.STATUS_NOTIFICATION):
            _, after = await game.station.obey(TriggerMessage(wanted))
            assert after is not None
            after()
            await asyncio.sleep(0.005)
        await game.until(lambda: game.station.registration is REJECTED)
        await asyncio.sleep(30)
        assert {type(said) for _, said in game.csms.asked} == {BootNotification}

    play(script, connected=False)


@pytest.mark.parametrize("allowed", [True, False])
def test_whether_somebody_charges_before_the_boot_is_accepted_is_up_to_the_operator(allowed: bool) -> None:
    """B01.FR.08, B02.FR.03, B03.FR.01. What has begun then is told afterwards."""

    async def script(game: Game) -> None:
        game.station._model.put(TX_BEFORE_ACCEPTED, allowed)
        await first_answer(game, PENDING, 30)
        game.control.plug()
        await game.swipe()
        await asyncio.sleep(5)
        assert (game.transaction is not None) == allowed
        assert {type(notification) for _, notification in game.csms.asked} == {BootNotification}
        game.csms.boot = BootAnswer(ACCEPTED, 300, MIDNIGHT)
        await game.until(lambda: game.station.registration is ACCEPTED, 60)
        await game.until(lambda: game.transaction is not None and game.csms.events, 15)

    play(script, connected=False, cards=(IdToken(CARD.value),))


@pytest.mark.parametrize(
    ("sources", "synchronised", "follows_csms"),
    [
        ("Heartbeat", True, True),
        ("NTP", True, False),
        ("NTP", False, False),
        ("NTP,Heartbeat", True, False),
        ("NTP,Heartbeat", False, True),
    ],
)
def test_the_first_source_of_time_that_there_is_counts(sources: str, synchronised: bool, follows_csms: bool) -> None:
    """B01.FR.06. The host says midnight at the start, the CSMS an hour later."""

    async def script(game: Game) -> None:
        await write(game, "ClockCtrlr", "TimeSource", sources)
        game.csms.boot = BootAnswer(ACCEPTED, 300, MIDNIGHT + timedelta(hours=1))
        game.csms.connect()
        await game.until(lambda: game.station.registration is ACCEPTED, 2)
        ahead = game.station.clock.now() - MIDNIGHT
        assert (ahead >= timedelta(minutes=59)) == follows_csms

    play(script, connected=False, synchronised=lambda: synchronised)


async def beats(game: Game, *, says_every_s: float, for_s: float) -> list[float]:
    """When heartbeats came, for a station that says something else so often; seconds after its boot, interval 100 s."""
    came_s: list[float] = []

    def note(notification: Notification) -> Answer:
        if isinstance(notification, Heartbeat):
            came_s.append(round(virtual_time.now_s() - began_s, -1))
        return game.csms.kindly(notification)

    game.csms.answer = note
    began_s = await first_answer(game, ACCEPTED, 100)
    while virtual_time.now_s() - began_s < for_s:
        await asyncio.sleep(says_every_s)
        game.station.framed(True, b'[2,"1","MeterValues",{}]')
        game.station.framed(False, b'[3,"1",{}]')
    return came_s


@pytest.mark.parametrize(("version", "came_s"), [("2.0.1", [100, 280, 460]), ("1.6", [100, 200, 300, 400, 500])])
def test_heartbeats_come_when_nothing_else_does_and_in_1_6_always(version: str, came_s: list[float]) -> None:
    """G02.FR.01, G02.FR.02, G02.FR.05."""

    async def script(game: Game) -> None:
        game.csms.version = version
        assert await beats(game, says_every_s=180, for_s=520) == came_s

    play(script, connected=False)


def test_who_is_never_silent_asks_for_the_time_once_a_day_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """G02.FR.07. A day of 500 s."""
    monkeypatch.setattr(provisioning, "DAY_S", 500)

    async def script(game: Game) -> None:
        game.csms.version = "2.0.1"
        assert await beats(game, says_every_s=50, for_s=1200) == [500, 1000]

    play(script, connected=False)


def test_the_answer_to_a_heartbeat_sets_the_clock() -> None:
    """G02.FR.06."""

    async def script(game: Game) -> None:
        await first_answer(game, ACCEPTED, 100)
        game.csms.answer = beat
        game.station.uplink.provisioning.heartbeat_now()
        await game.until(lambda: game.station.clock.now() - MIDNIGHT >= timedelta(hours=1), 2)

    play(script, connected=False)


@pytest.mark.parametrize(
    ("behind_s", "moves_s"), [(0.0, 0.0), (-8.0, 0.0), (4.0, -12.0), (60.0, -68.0), (-60.0, 52.0)], ids=lambda seconds: f"{seconds:+g} s"
)
def test_an_answer_that_was_long_under_way_is_no_clock_that_was_wrong(
    behind_s: float, moves_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time that it tells is 8 s old when it comes, or was taken as late as that: nobody can tell which."""

    async def script(game: Game) -> None:
        await first_answer(game, ACCEPTED, 1000)
        ahead_s = game.station.clock.ahead_s

        async def ask(_: Notification, message_id: str | None = None) -> Answer:
            csms_now = game.station.clock.now() - timedelta(seconds=behind_s)
            await asyncio.sleep(8)
            return HeartbeatAnswer(csms_now)

        monkeypatch.setattr(game.csms, "ask", ask)
        game.station.uplink.provisioning.heartbeat_now()
        await asyncio.sleep(9)
        assert game.station.clock.ahead_s - ahead_s == pytest.approx(moves_s, abs=0.1)

    play(script, connected=False)


def test_the_host_counts_again_when_its_time_is_wanted() -> None:
    async def script(game: Game) -> None:
        game.csms.boot = BootAnswer(ACCEPTED, 1, MIDNIGHT + timedelta(hours=1))
        game.csms.connect()
        await game.until(lambda: game.station.registration is ACCEPTED, 2)
        assert game.station.clock.now() - MIDNIGHT >= timedelta(minutes=59)
        await write(game, "ClockCtrlr", "TimeSource", "NTP")
        game.station.uplink.provisioning.heartbeat_now()
        game.csms.answer = beat
        await asyncio.sleep(3)
        assert game.station.clock.now() - MIDNIGHT <= timedelta(minutes=1)

    play(script, connected=False, synchronised=lambda: True)

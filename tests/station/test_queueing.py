"""QueueAllMessages (OCPP 2.0.1 part 2 §2.1.9): what is otherwise told only to a CSMS that hears it."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.commands import SetVariableMonitoring, SetVariables, WantedMonitor
from chargepoint.domain.device_model import SetResult, VariableKey, VariableStatus
from chargepoint.domain.monitors import MonitorKind
from chargepoint.domain.notifications import Answer, MeterValues, Notification, NotifyEvent
from chargepoint.station.csms import CsmsSilent
from tests.station.rig import MIDNIGHT, Game, PlayedControl, PlayedCsms, play

QUEUE_ALL = VariableKey(component="OCPPCommCtrlr", variable="QueueAllMessages")
STATE = VariableKey(component="EVSE", variable="AvailabilityState", evse=1)
EVERY_MINUTE = {"ClockAlignedDataInterval": "60"}


@pytest.fixture(autouse=True)
def _version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


async def queue_all(game: Game, value: str) -> None:
    results, _ = await game.station.obey(SetVariables(((QUEUE_ALL, value),)))
    assert results == (SetResult(QUEUE_ALL, VariableStatus.ACCEPTED),)


def measured(game: Game) -> list[timedelta]:
    """When what was told without a transaction was measured."""
    return [each.at - MIDNIGHT for each in game.csms.of(MeterValues) if isinstance(each, MeterValues)]


def minutes(*numbers: int) -> list[timedelta]:
    return [timedelta(minutes=number) for number in numbers]


@pytest.mark.parametrize("wanted", ["true", "false"])
def test_meter_values_of_an_idle_evse_wait_for_the_csms_over_a_power_cut(tmp_path: Path, wanted: str) -> None:
    control = PlayedControl()

    async def offline(game: Game) -> None:
        await queue_all(game, wanted)
        game.csms.lose()
        await asyncio.sleep(200)

    async def online(game: Game) -> None:
        await game.until(lambda: game.csms.of(MeterValues) or wanted == "false", 10)
        await asyncio.sleep(2)
        assert measured(game) == (minutes(1, 2, 3) if wanted == "true" else [])
        assert not game.store.outbox.waiting()

    play(offline, tmp_path / "store", control, keys=EVERY_MINUTE)
    control.state = replace(control.state, reading=None)
    play(online, tmp_path / "store", control, keys=EVERY_MINUTE)


def test_what_nobody_has_answered_is_told_again() -> None:
    async def script(game: Game) -> None:
        await queue_all(game, "true")

        def silent(notification: Notification) -> Answer:
            if isinstance(notification, MeterValues):
                raise CsmsSilent
            return game.csms.kindly(notification)

        game.csms.answer = silent
        await game.until(lambda: measured(game), 70)
        game.csms.lose()
        game.csms.answer = game.csms.kindly
        game.csms.connect()
        await game.until(lambda: len(measured(game)) >= 2, 130)
        assert measured(game)[:2] == minutes(1, 1)

    play(script, keys=EVERY_MINUTE)


def test_values_that_wait_get_the_time_that_the_csms_tells() -> None:
    async def script(game: Game) -> None:
        await queue_all(game, "true")
        game.csms.lose()
        await asyncio.sleep(70)
        game.station.clock.correct(game.station.clock.now() + timedelta(hours=5))
        game.csms.connect()
        await game.until(lambda: measured(game), 10)
        assert timedelta(hours=5) <= measured(game)[0] <= timedelta(hours=5, minutes=2)

    play(script, keys=EVERY_MINUTE)


@pytest.mark.parametrize("wanted", ["true", "false"])
def test_events_of_any_severity_wait_for_the_csms(wanted: str) -> None:
    async def script(game: Game) -> None:
        await queue_all(game, wanted)
        delta = WantedMonitor(key=STATE, kind=MonitorKind.DELTA, value=1, severity=9)
        await game.station.obey(SetVariableMonitoring((delta,)))
        await asyncio.sleep(2)
        game.csms.lose()
        game.control.plug()
        await asyncio.sleep(5)
        game.control.unplug(1000)
        await asyncio.sleep(5)
        game.csms.connect()
        await asyncio.sleep(5)
        values = [event.value for news in game.csms.of(NotifyEvent) if isinstance(news, NotifyEvent) for event in news.events]
        assert values == (["Occupied", "Available"] if wanted == "true" else [])

    play(script)

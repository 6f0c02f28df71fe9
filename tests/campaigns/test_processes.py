"""Real processes, killed one by one: what goes on, what opens, what comes back."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from simulators.csms.behaviour import Behaviour, Damage
from simulators.csms.errors import CallRefused
from simulators.csms.server import Csms
from tests.campaigns import orders
from tests.campaigns.bench import until
from tests.campaigns.configuration import STATION
from tests.campaigns.orders import Order
from tests.campaigns.stage import Stage
from tests.campaigns.yard import FULL_PPM, SIX_AMPERES_PPM, Play, play

VERSIONS = ("1.6", "2.0.1")
LAST_KICK_S = 0.2
"""From the last kick to the open contactor."""
WAIT_S = 30.0


def in_both_versions(one: Callable[[str], Coroutine[None, None, None]]) -> None:
    """At the same time."""

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for version in VERSIONS:
                group.create_task(one(version))

    asyncio.run(main())


def both(script: Callable[[Play], Awaitable[None]], folder: Path) -> None:
    """The world in this process, control and station beside it."""

    async def one(version: str) -> None:
        (folder / version).mkdir()
        async with play(folder / version, version) as stage:
            await script(stage)

    in_both_versions(one)


def on_the_bench(script: Callable[[Stage], Awaitable[None]], folder: Path, **options: Any) -> None:
    """``chargepoint bench`` as a whole."""

    async def one(version: str) -> None:
        stage = Stage(version, folder / version, **options)
        await stage.open()
        try:
            await script(stage)
        finally:
            await stage.close()

    in_both_versions(one)


def test_a_car_charges_on_at_the_failsafe_current_while_the_station_is_dead_and_its_transaction_goes_on(tmp_path: Path) -> None:
    async def script(stage: Play) -> None:
        yard = stage.yard
        transaction = await stage.charge()
        await yard.station.kill()
        assert yard.evse.duty_ppm == FULL_PPM
        await yard.until(lambda: yard.evse.duty_ppm == SIX_AMPERES_PPM, what="the lease does not run out")
        await yard.until(lambda: yard.evse.ev is not None and yard.evse.ev.current_ma == 6_000)
        assert yard.contactor.position
        await yard.station.start()
        await yard.shows(transaction=transaction, state="C2", permit="live")
        await yard.until(lambda: yard.evse.duty_ppm == FULL_PPM, what="the permit is not renewed")
        assert yard.contactor.opened == [], "the contactor stayed closed all the time"
        await stage.stop()

    both(script, tmp_path)


def test_the_contactor_opens_when_control_is_killed_and_the_transaction_goes_on_when_it_is_back(tmp_path: Path) -> None:
    async def script(stage: Play) -> None:
        yard = stage.yard
        transaction = await stage.charge()
        await yard.control.kill()
        await yard.until(lambda: not yard.contactor.position, what="the contactor stays closed")
        last_kick_s = yard.evse.timing.last_kick_s
        assert last_kick_s is not None
        assert yard.contactor.let_go[-1] - last_kick_s <= LAST_KICK_S
        await yard.control.start()
        await yard.until(lambda: yard.contactor.position, what="it does not charge again")
        await yard.shows(transaction=transaction, state="C2")
        assert [one.open for one in stage.transactions] == [True]
        await stage.stop()

    both(script, tmp_path)


def test_both_processes_leave_in_good_order_while_a_car_charges(tmp_path: Path) -> None:
    async def script(stage: Play) -> None:
        yard = stage.yard
        transaction = await stage.charge()
        assert await yard.station.terminate(within_s=5) == 0
        assert yard.contactor.position
        await yard.station.start()
        await yard.shows(transaction=transaction, state="C2")
        assert await yard.control.terminate(within_s=8) == 0
        assert yard.contactor.opened == [0], "the car was stopped before the contactor opened"
        await yard.control.start()
        await yard.until(lambda: yard.contactor.position, what="it does not charge again")
        await yard.shows(transaction=transaction, state="C2")
        await stage.stop()

    both(script, tmp_path)


@pytest.mark.parametrize("damage", ["json", "schema"])
def test_nonsense_from_the_csms_leaves_a_transaction_untouched(tmp_path: Path, damage: Damage) -> None:
    async def script(stage: Play) -> None:
        yard, csms = stage.yard, stage.csms
        transaction = await stage.charge()
        told = TOLD[stage.station.version]
        csms.behaviour = Behaviour(malformed={told: damage})
        await yard.until(lambda: _answers(csms, told, damage) >= 2, what=f"{told} is not sent again")
        with pytest.raises(CallRefused):
            await csms.call(STATION, "Reset", {"type": "now, please"})
        csms.kind()
        await yard.shows(transaction=transaction, state="C2")
        assert yard.contactor.opened == []
        await stage.stop()

    both(script, tmp_path)


def test_a_message_above_the_bound_costs_the_connection_and_nothing_else(tmp_path: Path) -> None:
    async def script(stage: Play) -> None:
        yard, csms = stage.yard, stage.csms
        transaction = await stage.charge()
        csms.oversize()
        await yard.until(lambda: stage.station.connections == 2 and stage.station.connected, what="the connection does not come back")
        await yard.shows(transaction=transaction, state="C2")
        assert yard.contactor.opened == []
        await stage.stop()
        assert stage.station.violations == []

    both(script, tmp_path)


async def charge(stage: Stage) -> str:
    """A car and a card at EVSE 1; our id of the transaction, once current flows and the CSMS has answered."""
    await stage.verb("POST", "/evses/1/ev/plug", {"phases": 3, "reaction_s": 0.2})
    await stage.verb("POST", "/rfid", {"token": "04A1", "evses": [1]})
    entry = await stage.shows(1, contactor="closed")
    await until(lambda: bool(stage.transactions), WAIT_S, "the CSMS hears of no transaction")
    return str(entry["transaction"])


def test_an_accepted_reset_starts_the_station_anew_and_the_bench_stays(tmp_path: Path) -> None:
    async def script(stage: Stage) -> None:
        await charge(stage)
        control = stage.bench.pid("control")
        kind, reason = RESETS[stage.version]
        assert await stage.call(("Reset", {"type": kind})) == "Accepted"
        await until(lambda: len(_boots(stage.csms)) == 2, WAIT_S, "it does not boot again")
        state = await stage.ready()
        assert stage.bench.pid("control") == control
        assert [entry["transaction"] for entry in state["evses"]] == [None, None]
        assert [(one.open, one.reason) for one in stage.transactions] == [(False, reason)]
        assert stage.version == "1.6" or [boot["reason"] for boot in _boots(stage.csms)] == ["PowerUp", "RemoteReset"]
        assert stage.violations == []
        assert await stage.bench.end() == 0

    on_the_bench(script, tmp_path)


@pytest.mark.parametrize("whole_site", [False, True])
def test_a_transaction_open_at_a_power_cut_ends_once_if_it_shall_not_resume(tmp_path: Path, whole_site: bool) -> None:
    async def script(stage: Stage) -> None:
        await charge(stage)
        if whole_site:
            await stage.bench.buried(stage.bench.strike())
            await stage.bench.start()
        else:
            await stage.verb("POST", "/power", {"state": "off"})
            await stage.verb("POST", "/power", {"state": "on"})
        await stage.ready()
        entry = await stage.shows(1, transaction=None)
        assert entry["ev"] is not None
        await stage.shows(1, status="Finishing" if stage.version == "1.6" else "Occupied")
        await until(lambda: not stage.transactions[0].open, WAIT_S, "it does not end")
        transaction = stage.transactions[0]
        assert (transaction.reason, transaction.meter_stop_wh) == ("PowerLoss", entry["meter"]["energy_wh"])
        assert len(stage.transactions) == 1
        assert stage.violations == []

    on_the_bench(script, tmp_path, keep_world=True, after_power_loss="end")


def test_what_was_accepted_holds_though_everything_is_killed_the_moment_it_is_said(tmp_path: Path) -> None:
    async def script(stage: Stage) -> None:
        async def accepted_and_killed(order: Order) -> None:
            assert await stage.call(order) == "Accepted"
            await stage.bench.buried(stage.bench.strike())
            await stage.bench.start()
            await stage.ready()

        await stage.verb("POST", "/evses/1/ev/plug", {"phases": 3, "reaction_s": 0.2})
        await stage.shows(1, cp="B", status="Preparing" if stage.version == "1.6" else "Occupied")
        await accepted_and_killed(orders.start(stage.version, 1, "04A1", 17))
        await stage.shows(1, contactor="closed")
        await until(lambda: [one.token for one in stage.transactions] == ["04A1"], WAIT_S, "the remote start is forgotten")
        await accepted_and_killed(orders.availability(stage.version, 2, operative=False))
        await stage.shows(2, status="Unavailable")
        await stage.shows(1, contactor="closed")
        await accepted_and_killed(orders.stop(stage.version, stage.transactions[0].id))
        await until(lambda: not stage.transactions[0].open, WAIT_S, "the remote stop is forgotten")
        assert [one.reason for one in stage.transactions] == ["Remote"]
        assert stage.violations == []

    on_the_bench(script, tmp_path, keep_world=True)


RESETS = {"1.6": ("Soft", "SoftReset"), "2.0.1": ("Immediate", "ImmediateReset")}
TOLD = {"1.6": "MeterValues", "2.0.1": "TransactionEvent"}


def _answers(csms: Csms, action: str, damage: Damage) -> int:
    """How many damaged answers to this action have left."""
    sent = (message for message in csms.messages if message.direction == "sent" and message.action == action)
    return sum(message.frame is None if damage == "json" else message.payload == {"nonsense": True} for message in sent)


def _boots(csms: Csms) -> list[dict[str, Any]]:
    return [message.payload for message in csms.messages if message.direction == "received" and message.action == "BootNotification"]

"""Faults and oddities from the electrics to the transaction event: what ends a transaction, what only suspends it, and what is no news."""

import asyncio
from pathlib import Path

from chargepoint.domain.transaction import ChargingState, StopReason, TriggerReason
from chargepoint.inquiry.faults import Answer, ClearFault
from tests.station.rig import CARD
from tests.whole.house import House, live, verbs


def states(house: House) -> list[ChargingState | None]:
    """The story of charging states."""
    changes = (TriggerReason.CHARGING_STATE_CHANGED, TriggerReason.AUTHORIZED, TriggerReason.ABNORMAL_CONDITION)
    return [event.charging_state for event in house.csms.events if event.trigger in changes]


def shown(house: House) -> list[str]:
    """The faults that the station shows."""
    faults: list[str] = house.station.document()["evses"][0]["faults"]
    return faults


def test_the_emergency_stop_ends_the_transaction_and_gives_the_plug_back(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        await asyncio.sleep(60)
        house.do(verbs.patch_hardware, emergency_stop=True)
        await house.until(lambda: house.csms.events[-1].stop_reason, 10)
        ended = house.csms.events[-1]
        assert (ended.stop_reason, ended.trigger) == (StopReason.EMERGENCY_STOP, TriggerReason.ABNORMAL_CONDITION)
        assert ended.meter_wh == house.register_wh
        assert not house.closed
        await house.until(lambda: house.evse.locked is False, 10)
        house.do(verbs.patch_hardware, emergency_stop=False)
        await asyncio.sleep(10)
        assert shown(house) == ["emergency_stop"], "the car is still there"
        house.do(verbs.unplug)
        await house.until(lambda: not shown(house), 10)
        await house.charge()

    live(script, tmp_path / "store")


def test_a_voltage_that_comes_back_lets_the_same_transaction_go_on(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        await asyncio.sleep(10)
        house.do(verbs.patch_meter, voltage_v=[180, 230, 230])
        await house.until(lambda: not house.closed, 20)
        house.do(verbs.patch_meter, voltage_v=None)
        await house.until(lambda: house.closed, 60)
        await asyncio.sleep(2)

    house = live(script, tmp_path / "store")
    assert states(house) == [ChargingState.EV_CONNECTED, ChargingState.CHARGING, ChargingState.SUSPENDED_EVSE, ChargingState.CHARGING]
    assert not any(event.stop_reason for event in house.csms.events)


def test_a_car_that_draws_too_much_is_tried_again_and_then_stopped(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        house.do(verbs.plug, car="over-draws")
        await asyncio.sleep(1)
        house.reader.present(CARD)
        await house.until(lambda: shown(house) == ["over_current"], 60)
        assert house.csms.events[-1].stop_reason is None
        await house.until(lambda: house.csms.events[-1].stop_reason, 600)
        assert house.csms.events[-1].meter_wh == house.register_wh
        await house.until(lambda: house.evse.locked is False, 5)

    csms = live(script, tmp_path / "store").csms
    assert csms.events[-1].stop_reason is StopReason.OVERCURRENT_FAULT
    assert sum(event.charging_state is ChargingState.CHARGING and event.trigger == "ChargingStateChanged" for event in csms.events) == 4


def test_a_sleeping_car_is_woken_and_nobody_hears_of_it(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        house.do(verbs.plug, car="sleeper-f")
        await asyncio.sleep(1)
        house.reader.present(CARD)
        await asyncio.sleep(20)
        before = len(house.csms.statuses)
        await house.until(lambda: house.evse.letter == "F", 30)
        await house.until(lambda: house.evse.letter != "F", 10)
        assert len(house.csms.statuses) == before
        await house.until(lambda: house.closed, 30)
        await asyncio.sleep(2)

    house = live(script, tmp_path / "store")
    assert states(house) == [ChargingState.EV_CONNECTED, ChargingState.SUSPENDED_EV, ChargingState.CHARGING]


def test_a_welded_contactor_is_locked_out_until_a_technician_has_been_there(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        house.do(verbs.patch_hardware, contactor="welded")
        house.reader.present(CARD)
        await house.until(lambda: "contactor_welded" in shown(house), 30)
        question = ClearFault(1, "contactor_welded")
        refused = await house.station.service.servicing.clear_fault(question)
        assert refused.outcome == "refused"
        assert "its cause is still there" in refused.message
        await house.kill("control")
        house.start_control()
        await house.until(lambda: house.station.link.connected, 5)
        house.do(verbs.patch_hardware, contactor=None)
        house.do(verbs.unplug)
        await asyncio.sleep(10)
        assert shown(house) == ["contactor_welded"]
        assert await house.station.service.servicing.clear_fault(question) == Answer("cleared", "EVSE 1: contactor_welded cleared")
        await house.until(lambda: not shown(house), 5)
        await house.charge()

    live(script, tmp_path / "store")

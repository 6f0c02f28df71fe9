"""Sessions from the car's resistor to the transaction event, and processes that die in the middle of them."""

import asyncio
from pathlib import Path

from chargepoint.domain.commands import Outcome, UnlockConnector, Verdict
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.transaction import ChargingState, StopReason
from tests import virtual_time
from tests.station.rig import CARD
from tests.whole.house import House, live, verbs


def test_what_was_delivered_is_what_is_told(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        await asyncio.sleep(600)
        house.do(verbs.patch_ev, request=False)
        await house.until(lambda: not house.closed)
        await asyncio.sleep(30)
        house.do(verbs.patch_ev, request=True)
        await house.until(lambda: house.closed)
        await asyncio.sleep(60)
        house.reader.present(CARD)
        await house.until(lambda: house.csms.events[-1].stop_reason)
        assert house.csms.events[-1].meter_wh == house.register_wh
        house.do(verbs.unplug)
        await asyncio.sleep(2)

    csms = live(script, tmp_path / "store").csms
    states = [event.charging_state for event in csms.events if event.trigger == "ChargingStateChanged"]
    assert states == [ChargingState.CHARGING, ChargingState.SUSPENDED_EV, ChargingState.CHARGING]
    registers = [sample.value for event in csms.events[:-1] for value in event.values for sample in value.samples]
    assert registers == sorted(registers)
    delivered = 3 * 32 * 230 * 660 / 3600
    assert abs((csms.events[-1].meter_wh or 0) - (csms.events[0].meter_wh or 0) - delivered) < 20


def test_station_that_dies_leaves_the_car_at_the_failsafe_current_and_goes_on_with_the_same_transaction(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        first = house.station.transacting.sessions[1].transaction
        assert first is not None
        assert house.evse.advertised_ma > 31_900
        await house.kill("station")
        await asyncio.sleep(6)
        assert house.evse.advertised_ma > 31_900, "the permit still holds"
        await asyncio.sleep(11)
        assert house.closed
        assert 5_900 < house.evse.advertised_ma <= 6_000
        await asyncio.sleep(300)
        assert house.closed
        house.start_station()
        await house.until(lambda: house.evse.advertised_ma > 31_900)
        transaction = house.station.transacting.sessions[1].transaction
        assert transaction is not None
        assert transaction.id == first.id
        house.do(verbs.unplug)
        await house.until(lambda: house.csms.events[-1].stop_reason)
        assert house.csms.events[-1].meter_wh == house.register_wh

    csms = live(script, tmp_path / "store").csms
    assert [event.seq_no for event in csms.events] == list(range(len(csms.events)))


def test_car_that_leaves_while_the_station_is_dead_ends_its_transaction_at_the_time_it_left(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        await house.kill("station")
        await asyncio.sleep(100)
        house.do(verbs.unplug)
        left = house.register_wh
        await asyncio.sleep(100)
        house.start_station()
        await house.until(lambda: house.csms.events[-1].stop_reason)
        ended = house.csms.events[-1]
        assert (ended.stop_reason, ended.meter_wh) == (StopReason.EV_DISCONNECTED, left)

    live(script, tmp_path / "store")


def test_control_that_dies_opens_the_contactor_and_the_transaction_goes_on_with_the_next(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        died_s = virtual_time.now_s()
        await house.kill("control")
        await house.until(lambda: not house.closed, 1)
        assert virtual_time.now_s() - died_s <= 0.25
        await asyncio.sleep(30)
        house.start_control()
        await house.until(lambda: house.closed)
        transactions = {event.transaction_id for event in house.csms.events}
        assert len(transactions) == 1
        assert not any(event.stop_reason for event in house.csms.events)

    live(script, tmp_path / "store")


def test_no_current_flows_before_a_card_and_after_its_end(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        house.do(verbs.plug, phases=3, reaction_s=0.0)
        await asyncio.sleep(60)
        assert not house.closed
        house.reader.present(CARD)
        await house.until(lambda: house.closed)
        house.reader.present(CARD)
        await house.until(lambda: not house.closed)
        before = house.register_wh
        await asyncio.sleep(60)
        assert house.register_wh == before
        assert not house.closed

    live(script, tmp_path / "store")


def test_a_car_whose_plug_was_unlocked_from_afar_and_that_stayed_charges_with_the_next_card(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        answer, _ = await house.station.obey(UnlockConnector(ConnectorId(1), ends_transaction=True))
        assert answer == Outcome(Verdict.UNLOCKED)
        await asyncio.sleep(5)
        assert not house.evse.outlet.locked
        house.reader.present(CARD)
        await house.until(lambda: house.closed)
        assert house.evse.outlet.locked

    told = [event for event in live(script, tmp_path / "store").csms.story if not event.startswith("Updated")]
    assert told == ["Started Authorized", "Ended UnlockCommand", "Started Authorized"]

"""The cable is unplugged at the car, in a world with a real lock and a real pilot (1.6 §4.10; TC_005_1 to TC_005_3)."""

import asyncio
from pathlib import Path

import pytest

from chargepoint.domain.commands import RequestStop, SetVariables
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.transaction import StopReason
from chargepoint.ocpp.v16.status import status_word
from tests.station.rig import CARD
from tests.whole.house import House, live, verbs


def word(house: House) -> str:
    """The status of the connector in 1.6."""
    return status_word(house.station.availability.facts(ConnectorId(1)))


async def configure(house: House, stop: str, unlock: str) -> None:
    """The two keys."""
    names = {"StopTransactionOnEVSideDisconnect": stop, "UnlockConnectorOnEVSideDisconnect": unlock}
    await house.station.obey(SetVariables(tuple((VariableKey(component="", variable=name), value) for name, value in names.items())))


async def unplugged_at_the_car(house: House) -> list[bool]:
    """Where the lock was during the three seconds after it, 100 times a second."""
    house.do(verbs.unplug, side="ev")
    seen = []
    for _ in range(300):
        await asyncio.sleep(0.01)
        house.world.advance(house.station.clock.monotonic())
        seen.append(bool(house.evse.outlet.locked))
    return seen


def test_it_ends_and_the_cable_can_be_taken(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        locked = await unplugged_at_the_car(house)
        assert not locked[-1]
        assert (house.csms.events[-1].stop_reason, word(house)) == (StopReason.EV_DISCONNECTED, "Finishing")
        house.do(verbs.unplug)
        await asyncio.sleep(1)
        assert word(house) == "Available"

    live(script, tmp_path / "store")


def test_it_ends_and_the_lock_does_not_move_until_the_card_is_shown(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await configure(house, "true", "false")
        await house.charge()
        assert all(await unplugged_at_the_car(house))
        assert (house.csms.events[-1].stop_reason, word(house)) == (StopReason.EV_DISCONNECTED, "Finishing")
        await asyncio.sleep(60)
        assert house.evse.outlet.locked
        house.reader.present(CARD)
        await house.until(lambda: not house.evse.outlet.locked, 2)

    live(script, tmp_path / "store")


@pytest.mark.parametrize("comes_back", [True, False])
def test_it_waits_behind_a_lock_that_does_not_move_and_goes_on_or_is_ended_from_afar(tmp_path: Path, comes_back: bool) -> None:
    async def script(house: House) -> None:
        await configure(house, "false", "false")
        await house.charge()
        transaction = house.station.transacting.sessions[1].transaction
        assert transaction is not None
        assert all(await unplugged_at_the_car(house))
        assert (word(house), house.closed) == ("SuspendedEV", False)
        if comes_back:
            house.do(verbs.plug, phases=3)
            await house.until(lambda: house.closed)
            await house.until(lambda: word(house) == "Charging", 2)
            assert {event.transaction_id for event in house.csms.events} == {transaction.id}
        else:
            await house.station.obey(RequestStop("17"))
            await house.until(lambda: not house.evse.outlet.locked, 3)
            await house.until(lambda: word(house) == "Finishing", 3)
            assert house.csms.events[-1].stop_reason is StopReason.REMOTE

    live(script, tmp_path / "store")


def test_a_station_that_dies_keeps_nobodys_cable(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await configure(house, "false", "false")
        await house.charge()
        await unplugged_at_the_car(house)
        await house.kill("station")
        await house.until(lambda: not house.evse.outlet.locked, 11)
        house.start_station()
        await house.until(lambda: house.evse.outlet.locked, 5)
        assert house.station.transacting.sessions[1].transaction is not None

    live(script, tmp_path / "store")

"""Variables that change by themselves: what control says of the hardware, as the device model has it (OCPP 2.0.1 B06, B07)."""

import asyncio

import pytest

from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.fault_table import FAULTS
from chargepoint.domain.faults import Fault
from chargepoint.link.messages import ContactorCount
from hal.measured import MeterReading
from tests import virtual_time
from tests.station.rig import Game, play
from tests.station.test_transacting import charge


def value(
    game: Game, component: str, variable: str, connector: int | None = None, evse: int | None = 1, instance: str | None = None
) -> str:
    key = VariableKey(component=component, variable=variable, evse=evse, connector=connector, instance=instance)
    found = game.station._model.get(key)
    assert found.value is not None, found
    return found.value


def flags(game: Game, component: str, *names: str, connector: int | None = None, evse: int | None = 1) -> dict[str, str]:
    return {name: value(game, component, name, connector, evse) for name in names}


def test_a_session_is_seen_in_contactor_lock_pilot_and_meter() -> None:
    async def script(game: Game) -> None:
        assert flags(game, "PowerContactor", "Active", "Problem", "Tripped") == {"Active": "false", "Problem": "false", "Tripped": "false"}
        assert (value(game, "CPPWMController", "State"), value(game, "ConnectorPlugRetentionLock", "Active", 1)) == ("A", "false")
        game.control.change(locked=True, temperature_c=31.5, phase_switching=True, contactor=ContactorCount(closings=7))
        await charge(game)
        reading = MeterReading(
            at_s=virtual_time.now_s(),
            energy_wh=1234,
            power_w=11_000,
            current_ma=(16_000, 15_900, None),
            voltage_mv=(230_100, 229_900, None),
        )
        game.control.change(reading=reading)
        await asyncio.sleep(1)
        assert flags(game, "PowerContactor", "Active", "Count", "Problem") == {"Active": "true", "Count": "7", "Problem": "false"}
        assert (value(game, "CPPWMController", "State"), value(game, "ConnectorPlugRetentionLock", "Active", 1)) == ("C", "true")
        assert (value(game, "EVSE", "Power"), value(game, "FiscalMetering", "EnergyImportRegister")) == ("11000", "1234")
        assert [value(game, "EVSE", "ACCurrent", instance=each) for each in ("L1", "L2", "L3")] == ["16", "15.9", ""]
        assert value(game, "ElectricalFeed", "ACVoltage", instance="L2") == "229.9"
        assert value(game, "TemperatureSensor", "Temperature") == "31.5"
        assert value(game, "AcPhaseSelector", "Available") == "true"
        assert [value(game, "EVSE", "AvailabilityState"), value(game, "Connector", "AvailabilityState", 1)] == ["Occupied", "Occupied"]

    play(script)


@pytest.mark.parametrize("row", FAULTS.values(), ids=FAULTS)
def test_every_fault_is_seen_in_its_variable_until_it_is_over(row: object) -> None:
    assert isinstance(row, type(FAULTS["rcd_tripped"]))

    async def script(game: Game) -> None:
        connector = 1 if row.component in ("Connector", "ConnectorPlugRetentionLock") else None
        for there in (True, False):
            game.control.change(faults=(Fault(row.name, row.kind),) if there else ())
            await asyncio.sleep(1)
            told = "true" if there else "false"
            assert value(game, row.component, row.variable, connector) == told
            assert value(game, "EVSE", "Problem") == ("true" if there and row.action in ("open", "pause") else "false")
            if row.variable == "Tripped":
                assert value(game, row.component, "Problem", connector) == told

    play(script)


def test_silence_of_control_is_a_problem_of_a_controller_and_so_of_the_station() -> None:
    async def script(game: Game) -> None:
        everything = {"Controller": "false", "ChargingStation": "false", "TokenReader": "false"}
        assert {name: value(game, name, "Problem", evse=None) for name in everything} == everything
        game.control.absent = True
        game.control.end.hang_up()
        await asyncio.sleep(30)
        assert value(game, "Controller", "Problem") == value(game, "Controller", "Problem", evse=None) == "true"
        assert value(game, "ChargingStation", "Problem", evse=None) == "true"
        assert value(game, "TokenReader", "Problem", evse=None) == "false"

    play(script)

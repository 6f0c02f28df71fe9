"""Meter values as they are told: which, when, and why (1.6 §3.16, §4.7; OCPP 2.0.1 J)."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.commands import SetVariables, Trigger, TriggerMessage
from chargepoint.domain.device_model import SetResult, VariableKey, VariableStatus
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.metering import END_VALUES, MeterValue, ReadingContext
from chargepoint.domain.notifications import MeterValues
from chargepoint.domain.transaction import TransactionEvent
from chargepoint.link.messages import EvseState, Telemetry
from hal.measured import MeterReading
from tests import virtual_time
from tests.station.rig import MIDNIGHT, Game, PlayedControl, PlayedCsms, play
from tests.station.test_transacting import charge

REGISTER = "Energy.Active.Import.Register"


def told(game: Game) -> list[MeterValue]:
    """Meter values in the order in which they were told."""
    found: list[MeterValue] = []
    for _, notification in game.csms.asked:
        if isinstance(notification, TransactionEvent | MeterValues):
            found += notification.values
    return found


def contexts(game: Game) -> list[ReadingContext]:
    """Why they were taken."""
    return [value.context for value in told(game)]


async def end(game: Game) -> None:
    """By the same card."""
    await game.swipe()
    game.control.open(1600)
    await asyncio.sleep(1)


def test_in_1_6_the_values_of_the_end_are_taken_at_the_interval_of_the_others_between_begin_and_end() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(65)
        await end(game)

    keys = {"MeterValueSampleInterval": "20", "MeterValuesSampledData": "", "StopTxnSampledData": f"{REGISTER}, Power.Active.Import"}
    ended = play(script, keys=keys).csms.events[-1]
    periodic = ReadingContext.PERIODIC
    assert [value.context for value in ended.values] == [ReadingContext.BEGIN, periodic, periodic, periodic, ReadingContext.END]
    assert [sample.measurand for sample in ended.values[0].samples] == [REGISTER, "Power.Active.Import"]


def test_in_1_6_aligned_values_of_the_end_are_taken_at_the_interval_of_the_others() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(65)
        await end(game)

    keys = {"MeterValueSampleInterval": "0", "ClockAlignedDataInterval": "30", "StopTxnSampledData": "", "StopTxnAlignedData": REGISTER}
    ended = play(script, keys=keys | {"MeterValuesAlignedData": ""}).csms.events[-1]
    assert [(value.context, value.at.second) for value in ended.values] == [(ReadingContext.CLOCK, 30), (ReadingContext.CLOCK, 0)]


def test_with_both_lists_empty_the_end_has_no_values() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(120)
        await end(game)

    keys = {"StopTxnSampledData": "", "StopTxnAlignedData": "", "ClockAlignedDataInterval": "30"}
    assert play(script, keys=keys).csms.events[-1].values == ()


def test_the_end_of_a_long_transaction_keeps_begin_and_end_and_no_more_than_the_key_says() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(300)
        await end(game)

    values = play(script, keys={"MeterValueSampleInterval": "1"}).csms.events[-1].values
    assert 30 <= len(values) <= END_VALUES
    assert (values[0].context, values[-1].context) == (ReadingContext.BEGIN, ReadingContext.END)


class OfPhases(PlayedControl):
    """Its meter has a register for each phase."""

    def measure(self, energy_wh: int, power_w: int = 0) -> None:
        reading = MeterReading(at_s=virtual_time.now_s(), energy_wh=energy_wh, energy_by_phase_wh=(energy_wh - 300, 300, 0))
        self.state = replace(self.state, reading=reading)
        self.end.send(Telemetry(self.boot, virtual_time.now_s(), self.state))


def test_energy_is_told_of_each_phase_as_soon_as_the_csms_wants_it() -> None:
    """Part 2 §2.7.18: RegisterValuesWithoutPhases, in every list of measurands. The register of all phases is told as well."""
    key = VariableKey(component="SampledDataCtrlr", variable="RegisterValuesWithoutPhases")

    async def script(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(25)
        assert {tuple(sample.phase for sample in value.samples) for value in told(game)} == {(None,)}
        results, _ = await game.station.obey(SetVariables(((key, "false"),)))
        assert results == (SetResult(key, VariableStatus.ACCEPTED),)
        changed = game.station.clock.now()
        await asyncio.sleep(20)
        await end(game)
        since = [value for value in told(game) if value.at > changed]
        assert {value.context for value in since} == {ReadingContext.PERIODIC, ReadingContext.END}
        assert all([sample.phase for sample in value.samples] == [None, "L1", "L2", "L3"] for value in since)
        assert [sample.value for sample in since[-1].samples] == [1600, 1300, 300, 0]

    play(script, control=OfPhases(), keys={"MeterValueSampleInterval": "10"})


def test_an_interval_of_zero_or_an_empty_list_tells_nothing() -> None:
    for keys in ({"MeterValueSampleInterval": "0", "ClockAlignedDataInterval": "0"}, {"MeterValuesSampledData": ""}):

        async def script(game: Game) -> None:
            await charge(game)
            await asyncio.sleep(130)

        assert [context for context in contexts(play(script, keys=keys)) if context is not ReadingContext.BEGIN] == []


def test_a_new_interval_takes_effect_at_once() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await game.station.obey(SetVariables(((VariableKey(component="", variable="metervaluesampleinterval"), "10"),)))
        await asyncio.sleep(35)

    assert contexts(play(script)).count(ReadingContext.PERIODIC) == 3


def test_aligned_values_without_a_transaction_belong_to_the_connector_and_none_to_the_station() -> None:
    async def script(game: Game) -> None:
        await asyncio.sleep(65)

    values = play(script, keys={"ClockAlignedDataInterval": "30"}).csms.of(MeterValues)
    assert [(value.evse, value.values[0].at.second) for value in values if isinstance(value, MeterValues)] == [(1, 30), (1, 0)]


def test_aligned_values_stay_aligned_when_the_interval_changes_and_when_the_clock_is_set() -> None:
    async def script(game: Game) -> None:
        await asyncio.sleep(400)
        await game.station.obey(SetVariables(((VariableKey(component="", variable="ClockAlignedDataInterval"), "60"),)))
        await asyncio.sleep(30)
        game.station.clock.correct(MIDNIGHT + timedelta(hours=5, minutes=7, seconds=33))
        await asyncio.sleep(30)
        game.station.clock.correct(MIDNIGHT)
        await asyncio.sleep(65)

    values = play(script, keys={"ClockAlignedDataInterval": "900"}).csms.of(MeterValues)
    assert [value.values[0].at.strftime("%H:%M:%S") for value in values if isinstance(value, MeterValues)] == [
        "00:07:00",
        "05:08:00",
        "00:01:00",
    ]


def test_a_meter_that_no_longer_answers_is_not_quoted() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.warn(Fault("meter_lost", "power_meter_failure"))
        await asyncio.sleep(61)
        assert contexts(game).count(ReadingContext.PERIODIC) == 0
        game.control.warn()
        await asyncio.sleep(61)
        assert contexts(game).count(ReadingContext.PERIODIC) == 1

    play(script)


def test_a_list_with_a_measurand_that_nothing_measures_is_refused_as_a_whole_and_spaces_are_taken() -> None:
    async def script(game: Game) -> None:
        key = VariableKey(component="", variable="MeterValuesSampledData")

        async def sets(value: str) -> SetResult:
            results, _ = await game.station.obey(SetVariables(((key, value),)))
            assert isinstance(results, tuple)
            assert isinstance(results[0], SetResult)
            return results[0]

        assert (await sets(f"{REGISTER} , Power.Active.Import")).status is VariableStatus.ACCEPTED
        refused = await sets(f"{REGISTER},Current.Import,Frequency")
        assert (refused.status, refused.info) == (VariableStatus.REJECTED, "not measured here: Current.Import, Frequency")
        assert (await sets(f"{REGISTER},SoC")).status is VariableStatus.REJECTED
        game.control.state = replace(
            game.control.state, reading=MeterReading(at_s=1.0, energy_wh=1000, current_ma=(0, 0, 0), voltage_mv=(230_000, None, None))
        )
        game.control.change()
        await asyncio.sleep(0.5)
        assert (await sets("Current.Import, Voltage.L1")).status is VariableStatus.ACCEPTED
        assert (await sets("Current.Import, Voltage.L2")).status is VariableStatus.REJECTED

    play(script)


@pytest.mark.parametrize("silent", [False, True])
def test_a_power_cut_in_a_transaction_is_told_by_the_register_before_and_after_it(tmp_path: Path, silent: bool) -> None:
    control = PlayedControl("boot-2")
    control.state = EvseState(
        evse=1, plug_in=PlugInId("boot-2", 1), found_at_start=True, cp="B", state="B1", reading=MeterReading(at_s=0.0, energy_wh=1702)
    )
    keys = {"MeterValuesSampledData": "Power.Active.Import" if silent else f"{REGISTER},Current.Offered", "MeterValueSampleInterval": "20"}

    async def before(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(21)

    async def after(game: Game) -> None:
        await asyncio.sleep(5)

    first = play(before, tmp_path / "store", keys=keys)
    values = told(play(after, tmp_path / "store", control, keys=keys))
    if silent:
        assert values == []
        return
    begin, stop = values
    assert (begin.context, stop.context) == (ReadingContext.INTERRUPTION_BEGIN, ReadingContext.INTERRUPTION_END)
    assert (begin.samples[0].value, stop.samples[0].value) == (1500, 1702)
    assert begin.at == first.csms.events[-1].at
    assert stop.at >= MIDNIGHT


def test_without_a_transaction_the_offer_is_what_a_car_would_be_offered_and_with_one_what_the_pilot_says() -> None:
    async def script(game: Game) -> None:
        async def offered() -> list[float]:
            _, after = await game.station.obey(TriggerMessage(Trigger.SAMPLES))
            assert after is not None
            after()
            await asyncio.sleep(0.5)
            return [sample.value for sample in told(game)[-1].samples]

        assert await offered() == [32.0, 22_080]
        game.control.plug()
        await asyncio.sleep(0.5)
        assert await offered() == [32.0, 22_080]
        await game.swipe()
        assert await offered() == [0.0, 0], "nothing yet"
        game.control.charge()
        await asyncio.sleep(0.5)
        assert await offered() == [16.0, 11_040]
        game.control.unplug(1600)
        game.station.availability.held = lambda: True
        await asyncio.sleep(1)
        assert await offered() == [0.0, 0], "out of operation"

    play(script, keys={"MeterValuesSampledData": "Current.Offered,Power.Offered"})


def test_in_2_0_1_what_is_not_told_as_a_transaction_yet_is_measured_as_an_idle_evse(monkeypatch: pytest.MonkeyPatch) -> None:
    """J01.FR.14, J01.FR.22: its car may charge, and draws nothing."""
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")

    async def script(game: Game) -> None:
        rows = {
            "TxCtrlr.TxStartPoint": "EnergyTransfer",
            "AlignedDataCtrlr.Interval": "30",
            "AlignedDataCtrlr.SendDuringIdle": "true",
            "SampledDataCtrlr.TxUpdatedInterval": "0",
        }
        keys = ((VariableKey(component=name.split(".")[0], variable=name.split(".")[1]), value) for name, value in rows.items())
        await game.station.obey(SetVariables(tuple(keys)))
        game.control.plug()
        await game.swipe()
        await asyncio.sleep(65)
        assert (len(game.csms.of(MeterValues)), game.csms.events) == (2, [])
        game.control.charge()
        await asyncio.sleep(65)
        assert (len(game.csms.of(MeterValues)), game.csms.story) == (2, ["Started ChargingStateChanged"])

    play(script)

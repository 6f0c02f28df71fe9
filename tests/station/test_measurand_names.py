"""A measurand that only 1.6 has a name for neither gets into a message of 2.0.1 nor into the lists that its CSMS sets or is shown."""

import asyncio

from msgspec.structs import replace

from chargepoint.domain.commands import GetBaseReport, SetVariables, TooMuch
from chargepoint.domain.device_model import VariableKey, VariableStatus
from chargepoint.domain.metering import MeterValue, ReadingContext, Sample
from chargepoint.domain.notifications import MeterValues, NotifyReport
from tests.ocpp.examples import FIRST, NOON
from tests.ocpp.rig import dialect
from tests.station.rig import Game, play

LISTED = VariableKey(component="SampledDataCtrlr", variable="TxUpdatedMeasurands")
KEY = VariableKey(component="", variable="MeterValuesSampledData")
WARM, VOLTS = Sample("Temperature", 31.5, "Celsius", location="Body"), Sample("Voltage", 230.0, "V", "L1-N")


def test_a_message_of_2_0_1_goes_without_it() -> None:
    dialects = {version: dialect(version) for version in ("1.6", "2.0.1")}
    value = MeterValue(NOON, ReadingContext.PERIODIC, (WARM, VOLTS))
    told = {version: each.encode(MeterValues(1, FIRST, (value,))) for version, each in dialects.items()}
    names = {
        version: [each["measurand"] for each in request.payload["meterValue"][0]["sampledValue"]]
        for version, request in told.items()
        if request is not None
    }
    assert names == {"1.6": ["Temperature", "Voltage"], "2.0.1": ["Voltage"]}
    assert dialects["2.0.1"].encode(MeterValues(1, FIRST, (replace(value, samples=(WARM,)),))) is None


def test_a_csms_of_2_0_1_neither_sets_nor_sees_it_nor_what_the_meter_does_not_measure() -> None:
    async def script(game: Game) -> None:
        game.control.state = replace(game.control.state, temperature_c=31.5)
        game.control.measure(1000, power_w=0)
        await asyncio.sleep(0.5)
        for key, wanted in ((LISTED, VariableStatus.REJECTED), (KEY, VariableStatus.ACCEPTED)):
            (result,), _ = await game.station.obey(SetVariables(((key, "Energy.Active.Import.Register,Temperature"),)))  # type: ignore[misc]
            assert not isinstance(result, TooMuch)
            assert result.status is wanted, key
        _, send = await game.station.obey(GetBaseReport(request_id=1, base="FullInventory"))
        assert send is not None
        send()
        await game.until(lambda: any(not each.to_be_continued for each in reports(game)))
        rows = [row for report in reports(game) for row in report.rows if row.key == LISTED]
        assert [row.values for row in rows] == [
            ("Energy.Active.Import.Register", "Power.Active.Import", "Current.Offered", "Power.Offered")
        ]

    play(script)


def reports(game: Game) -> list[NotifyReport]:
    return [each for _, each in game.csms.asked if isinstance(each, NotifyReport)]

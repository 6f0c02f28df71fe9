"""Which samples a reading yields, and which lists of measurands are taken (1.6 §3.16, §7.31, §9.1.17)."""

import pytest
from msgspec.structs import replace

from chargepoint.domain.measurands import LONGEST, MEASURAND_LIST, MEASURANDS, OF_PHASES, Measured, missing, samples, with_phases
from chargepoint.domain.metering import Offer, Sample
from chargepoint.domain.values import BadValue, Bounds
from hal.measured import MeterReading

READING = MeterReading(
    at_s=0.0,
    energy_wh=1234,
    power_w=6_800,
    current_ma=(10_000, 10_100, 9_900),
    voltage_mv=(230_000, 231_000, 229_000),
    frequency_hz=50.02,
    exported_wh=7,
    reactive_power_var=-350,
)
FULL = Measured(READING, Offer(16_000, 11_040), 31.5)
KNOWN = Bounds(values=tuple(MEASURANDS))


def test_every_measurand_with_its_unit_its_phases_and_its_place() -> None:
    """OCPP 2.0.1 J01.FR.07, J01.FR.09, J01.FR.10, J01.FR.11, J02.FR.03, J02.FR.05, J02.FR.06, J02.FR.07"""
    assert samples(FULL, MEASURANDS) == (
        Sample("Energy.Active.Import.Register", 1234, "Wh"),
        Sample("Energy.Active.Export.Register", 7, "Wh"),
        Sample("Power.Active.Import", 6_800, "W"),
        Sample("Current.Import", 10.0, "A", "L1"),
        Sample("Current.Import", 10.1, "A", "L2"),
        Sample("Current.Import", 9.9, "A", "L3"),
        Sample("Voltage", 230.0, "V", "L1-N"),
        Sample("Voltage", 231.0, "V", "L2-N"),
        Sample("Voltage", 229.0, "V", "L3-N"),
        Sample("Frequency", 50.02, "Hz"),
        Sample("Current.Offered", 16.0, "A"),
        Sample("Power.Offered", 11_040, "W"),
        Sample("Power.Factor", 0.985, ""),
        Sample("Power.Reactive.Import", 0, "var"),
        Sample("Power.Reactive.Export", 350, "var"),
        Sample("Temperature", 31.5, "Celsius", location="Body"),
    )


@pytest.mark.parametrize(("item", "phases"), [("Voltage.L1", ["L1-N"]), ("Voltage.L2-N", ["L2-N"]), ("Current.Import.L3", ["L3"])])
def test_an_item_may_be_narrowed_to_one_phase(item: str, phases: list[str]) -> None:
    assert [sample.phase for sample in samples(FULL, [item])] == phases


def test_the_register_of_all_phases_may_be_followed_by_those_of_each_where_the_meter_has_them() -> None:
    measured = replace(FULL, reading=replace(READING, energy_by_phase_wh=(1000, 234, None)))
    assert samples(measured, with_phases(["Frequency", "Energy.Active.Import.Register"])) == (
        Sample("Frequency", 50.02, "Hz"),
        Sample("Energy.Active.Import.Register", 1234, "Wh"),
        Sample("Energy.Active.Import.Register", 1000, "Wh", "L1"),
        Sample("Energy.Active.Import.Register", 234, "Wh", "L2"),
    )
    assert with_phases(["Frequency"]) == ("Frequency",)
    with pytest.raises(BadValue):
        MEASURAND_LIST.parse(OF_PHASES, KNOWN)


def test_what_two_items_name_is_told_once() -> None:
    assert len(samples(FULL, ["Voltage", "Voltage.L1", "Voltage.L1-N"])) == 3


def test_there_is_no_power_factor_without_load_or_where_a_voltage_is_not_known() -> None:
    idle = replace(READING, power_w=0, current_ma=(0, 0, 0))
    assert samples(replace(FULL, reading=idle), ["Power.Factor"]) == ()
    assert samples(replace(FULL, reading=replace(READING, voltage_mv=(230_000, None, None))), ["Power.Factor"]) == ()


def test_a_power_factor_that_the_meter_says_is_told_under_load_only() -> None:
    said = replace(READING, power_factor=0.91)
    assert samples(replace(FULL, reading=said), ["Power.Factor"]) == (Sample("Power.Factor", 0.91, ""),)
    assert samples(replace(FULL, reading=replace(said, power_w=3)), ["Power.Factor"]) == ()


def test_what_the_hardware_does_not_measure_is_missing_and_what_only_rests_is_not() -> None:
    idle = Measured(MeterReading(at_s=0.0, energy_wh=0, power_w=0, current_ma=(0, None, None), voltage_mv=(0, None, None)), Offer(0, 0))
    assert missing(idle, [*MEASURANDS, "Current.Import.L1", "Current.Import.L2"]) == [
        "Energy.Active.Export.Register",
        "Frequency",
        "Power.Factor",
        "Power.Reactive.Import",
        "Power.Reactive.Export",
        "Temperature",
        "Current.Import.L2",
    ]
    assert missing(FULL, MEASURANDS) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Voltage",
        "Voltage , Current.Import,  Frequency",
        "Voltage.L1",
        "Current.Import.L1,Current.Import.L2,Current.Import.L3",
    ],
)
def test_lists_that_are_taken(text: str) -> None:
    assert MEASURAND_LIST.parse(text, KNOWN) == tuple(item.strip() for item in text.split(",") if item.strip())


@pytest.mark.parametrize(
    "text",
    [
        "SoC",
        "Voltage,SoC",
        "Voltage,",
        "Voltage,Voltage",
        "voltage",
        "Voltage.L4",
        "Voltage.L1-L2",
        "Frequency.L1",
        "Energy.Active.Import.Register.L1",
    ],
)
def test_one_item_that_is_not_supported_refuses_the_whole_list(text: str) -> None:
    with pytest.raises(BadValue):
        MEASURAND_LIST.parse(text, KNOWN)


def test_a_list_is_no_longer_than_its_key_says() -> None:
    phases = [f"{name}.L{number}" for name in ("Current.Import", "Voltage") for number in (1, 2, 3)]
    assert len(MEASURAND_LIST.parse(",".join([*MEASURANDS, *phases]), KNOWN)) == LONGEST
    with pytest.raises(BadValue):
        MEASURAND_LIST.parse(",".join([*MEASURANDS, *phases, "Voltage.L1-N"]), KNOWN)

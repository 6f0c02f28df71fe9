"""Block K: what schedules come to, and when."""

from datetime import datetime

import pytest

from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.profiles import DEVIATION_S, composite, install, profile, says, valid
from tests.conformance.v201.sites import CABLE, SOCKET
from tests.conformance.v201.test_smart_charging import DEFAULT, STATION_MAX, TX

SIGNIFICANT = {"SmartChargingCtrlr.LimitChangeSignificance": "1.0"}
UNITS = pytest.mark.parametrize("unit", ["A", "W"])


@case("TC_K_28")
async def test_a_default_profile_takes_a_running_transaction(lab: Lab) -> None:
    await lab.configure(SIGNIFICANT)
    await states.charging(lab)
    sent = await install(lab, profile(lab, 1, DEFAULT))
    schedule = await composite(lab, 300)
    says(schedule, sent["chargingSchedule"][0]["startSchedule"], (0, 6.0), (300, None))
    await lab.shows(limit_a=6.0, contactor="closed")


@UNITS
@case("TC_K_21")
async def test_a_profile_begins_to_be_valid(lab: Lab, unit: str) -> None:
    now = lab.in_s(0)
    await install(lab, profile(lab, 1, DEFAULT, kind="Relative", duration=None, unit=unit, **valid(lab, 300, None)))
    says(await composite(lab, 400, unit=unit), now, (0, None), (300, 6.0), unit=unit)


@case("TC_K_22")
async def test_a_profile_ceases_to_be_valid(lab: Lab) -> None:
    now = lab.in_s(0)
    await install(lab, profile(lab, 1, DEFAULT, since_s=0, duration=None, **valid(lab, -DEVIATION_S, 300)), evse=0)
    for evse, limit in ((0, 12.0), (SOCKET, 6.0), (CABLE, 6.0)):
        says(await composite(lab, 400, evse=evse), now, (0, limit), (300, None))


@case("TC_K_23")
async def test_a_schedule_begins(lab: Lab) -> None:
    now = lab.in_s(0)
    await install(lab, profile(lab, 1, DEFAULT, since_s=60))
    says(await composite(lab, 300), now, (0, None), (60, 6.0))


@UNITS
@case("TC_K_39")
async def test_the_schedule_of_a_station_without_profiles(lab: Lab, unit: str) -> None:
    schedule = await composite(lab, 300, evse=0, unit=unit)
    begin, now = datetime.fromisoformat(schedule["scheduleStart"]), datetime.fromisoformat(lab.in_s(0))
    assert abs((begin - now).total_seconds()) <= 2
    assert [period["limit"] for period in schedule["chargingSchedulePeriod"]] == [64.0 if unit == "A" else 64.0 * 690]


@UNITS
@case("TC_K_40")
async def test_the_higher_level_rules_as_long_as_it_lasts(lab: Lab, unit: str) -> None:
    until = valid(lab, -DEVIATION_S, DEVIATION_S + 401)
    low = profile(lab, 1, DEFAULT, (0, 6.0), (100, 8.0), (200, 10.0), duration=400, unit=unit, **until)
    high = profile(lab, 2, DEFAULT, (0, 7.0), (100, 9.0), duration=150, level=1, unit=unit, **until)
    high["chargingSchedule"][0]["startSchedule"] = start = low["chargingSchedule"][0]["startSchedule"]
    await install(lab, low)
    await install(lab, high)
    says(await composite(lab, 350, unit=unit), start, (0, 7.0), (100, 9.0), (150, 8.0), (200, 10.0), unit=unit)


@UNITS
@case("TC_K_41")
async def test_of_all_purposes_the_lowest_limit_rules(lab: Lab, unit: str) -> None:
    until = valid(lab, -DEVIATION_S, DEVIATION_S + 401)
    transaction = await states.charging(lab)
    station = profile(lab, 1, STATION_MAX, (0, 10.0), duration=86_400, unit=unit)
    periods = ((0, 6.0), (60, 10.0), (120, 8.0), (180, 15.0), (260, 8.0))
    default = profile(lab, 2, DEFAULT, *periods, duration=300, unit=unit, **until)
    own_periods = ((0, 8.0), (50, 11.0), (140, 16.0), (200, 6.0), (240, 12.0))
    own = profile(lab, 3, TX, *own_periods, duration=260, unit=unit, transactionId=transaction, **until)
    start = own["chargingSchedule"][0]["startSchedule"]
    for content in (station, default):
        content["chargingSchedule"][0]["startSchedule"] = start
    await install(lab, station, evse=0)
    await install(lab, default)
    await install(lab, own)
    wanted = (0, 8.0), (50, 10.0), (200, 6.0), (240, 10.0), (260, 8.0), (300, 10.0)
    says(await composite(lab, 400, unit=unit), start, *wanted, unit=unit)


@case("TC_K_47")
async def test_the_schedule_of_an_evse_that_is_not_there(lab: Lab) -> None:
    answer = await lab.says("Rejected", "GetCompositeSchedule", evseId=3, duration=300, chargingRateUnit="A")
    assert "schedule" not in answer


@case("TC_K_09")
async def test_a_default_profile_is_cleared_while_a_car_charges(lab: Lab) -> None:
    await lab.configure(SIGNIFICANT)
    await install(lab, profile(lab, 1, DEFAULT, since_s=0, duration=405))
    await states.charging(lab)
    assert (await composite(lab, 300))["chargingSchedulePeriod"][0]["limit"] == 6.0
    await lab.says("Accepted", "ClearChargingProfile", chargingProfileCriteria={"chargingProfilePurpose": DEFAULT})
    assert (await composite(lab, 300))["chargingSchedulePeriod"][0]["limit"] == 32.0
    await lab.shows(limit_a=32.0, contactor="closed")

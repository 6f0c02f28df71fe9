"""Smart charging: 056 to 060, 066, 067, 072, 082. What the car is offered is read off the pilot by the bench."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import CARD, Lab
from tests.conformance.v16.sites import SOCKET

Json = dict[str, Any]


def now(offset_s: float = 0.0) -> str:
    at = datetime.now(UTC) + timedelta(seconds=offset_s)
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def profile(number: int, purpose: str, *limits_a: float, level: int = 0, period_s: int = 300, **changes: Any) -> Json:
    """An absolute profile of these limits, each for as long; it began a minute ago."""
    periods = [{"startPeriod": index * period_s, "limit": limit} for index, limit in enumerate(limits_a)]
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": periods, "startSchedule": now(-60)}
    kind = {"chargingProfileKind": "Absolute", "chargingProfilePurpose": purpose}
    return {"chargingProfileId": number, "stackLevel": level, **kind, "chargingSchedule": schedule, **changes}


async def composite(lab: Lab, duration_s: int, unit: str = "A") -> list[tuple[datetime, float]]:
    """GetCompositeSchedule of the socket: when each period starts, and its limit; the first one starts now."""
    asked = datetime.now(UTC)
    answer = await lab.says("Accepted", "GetCompositeSchedule", connectorId=SOCKET, duration=duration_s, chargingRateUnit=unit)
    schedule = answer["chargingSchedule"]
    assert (answer["connectorId"], schedule["chargingRateUnit"]) == (SOCKET, unit)
    begin = datetime.fromisoformat(answer["scheduleStart"])
    assert abs((begin - asked).total_seconds()) < 5
    assert schedule.get("duration", duration_s) == duration_s
    assert schedule["chargingSchedulePeriod"][0]["startPeriod"] == 0
    return [(begin + timedelta(seconds=period["startPeriod"]), period["limit"]) for period in schedule["chargingSchedulePeriod"]]


def changes(content: Json, *seconds: int) -> list[datetime]:
    """So many seconds after the start of a profile."""
    start = datetime.fromisoformat(content["chargingSchedule"]["startSchedule"])
    return [start + timedelta(seconds=each) for each in seconds]


def close(found: list[datetime], wanted: list[datetime]) -> bool:
    """The same times, to the seconds that are cut off."""
    return all(abs((one - other).total_seconds()) <= 2 for one, other in zip(found, wanted, strict=True))


async def install(lab: Lab, wanted: str, content: Json, connector: int = SOCKET) -> None:
    """SetChargingProfile."""
    await lab.says(wanted, "SetChargingProfile", connectorId=connector, csChargingProfiles=content)


@case("056")
async def test_a_default_profile_limits_the_next_transaction(lab: Lab) -> None:
    await install(lab, "Accepted", profile(1, "TxDefaultProfile", 10.0))
    await lab.charge()
    await lab.shows(limit_a=10.0)


@case("057")
async def test_a_profile_of_a_transaction_limits_it_at_once_and_dies_with_it(lab: Lab) -> None:
    number = await lab.charge()
    await lab.shows(limit_a=32.0)
    await install(lab, "Accepted", profile(1, "TxProfile", 8.0, transactionId=number))
    await lab.shows(limit_a=8.0)
    await lab.card()
    await lab.hears("StopTransaction", transactionId=number)
    await lab.status("Finishing")
    await lab.unplug()
    await lab.status("Available")
    await lab.charge()
    await lab.shows(limit_a=32.0)


@case("058_1")
async def test_a_profile_of_a_transaction_that_is_not_there_is_rejected(lab: Lab) -> None:
    await install(lab, "Rejected", profile(1, "TxProfile", 8.0))


@case("058_2")
async def test_a_profile_of_another_transaction_is_rejected(lab: Lab) -> None:
    number = await lab.charge()
    await install(lab, "Rejected", profile(1, "TxProfile", 8.0, transactionId=number + 1))
    assert (await lab.evse())["limit_a"] == 32.0


@case("059")
async def test_a_remote_start_brings_its_profile(lab: Lab) -> None:
    await lab.plug()
    await lab.status("Preparing")
    given = profile(1, "TxProfile", 9.0)
    await lab.says("Accepted", "RemoteStartTransaction", idTag=CARD, connectorId=SOCKET, chargingProfile=given)
    await lab.started(idTag=CARD)
    await lab.shows(limit_a=9.0, contactor="closed")
    assert [limit for _, limit in await composite(lab, 120)] == [9.0]


@case("060")
async def test_a_remote_start_with_a_profile_of_another_purpose_is_rejected(lab: Lab) -> None:
    await lab.plug()
    await lab.status("Preparing")
    given = profile(1, "TxDefaultProfile", 9.0)
    await lab.says("Rejected", "RemoteStartTransaction", idTag=CARD, connectorId=SOCKET, chargingProfile=given)
    assert lab.heard("StartTransaction") == []


@case("066")
async def test_the_composite_schedule_has_what_limits_when(lab: Lab) -> None:
    station = profile(1, "ChargePointMaxProfile", 25.0, 7.0, 12.0, period_s=160)
    await install(lab, "Accepted", station, 0)
    await install(lab, "Accepted", profile(2, "TxDefaultProfile", 6.0))
    number = await lab.charge()
    await install(lab, "Accepted", profile(3, "TxProfile", 10.0, 20.0, period_s=260, transactionId=number))
    periods = await composite(lab, 400)
    assert [limit for _, limit in periods] == [10.0, 7.0, 12.0]
    assert close([at for at, _ in periods[1:]], changes(station, 160, 320))
    assert (await composite(lab, 60, "W"))[0][1] == 10.0 * 3 * 230
    await lab.says("Rejected", "GetCompositeSchedule", connectorId=9, duration=400)


@case("067")
async def test_profiles_are_cleared_by_id_by_what_they_are_and_all_at_once(lab: Lab) -> None:
    await install(lab, "Accepted", profile(1, "TxDefaultProfile", 10.0))
    await install(lab, "Accepted", profile(2, "TxDefaultProfile", 8.0, level=1))
    await install(lab, "Accepted", profile(3, "ChargePointMaxProfile", 16.0), 0)
    await lab.charge()
    await lab.shows(limit_a=8.0)
    await lab.says("Accepted", "ClearChargingProfile", id=2)
    await lab.shows(limit_a=10.0)
    await lab.says("Accepted", "ClearChargingProfile", chargingProfilePurpose="TxDefaultProfile", stackLevel=0)
    await lab.shows(limit_a=16.0)
    await lab.says("Accepted", "ClearChargingProfile")
    await lab.shows(limit_a=32.0)
    assert [limit for _, limit in await composite(lab, 60)] == [32.0]
    await lab.says("Unknown", "ClearChargingProfile", id=2)


@case("072")
async def test_the_highest_level_that_has_a_period_counts(lab: Lab) -> None:
    await install(lab, "Accepted", profile(1, "TxDefaultProfile", 6.0, 8.0, 10.0, period_s=160))
    higher = profile(2, "TxDefaultProfile", 7.0, 9.0, level=1, period_s=110)
    higher["chargingSchedule"]["duration"] = 210
    await install(lab, "Accepted", higher)
    await lab.charge()
    await lab.shows(limit_a=7.0)
    periods = await composite(lab, 350)
    assert [limit for _, limit in periods] == [7.0, 9.0, 8.0, 10.0]
    assert close([at for at, _ in periods[1:]], changes(higher, 110, 210, 320))


@case("082")
async def test_a_default_profile_limits_a_running_transaction_too(lab: Lab) -> None:
    await lab.charge()
    await lab.shows(limit_a=32.0)
    await install(lab, "Accepted", profile(1, "TxDefaultProfile", 7.0))
    await lab.shows(limit_a=7.0)
    await install(lab, "Accepted", profile(1, "TxDefaultProfile", 0.0))
    await lab.status("SuspendedEVSE")
    await install(lab, "Accepted", profile(1, "TxDefaultProfile", 13.0))
    await lab.shows(limit_a=13.0)
    await lab.hears("StatusNotification", connectorId=SOCKET, status="Charging")
    assert lab.heard("StopTransaction") == []

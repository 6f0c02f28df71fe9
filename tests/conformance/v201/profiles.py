"""Charging profiles as the cases of block K send them, and what the station says of them."""

from datetime import UTC, datetime
from typing import Any

from tests.conformance.v201.lab import Lab
from tests.conformance.v201.sites import SOCKET, Json

DEVIATION_S = 5
"""What the tool calls the maximum time deviation."""
Periods = tuple[tuple[int, float], ...]


def profile(
    lab: Lab,
    number: int,
    purpose: str,
    *limits: tuple[int, float],
    kind: str = "Absolute",
    level: int = 0,
    unit: str = "A",
    since_s: float = -DEVIATION_S,
    duration: int | None = 300,
    **more: Any,
) -> Json:
    """Of three phases; ``limits``: (startPeriod, limit) in amperes, told in the unit; it counts from ``since_s`` on, unless relative."""
    factor = 1 if unit == "A" else 1000
    periods = [{"startPeriod": at, "limit": limit * factor, "numberPhases": 3} for at, limit in limits or ((0, 6.0),)]
    schedule: Json = {"id": number, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}
    if duration is not None:
        schedule["duration"] = duration
    if kind != "Relative":
        schedule["startSchedule"] = lab.in_s(since_s)
    start = {"id": number, "stackLevel": level, "chargingProfilePurpose": purpose, "chargingProfileKind": kind}
    return {**start, "chargingSchedule": [schedule], **more}


def valid(lab: Lab, from_s: float | None, to_s: float | None) -> Json:
    """validFrom and validTo, in so many seconds."""
    times = {"validFrom": from_s, "validTo": to_s}
    return {name: lab.in_s(at_s) for name, at_s in times.items() if at_s is not None}


async def install(lab: Lab, content: Json, *, evse: int = SOCKET, wanted: str = "Accepted", reason: str | None = None) -> Json:
    """SetChargingProfile; the profile."""
    answer = await lab.says(wanted, "SetChargingProfile", evseId=evse, chargingProfile=content)
    if reason is not None:
        assert answer["statusInfo"]["reasonCode"] == reason, answer
    return content


async def reported(lab: Lab, *, number: int = 1, evse: int | None = None, **criterion: Any) -> list[tuple[int, Json]]:
    """GetChargingProfiles, and all that is then reported: the EVSE and the profile, each as the profile says it."""
    place = {} if evse is None else {"evseId": evse}
    await lab.says("Accepted", "GetChargingProfiles", requestId=number, chargingProfile=criterion, **place)
    found = []
    while True:
        report = (await lab.hears("ReportChargingProfiles", requestId=number)).payload
        assert report["chargingLimitSource"] == "CSO", report
        found += [(report["evseId"], each) for each in report["chargingProfile"]]
        if not report.get("tbc", False):
            return found


async def nothing(lab: Lab, *, number: int = 9, evse: int | None = None, **criterion: Any) -> None:
    """GetChargingProfiles: there is none."""
    place = {} if evse is None else {"evseId": evse}
    await lab.says("NoProfiles", "GetChargingProfiles", requestId=number, chargingProfile=criterion, **place)


def same(found: Json, sent: Json) -> bool:
    """The profile that was sent, whatever its times look like."""
    return bool(_plain(found) == _plain(sent))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return list(map(_plain, value))
    if isinstance(value, str) and value[:2] == "20" and "T" in value:
        return int(datetime.fromisoformat(value).timestamp() * 1000)
    return value


async def composite(lab: Lab, duration: int, *, evse: int = SOCKET, unit: str = "A") -> Json:
    """GetCompositeSchedule; the schedule, after what every case looks at."""
    answer = await lab.says("Accepted", "GetCompositeSchedule", evseId=evse, duration=duration, chargingRateUnit=unit)
    schedule: Json = answer["schedule"]
    late_s = (datetime.now(UTC) - datetime.fromisoformat(schedule["scheduleStart"])).total_seconds()
    assert abs(late_s) <= DEVIATION_S, "it begins when it is asked for (errata 6.2.71, 6.2.74)"
    assert (schedule["evseId"], schedule["duration"], schedule["chargingRateUnit"]) == (evse, duration, unit)
    assert schedule["chargingSchedulePeriod"][0]["startPeriod"] == 0
    return schedule


def says(schedule: Json, since: str, *wanted: tuple[int, float | None], unit: str = "A") -> None:
    """These limits (``None``: any), the first from its beginning on, the others so long after ``since``, to two seconds."""
    factor = 1 if unit == "A" else 1000
    x = (datetime.fromisoformat(schedule["scheduleStart"]) - datetime.fromisoformat(since)).total_seconds()
    periods = schedule["chargingSchedulePeriod"]
    assert len(periods) == len(wanted), periods
    for period, (at_s, limit) in zip(periods, wanted, strict=True):
        assert at_s == 0 or abs(period["startPeriod"] - (at_s - x)) <= 2, (periods, x)
        assert limit is None or period["limit"] == limit * factor, periods

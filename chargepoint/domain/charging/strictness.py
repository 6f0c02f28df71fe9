"""What OCPP 2.x does not let a CSMS say, and 1.6 lets a station make sense of (K01): where the letter says Rejected, or shall not.

Phases are the last of it. A schedule for fewer phases than a car may draw on is refused, unless the contactor can keep it to them; one for
more is taken, and the limit holds on those that there are. A contactor of this station closes its first pole or all three: that pole is the
single phase, whether a schedule leaves the choice to the station (K01.FR.47) or names the first (K01.FR.46); another by name is refused.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from chargepoint.domain.charging.checking import Maxima, Rule, broken_rule
from chargepoint.domain.charging.units import Wiring
from chargepoint.domain.charging_profile import ChargingProfile, Kind, Purpose, SchedulePeriod
from chargepoint.domain.commands.outcome import Outcome, Verdict

FIRST_POLE = 1


def _names_phase_of_many(profile: ChargingProfile) -> bool:
    return any(period.phase_to_use is not None and period.phases != 1 for period in profile.schedule.periods)


# fmt: off
RULES = (
    Rule(lambda p, e, m: p.purpose is Purpose.STATION_MAX and p.kind is Kind.RELATIVE, "InvalidProfile",  # K01.FR.38
         "{p.kind} for the whole station: there is no transaction to count from"),
    Rule(lambda p, e, m: p.kind is not Kind.RELATIVE and p.schedule.start is None, "InvalidSchedule",  # K01.FR.40
         "{p.kind} without startSchedule"),
    Rule(lambda p, e, m: p.kind is Kind.RELATIVE and p.schedule.start is not None, "InvalidSchedule",  # K01.FR.41
         "{p.kind} with startSchedule: it counts from the start of charging"),
    Rule(lambda p, e, m: _names_phase_of_many(p), "InvalidSchedule", "phaseToUse without numberPhases 1"),
    Rule(lambda p, e, m: bool(p.others), "InvalidSchedule",  # K01.FR.34
         "more than one chargingSchedule: no car here says its charging needs, so none could choose"),
)
# fmt: on


def strict_objection(profile: ChargingProfile, evse: int, maxima: Maxima) -> Outcome | None:
    """Why a profile of 2.x cannot be taken at this EVSE (0: the station); ``None``: nothing that only 2.x minds."""
    return broken_rule(RULES, profile, evse, maxima)


def phase_objection(profile: ChargingProfile, wirings: Iterable[Wiring]) -> Outcome | None:
    """Why these EVSEs cannot charge on the phases that it wants (K01.FR.43, K01.FR.48); ``None``: they can."""
    there = tuple(wirings)
    for schedule in profile.schedules:
        for period in schedule.periods:
            for wiring in there:
                if info := _wrong(period, wiring):
                    return Outcome(Verdict.REJECTED, "UnsupportedParam", info)
    return None


def _wrong(period: SchedulePeriod, wiring: Wiring) -> str:
    wanted, most = period.phases or 3, 3 if wiring.switches else wiring.phases
    if wanted < most and not (wiring.switches and wanted == 1):
        return f"numberPhases {wanted}: a car may draw on {most}, and this station cannot keep it to fewer"
    if period.phase_to_use not in (None, FIRST_POLE):
        return f"phaseToUse {period.phase_to_use}: this station cannot choose the phase; it uses {FIRST_POLE}"
    return ""


def from_now_on(profile: ChargingProfile, now: datetime) -> ChargingProfile | None:
    """A slider: what a relative profile for the whole station can only mean where it has one period and no end; ``None``: it is none."""
    schedule = profile.schedule
    if profile.purpose is not Purpose.STATION_MAX or profile.kind is not Kind.RELATIVE or profile.others:
        return None
    if len(schedule.periods) != 1 or schedule.duration_s is not None or schedule.start is not None:
        return None
    return replace(profile, kind=Kind.ABSOLUTE, schedule=replace(schedule, start=now))

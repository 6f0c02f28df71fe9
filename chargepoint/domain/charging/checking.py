"""Which charging profiles cannot be taken (1.6 §3.13, §5.16, §7.8 to §7.14; OCPP 2.0.1 K01).

What is forgiven, because it has one sensible meaning: a startSchedule in a relative profile (not looked at); an absolute or a recurring one
without (it counts from the start of charging, 1.6 §7.13); a recurrency in a profile that does not recur. A relative profile that bounds
the whole station has no transaction to count from: it counts from when it was set. Home Assistant sends its slider so, OCPP 2.0.1 forbids
it (K01, requirement 38).
"""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.charging.installed import STATION
from chargepoint.domain.charging_profile import ChargingProfile, ChargingSchedule, Kind, Purpose, RateUnit, SchedulePeriod
from chargepoint.domain.commands.outcome import Outcome, Verdict

MOST_PERIODS = 1_000
"""In a schedule that no CSMS has sent."""


class Maxima(Struct, frozen=True, kw_only=True):
    """What this station can take, by its variables."""

    stack_level: int
    periods: int
    """In one schedule."""
    profiles: int
    """Installed at a time."""
    units: frozenset[RateUnit]


class Rule(NamedTuple):
    """Broken where ``broken`` holds for a profile, the EVSE that it is for (0: the station) and the maxima."""

    broken: Callable[[ChargingProfile, int, Maxima], bool]
    reason_code: str
    """One of OCPP 2.0.1's appendix."""
    info: str
    """Formatted with ``p``, the profile, ``e``, the EVSE, and ``m``, the maxima."""


def _unordered(periods: tuple[SchedulePeriod, ...]) -> bool:
    return any(later.start_s <= earlier.start_s for earlier, later in pairwise(periods))


def _never_valid(profile: ChargingProfile) -> bool:
    return profile.valid_from is not None and profile.valid_to is not None and profile.valid_to <= profile.valid_from


# fmt: off
OF_SCHEDULES = (
    Rule(lambda p, e, m: len(p.schedule.periods) > m.periods, "TooManyElements", "more periods than {m.periods}"),
    Rule(lambda p, e, m: not p.schedule.periods, "InvalidSchedule", "a schedule without periods; expected one at least"),
    Rule(lambda p, e, m: p.schedule.periods[0].start_s != 0, "InvalidSchedule", "the first startPeriod has to be 0"),  # K01.FR.31
    Rule(lambda p, e, m: _unordered(p.schedule.periods), "InvalidSchedule",  # K01.FR.35
         "each startPeriod has to be later than the one before"),
    Rule(lambda p, e, m: any(period.limit < 0 for period in p.schedule.periods), "InvalidSchedule", "a limit below 0"),
    Rule(lambda p, e, m: any(period.phases is not None and period.phases < 1 for period in p.schedule.periods),
         "InvalidSchedule", "numberPhases below 1"),
    Rule(lambda p, e, m: p.schedule.duration_s is not None and p.schedule.duration_s <= 0, "InvalidSchedule",
         "duration {p.schedule.duration_s}: expected 1 or more"),
)
"""Whatever it is for."""
RULES = (
    Rule(lambda p, e, m: p.purpose is Purpose.EXTERNAL, "InvalidProfile", "purpose {p.purpose}: not for a CSMS to set"),
    Rule(lambda p, e, m: p.purpose is Purpose.STATION_MAX and e != STATION, "InvalidProfile",  # K04.FR.03
         "purpose {p.purpose} at EVSE {e}: it is for the whole station, expected 0"),
    Rule(lambda p, e, m: p.purpose is Purpose.TX and e == STATION, "InvalidProfile",  # K01.FR.16
         "purpose {p.purpose} for the whole station: it is for one transaction, expected its EVSE"),
    Rule(lambda p, e, m: not 0 <= p.stack_level <= m.stack_level, "InvalidStackLevel",
         "stackLevel {p.stack_level}: expected 0 to {m.stack_level}"),
    Rule(lambda p, e, m: p.schedule.unit not in m.units, "UnsupportedRateUnit",  # K01.FR.26
         "chargingRateUnit {p.schedule.unit}: not among those that are allowed here"),
    *OF_SCHEDULES,
    Rule(lambda p, e, m: p.kind is Kind.RECURRING and p.recurrency is None, "InvalidProfile", "recurring, but not whether daily or weekly"),
    Rule(lambda p, e, m: _never_valid(p), "InvalidProfile", "validTo has to be later than validFrom"),
)
# fmt: on


def objection(profile: ChargingProfile, evse: int, maxima: Maxima) -> Outcome | None:
    """Why the profile cannot be taken at this EVSE (0: the station); ``None``: it can."""
    return broken_rule(RULES, profile, evse, maxima)


def objection_to_schedule(schedule: ChargingSchedule) -> str | None:
    """Why nobody could follow it, in words; ``None``: it can be followed."""
    profile = ChargingProfile(id=0, stack_level=0, purpose=Purpose.EXTERNAL, kind=Kind.ABSOLUTE, schedule=schedule)
    maxima = Maxima(stack_level=0, periods=MOST_PERIODS, profiles=0, units=frozenset())
    refused = broken_rule(OF_SCHEDULES, profile, STATION, maxima)
    return None if refused is None else refused.info


def broken_rule(rules: Iterable[Rule], profile: ChargingProfile, evse: int, maxima: Maxima) -> Outcome | None:
    """The first of the rules that does not hold, for one of the schedules."""
    for schedule in profile.schedules:
        each = profile if schedule is profile.schedule else replace(profile, schedule=schedule)
        for rule in rules:
            if rule.broken(each, evse, maxima):
                return Outcome(Verdict.REJECTED, rule.reason_code, rule.info.format(p=each, e=evse, m=maxima))
    return None


def remote_start_objection(profile: ChargingProfile, evse: int, maxima: Maxima) -> Outcome | None:
    """The same for one that comes with a remote start: for its transaction, which has no id yet (1.6 §5.16.2; OCPP 2.0.1 F01, K05)."""
    if profile.purpose is not Purpose.TX:
        return Outcome(Verdict.REJECTED, "InvalidProfile", f"purpose {profile.purpose}: expected {Purpose.TX}")
    if profile.transaction_id is not None:
        return Outcome(Verdict.REJECTED, "InvalidProfile", "a transactionId before there is a transaction")
    return objection(profile, evse, maxima)

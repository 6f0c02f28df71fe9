"""What only OCPP 2.x refuses: profiles that 1.6 makes sense of, phases that a car could not be kept to, and two for one place."""

from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.charging.checking import Maxima
from chargepoint.domain.charging.installed import Installed, overlaps
from chargepoint.domain.charging.strictness import RULES, from_now_on, phase_objection, strict_objection
from chargepoint.domain.charging.units import Wiring, by_number
from chargepoint.domain.charging_profile import ChargingProfile, Kind, Purpose, RateUnit, SchedulePeriod
from tests.domain.charging.examples import NOON, after, installed, profile

MAXIMA = Maxima(stack_level=8, periods=3, profiles=10, units=frozenset(RateUnit))
THREE, ONE, CHOICE = Wiring(3, 230.0), Wiring(1, 230.0), Wiring(3, 230.0, switches=True)


def phased(phases: int | None = None, phase_to_use: int | None = None, limit: float = 16.0, **fields: Any) -> ChargingProfile:
    """One period for so many phases."""
    made = profile(**fields)
    return replace(made, schedule=replace(made.schedule, periods=(SchedulePeriod(0, limit, phases, phase_to_use),)))


RELATIVE_WITH_START = replace(profile(kind=Kind.RELATIVE), schedule=profile().schedule)
REFUSED = [
    (profile(kind=Kind.RELATIVE, purpose=Purpose.STATION_MAX), "InvalidProfile", "no transaction to count from"),
    (profile(start=None), "InvalidSchedule", "without startSchedule"),
    (RELATIVE_WITH_START, "InvalidSchedule", "it counts from the start of charging"),
    (phased(3, 1), "InvalidSchedule", "phaseToUse without numberPhases 1"),
    (replace(profile(), others=(profile().schedule,)), "InvalidSchedule", "more than one chargingSchedule"),
]


@pytest.mark.parametrize(("wrong", "reason_code", "info"), REFUSED)
def test_what_the_letter_forbids_is_refused_for_a_reason(wrong: ChargingProfile, reason_code: str, info: str) -> None:
    """K01.FR.34, K01.FR.38, K01.FR.40, K01.FR.41."""
    refused = strict_objection(wrong, 0, MAXIMA)
    assert refused is not None
    assert refused.reason_code == reason_code
    assert info in refused.info
    assert strict_objection(profile(), 0, MAXIMA) is None
    assert len(REFUSED) == len(RULES)


@pytest.mark.parametrize(
    ("phases", "phase_to_use", "wiring", "taken"),
    [
        (None, None, THREE, True),
        (3, None, THREE, True),
        (2, None, THREE, False),
        (1, None, THREE, False),
        (1, None, ONE, True),
        (1, 1, ONE, True),
        (1, 2, ONE, False),
        (3, None, ONE, True),
        (None, None, ONE, True),
        (1, None, CHOICE, True),
        (1, 1, CHOICE, True),
        (1, 3, CHOICE, False),
        (2, None, CHOICE, False),
        (3, None, CHOICE, True),
    ],
)
def test_a_car_is_kept_to_the_phases_of_a_profile_or_the_profile_is_refused(
    phases: int | None, phase_to_use: int | None, wiring: Wiring, taken: bool
) -> None:
    """K01.FR.43, K01.FR.45, K01.FR.46, K01.FR.47, K01.FR.48: the station chooses its first pole, and can choose no other."""
    refused = phase_objection(phased(phases, phase_to_use), [wiring])
    assert (refused is None) is taken


def test_of_several_evses_each_has_to_be_able_to() -> None:
    assert phase_objection(phased(1), [ONE, CHOICE]) is None
    assert phase_objection(phased(1), [ONE, THREE]) is not None


@pytest.mark.parametrize(
    ("phases", "wiring", "limit_a"),
    [(3, THREE, 10.0), (None, THREE, 10.0), (3, ONE, 30.0), (None, ONE, 30.0), (1, CHOICE, 30.0), (None, CHOICE, 10.0), (1, THREE, 10.0)],
)
def test_watts_are_divided_by_the_phases_that_the_schedule_names_three_unless_it_names_any_and_never_more_than_there_are(
    phases: int | None, wiring: Wiring, limit_a: float
) -> None:
    """K01.FR.45, K01.FR.49, K01.FR.50."""
    (period,) = by_number(phased(phases, limit=6900.0, unit=RateUnit.WATT), wiring).schedule.periods
    assert period.limit == pytest.approx(limit_a)


HOUR: dict[str, Any] = {"valid_from": NOON, "valid_to": after(3600)}
NEXT: dict[str, Any] = {"valid_from": after(3600), "valid_to": after(7200)}
BOUND: dict[str, Any] = {"purpose": Purpose.STATION_MAX}
MINE: dict[str, Any] = {"transaction_id": "ours"}
OTHERS: dict[str, Any] = {"transaction_id": "other"}
OWN: dict[str, Any] = {"purpose": Purpose.TX}


def put(number: int, evse: int = 0, place: dict[str, Any] | None = None, **fields: Any) -> Installed:
    """A profile of this id and level 3."""
    return installed(profile(id=number, stack_level=3, **fields), evse, **(place or {}))


@pytest.mark.parametrize(
    ("new", "old", "clash"),
    [
        (put(1, **BOUND), put(2, **BOUND), True),
        (put(1, **BOUND), put(1, **BOUND), False),
        (put(1, **BOUND, **HOUR), put(2, **BOUND, **NEXT), False),
        (put(1, **BOUND, **HOUR), put(2, **BOUND, valid_from=after(3599)), True),
        (put(1, **BOUND), put(2), False),
        (put(1, 1), put(2, 1), True),
        (put(1, 1), put(2, 2), False),
        (put(1, 1, **HOUR), put(2, 1, **NEXT), False),
        (put(1), put(2, 1), True),
        (put(1, **HOUR), put(2, 1, **NEXT), True),
        (put(1, 1), put(2), True),
        (put(1, 1, MINE, **OWN), put(2, 1, MINE, **OWN), True),
        (put(1, 1, MINE, **OWN), put(2, 2, OTHERS, **OWN), False),
        (put(1, 1, MINE, **OWN, **HOUR), put(2, 1, MINE, **OWN, **NEXT), True),
    ],
)
def test_two_profiles_of_one_level_never_hold_at_one_time(new: Installed, old: Installed, clash: bool) -> None:
    """K01.FR.06, K01.FR.39, K01.FR.52, K01.FR.53."""
    assert overlaps(new, old) is clash
    assert overlaps(old, new) is clash


@pytest.mark.parametrize(
    ("changed", "taken"),
    [
        ({}, True),
        ({"duration_s": 60}, False),
        ({"periods": ((0, 10.0), (60, 16.0))}, False),
        ({"kind": Kind.ABSOLUTE}, False),
        ({"purpose": Purpose.TX_DEFAULT}, False),
        ({"others": (profile().schedule,)}, False),
    ],
)
def test_only_what_can_mean_nothing_but_from_now_on_is_a_slider(changed: dict[str, Any], taken: bool) -> None:
    fields = {"periods": ((0, 10.0),), "purpose": Purpose.STATION_MAX, "kind": Kind.RELATIVE} | changed
    slider = from_now_on(profile(*fields.pop("periods"), **fields), after(9))
    assert (slider is not None) is taken
    if slider is not None:
        assert (slider.kind, slider.schedule.start) == (Kind.ABSOLUTE, after(9))

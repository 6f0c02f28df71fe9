"""Which profiles are refused, each with its reason; and which oddities are not."""

from typing import Any

import pytest

from chargepoint.domain.charging.checking import RULES, Maxima, objection, remote_start_objection
from chargepoint.domain.charging_profile import Kind, Purpose, RateUnit, Recurrency
from chargepoint.domain.commands import Verdict
from tests.domain.charging.examples import after, profile

MAXIMA = Maxima(stack_level=8, periods=3, profiles=10, units=frozenset({RateUnit.AMPERE}))
REFUSED: list[tuple[dict[str, Any], int, str, str]] = [
    ({"purpose": Purpose.EXTERNAL}, 0, "InvalidProfile", "not for a CSMS"),
    ({"purpose": Purpose.STATION_MAX}, 1, "InvalidProfile", "at EVSE 1: it is for the whole station"),
    ({"purpose": Purpose.TX}, 0, "InvalidProfile", "it is for one transaction"),
    ({"stack_level": 9}, 0, "InvalidStackLevel", "stackLevel 9: expected 0 to 8"),
    ({"stack_level": -1}, 0, "InvalidStackLevel", "stackLevel -1: expected 0 to 8"),
    ({"unit": RateUnit.WATT}, 0, "UnsupportedRateUnit", "chargingRateUnit W"),
    ({"periods": ((0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0))}, 0, "TooManyElements", "more periods than 3"),
    ({"periods": ((1, 1.0),)}, 0, "InvalidSchedule", "the first startPeriod"),
    ({"periods": ((0, 1.0), (9, 1.0), (9, 2.0))}, 0, "InvalidSchedule", "later than the one before"),
    ({"periods": ((0, -0.1),)}, 0, "InvalidSchedule", "below 0"),
    ({"periods": ((0, 6.0, 0),)}, 0, "InvalidSchedule", "numberPhases below 1"),
    ({"duration_s": 0}, 0, "InvalidSchedule", "duration 0"),
    ({"kind": Kind.RECURRING}, 0, "InvalidProfile", "daily or weekly"),
    ({"valid_from": after(5), "valid_to": after(5)}, 0, "InvalidProfile", "validTo"),
]


@pytest.mark.parametrize(("fields", "evse", "reason_code", "info"), REFUSED)
def test_a_profile_is_refused_for_a_reason(fields: dict[str, Any], evse: int, reason_code: str, info: str) -> None:
    refused = objection(profile(*fields.pop("periods", ()), **fields), evse, MAXIMA)
    assert refused is not None
    assert (refused.verdict, refused.reason_code) == (Verdict.REJECTED, reason_code)
    assert info in refused.info


def test_a_schedule_without_periods_is_refused_and_so_every_rule_is_tried() -> None:
    empty = profile()
    empty = type(empty)(**{name: getattr(empty, name) for name in empty.__struct_fields__} | {"schedule": _without_periods(empty)})
    refused = objection(empty, 0, MAXIMA)
    assert refused is not None
    assert "without periods" in refused.info
    assert len(RULES) == len({info for _, _, _, info in REFUSED}), "two of them are of one rule, and this one is not among them"


def _without_periods(of: Any) -> Any:
    schedule = of.schedule
    return type(schedule)(unit=schedule.unit, periods=())


@pytest.mark.parametrize(
    ("fields", "evse"),
    [
        ({}, 0),
        ({"id": -(2**40)}, 1),
        ({"periods": ((0, 0.0),)}, 1),
        ({"periods": ((0, 6.0, 7),)}, 1),
        ({"start": None}, 1),
        ({"start": None, "kind": Kind.RECURRING, "recurrency": Recurrency.DAILY}, 1),
        ({"recurrency": Recurrency.WEEKLY}, 1),
        ({"valid_to": after(-86_400)}, 1),
        ({"purpose": Purpose.STATION_MAX, "kind": Kind.RELATIVE}, 0),
        ({"purpose": Purpose.TX, "valid_from": after(1), "valid_to": after(9)}, 2),
    ],
)
def test_what_has_one_sensible_meaning_is_taken(fields: dict[str, Any], evse: int) -> None:
    assert objection(profile(*fields.pop("periods", ()), **fields), evse, MAXIMA) is None


def test_a_remote_start_brings_a_profile_for_its_transaction_which_has_no_id_yet() -> None:
    assert remote_start_objection(profile(purpose=Purpose.TX), 1, MAXIMA) is None
    for wrong in (profile(), profile(purpose=Purpose.TX, transaction_id="17"), profile(purpose=Purpose.TX, stack_level=9)):
        refused = remote_start_objection(wrong, 1, MAXIMA)
        assert refused is not None
        assert refused.verdict is Verdict.REJECTED

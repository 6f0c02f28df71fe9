"""The self-test against real control and a real station: every fault that a step can find is found by that step."""

import asyncio
import json
from typing import Any

import pytest

from chargepoint.cli import commissioning
from chargepoint.cli.main import main
from chargepoint.commissioning.steps import Step
from tests.commissioning.site import Site

BROKEN: tuple[tuple[dict[str, Any], str, str, str], ...] = (
    ({"contactor": "welded"}, "contactor_welded", "contactor", "CP-301"),
    ({"rcd": "tripped"}, "rcd_tripped", "rcd", "CP-201"),
    ({"rcd": "selftest_fails"}, "rcd_selftest", "rcd", "CP-290"),
    ({"lock": "stuck_closed"}, "lock_stuck", "lock_out", "CP-312"),
    ({"meter": "lost"}, "meter_silent", "meter", "CP-511"),
    ({"meter": "nonsense"}, "meter_implausible", "meter", "CP-512"),
    ({"board": "lost"}, "board_silent", "board", "CP-501"),
    ({"temperature_c": 95}, "over_temperature", "temperature", "CP-421"),
    ({"emergency_stop": True}, "emergency_stop", "emergency_stop", "CP-211"),
    ({"earth": "lost"}, "earth_lost", "earth", "CP-203"),
    ({"enclosure": "open"}, "enclosure_open", "housing", "CP-212"),
    ({"mains_v": [230, 0, 230]}, "phase_missing", "voltage", "CP-413"),
    ({"pilot": "short"}, "pilot_short", "pilot", "CP-101"),
)
"""What is broken, the fault that control raises of it, the step that finds it, and its number."""


def steps_of(site: Site) -> dict[str, Step]:
    """By the names of its steps."""

    async def steps() -> tuple[Step, ...]:
        return await commissioning.collected(commissioning.steps(site.config, site.state, 1), lambda step: None)

    return {step.name: step for step in asyncio.run(steps())}


def test_a_sound_station_fails_nowhere_and_says_what_is_left_to_people(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.sound()
    assert main(["selftest", *site.options, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["steps"]
    assert [step for step in found if step["outcome"] == "failed"] == []
    assert {"configuration", "reader", "clock set", "clock", "supply", "room", "wear"} <= {step["name"] for step in found}
    own = {step["name"]: step["outcome"] for step in found if step.get("evse") == 1}
    passed = {
        *("board", "pilot", "proximity", "earth", "housing", "temperature", "contactor", "meter", "voltage", "frequency"),
        *("pilot_offer", "pilot_f", "rcd", "lock_in", "lock_out", "energy", "faults"),
    }
    assert {name for name, outcome in own.items() if outcome == "passed"} == passed
    assert {name for name, outcome in own.items() if outcome == "by_hand"} == {
        *("emergency_stop", "phase_order", "indicator", "closing", "guided_e", "guided_pe", "guided_diode")
    }
    fixed = {step["name"]: step["text"] for step in found if step.get("evse") == 2 and step["outcome"] == "impossible"}
    assert fixed["lock_in"] == fixed["lock_out"] == "a fixed cable has no lock"
    assert fixed["phase_order"] == "one phase has no order"


@pytest.mark.parametrize(("parts", "fault", "name", "code"), BROKEN, ids=[fault for _, fault, _, _ in BROKEN])
def test_what_is_broken_fails_at_its_step_and_nothing_else_is_moved(
    parts: dict[str, Any], fault: str, name: str, code: str, site: Site
) -> None:
    site.sound()
    if "rcd" in parts:
        site.rcd_tested()
    site.break_part(**parts)
    site.until(lambda: fault in site.faults())
    found = steps_of(site)
    assert {step.name: step.code for step in found.values() if step.outcome == "failed"} == {name: code}
    assert found[name].remedy
    assert {found[each].outcome for each in ("pilot_offer", "pilot_f", "rcd", "lock_in", "lock_out", "indicator")} <= {"by_hand", "failed"}


def test_a_lock_that_does_not_close_is_found_by_moving_it(site: Site) -> None:
    site.sound()
    site.break_part(lock="stuck_open")
    found = steps_of(site)
    assert [step.name for step in found.values() if step.outcome == "failed"] == ["lock_in"]
    assert "says unlocked" in found["lock_in"].text
    assert found["lock_out"].outcome == "passed"


def test_nothing_is_moved_where_a_car_is_plugged_in(site: Site) -> None:
    site.sound()
    site.call("POST", "/evses/1/ev/plug", phases=3, request=False)
    site.until(lambda: site.document()["evses"][0]["state"] == "B1")
    found = steps_of(site)
    moved = [found[each] for each in ("pilot_offer", "pilot_f", "rcd", "lock_in", "lock_out", "indicator", "display")]
    assert {(step.outcome, step.text) for step in moved} == {("by_hand", "a car is plugged in (state B1), so nothing is moved")}
    assert found["pilot"].outcome == "by_hand"
    assert [step.name for step in found.values() if step.outcome == "failed"] == []


def test_a_wrong_number_is_wrong_usage(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", *site.options, "--evse", "9"]) == 2
    assert "--evse 9: unknown; there are 1, 2" in capsys.readouterr().err
    assert main(["selftest", *site.options, "--guided", "car"]) == 2

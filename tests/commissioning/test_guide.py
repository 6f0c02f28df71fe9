"""Guided steps on moments that a test makes up: each concludes from what is seen, and from nothing else."""

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.commissioning import guide
from chargepoint.commissioning.at_rest import Verdict
from chargepoint.commissioning.moment import Marks, Moment
from chargepoint.commissioning.sight import Sight, Trouble
from chargepoint.link.messages import Signals
from hal.measured import BoardInputs, BoardOutputs, MeterReading
from tests.control.rig import ABLE
from tests.domain.examples import configuration

PART = configuration(cables=("socket",)).evses[0]
STAGES = {stage.name: stage for stage in guide.STAGES}
VOLTS = (230_000, 229_000, 231_000)


def moment(at_s: float, cp: str, closed: bool, *, troubles: tuple[Trouble, ...] = (), **more: Any) -> Moment:
    """As control tells it: offered 16 A, meter read a moment ago."""
    board = BoardInputs(
        at_s=at_s, cp_high_mv=9_000, cp_low_mv=-12_000, contactor_closed=closed, plug_locked=more.get("locked", True), pp_ohm=220
    )
    reading = MeterReading(
        at_s=at_s - 0.5,
        energy_wh=more.get("energy_wh", 1_000),
        power_w=0,
        current_ma=more.get("current_ma", (0, 0, 0)),
        voltage_mv=more.get("voltage_mv", VOLTS),
    )
    outputs = BoardOutputs(266_000, closed, True, offer_ma=16_000)
    signals = Signals(evse=1, at_s=at_s, state="C2", cp=cp, inputs=board, outputs=outputs, reading=reading)  # type: ignore[arg-type]
    sight = Sight(part=PART, abilities=ABLE, voltage_v=230.0, connected=True, signals=signals, troubles=troubles)
    return Moment(at_s=at_s, sight=sight, offered_ma=16_000)


def concluded(name: str, moments: Iterable[Moment]) -> Verdict | None:
    """The first verdict."""
    marks = Marks(0.0)
    return next((found for each in moments if (found := guide.follow(STAGES[name], marks, each)) is not None), None)


def every(seconds: float, **more: Any) -> list[Moment]:
    """In C from 1.0 s on, closed from 1.75 s on."""
    times = [number * 0.25 for number in range(int(seconds * 4))]
    return [moment(at_s, "C" if at_s >= 1 else "B", at_s >= more.get("closes_s", 1.75), **more) for at_s in times]


def test_the_time_to_close_is_measured_and_the_voltages_are_told() -> None:
    found = concluded("closing", every(10))
    assert found is not None
    assert (found.outcome, found.text) == ("passed", "contactor closed after 0.8 s, offered 16 A, measured 230.0 / 229.0 / 231.0 V")
    assert found.figures["closed_after_s"] == 0.75


def test_a_contactor_that_stays_open_or_opens_again_fails() -> None:
    never = concluded("closing", every(20, closes_s=99))
    assert never is not None
    assert (never.outcome, "stays open" in never.text) == ("failed", True)
    again = concluded("closing", [*every(3), moment(3.0, "C", False)])
    assert again is not None
    assert "opened again 1.2 s after it had closed" in again.text


def test_a_missing_phase_and_an_unlocked_plug_fail_while_it_is_closed() -> None:
    missing = concluded("closing", every(10, voltage_mv=(230_000, 3_000, 231_000)))
    assert missing is not None
    assert (missing.outcome, "expected 3 x 230 V" in missing.text) == ("failed", True)
    unlocked = concluded("closing", every(10, locked=False))
    assert unlocked is not None
    assert unlocked.text == "the contactor is closed, and the plug is not locked"


def test_a_register_counts_stands_or_has_nothing_to_count() -> None:
    load: dict[str, Any] = {"current_ma": (6_000, 0, 0)}
    counts = concluded("counting", [moment(0, "C", True, **load), moment(4, "C", True, energy_wh=1_001, **load)])
    stands = concluded("counting", [moment(float(at_s), "C", True, **load) for at_s in range(40)])
    nothing = concluded("counting", [moment(float(at_s), "C", True) for at_s in range(40)])
    backwards = concluded("counting", [moment(0, "C", True), moment(1, "C", True, energy_wh=999)])
    assert [found.outcome if found else None for found in (counts, stands, nothing, backwards)] == ["passed", "failed", "by_hand", "failed"]


def test_what_opens_too_late_fails() -> None:
    quick = concluded("opening", [moment(at_s, "B", at_s < 0.4) for at_s in (0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)])
    late = concluded("opening", [moment(at_s / 4, "B", True) for at_s in range(40)])
    assert quick is not None
    assert quick.text == "state B: contactor open within 0.50 s"
    assert late is not None
    assert (late.outcome, "stays closed" in late.text) == ("failed", True)


def test_a_fault_that_nobody_wanted_decides_and_one_that_is_wanted_does_not() -> None:
    hot = Trouble(name="over_temperature", code="CP-421", title="Too hot to charge", remedy="Let it cool.")
    found = concluded("closing", [moment(at_s, "B", False, troubles=(hot,)) for at_s in (0, 0.5, 1.0)])
    assert found == Verdict("failed", "Too hot to charge", "Let it cool.", {}, "CP-421")
    diode = Trouble(name="diode_failed", title="No diode seen in the car")
    seen = concluded("guided_diode", [moment(0, "B", False, troubles=(diode,))])
    assert seen is not None
    assert seen.outcome == "passed"


@pytest.mark.parametrize(
    ("ventilation", "closed", "outcome"),
    [(False, False, "passed"), (True, True, "passed"), (False, True, "failed"), (True, False, "failed")],
)
def test_in_state_d_it_closes_only_where_there_is_ventilation(ventilation: bool, closed: bool, outcome: str) -> None:
    part = replace(PART, ventilation=ventilation)
    moments = [moment(at_s / 4, "D", closed) for at_s in range(80)]
    found = concluded("guided_d", [replace(each, sight=replace(each.sight, part=part)) for each in moments])
    assert found is not None
    assert (found.outcome, "ventilation" in found.text) == (outcome, True)


def test_a_cut_protective_conductor_counts_only_while_it_charges() -> None:
    assert concluded("guided_pe", [moment(at_s / 4, "A", False) for at_s in range(20)]) is None, "nothing was closed"
    charging = [moment(0.0, "C", True)]
    quick = concluded("guided_pe", [*charging, *(moment(1 + at_s / 4, "A", at_s < 1) for at_s in range(9))])
    late = concluded("guided_pe", [*charging, *(moment(1 + at_s / 4, "A", True) for at_s in range(20))])
    assert quick is not None
    assert (quick.outcome, quick.text) == ("passed", "pilot open: contactor open within 0.25 s")
    assert late is not None
    assert (late.outcome, "stays closed" in late.text) == ("failed", True)


def test_after_unplugging_nothing_may_be_left() -> None:
    clean = concluded("guided_a", [moment(at_s, "A", False, locked=False) for at_s in (0, 0.5, 1.0)])
    assert clean is not None
    assert clean.outcome == "passed"
    locked = concluded("guided_a", [moment(float(at_s), "A", False) for at_s in range(12)])
    assert locked is not None
    assert locked.text == "nothing is plugged in, and there is still: the lock is closed"


def test_a_fault_that_stays_after_state_e_fails() -> None:
    left = Trouble(name="pilot_short", title="The pilot is shorted")
    stays = concluded("guided_back", [moment(float(at_s), "B", False, troubles=(left,)) for at_s in range(62)])
    assert stays is not None
    assert (stays.outcome, stays.text) == ("failed", "state B for 60 s, and there is still: The pilot is shorted")

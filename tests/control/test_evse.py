"""The state machine of IEC 61851-1 as a table, row by row and as a whole."""

from typing import get_args

import pytest
from msgspec import structs

from chargepoint.control import evse
from chargepoint.control.evse import (
    CLOSED,
    OFFERING,
    ROWS,
    SHOWN_F_S,
    SLEEP_S,
    STOP_S,
    TABLE,
    WAKING_S,
    WOKEN_S,
    Row,
    Scan,
    Table,
)
from chargepoint.control.pilot import oscillates
from chargepoint.link.messages import CpState, IecState
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM

GO = Scan(
    letter="C",
    asks_now=True,
    granted=True,
    faulted=False,
    shows_f=False,
    locked_out=False,
    ventilation=True,
    diode_good=True,
    contacts_open=True,
    plug_held=True,
    wakeable=False,
    rested_s=1e9,
    waited_s=0.0,
)
STOP = structs.replace(GO, granted=False)
FAULT = structs.replace(GO, faulted=True)


def seen(scan: Scan, letter: CpState | None) -> Scan:
    """The same with another letter."""
    return structs.replace(scan, letter=letter)


SEQUENCES: list[tuple[str, IecState, Scan, IecState]] = [
    ("1.1 plug in", "A", seen(STOP, "B"), "B1"),
    ("1.2 plug in, EV asks at once", "A", seen(STOP, "C"), "B1"),
    ("2.1 unplug", "B1", seen(STOP, "A"), "A"),
    ("2.1 unplug", "B2", seen(GO, "A"), "A"),
    ("2.2 unplug under load", "C2", seen(GO, "A"), "A"),
    ("2.2 unplug under load", "D2", seen(GO, "A"), "A"),
    ("3 offer", "B1", seen(GO, "B"), "B2"),
    ("4 EV ready", "B2", GO, "C2"),
    ("4 EV ready with ventilation", "B2", seen(GO, "D"), "D2"),
    ("5 offer to a waiting EV", "C1", GO, "B2"),
    ("5 offer to a waiting EV", "D1", seen(GO, "D"), "B2"),
    ("8.1 EV stops", "C2", seen(GO, "B"), "B2"),
    ("8.1 EV stops", "D2", seen(GO, "B"), "B2"),
    ("8.2 EV lets go", "C1", seen(STOP, "B"), "B1"),
    ("8.2 EV lets go", "D1", seen(STOP, "B"), "B1"),
    ("9 EVSE stops", "C2", STOP, "stopping"),
    ("9 EVSE stops", "D2", seen(STOP, "D"), "stopping"),
    ("9 EVSE stops before the EV was ready", "B2", seen(STOP, "B"), "B1"),
    ("10.1 EV follows", "stopping", seen(STOP, "B"), "B1"),
    ("10.1 a new permit does not call it back", "stopping", GO, "stopping"),
    ("10.2 EV ignores it", "stopping", structs.replace(STOP, waited_s=STOP_S), "C1"),
    ("unplug while stopping", "stopping", seen(STOP, "A"), "A"),
    ("EV asks without an offer", "B1", STOP, "C1"),
    ("EV asks for ventilation without an offer", "B1", seen(STOP, "D"), "D1"),
    ("C to D", "C1", seen(STOP, "D"), "D1"),
    ("D to C", "D1", STOP, "C1"),
    ("C to D", "C2", seen(GO, "D"), "D2"),
    ("D to C", "D2", GO, "C2"),
    ("unplug", "C1", seen(STOP, "A"), "A"),
    ("unplug", "D1", seen(STOP, "A"), "A"),
    ("A.5.3 the EV sleeps", "B2", structs.replace(seen(GO, "B"), wakeable=True, waited_s=SLEEP_S), "waking"),
    ("A.5.3 not yet", "B2", structs.replace(seen(GO, "B"), wakeable=True, waited_s=SLEEP_S - 1), "B2"),
    ("A.5.3 only once", "B2", structs.replace(seen(GO, "B"), waited_s=1e9), "B2"),
    ("A.5.3 F or E for 4 s", "waking", structs.replace(seen(GO, "F"), waited_s=WAKING_S), "woken"),
    ("A.5.3 nothing to offer any more", "waking", seen(STOP, "F"), "woken"),
    ("A.5.3 F tells nothing of the EV", "waking", seen(GO, "F"), "waking"),
    ("A.5.3 X1, then the offer", "woken", structs.replace(seen(GO, "B"), waited_s=WOKEN_S), "B2"),
    ("A.5.3 X1 for long enough", "woken", seen(GO, "B"), "woken"),
    ("A.5.3 nothing to offer any more", "woken", seen(STOP, "B"), "B1"),
    ("A.5.3 the EV has left", "woken", seen(GO, "A"), "A"),
    ("A.5 own fault under load", "C2", structs.replace(FAULT, shows_f=True), "fault_f"),
    ("A.5 own fault under load", "D2", structs.replace(FAULT, letter="D", shows_f=True), "fault_f"),
    ("A.5 own fault while stopping", "stopping", structs.replace(FAULT, shows_f=True), "fault_f"),
    ("A.5 own fault without load", "B2", structs.replace(FAULT, shows_f=True), "fault"),
    ("A.5 F shown", "fault_f", structs.replace(FAULT, letter="F", waited_s=SHOWN_F_S), "fault"),
    ("A.5 F not shown long enough", "fault_f", seen(GO, "F"), "fault_f"),
    ("locked out, EV still there", "fault", structs.replace(FAULT, letter="B", locked_out=True), "fault"),
    ("locked out, EV gone", "fault", structs.replace(FAULT, letter="A", locked_out=True), "out"),
    ("out of service", "out", structs.replace(FAULT, letter="F", locked_out=True), "out"),
    ("cleared by a technician", "out", seen(GO, "F"), "fault"),
    ("fault over, EV gone", "fault", seen(STOP, "A"), "A"),
    ("fault over, EV there", "fault", GO, "B1"),
    ("fault over, nothing measured", "fault", seen(GO, None), "fault"),
    ("fault not over", "fault", FAULT, "fault"),
]


@pytest.mark.parametrize(("sequence", "source", "scan", "dest"), SEQUENCES)
def test_sequences_of_table_a6(sequence: str, source: IecState, scan: Scan, dest: IecState) -> None:
    assert TABLE.after(source, scan) == dest


def test_every_row_is_walked_by_some_sequence() -> None:
    walked = {(source, dest) for _, source, _, dest in SEQUENCES} | {(state, "fault") for state in get_args(IecState)}
    assert {(row.source, row.dest) for row in ROWS} <= walked


@pytest.mark.parametrize("state", get_args(IecState))
@pytest.mark.parametrize("letter", [*"ABCDEF", None])
def test_a_fault_leads_from_everywhere_to_the_open_contactor(state: IecState, letter: CpState | None) -> None:
    for shows_f in (False, True):
        assert TABLE.after(state, structs.replace(seen(FAULT, letter), shows_f=shows_f, locked_out=True)) in ("fault", "fault_f", "out")


def test_what_faults_lead_to_is_open() -> None:
    assert not {"fault", "fault_f", "out"} & (CLOSED | OFFERING)


@pytest.mark.parametrize("missing", ["granted", "asks_now", "diode_good", "contacts_open", "plug_held", "rested_s"])
@pytest.mark.parametrize("letter", ["C", "D"])
def test_the_contactor_closes_only_when_everything_is_there(missing: str, letter: CpState) -> None:
    ready = seen(GO, letter)
    assert TABLE.after("B2", ready) in CLOSED
    assert TABLE.after("B2", structs.replace(ready, **{missing: 0})) not in CLOSED


def test_state_d_is_not_served_without_ventilation() -> None:
    scan = structs.replace(GO, letter="D", ventilation=False)
    assert TABLE.after("B2", scan) == "B2"
    assert TABLE.after("C2", scan) == "C2"  # the fault that goes with it opens; see test_safety


def test_only_two_rows_lead_from_open_to_closed() -> None:
    closing = [(row.source, row.dest) for row in ROWS if row.source not in CLOSED and row.dest in CLOSED]
    assert closing == [("B2", "C2"), ("B2", "D2")]


def test_no_state_is_entered_anew_by_its_own_row() -> None:
    assert all(row.source != row.dest for row in ROWS)


def test_the_table_has_no_memory_of_its_own() -> None:
    for _, source, scan, dest in (*SEQUENCES, *reversed(SEQUENCES)):
        assert TABLE.after(source, scan) == dest


def test_rows_are_read_from_the_top() -> None:
    table = Table([Row("A", "B1", (evse.plugged,)), Row("A", "fault", (evse.plugged,)), Row("B1", "A", (evse.unplugged,))])
    assert table.after("A", GO) == "B1"


@pytest.mark.parametrize("state", get_args(IecState))
def test_the_pilot_oscillates_only_where_an_offer_stands(state: IecState) -> None:
    assert oscillates(evse.duty(state, 16_000)) == (state in OFFERING) == state.endswith("2")


def test_f_is_shown_where_the_station_is_not_available() -> None:
    assert {state for state in get_args(IecState) if evse.duty(state, 16_000) == PILOT_FAULT_PPM} == {"waking", "fault_f", "out"}
    assert evse.duty("waking", 16_000, PILOT_OFF_PPM) == PILOT_OFF_PPM

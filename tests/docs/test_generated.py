"""The pages that are made from tables: as committed, and complete."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chargepoint.control.evse import CLOSED, ROWS, Guard, Row, Scan
from chargepoint.domain import catalogue, fault_table
from chargepoint.link.messages import IecState
from docs import diagram, markdown, states
from docs.generate import HERE, PAGES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", PAGES)
def test_what_is_committed_is_what_the_generator_makes(name: str) -> None:
    assert (HERE / name).read_text(encoding="utf-8") == PAGES[name](), f"docs/{name} is not up to date: make docs"


def test_nothing_that_runs_on_a_board_needs_the_pages() -> None:
    found = [
        path.relative_to(ROOT)
        for room in ("chargepoint", "hal", "simulators")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "docs")
        or (isinstance(node, ast.Import) and any(each.name.split(".")[0] == "docs" for each in node.names))
    ]
    assert found == []


# --- errors.md ---------------------------------------------------------------------------------------------------------------------------


def test_every_error_has_a_section_with_its_steps_and_every_link_leads_somewhere() -> None:
    page = PAGES["errors.md"]()
    anchors = re.findall(r'<a id="([\w-]+)"></a>', page)
    assert anchors == [each.code.lower() for each in catalogue.ENTRIES]
    headings = {re.sub(r"[^\w-]", "", line.lower().replace(" ", "-")) for line in re.findall(r"^## (.*)$", page, re.MULTILINE)}
    links = set(re.findall(r"\]\(#([\w-]+)\)", page))
    assert links >= set(anchors)
    assert links <= {*anchors, *headings}
    for each in catalogue.ENTRIES:
        assert all(text in page for text in (each.cause, each.driver, *each.technician))
    for row in (*fault_table.ROWS, *fault_table.OF_STATION.values(), *fault_table.KINDS.values()):
        assert row.source in page


# --- states.md ---------------------------------------------------------------------------------------------------------------------------


def arrows(text: str) -> Iterator[tuple[str, str, str]]:
    """(source, target, words) of every arrow of a diagram, those of a frame once for each state in it."""
    within: dict[str, list[str]] = {}
    open_frames: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if start := re.fullmatch(r'state ".*" as (\w+) \{', line):
            open_frames.append(start[1])
            within[start[1]] = []
        elif line == "}":
            open_frames.pop()
        elif re.fullmatch(r"\w+", line) and open_frames:
            for frame in open_frames:
                within[frame].append(line)
        elif arrow := re.fullmatch(r"(\w+) --> (\w+): (.+)", line):
            yield from ((source, arrow[2], arrow[3]) for source in within.get(arrow[1], [arrow[1]]))


def test_the_diagrams_have_every_state_and_every_row_once() -> None:
    diagrams = re.findall(r"```mermaid\n(.*?)```", PAGES["states.md"](), re.DOTALL)
    drawn = [arrow for text in diagrams for arrow in arrows(text)]
    expected = [(row.source, row.dest, "<br/>".join(map(diagram.said, row.guards))) for row in ROWS]
    assert sorted(drawn) == sorted(expected)
    assert {state for text in diagrams for state in re.findall(r"^ +(\w+)$", text, re.MULTILINE)} == set(states.STATES)
    assert {state for text in diagrams for state in re.findall(r"class ([\w,]+) closed", text)[0].split(",")} == CLOSED


def test_the_second_diagram_has_only_arrows_to_an_open_contactor() -> None:
    _, exits = re.findall(r"```mermaid\n(.*?)```", PAGES["states.md"](), re.DOTALL)
    assert not {dest for _, dest, _ in arrows(exits)} & CLOSED


def test_every_state_says_what_it_means_and_every_condition_what_it_asks() -> None:
    assert set(states.meanings()) == set(states.STATES)
    assert [guard.__name__ for row in ROWS for guard in row.guards if not (guard.__doc__ or "").endswith(".")] == []


def one(_: Scan) -> bool:
    return True


def other(_: Scan) -> bool:
    return False


def _rows(*sources: IecState, dest: IecState, guard: Guard) -> list[Row]:
    return [Row(source, dest, (guard,)) for source in sources]


def test_frames_never_cross_and_never_hold_their_own_target() -> None:
    crossing = [*_rows("A", "B1", "B2", "C1", dest="fault", guard=one), *_rows("B1", "B2", "C1", "C2", dest="out", guard=one)]
    assert [sorted(frame.states) for frame in diagram.framed(crossing)] == [["A", "B1", "B2", "C1"]]
    assert sorted(arrows(diagram.drawn(states.STATES, crossing, CLOSED))) == sorted((row.source, row.dest, "one") for row in crossing)
    inside = [*_rows("A", "B1", "B2", dest="B2", guard=one), *_rows("A", "B1", dest="out", guard=other)]
    assert diagram.framed(inside) == []


def test_a_bar_does_not_end_a_cell_and_short_times_are_in_milliseconds() -> None:
    assert markdown.table(("a", "b"), [("1|2", "3")]) == "| a | b |\n| --- | --- |\n| 1\\|2 | 3 |"
    assert [markdown.seconds(duration_s) for duration_s in (0, 0.03, 0.1, 1.0, 7.0)] == ["at once", "30 ms", "0.1 s", "1 s", "7 s"]

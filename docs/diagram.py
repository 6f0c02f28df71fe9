"""A table of states as Mermaid diagrams, with few enough arrows to be read.

Where many states share a row (the same target under the same conditions), it is one arrow from a frame around them, as long as the frames
lie within or beside each other.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from chargepoint.control.evse import Guard, Row

SHARED_BY = 3
"""So many states make a frame."""

CLOSED_STYLE = "classDef closed fill:#ffd9d9,stroke:#b00020,color:#000"


class Frame(NamedTuple):
    """States with a row in common."""

    states: frozenset[str]
    dest: str
    guards: tuple[Guard, ...]


def drawn(states: Sequence[str], rows: Sequence[Row], closed: Collection[str], start: str | None = None) -> str:
    """The text of one diagram, of those states that the rows name; ``start``: where it begins."""
    seen = [state for state in states if any(state in (row.source, row.dest) for row in rows)]
    frames = framed(rows)
    shared = {(source, frame.dest, frame.guards) for frame in frames for source in frame.states}
    lines = [
        "stateDiagram-v2",
        *_nested(seen, frames),
        *([f"    [*] --> {start}"] if start else []),
        *(f"    {_name(frame)} --> {frame.dest}: {_label(frame.guards)}" for frame in frames),
        *(f"    {row.source} --> {row.dest}: {_label(row.guards)}" for row in rows if tuple(row) not in shared),
        f"    {CLOSED_STYLE}",
        f"    class {','.join(state for state in seen if state in closed)} closed",
    ]
    return "\n".join(lines)


def framed(rows: Iterable[Row]) -> list[Frame]:
    """The frames, outer ones first."""
    found: dict[tuple[str, tuple[Guard, ...]], set[str]] = {}
    for row in rows:
        found.setdefault((row.dest, row.guards), set()).add(row.source)
    frames: list[Frame] = []
    for (dest, guards), sources in sorted(found.items(), key=lambda item: -len(item[1])):
        new = Frame(frozenset(sources), dest, guards)
        if len(sources) >= SHARED_BY and dest not in sources and all(_lies_well(new, frame) for frame in frames):
            frames.append(new)
    return frames


def said(guard: Guard) -> str:
    """A guard's name as words."""
    return guard.__name__.replace("_", " ")


def _lies_well(new: Frame, old: Frame) -> bool:
    return new.states < old.states or not new.states & old.states


def _nested(states: Sequence[str], frames: Sequence[Frame], depth: int = 1) -> list[str]:
    """The frames with their states, then the states that are in none."""
    indent = "    " * depth
    lines: list[str] = []
    outer = [frame for frame in frames if not any(frame.states < other.states for other in frames)]
    for frame in outer:
        inner = [other for other in frames if other.states < frame.states]
        within = [state for state in states if state in frame.states]
        lines += [f'{indent}state "{", ".join(within)}" as {_name(frame)} {{', *_nested(within, inner, depth + 1), f"{indent}}}"]
    free = [state for state in states if not any(state in frame.states for frame in outer)]
    return lines + [f"{indent}{state}" for state in free]


def _name(frame: Frame) -> str:
    return "_".join(("to", frame.dest, "when", *(guard.__name__ for guard in frame.guards)))


def _label(guards: Iterable[Guard]) -> str:
    return "<br/>".join(map(said, guards))

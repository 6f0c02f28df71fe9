"""``states.md``: the state table of an EVSE as a diagram and in words."""

import re
from itertools import groupby
from typing import get_args

from chargepoint.control import evse
from chargepoint.control.evse import CLOSED, ROWS, Guard, Row
from chargepoint.link.messages import IecState
from docs import diagram, markdown
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM

STATES: tuple[IecState, ...] = get_args(IecState)

INTRODUCTION = """\
# States of an EVSE

Made by `make docs` from `chargepoint/control/evse.py`; change the table there, not this page.

The states are those of IEC 61851-1 Annex A. The letter is what the car does; suffix 1 means no offer, 2 an offer by PWM. In every scan the
rows of the present state are read from the top; the first whose conditions all hold is taken; if none does, the state stays. What the
EVSE does follows from its state alone."""

OUTPUTS = """\
## What the EVSE does in each state

X1 is the steady pilot (+12 V without a car), X2 the pilot that oscillates at 1 kHz and says the current offered, F steady -12 V, E 0 V."""

COURSE = """\
## The course of a session

The words on an arrow are its conditions, all of which must hold; an arrow from a frame holds for every state in it. Red: the contactor is
closed."""

EXITS = """\
## The car leaves, or there is a fault

Read as above. The contactor opens on every arrow that leaves a red state here."""

TABLE = """\
## All rows

The order within a state counts: the first row whose conditions all hold is taken. In italics: the condition's name in the diagrams."""

OFFER_MA = 16_000

FAULTY = frozenset[IecState]({"fault_f", "fault", "out"})


def page() -> str:
    """The whole page."""
    return markdown.page(
        INTRODUCTION,
        OUTPUTS,
        markdown.table(("State", "Pilot", "Contactor", "Meaning"), map(_outputs, STATES)),
        COURSE,
        _mermaid([row for row in ROWS if not _leaves(row)], "A"),
        EXITS,
        _mermaid([row for row in ROWS if _leaves(row)]),
        TABLE,
        *(_rows_of(state, list(rows)) for state, rows in groupby(ROWS, key=lambda row: row.source)),
    )


def _mermaid(rows: list[Row], start: str | None = None) -> str:
    return f"```mermaid\n{diagram.drawn(STATES, rows, CLOSED, start)}\n```"


def _leaves(row: Row) -> bool:
    """Does it end a session, or have to do with faults?"""
    return row.dest == "A" or bool(FAULTY & {row.source, row.dest})


def _outputs(state: IecState) -> tuple[str, ...]:
    return f"**{state}**", _pilot(state), "**closed**" if state in CLOSED else "open", meanings()[state]


def _pilot(state: IecState) -> str:
    """What ``evse.duty`` makes of an offer and of each way to wake a car."""
    words = {PILOT_STEADY_PPM: "X1", PILOT_FAULT_PPM: "F", PILOT_OFF_PPM: "E"}
    seen = [words.get(evse.duty(state, OFFER_MA, waking_ppm), "X2") for waking_ppm in (PILOT_FAULT_PPM, PILOT_OFF_PPM)]
    return " or ".join(dict.fromkeys(seen))


def meanings() -> dict[str, str]:
    """The last column of the table in ``evse``'s docstring, by state."""
    lines = (re.split(r" {2,}", line.strip(), maxsplit=3) for line in (evse.__doc__ or "").splitlines() if line.startswith("    "))
    return {state: cells[3] for cells in lines if len(cells) == 4 for state in cells[0].split()}


def _rows_of(state: IecState, rows: list[Row]) -> str:
    cells = ((f"{number}", f"**{row.dest}**", _in_words(row)) for number, row in enumerate(rows, start=1))
    return markdown.page(f"### From {state}", markdown.table(("", "To", "When"), cells)).rstrip()


def _in_words(row: Row) -> str:
    return "<br>".join(f"{_sentence(guard)} *{diagram.said(guard)}*" for guard in row.guards)


def _sentence(guard: Guard) -> str:
    return " ".join((guard.__doc__ or "").split())

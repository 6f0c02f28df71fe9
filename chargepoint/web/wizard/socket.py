"""Step 4: socket or cable of each EVSE, and its currents."""

from typing import Any

from chargepoint.web.wizard.draft import Answers
from chargepoint.web.wizard.fields import Field, Option, given, number

KINDS: dict[str, tuple[str, str, str]] = {
    "socket": ("Type 2 socket, with a lock", "sType2", "socket"),
    "cable": ("Type 2 cable, fixed", "cType2", "fixed"),
    "type1": ("Type 1 cable, fixed", "cType1", "fixed"),
    "tesla": ("NACS cable, fixed", "cTesla", "fixed"),
}
"""What people call it, and what the file does."""
FIXED = tuple(name for name, (_, _, cable) in KINDS.items() if cable == "fixed")
FAILSAFE = "What a car goes on with when the station is not heard: 0 pauses it, else 6 A or more."


def fields(phases: str = "3") -> tuple[Field, ...]:
    """What is asked. ``phases``: of the feed."""
    return (
        Field(
            name="kind",
            label="What does the driver plug in?",
            kind="choice",
            options=tuple(Option(name, title) for name, (title, _, _) in KINDS.items()),
            proposed="socket",
        ),
        Field(
            name="cable_current_a",
            label="The fixed cable carries, in A",
            kind="number",
            help="Of a socket: leave it empty.",
            seldom=True,
            where={"kind": FIXED},
        ),
        Field(name="max_current_a", label="Maximum current in A", kind="number", help="Per phase, what fuse, wires and contactor carry."),
        Field(name="failsafe_current_a", label="Failsafe current in A", kind="number", help=FAILSAFE, proposed="6"),
        Field(name="phases", label="Phases", kind="choice", options=(Option("3", "three"), Option("1", "one")), proposed=phases),
    )


def tree(answers: Answers) -> dict[str, Any]:
    """What stands beside board and meter."""
    _, kind, cable = KINDS.get(answers.get("kind", "socket"), KINDS["socket"])
    connector = {"id": 1, "type": kind, "cable": cable, **given(cable_current_a=number(answers.get("cable_current_a", "")))}
    wanted = given(**{name: number(answers.get(name, "")) for name in ("max_current_a", "failsafe_current_a", "phases")})
    return {**wanted, "connectors": [connector]}

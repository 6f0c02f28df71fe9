"""Step 5: who may charge, and the reader of their cards."""

import re
from collections.abc import Sequence
from typing import Any

from chargepoint.web.wizard import devices
from chargepoint.web.wizard.draft import Answers
from chargepoint.web.wizard.fields import Field, Option
from chargepoint.web.wizard.ports import DriverLine

NONE = "none"
WHO = (
    Option("cards", "Who has a card", "The CSMS decides, and the list below."),
    Option("free", "Everybody", "Plugging in begins to charge, without a card."),
)
CARDS = "Numbers as the reader says them, one on each line. Cards can also be held to the reader later: Cards, Enrol."


def fields(lines: Sequence[DriverLine], answers: Answers) -> tuple[Field, ...]:
    """Whom, and by what."""
    readers = [line for line in lines if line.kind == "readers"]
    chosen = devices.choice(readers, "Which card reader is it?")
    reader = Field(name="driver", label=chosen.label, kind="choice", options=(Option(NONE, "No reader"), *chosen.options), proposed=NONE)
    cards = Field(name="cards", label="Cards that may always charge", kind="area", help=CARDS)
    who = Field(name="who", label="Who may charge?", kind="choice", options=WHO, proposed="cards")
    return (who, reader, *devices.questions(readers, answers), cards)


def tree(lines: Sequence[DriverLine], answers: Answers) -> dict[str, Any]:
    """``[[readers]]`` and ``[authorization]``"""
    readers = [line for line in lines if line.kind == "readers"]
    cards = [each for each in re.split(r"[\s,;]+", answers.get("cards", "")) if each]
    authorization = {"free": answers.get("who") == "free", **({"cards": cards} if cards else {})}
    if answers.get("driver", NONE) == NONE:
        return {"authorization": authorization}
    return {"authorization": authorization, "readers": [devices.table(readers, answers)]}


def has_reader(answers: Answers) -> bool:
    """Is there one to be tried?"""
    return answers.get("driver", NONE) != NONE

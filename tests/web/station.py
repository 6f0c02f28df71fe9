"""A station for pages to ask: answers by the kind of question."""

from typing import Any

import msgspec

from chargepoint.inquiry.client import InquiryError
from tests.web.browser import Rig
from tests.web.test_overview import document

CONDITIONS: list[dict[str, Any]] = [
    {"name": "control", "holds": True, "text": "The control process is there.", "remedy": "", "code": None},
    {"name": "authorisation", "holds": False, "text": "Nobody may charge <here>.", "remedy": "Show a card.", "code": "CP-921"},
    {"name": "flow", "holds": None, "text": "Nothing is offered.", "remedy": "", "code": None},
]
LIMIT = {
    "source": "site fuse",
    "limit_a": 16.0,
    "owner": "installer",
    "reason": "the fuse has 16 A left",
    "age_s": 5.0,
    "expires_in_s": 90.0,
}
WELDED = {
    "name": "contactor_welded",
    "code": "CP-301",
    "title": "Contactor welded",
    "driver": "Out of order.",
    "info": "feedback closed, commanded open",
    "since": "2026-11-23T11:00:00Z",
    "age_s": 3600.0,
    "stops_charging": True,
    "latched": True,
    "clears": "by a technician",
    "technician": ["Switch off.", "Replace the contactor."],
}


def heard(**evse: Any) -> dict[str, Any]:
    """A document as a whole station tells it."""
    known = {
        "cp": "A",
        "limits": [LIMIT],
        "offered_a": 0,
        "phases": 3,
        "phases_drawn": None,
        "contactor_count": {"closings": 1234, "under_load": 7},
        "out_of_service": None,
        "why": CONDITIONS[1]["text"],
        "why_code": "CP-921",
        "conditions": CONDITIONS,
    }
    return document(**(known | evse))


class Station:
    """``asked``: every question but for the document, in order."""

    def __init__(self, rig: Rig, **answers: Any) -> None:
        self.asked: list[Any] = []
        self.document: dict[str, Any] | None = heard()
        self.answers: dict[str, Any] = answers
        """By the name of the question's type: an answer, or a function of the question."""
        rig.house.ask = self.ask  # type: ignore[method-assign]

    async def ask(self, question: msgspec.Struct | None, answer: Any, timeout_s: float = 0.0) -> Any:
        if question is None:
            if self.document is None:
                raise InquiryError("no station answers")
            return self.document
        self.asked.append(question)
        found = self.answers.get(type(question).__name__)
        if found is None:
            raise InquiryError("no station answers")
        return found(question) if callable(found) else found

"""What only a technician at the station may do: say that a latched fault has been dealt with. No command of a CSMS leads here."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from chargepoint.domain import catalogue
from chargepoint.inquiry import faults as questions
from chargepoint.inquiry.faults import Answer
from chargepoint.link.messages import ClearFault, ClearOutcome, Down, EvseState
from chargepoint.station.desk import Sheet
from chargepoint.station.inquiry import Takers

log = logging.getLogger(__name__)

CONTROL_S = 5.0
"""Control answers in its next scan; after this it will not."""


class Servicing:
    """Takes wishes to control and waits for the outcome. ``linked``: is control there to hear them?"""

    def __init__(self, sheets: Mapping[int, Sheet], linked: Callable[[], bool], to_control: Callable[[Down], None]) -> None:
        self._sheets = sheets
        self._linked = linked
        self._to_control = to_control
        self._waiting: dict[str, asyncio.Future[ClearOutcome]] = {}

    def takers(self) -> Takers:
        """What it answers."""
        return {questions.ClearFault: self.clear_fault}

    async def clear_fault(self, question: questions.ClearFault) -> Answer:
        """Whether control has cleared it. Whether it may be cleared is control's to say: the cause has to be gone."""
        sheet = self._sheets.get(question.evse)
        if sheet is None:
            return Answer("unknown", f"EVSE {question.evse}: unknown; there are {', '.join(map(str, self._sheets))}")
        if sheet.state is None or not self._linked():
            return Answer("refused", f"EVSE {question.evse}: control is not connected; is the control process running?")
        active, said = sheet.state.faults, catalogue.by_code(question.name)
        fault = next((each for each in active if each.name == question.name or (said is not None and each.row.code == said.code)), None)
        if fault is None:
            there = ", ".join(f"{each.name} ({each.row.code})" for each in active) or "none"
            return Answer("unknown", f"EVSE {question.evse}: {question.name} is not active; active are: {there}")
        question = replace(question, name=fault.name)
        outcome = await self._outcome(question)
        words = (question.evse, fault.row.code, fault.name, outcome.cleared, outcome.reason)
        log.warning("event=fault_service evse=%d code=%s fault=%s cleared=%s reason=%r", *words)
        if outcome.cleared:
            return Answer("cleared", f"EVSE {question.evse}: {question.name} cleared")
        return Answer("refused", f"EVSE {question.evse}: not cleared: {outcome.reason}")

    async def _outcome(self, question: questions.ClearFault) -> ClearOutcome:
        wish = uuid.uuid4().hex
        done: asyncio.Future[ClearOutcome] = asyncio.get_running_loop().create_future()
        self._waiting[wish] = done
        try:
            async with asyncio.timeout(CONTROL_S):
                self._to_control(ClearFault(question.evse, question.name, wish))
                return await done
        except TimeoutError:
            return ClearOutcome(wish, cleared=False, reason=f"{question.name}: no answer of control in {CONTROL_S:g} s; see its log")
        finally:
            del self._waiting[wish]

    def control_says(self, state: EvseState) -> None:
        """The outcome of a wish may be among it."""
        done = None if state.cleared is None else self._waiting.get(state.cleared.wish)
        if done is not None and not done.done():
            assert state.cleared is not None
            done.set_result(state.cleared)

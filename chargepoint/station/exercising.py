"""Outputs that a technician moves to see that they do: control decides whether it may be (``chargepoint.control.exercising``)."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping

from chargepoint.domain.indications import ON_LEASE, SOUNDS
from chargepoint.inquiry import hardware as questions
from chargepoint.inquiry.hardware import Exercised
from chargepoint.link.messages import Beep, Down, EvseState, Exercise, ExerciseOutcome, Indicate
from chargepoint.station.desk import Sheet
from chargepoint.station.inquiry import Takers

log = logging.getLogger(__name__)

CONTROL_S = 10.0
"""No exercise lasts longer than about 5 s."""
SHOWN_S = 5.0
"""So long an indication is shown."""


class Exercising:
    """``linked``: is control there to hear? ``say`` shows words on the displays of an EVSE for a time, if it has any."""

    def __init__(
        self,
        sheets: Mapping[int, Sheet],
        linked: Callable[[], bool],
        to_control: Callable[[Down], None],
        say: Callable[[int, str, float], bool],
    ) -> None:
        self._sheets = sheets
        self._linked = linked
        self._to_control = to_control
        self._say = say
        self._waiting: dict[str, asyncio.Future[ExerciseOutcome]] = {}

    def takers(self) -> Takers:
        """What it answers."""
        return {questions.ExerciseOutput: self.exercise}

    async def exercise(self, question: questions.ExerciseOutput) -> Exercised:
        """Have it moved, and say what was seen of it."""
        sheet = self._sheets.get(question.evse)
        if sheet is None:
            return Exercised("unknown", f"EVSE {question.evse}: unknown; there are {', '.join(map(str, self._sheets))}")
        if sheet.state is None or not self._linked():
            return Exercised("refused", f"EVSE {question.evse}: control is not connected; is the control process running?")
        kind, _, name = question.what.partition(" ")
        if kind == "display":
            return self._write(question.evse, name)
        if kind in ("indicator", "buzzer"):
            return self._show(question.evse, kind, name)
        outcome = await self._outcome(question)
        log.warning("event=exercised evse=%d what=%s end=%s text=%r", question.evse, question.what, outcome.end, outcome.text)
        return Exercised(outcome.end, f"EVSE {question.evse}: {outcome.text}")

    def _show(self, evse: int, kind: str, name: str) -> Exercised:
        """Light and sound harm nobody: whoever is there may see them."""
        known = sorted(ON_LEASE if kind == "indicator" else SOUNDS)
        if name not in known:
            return Exercised("unknown", f"{kind} {name or 'without a name'}: unknown; expected one of {', '.join(known)}")
        self._to_control(Indicate(evse, name, SHOWN_S) if kind == "indicator" else Beep(evse, name))
        log.warning("event=exercised evse=%d what=%r", evse, f"{kind} {name}")
        how = f"for {SHOWN_S:g} s, unless a fault has to be shown" if kind == "indicator" else "once"
        return Exercised("ended", f"EVSE {evse}: {kind} {name}, {how}: there is no feedback, look and listen")

    def _write(self, evse: int, text: str) -> Exercised:
        if not text or not self._say(evse, text, SHOWN_S):
            why = "no display tells of it; see [[displays]] in the configuration" if text else "display: expected a text to show"
            return Exercised("refused", f"EVSE {evse}: {why}")
        return Exercised("ended", f"EVSE {evse}: on its displays for {SHOWN_S:g} s: {text!r}; there is no feedback, look")

    async def _outcome(self, question: questions.ExerciseOutput) -> ExerciseOutcome:
        wish = uuid.uuid4().hex
        done: asyncio.Future[ExerciseOutcome] = asyncio.get_running_loop().create_future()
        self._waiting[wish] = done
        try:
            async with asyncio.timeout(CONTROL_S):
                self._to_control(Exercise(question.evse, question.what, wish))
                return await done
        except TimeoutError:
            return ExerciseOutcome(wish, "refused", f"{question.what}: no answer of control in {CONTROL_S:g} s; see its log")
        finally:
            del self._waiting[wish]

    def control_says(self, state: EvseState) -> None:
        """The outcome of a wish may be among it."""
        done = None if state.exercised is None else self._waiting.get(state.exercised.wish)
        if done is not None and not done.done():
            assert state.exercised is not None
            done.set_result(state.exercised)

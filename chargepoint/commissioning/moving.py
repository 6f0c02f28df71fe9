"""Outputs that are moved for a moment at an EVSE where nobody is. Control decides whether it may be, and says what it measured."""

from collections.abc import Callable
from typing import NamedTuple

from chargepoint.commissioning import at_rest, blame
from chargepoint.commissioning.sight import Bench, Sight, look
from chargepoint.commissioning.steps import Outcome, Step
from chargepoint.inquiry.hardware import Exercised, ExerciseOutput

PATIENCE_S = 15.0
TRIES = 4
AGAIN_S = 1.5
"""Control wants a moment between two: the pilot has to be seen again, the monitor's own test to end."""

AGAIN = "See to it, and test again."
SAID = {
    "says locked: True": "says locked",
    "says locked: False": "says unlocked",
    "says locked: None": "says nothing",
    "tripped by its test and clear again: True": "tripped by its test and clear again",
    "tripped by its test and clear again: False": "not tripped by its test, or not clear again",
    "tripped by its test and clear again: None": "its test has not ended",
}
Unfit = tuple[Outcome, str]


class Move(NamedTuple):
    """One output."""

    name: str
    title: str
    what: str
    """As the station calls it."""
    unfit: Callable[[Sight], Unfit | None]
    """Why this EVSE has no such thing."""
    remedy: str


def _any(_: Sight) -> Unfit | None:
    return None


def _offers(sight: Sight) -> Unfit | None:
    own = sight.abilities.contactor == "own"
    return ("impossible", "this board moves its contactor by itself, and might close it for an offer") if own else None


def _shows_f(sight: Sight) -> Unfit | None:
    return None if sight.abilities.fault_state else ("impossible", "this board cannot hold the pilot at -12 V")


def _tests(sight: Sight) -> Unfit | None:
    if sight.abilities.rcd_test:
        return None
    return "by_hand", "this board has no line to test its monitor with: press the test button of the RCD"


def _locks(sight: Sight) -> Unfit | None:
    return None if sight.on_socket else ("impossible", "a fixed cable has no lock")


def _lit(sight: Sight) -> Unfit | None:
    there = sight.signals is not None and sight.signals.shows != ""
    return None if there else ("impossible", "no indicator is configured for it")


MOVES = (
    Move("pilot_offer", "Pilot with an offer", "pilot_16a", _offers, "Check the pilot's generator and its wire."),
    Move("pilot_f", "Pilot at -12 V", "pilot_f", _shows_f, "Check the pilot's generator and its wire."),
    Move(
        "rcd", "Residual current monitor", "rcm_test", _tests, "Replace the monitor, or check its test line; nobody may charge meanwhile."
    ),
    Move("lock_in", "Lock closes", "lock_close", _locks, "Check the lock's motor, its bolt and its switch."),
    Move("lock_out", "Lock opens", "lock_open", _locks, "Check the lock's motor, its bolt and its switch."),
    Move("indicator", "Indicator", "indicator reserved", _lit, ""),
    Move("display", "Display", "display Self-test", _any, ""),
)
"""In the order in which they are moved; what a technician has to look at comes last."""


async def moved(bench: Bench, sight: Sight, move: Move) -> Step:
    """Move it, and judge. ``sight``: of a moment ago. Raises InquiryError."""

    def step(outcome: Outcome, text: str, remedy: str = "") -> Step:
        return Step(evse=sight.part.id, name=move.name, title=move.title, outcome=outcome, text=text, remedy=remedy)

    def not_now(text: str) -> Step:
        return at_rest.not_now(text, AGAIN).step(sight.part.id, move.name, move.title)

    unfit = move.unfit(sight)
    if unfit is not None:
        return step(*unfit)
    found = blame.troubled(sight, move.name)
    if found is not None:
        return blame.failed(sight, move.name, move.title, found)
    stopped = _stopped(sight)
    if stopped:
        return not_now(stopped)
    answer = await _exercised(bench, sight, move)
    if answer.outcome == "good":
        return step("passed", _text(sight, answer))
    after = await look(bench, sight.part)
    found = blame.troubled(after, move.name)
    if found is not None:
        return blame.failed(after, move.name, move.title, found)
    if answer.outcome == "bad":
        return step("failed", _text(sight, answer), move.remedy)
    if answer.outcome != "ended":
        text = _text(sight, answer)
        return step("impossible", text) if move.name == "display" and not _displayed(bench, sight) else not_now(text)
    stopped = _stopped(after)
    return not_now(f"it had to end before its time: {stopped}") if stopped else step("by_hand", _text(sight, answer))


def _displayed(bench: Bench, sight: Sight) -> bool:
    return any(each.evses is None or sight.part.id in each.evses for each in bench.configuration.displays)


def _stopped(sight: Sight) -> str:
    """Why nothing may be moved now; empty: nothing stands against it."""
    if sight.somebody:
        return f"{sight.somebody}, so nothing is moved"
    if not sight.connected or not sight.heard:
        return "control or its board is not heard, so nothing can be moved"
    if sight.troubles:
        return f"nothing is moved while a fault is active: {', '.join(each.title or each.name for each in sight.troubles)}"
    return ""


async def _exercised(bench: Bench, sight: Sight, move: Move) -> Exercised:
    """What is refused for a moment is asked again."""
    for left in reversed(range(TRIES)):
        answer = await bench.ask(ExerciseOutput(sight.part.id, move.what), Exercised, PATIENCE_S)
        if answer.outcome != "refused" or move.what.startswith("display") or not left or _stopped(await look(bench, sight.part)):
            break
        await bench.pause(AGAIN_S)
    return answer


def _text(sight: Sight, answer: Exercised) -> str:
    """What control says, in a sentence: its yes and no are Python's."""
    text = answer.message.removeprefix(f"EVSE {sight.part.id}: ")
    for told, words in SAID.items():
        text = text.replace(told, words)
    return text

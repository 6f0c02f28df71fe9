"""Who may say that a latched fault has been dealt with: whoever stands before the station, and nobody else."""

import asyncio

import pytest

from chargepoint.domain.commands import (
    Command,
    DataTransfer,
    Reset,
    SetVariables,
)
from chargepoint.domain.device_model import VariableKey
from chargepoint.inquiry import faults as questions
from chargepoint.inquiry.faults import Answer
from chargepoint.link.messages import ClearFault, ClearOutcome
from tests import virtual_time
from tests.ocpp.v2 import test_charging, test_commands, test_maintenance
from tests.station.rig import Game, play
from tests.station.test_faults import EMERGENCY_STOP, WELDED

QUESTION = questions.ClearFault(1, "contactor_welded")


def clear(game: Game, question: questions.ClearFault = QUESTION) -> "asyncio.Task[Answer]":
    """Ask as the inquiry does."""
    return asyncio.create_task(game.station.service.servicing.clear_fault(question))


def test_control_clears_it_and_the_answer_says_so() -> None:
    async def script(game: Game) -> None:
        game.control.fail(EMERGENCY_STOP, WELDED)
        await asyncio.sleep(1)
        assert await clear(game) == Answer("cleared", "EVSE 1: contactor_welded cleared")
        await asyncio.sleep(1)
        assert [fault.name for fault in game.csms.statuses[-1].facts.faults] == ["emergency_stop"]

    play(script)


def test_control_says_why_not_and_an_old_outcome_is_no_answer() -> None:
    async def script(game: Game) -> None:
        game.control.fail(WELDED)
        game.control.change(cleared=ClearOutcome("somebody else's", True))
        game.control.clearing = lambda wish: ClearOutcome(wish.wish, False, "contactor_welded: its cause is still there")
        await asyncio.sleep(1)
        assert await clear(game) == Answer("refused", "EVSE 1: not cleared: contactor_welded: its cause is still there")

    play(script)


def test_control_that_does_not_answer_is_waited_for_five_seconds() -> None:
    async def script(game: Game) -> None:
        game.control.fail(WELDED)
        game.control.clearing = lambda wish: None
        await asyncio.sleep(1)
        asked_s = virtual_time.now_s()
        answer = await clear(game)
        assert answer == Answer("refused", "EVSE 1: not cleared: contactor_welded: no answer of control in 5 s; see its log")
        assert virtual_time.now_s() - asked_s == pytest.approx(5.0)

    play(script)


@pytest.mark.parametrize("number", ["CP-301", "cp301", "301"])
def test_a_number_of_the_catalogue_is_as_good_as_a_name(number: str) -> None:
    async def script(game: Game) -> None:
        game.control.fail(WELDED)
        await asyncio.sleep(1)
        assert await clear(game, questions.ClearFault(1, number)) == Answer("cleared", "EVSE 1: contactor_welded cleared")

    play(script)


def test_what_is_not_there_is_named_and_control_is_not_asked() -> None:
    async def script(game: Game) -> None:
        unknown = await clear(game, questions.ClearFault(2, "contactor_welded"))
        assert unknown == Answer("unknown", "EVSE 2: unknown; there are 1")
        assert await clear(game) == Answer("unknown", "EVSE 1: contactor_welded is not active; active are: none")
        game.control.fail(EMERGENCY_STOP)
        await asyncio.sleep(1)
        assert await clear(game) == Answer("unknown", "EVSE 1: contactor_welded is not active; active are: emergency_stop (CP-211)")
        game.control.end.hang_up()
        await asyncio.sleep(0)
        assert not any(isinstance(message, ClearFault) for message in game.control.heard)

    play(script)


VARIABLE = SetVariables(((VariableKey(component="EVSE", evse=1, variable="Problem"), "false"),))
VENDOR = DataTransfer("com.acme", "clear-fault", "contactor_welded")
COMMANDS: tuple[Command, ...] = tuple(
    sorted(
        (VARIABLE, VENDOR, *(command for tests in (test_charging, test_commands, test_maintenance) for _, _, command in tests.WANTED)),
        key=lambda command: isinstance(command, Reset),
    )
)
"""Every one there is; those that end the station come last."""


def test_no_command_of_a_csms_clears_a_fault() -> None:
    async def script(game: Game) -> None:
        game.control.fail(WELDED)
        await asyncio.sleep(1)
        assert {type(command) for command in COMMANDS} == set(game.station.orders), "a new command has to be tried here"
        for command in COMMANDS:
            _, after = await game.station.obey(command)
            if after is not None:
                after()
        await asyncio.sleep(30)

    control = play(script).control
    assert not any(isinstance(message, ClearFault) for message in control.heard)
    assert control.state.faults == (WELDED,)

"""A technician looks at the hardware, moves outputs, and lets a car charge: no CSMS is asked, and none is told."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from chargepoint.domain.commands import ReserveNow
from chargepoint.domain.commands.outcome import Outcome, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import IdToken
from chargepoint.domain.transaction import EventKind
from chargepoint.inquiry.hardware import ChargeByHand, Exercised, ExerciseOutput, Shown, ShowSignals
from chargepoint.link.messages import Beep, Exercise, ExerciseOutcome, Indicate, Permit, Revoke, Signals, Watch
from chargepoint.station.by_hand import LONGEST_S
from chargepoint.station.displaying import Displaying, Place
from hal.measured import PILOT_STEADY_PPM, BoardOutputs
from tests import virtual_time
from tests.station.rig import Game, configuration, play
from tests.station.test_faults import EMERGENCY_STOP


async def ask(game: Game, question: Any) -> Any:
    """As the inquiry does."""
    return await game.station.takers[type(question)](question)


def heard(game: Game, kind: type) -> list[Any]:
    return [message for message in game.control.heard if isinstance(message, kind)]


def last(game: Game) -> object:
    """What was said of charging last."""
    return game.control.permits[-1]


def signals(at_s: float) -> Signals:
    outputs = BoardOutputs(PILOT_STEADY_PPM, False, False)
    return Signals(evse=1, at_s=at_s, state="A", cp="A", inputs=None, outputs=outputs, reading=None)


def test_the_newest_signals_are_waited_for_and_asked_of_control_each_time() -> None:
    async def script(game: Game) -> None:
        game.control.end.send(signals(virtual_time.now_s() - 60))
        await asyncio.sleep(0.1)
        question = asyncio.create_task(ask(game, ShowSignals()))
        await asyncio.sleep(0.5)
        assert heard(game, Watch) == [Watch(3.0)]
        new = signals(virtual_time.now_s())
        game.control.end.send(new)
        assert await question == Shown((new,), True)
        assert await ask(game, ShowSignals()) == Shown((new,), True)
        assert game.csms.statuses, "signals are no news for a CSMS"

    play(script)


def test_signals_that_never_come_are_not_made_up() -> None:
    async def script(game: Game) -> None:
        asked_s = virtual_time.now_s()
        assert await ask(game, ShowSignals()) == Shown((), True)
        assert virtual_time.now_s() - asked_s == pytest.approx(2.0)
        game.control.absent = True
        game.control.end.hang_up()
        await asyncio.sleep(0.5)
        assert await ask(game, ShowSignals()) == Shown((), False)

    play(script)


def test_an_output_is_moved_by_control_and_its_verdict_comes_back() -> None:
    async def script(game: Game) -> None:
        question = asyncio.create_task(ask(game, ExerciseOutput(1, "lock_close")))
        await asyncio.sleep(0.5)
        (wish,) = heard(game, Exercise)
        game.control.change(exercised=ExerciseOutcome("somebody else's", "bad", "no"))
        game.control.change(exercised=ExerciseOutcome(wish.wish, "good", "locked"))
        assert (wish.evse, wish.what) == (1, "lock_close")
        assert await question == Exercised("good", "EVSE 1: locked")

    play(script)


def test_control_that_does_not_answer_is_waited_for_ten_seconds() -> None:
    async def script(game: Game) -> None:
        answer = await ask(game, ExerciseOutput(1, "pilot_f"))
        assert answer == Exercised("refused", "EVSE 1: pilot_f: no answer of control in 10 s; see its log")
        assert (await ask(game, ExerciseOutput(2, "pilot_f"))).message == "EVSE 2: unknown; there are 1"
        assert (await ask(game, ChargeByHand(2, 6, 5))).message == "EVSE 2: unknown; there are 1"

    play(script)


def test_lights_and_sounds_need_no_leave() -> None:
    async def script(game: Game) -> None:
        assert (await ask(game, ExerciseOutput(1, "indicator reserved"))).outcome == "ended"
        assert (await ask(game, ExerciseOutput(1, "buzzer accepted"))).outcome == "ended"
        await asyncio.sleep(0.5)
        assert Indicate(1, "reserved", 5.0) in game.control.heard
        assert Beep(1, "accepted") in game.control.heard
        for words in ("display", "display Hello"):
            assert (await ask(game, ExerciseOutput(1, words))).outcome == "refused", "there is no display"
        for wrong in ("indicator fault", "indicator", "buzzer loud"):
            answer = await ask(game, ExerciseOutput(1, wrong))
            assert (answer.outcome, "expected one of" in answer.message) == ("unknown", True)

    play(script)


class PlayedDisplay:
    """Two lines of eight."""

    columns, rows = 8, 2

    def __init__(self) -> None:
        self.lines: Sequence[str] = ()

    async def show(self, lines: Sequence[str], *, lit: bool = True) -> None:
        self.lines = lines

    def close(self) -> None:
        self.lines = ()


def test_words_stand_on_the_displays_of_their_evse_for_five_seconds() -> None:
    async def script(game: Game) -> None:
        station, mine, others = game.station, PlayedDisplay(), PlayedDisplay()
        showing = Displaying(
            [Place(mine, (1,)), Place(others, (2,))],
            station.clock,
            DeviceModel(configuration(), {}, lambda key, value: None),
            station.transacting,
            lambda evse: None,
            lambda evse: None,
        )
        work = [asyncio.create_task(job) for job in showing.work()]
        await asyncio.sleep(1)
        usual = mine.lines
        assert showing.say(1, "Hello technician, hello", 5.0)
        assert not showing.say(3, "Hello", 5.0)
        await asyncio.sleep(1)
        assert list(mine.lines) == ["Hello te", "chnician"]
        assert "Hello" not in others.lines
        await asyncio.sleep(5)
        assert mine.lines == usual != ()
        for job in work:
            job.cancel()

    play(script)


def test_a_car_charges_by_hand_for_as_long_as_that_is_renewed_and_is_no_transaction() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(1)
        for _ in range(5):
            assert (await ask(game, ChargeByHand(1, 10, 5))).outcome == "going_on"
            await asyncio.sleep(1)
        game.control.measure(1_025, 6_900)
        await asyncio.sleep(0.5)
        plug_in = game.control.state.plug_in
        assert plug_in is not None
        assert last(game) == Permit(1, plug_in, 10_000, 5, 0, source="technician")
        answer = await ask(game, ChargeByHand(1, 10, 0))
        assert answer == Exercised("ended", "EVSE 1: ended after 6 s with 25 Wh; not a transaction")
        await asyncio.sleep(0.5)
        assert last(game) == Revoke(1, plug_in)
        assert (await ask(game, ChargeByHand(1, 10, 0))).message == "EVSE 1: no charge by hand is under way"
        assert game.csms.events == []

    play(script)


def test_what_nobody_renews_ends_and_a_car_that_goes_ends_it() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(1)
        plug_in = game.control.state.plug_in
        assert plug_in is not None
        await ask(game, ChargeByHand(1, 6, 60))
        await asyncio.sleep(9)
        assert not isinstance(game.control.permits[-1], Revoke)
        await asyncio.sleep(3)
        assert last(game) == Revoke(1, plug_in)
        await ask(game, ChargeByHand(1, 6, 5))
        game.control.unplug(1_000)
        await asyncio.sleep(2)
        assert (await ask(game, ChargeByHand(1, 6, 0))).message == "EVSE 1: no charge by hand is under way"

    play(script)


def test_a_session_that_begins_takes_over() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(1)
        await ask(game, ChargeByHand(1, 6, 5))
        await game.swipe()
        await asyncio.sleep(12)
        permit = game.control.permits[-1]
        assert isinstance(permit, Permit)
        assert (permit.source, permit.limit_ma) == ("permit", 32_000)
        assert game.csms.events[0].kind is EventKind.STARTED
        refused = await ask(game, ChargeByHand(1, 6, 5))
        assert refused == Exercised("refused", "EVSE 1: a session has it; end that first")
        assert game.control.permits[-1] == permit

    play(script)


def test_every_reason_against_it_is_a_sentence() -> None:
    async def script(game: Game) -> None:
        async def refused(question: ChargeByHand = ChargeByHand(1, 6, 5)) -> str:  # noqa: B008
            answer = await ask(game, question)
            assert answer.outcome == "refused"
            return str(answer.message)

        assert "nothing is plugged in" in await refused()
        game.control.plug()
        await asyncio.sleep(0.5)
        assert await refused(ChargeByHand(1, 40, 5)) == "EVSE 1: 40 A: expected 6 to 32 A"
        assert "5 A: expected 6" in await refused(ChargeByHand(1, 5, 5))
        game.control.fail(EMERGENCY_STOP)
        await asyncio.sleep(0.5)
        assert "a fault is active (emergency_stop)" in await refused()
        game.control.fail()
        await asyncio.sleep(0.5)
        for _ in range(int(LONGEST_S) + 1):
            await ask(game, ChargeByHand(1, 6, 5))
            await asyncio.sleep(1)
        assert "it has lasted 15 minutes" in await refused()
        assert (await ask(game, ChargeByHand(1, 6, 5))).outcome == "going_on"
        game.station.resetting.scheduled = True
        assert "about to start anew" in await refused()
        game.control.absent = True
        game.control.end.hang_up()
        await asyncio.sleep(0.5)
        assert "control is not connected" in await refused()
        assert "control is not connected" in (await ask(game, ExerciseOutput(1, "lock_close"))).message

    play(script)


def test_what_is_reserved_is_not_tried() -> None:
    async def script(game: Game) -> None:
        order = ReserveNow(id=1, token=IdToken("04A1"), expires=game.station.clock.now() + timedelta(minutes=10), evse=1)
        reply, _ = await game.station.obey(order)
        assert isinstance(reply, Outcome)
        assert reply.verdict is Verdict.ACCEPTED
        game.control.plug()
        await asyncio.sleep(1)
        assert (await ask(game, ChargeByHand(1, 6, 5))).message == "EVSE 1: it is reserved for somebody; cancel that first"

    play(script)

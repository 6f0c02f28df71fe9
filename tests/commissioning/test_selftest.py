"""The self-test against a station that a test plays: what is refused for a moment is asked again, a register only goes on."""

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from chargepoint.commissioning import selftest
from chargepoint.commissioning.sight import Bench
from chargepoint.commissioning.steps import Step, merged
from chargepoint.control.exercising import TABLE
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.hardware import Exercised, ExerciseOutput, Shown
from chargepoint.link.messages import Signals
from hal.measured import PILOT_STEADY_PPM, BoardInputs, BoardOutputs, MeterReading
from tests.control.rig import ABLE
from tests.domain.examples import configuration

STATION = configuration(cables=("socket",))
DOCUMENT = {"evses": [{"id": 1, "state": "A", "fault_details": [], "transaction": None}]}


class Played:
    """``registers``: of one look after the other, then the last; ``refusals``: so often an exercise is refused at first."""

    def __init__(self, registers: tuple[int, ...] = (1_000,), refusals: int = 0) -> None:
        self.moved: list[str] = []
        self._registers = list(registers)
        self._refusals = refusals
        self._now = 0.0

    async def ask(self, question: Any, answer: Any, timeout_s: float = 0.0, /) -> Any:
        if isinstance(question, ExerciseOutput):
            self.moved.append(question.what)
            if self._refusals:
                self._refusals -= 1
                return Exercised("refused", "EVSE 1: it is not known yet whether a car is there; try again in a second")
            return Exercised("good", "EVSE 1: moved")
        if question is None:
            return DOCUMENT
        self._now += 1.0
        wh = self._registers.pop(0) if len(self._registers) > 1 else self._registers[0]
        board = BoardInputs(
            at_s=self._now, cp_high_mv=12_000, cp_low_mv=12_000, contactor_closed=False, plug_locked=False, pp_ohm=None, temperature_c=20.0
        )
        reading = MeterReading(at_s=self._now, energy_wh=wh, voltage_mv=(230_000, 230_000, 230_000), frequency_hz=50.0)
        outputs = BoardOutputs(PILOT_STEADY_PPM, False, False)
        return Shown((Signals(evse=1, at_s=self._now, state="A", cp="A", inputs=board, outputs=outputs, reading=reading),), True)

    async def pause(self, seconds: float) -> None:
        self._now += seconds

    def steps(self) -> dict[str, Step]:
        bench = Bench(ask=self.ask, configuration=STATION, abilities=lambda part: ABLE, monotonic=lambda: self._now, pause=self.pause)

        async def play() -> Iterator[Step]:
            return iter([step async for step in selftest.of_evse(bench, STATION.evses[0])])

        return {step.name: step for step in asyncio.run(play())}


def test_a_register_that_ran_backwards_is_found() -> None:
    found = Played((5_000, 4_999)).steps()["energy"]
    assert (found.outcome, found.text) == ("failed", "it ran backwards, from 5000 to 4999 Wh")
    assert Played((5_000, 5_001)).steps()["energy"].text == "5.001 kWh, did not run backwards"


def test_what_is_refused_for_a_moment_is_asked_again_and_not_for_ever() -> None:
    played = Played(refusals=2)
    assert played.steps()["pilot_offer"].outcome == "passed"
    assert played.moved[:4] == ["pilot_16a"] * 3 + ["pilot_f"]
    never = Played(refusals=1_000)
    found = never.steps()["pilot_offer"]
    assert (found.outcome, found.text.startswith("it is not known yet")) == ("by_hand", True)
    assert never.moved.count("pilot_16a") == 4


def test_without_a_station_there_is_one_failed_step_that_says_so() -> None:
    class Away(Played):
        async def ask(self, question: Any, answer: Any, timeout_s: float = 0.0, /) -> Any:
            raise InquiryError("no station answers")

    found = Away().steps()
    assert {name: (step.outcome, step.text) for name, step in found.items()} == {"board": ("failed", "no station answers")}


def test_what_control_measured_is_told_in_words() -> None:
    class Told(Played):
        async def ask(self, question: Any, answer: Any, timeout_s: float = 0.0, /) -> Any:
            told = await super().ask(question, answer, timeout_s)
            if not isinstance(question, ExerciseOutput):
                return told
            row = TABLE.get(question.what)
            evse = SimpleNamespace(
                board=SimpleNamespace(plug_locked=question.what == "lock_close", cp_high_mv=0, cp_low_mv=0),
                selftest=SimpleNamespace(passed=True),
            )
            return told if row is None else Exercised("good", f"EVSE 1: {row.told.format(e=evse)}")

    found = Told().steps()
    assert found["rcd"].text == "residual current monitor: tripped by its test and clear again"
    assert (found["lock_in"].text, found["lock_out"].text) == (
        "the feedback of the lock says locked",
        "the feedback of the lock says unlocked",
    )


def test_what_only_a_guided_test_shows_is_open_until_it_was_made() -> None:
    found = Played().steps()
    names = ("closing", "guided_e", "guided_pe", "guided_diode")
    assert {(found[name].outcome, found[name].untried) for name in names} == {("by_hand", True)}
    proved = tuple(replace(found[name], outcome="passed", untried=False) for name in names)
    assert merged(proved, found.values())[:4] == proved

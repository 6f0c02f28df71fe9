"""A board at rest: +12 V on the pilot, contactor open, lock free. Its residual current monitor is tested where it can be."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.cli import devices, fitting
from chargepoint.cli.boards import abilities
from chargepoint.cli.paths import Sockets
from chargepoint.cli.signals import LINES, View
from chargepoint.cli.trying.complaints import Complaints, heard
from chargepoint.control import pilot, proximity, selftest
from chargepoint.control.selftest import SelfTest
from chargepoint.domain.configuration import Configuration, EvsePart
from chargepoint.inquiry.trial import Row, Sight
from chargepoint.link.messages import CpState, Signals
from hal.api import Abilities, Board
from hal.errors import HalError
from hal.measured import PILOT_STEADY_PPM, BoardInputs, BoardOutputs

PACE_S = 0.05
"""A board may want to be told four times in 200 ms that somebody is there."""
TELL_S = 0.5
AGAIN_S = 1.0
HOT_C = (-40.0, 75.0)
STARTING_S = 5.0
"""On top of what the board says it takes: its self-test, and a slow line."""

BAD: dict[str, Callable[[BoardInputs, CpState | None], bool]] = {
    "pilot": lambda _, letter: letter in (None, "E", "F"),
    "contactor": lambda board, _: board.contactor_closed is True,
    "RCM": lambda board, _: board.rcd_tripped,
    "earth": lambda board, _: board.earth_good is False,
    "emergency stop": lambda board, _: board.emergency_stop,
    "enclosure": lambda board, _: board.enclosure_open,
    "tilt": lambda board, _: board.tilted,
    "temperature": lambda board, _: board.temperature_c is not None and not HOT_C[0] <= board.temperature_c <= HOT_C[1],
    "board faults": lambda board, _: bool(board.faults),
}
"""What must not be at rest."""
SILENT = "; check its power, its wires, and the port"
SIMULATED = "; simulated hardware needs the bench beneath it: chargepoint bench --config FILE"


class Looking(Struct, frozen=True):
    """At one board, by now."""

    part: EvsePart
    abilities: Abilities
    began_s: float
    complaints: Complaints
    letter: CpState | None = None
    test: SelfTest = SelfTest()


def board(configuration: Configuration, number: int, places: Sockets, seconds: float) -> Iterator[Sight]:
    """Its signals, twice a second. Raises ConfigurationError, DriverError."""
    part = configuration.evses[number - 1]
    named = list(devices.boards(configuration))[number - 1]
    simulated = devices.driver(configuration, part.board) == devices.SIMULATED
    ends_s = time.monotonic() + seconds
    while time.monotonic() < ends_s:
        made: Board = fitting.made(configuration, named, places)
        try:
            with heard() as complaints, closing(made):
                made.open()
                yield from _watch(made, Looking(part, abilities(configuration, part), time.monotonic(), complaints), ends_s)
        except HalError as error:
            yield Sight(state="failed", text=f"{error}{SIMULATED if simulated else ''}")
            time.sleep(AGAIN_S)


def _watch(made: Board, looking: Looking, ends_s: float) -> Iterator[Sight]:
    """Until it is over."""
    next_s = 0.0
    while (now := time.monotonic()) < ends_s:
        outputs = BoardOutputs(PILOT_STEADY_PPM, contactor=False, lock=False, rcd_test=looking.test.stage == "testing")
        made.write(outputs)
        made.kick()
        inputs = made.read()
        if inputs is not None:
            looking = _follow(looking, inputs, now)
        if now >= next_s:
            next_s = now + TELL_S
            yield _told(looking, inputs, outputs, now)
        time.sleep(PACE_S)


def _follow(looking: Looking, inputs: BoardInputs, now: float) -> Looking:
    able = looking.abilities.rcd_test and inputs.contactor_closed is not True
    fresh = now - inputs.at_s <= looking.abilities.silent_s
    test = selftest.follow(looking.test, inputs, None, fresh=fresh, able=able, now=now)
    letter = pilot.letter_of(inputs.cp_high_mv, looking.letter)
    return replace(looking, letter=letter, test=test)


def _told(looking: Looking, inputs: BoardInputs | None, outputs: BoardOutputs, now: float) -> Sight:
    age_s = None if inputs is None else now - inputs.at_s
    if inputs is None or age_s is None or age_s > looking.abilities.silent_s + TELL_S:
        why = looking.complaints.last
        if now - looking.began_s < looking.abilities.start_s + STARTING_S:
            return Sight(state="waiting", text=f"the board is being asked{f'; so far: {why}' if why else ''}")
        silent = "has told nothing yet" if age_s is None else f"was heard {age_s:.0f} s ago"
        return Sight(state="failed", text=f"the board {silent}{f': {why}' if why else SILENT}")
    rows = (*_rows(looking, inputs, outputs, now), *_self_test(looking))
    wrong = [row.title for row in rows if row.good is False]
    if wrong:
        return Sight(state="bad", text=f"the board answers, and this has to be seen to: {', '.join(wrong)}", rows=rows)
    if looking.abilities.rcd_test and not looking.test.passed:
        return Sight(state="waiting", text="the board answers; its residual current monitor is being tested", rows=rows)
    return Sight(state="good", text="the board answers, and all its signals are plausible", rows=rows)


def _rows(looking: Looking, inputs: BoardInputs, outputs: BoardOutputs, now: float) -> Iterator[Row]:
    signals = Signals(
        evse=looking.part.id,
        at_s=now,
        state="A",
        cp=looking.letter,
        inputs=inputs,
        outputs=outputs,
        reading=None,
        cable_ma=proximity.ampacity_ma(inputs.pp_ohm, looking.part.phases),
    )
    view = View(signals, looking.part, looking.abilities)
    for title, line in LINES:
        judged = BAD.get(title)
        wanted = title == "RCM" and looking.test.running
        good = None if judged is None or wanted else not judged(inputs, looking.letter)
        yield Row(title=title, value=line(view, inputs), good=good)


def _self_test(looking: Looking) -> Iterator[Row]:
    if not looking.abilities.rcd_test:
        yield Row(title="own test", value="the board or its monitor tests itself; press the test button of the RCD as well")
    elif looking.test.failed:
        yield Row(title="own test", value="FAILED: the residual current monitor does not trip when it is tested", good=False)
    else:
        passed = looking.test.passed
        yield Row(title="own test", value="residual current monitor: passed" if passed else "going on", good=True if passed else None)

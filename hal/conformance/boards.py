"""Rules for boards. What a board cannot do by its own word (``Abilities``) is not asked of it."""

import time
from collections.abc import Callable, Sequence

from hal.api import OWN_CONTACTOR_S, Abilities, Board
from hal.conformance.benches import BoardBench
from hal.conformance.board_case import (
    BACK_S,
    BLOCKS_S,
    CLOSED,
    COMMANDED_S,
    FAULT,
    IDLE,
    OFFER,
    SCAN_S,
    BoardCase,
    fresh,
    is_seen,
)
from hal.conformance.rules import NotHere, Rule, eventually, hold, speaks
from hal.errors import DeviceError
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardInputs, BoardOutputs


def check_board(make: Callable[[], Board], bench: BoardBench | None = None, rules: Sequence[Rule[BoardCase]] = ()) -> list[str]:
    """The rules that were played, of ``rules`` or of all. Raises AssertionError with those that are broken."""

    def end(case: BoardCase) -> None:
        if bench is not None:
            bench.spoil(None)
            bench.show("A")
        case.board.close()
        if bench is not None:
            eventually(lambda: not bench.truth().contactor_closed, OWN_CONTACTOR_S)

    return hold(f"board {make().__class__.__name__}", rules or RULES, lambda: BoardCase(make, make(), bench), end)


def it_says_what_it_can(case: BoardCase) -> None:
    """What it can do is known before it is opened, of the object as well as of its class."""
    assert isinstance(case.board.abilities, Abilities), f"abilities is {case.board.abilities!r}"
    can = case.can
    assert can.safety == "own" or can.silent_s <= 0.2, f"silent_s is {can.silent_s}: above 0.2 s only with safety of its own"
    assert can.safety == "own" or can.when_lost == "opens", "without safety of its own it has to open when this host is lost"


def making_one_opens_nothing(case: BoardCase) -> None:
    """A board can be made, read and closed while there is none; before its first measurement there is none."""
    made = case.make()
    if case.bench is not None and "unplugged" in case.bench.faults:
        case.bench.spoil("unplugged")
        made = case.make()
        assert made.read() is None, "it measured something before it was opened"
    made.close()
    made.close()


def it_begins_safe(case: BoardCase) -> None:
    """Once open it offers nothing, and its contactor is open; its first measurement comes within ``start_s``."""
    case.begin("C")
    truth = case.other_side.truth()
    assert not truth.contactor_closed, "its contactor is closed"
    assert truth.duty_ppm == PILOT_STEADY_PPM or truth.duty_ppm <= 0, f"the pilot oscillates, {truth.duty_ppm / 10_000:.1f} %"


def nothing_is_offered_unasked(case: BoardCase) -> None:
    """A car that arrives while nothing is offered gets no PWM, not for a moment, and no contactor closes for it."""
    bench = case.other_side
    case.begin("A")
    case.scan(IDLE, lambda _: False, 1.0)
    bench.show("C")
    offered = case.scan(IDLE, lambda _: 0 < bench.truth().duty_ppm < PILOT_STEADY_PPM or bench.truth().contactor_closed, 3.0)
    assert not offered, f"the pilot had PWM, or the contactor closed: {bench.truth()}"


def measurements_are_fresh(case: BoardCase) -> None:
    """Measurements keep coming: none is of the future, none older than the one before, and none as old as ``silent_s``."""
    case.begin()
    ages: list[float] = []
    times: list[float] = []

    def look(inputs: BoardInputs) -> bool:
        ages.append(time.monotonic() - inputs.at_s)
        times.append(inputs.at_s)
        return False

    case.scan(IDLE, look, max(3.0, case.can.silent_s))
    assert min(ages) >= 0, f"at_s lies {-min(ages):.3f} s in the future"
    assert times == sorted(times), "at_s ran backwards"
    old = [age for age in ages if age > case.can.silent_s]
    assert len(old) <= len(ages) // 20, f"{len(old)} of {len(ages)} were older than {case.can.silent_s} s, at most {max(ages):.2f} s"


def nothing_blocks(case: BoardCase) -> None:
    """read, write and kick never wait for the board, also when it is silent."""
    case.begin()
    case.took_s.clear()
    case.scan(IDLE if case.bench is None else OFFER, lambda _: False, 1.0)
    if case.bench is not None and "silent" in case.bench.faults:
        case.bench.spoil("silent")
        case.scan(CLOSED, lambda _: False, 2.0)
    took_s = sorted(case.took_s)
    usual_s, worst_s = took_s[len(took_s) * 9 // 10], took_s[-3]
    assert usual_s < BLOCKS_S / 4, f"one scan in ten takes {usual_s * 1000:.1f} ms or more"
    assert worst_s < BLOCKS_S, f"scans take up to {worst_s * 1000:.1f} ms"


def a_car_is_seen(case: BoardCase) -> None:
    """A car that is plugged in is seen as B, one that asks as C while something is offered, and none as A."""
    bench = case.other_side
    case.begin("A")
    assert case.scan(IDLE, lambda inputs: is_seen("A", inputs), case.notices_s), "no car is not seen as A"
    bench.show("B")
    assert case.scan(IDLE, lambda inputs: is_seen("B", inputs), case.notices_s), "a car is not seen as B"
    assert case.scan(OFFER, lambda inputs: inputs.cp_low_mv < -10_000, case.notices_s), "the lower plateau of PWM is not seen"
    bench.show("C")
    assert case.scan(OFFER, lambda inputs: is_seen("C", inputs), case.notices_s), "a car that asks is not seen as C"
    bench.show("A")
    assert case.scan(OFFER, lambda inputs: is_seen("A", inputs), case.notices_s), "a car that has left is still seen"


def it_offers_no_more_than_it_is_told(case: BoardCase) -> None:
    """What is offered is on the pilot, rounded down, and no PWM is there when nothing is offered."""
    bench = case.other_side
    case.begin("B")
    for offer_ma in (6_000, 10_500, 16_000):
        outputs = BoardOutputs(duty_ppm=offer_ma * 50 // 3, contactor=False, lock=False, offer_ma=offer_ma)
        least = (offer_ma - 1_000) * 50 // 3
        case.scan(outputs, lambda _, low=least, high=outputs.duty_ppm: low <= bench.truth().duty_ppm <= high, case.notices_s)  # type: ignore[misc]
        duty_ppm = bench.truth().duty_ppm
        assert least <= duty_ppm <= outputs.duty_ppm, f"told {offer_ma / 1000:g} A, the pilot has {duty_ppm / 10_000:.2f} %"
    case.scan(IDLE, lambda _: bench.truth().duty_ppm in (PILOT_STEADY_PPM, 0), case.notices_s)
    assert bench.truth().duty_ppm in (PILOT_STEADY_PPM, 0), "PWM goes on although nothing is offered"


def _charging(case: BoardCase) -> None:
    """A car charges."""
    case.begin("C")
    case.scan(OFFER, lambda inputs: is_seen("C", inputs), case.notices_s)
    within_s = OWN_CONTACTOR_S if case.can.contactor == "own" else COMMANDED_S
    closed = case.scan(CLOSED, lambda _: case.other_side.truth().contactor_closed, within_s)
    assert closed, f"its contactor does not close within {within_s:g} s for a car that asks"


def its_contactor_obeys(case: BoardCase) -> None:
    """The contactor closes for a car that asks and opens when it is told to, each in time, and its feedback says so."""
    bench = case.other_side
    _charging(case)
    told = case.scan(CLOSED, lambda inputs: inputs.contactor_closed is not False, case.notices_s)
    assert told, "the contactor is closed, the measurement says open"
    within_s = OWN_CONTACTOR_S if case.can.contactor == "own" else COMMANDED_S
    opened = case.scan(IDLE, lambda _: not bench.truth().contactor_closed, within_s)
    assert opened, f"its contactor does not open within {within_s:g} s"
    assert case.scan(IDLE, lambda inputs: not inputs.contactor_closed, case.notices_s), "the contactor is open, the measurement says closed"


def it_opens_when_the_car_leaves(case: BoardCase) -> None:
    """A board that moves its contactor by itself opens at once when the car leaves, whatever it is told."""
    if case.can.contactor != "own":
        raise NotHere
    bench = case.other_side
    _charging(case)
    bench.show("A")
    assert case.scan(CLOSED, lambda _: not bench.truth().contactor_closed, COMMANDED_S), "the contactor stays closed"


def it_opens_when_nobody_kicks(case: BoardCase) -> None:
    """When the kicks stop the contactor opens: within 0.2 s where this host makes the pilot, else within 10 s."""
    bench = case.other_side
    _charging(case)
    within_s = OWN_CONTACTOR_S if case.can.safety == "own" else 0.2 + SCAN_S
    assert eventually(lambda: not bench.truth().contactor_closed, within_s), f"closed {within_s:g} s after the last kick"


def it_is_left_safe(case: BoardCase) -> None:
    """close() leaves the contactor open and nothing offered, and may be called twice."""
    bench = case.other_side
    _charging(case)
    case.board.close()
    case.board.close()
    within_s = OWN_CONTACTOR_S if case.can.contactor == "own" else COMMANDED_S
    assert eventually(lambda: not bench.truth().contactor_closed, within_s), f"closed {within_s:g} s after close()"


def state_f_is_minus_twelve_volts(case: BoardCase) -> None:
    """A board that can holds the pilot at -12 V; one that cannot shows no PWM instead."""
    bench = case.other_side
    case.begin("B")
    expected = PILOT_FAULT_PPM if case.can.fault_state else PILOT_STEADY_PPM
    shown = case.scan(FAULT, lambda _: bench.truth().duty_ppm == expected, case.notices_s)
    assert shown, f"the pilot has {bench.truth().duty_ppm / 10_000:.1f} %, {expected / 10_000:g} % is expected"


def the_lock_obeys(case: BoardCase) -> None:
    """A lock that the board moves by command locks and unlocks, and its feedback says so."""
    bench = case.other_side
    case.begin("B")
    if bench.truth().locked is None or case.can.contactor == "own":
        raise NotHere
    for lock in (True, False):
        outputs = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=lock)
        assert case.scan(outputs, lambda inputs, wanted=lock: inputs.plug_locked in (wanted, None), 5.0), f"no feedback of lock={lock}"  # type: ignore[misc]
        assert bench.truth().locked is lock, f"the lock is not where it is told to be: {lock}"


def a_silent_board_is_seen_to_be(case: BoardCase) -> None:
    """When nothing comes from the board its measurements grow old; when it is back they are fresh again."""
    bench = case.other_side
    for fault in bench.faults:
        if fault not in ("silent", "unplugged"):
            continue
        case.board = case.make()
        case.begin("B")
        bench.spoil(fault)
        old = case.scan(OFFER, lambda inputs: not fresh(case, inputs), case.can.silent_s + 2.0)
        assert old, f"{fault}: measurements go on"
        bench.spoil(None)
        back = case.scan(IDLE, lambda inputs: fresh(case, inputs) and is_seen("B", inputs), BACK_S)
        assert back, f"{fault}: no measurement for {BACK_S:g} s after it was mended"
        case.board.close()


def a_spoilt_wire_tells_nothing_untrue(case: BoardCase) -> None:
    """Whatever comes over a broken wire, nothing is raised and no measurement says what is not so; mended, all is well again."""
    bench = case.other_side
    for fault in bench.faults:
        if fault in ("silent", "unplugged"):
            continue
        case.board = case.make()
        case.begin("B")
        untrue: list[BoardInputs] = []
        bench.spoil(fault)
        case.scan(IDLE, lambda inputs, wrong=untrue: _collect(inputs, wrong), 2.5)  # type: ignore[misc]
        assert not untrue, f"{fault}: {untrue[0]}"
        bench.spoil(None)
        back = case.scan(IDLE, lambda inputs: fresh(case, inputs) and is_seen("B", inputs), BACK_S)
        assert back, f"{fault}: no measurement for {BACK_S:g} s after it was mended"
        case.board.close()


def _collect(inputs: BoardInputs, untrue: list[BoardInputs]) -> bool:
    if not is_seen("B", inputs) or inputs.contactor_closed:
        untrue.append(inputs)
    return False


def one_that_is_not_there_is_found_later(case: BoardCase) -> None:
    """open() of a board that is not there raises a DeviceError in words, or goes on looking; it is found once it is there."""
    bench = case.other_side
    if "unplugged" not in bench.faults:
        raise NotHere
    bench.show("A")
    bench.spoil("unplugged")
    raised = _open_fails(case)
    assert not case.scan(IDLE, lambda _: True, 0.5), "it measured something"
    bench.spoil(None)
    if raised:
        case.board.open()
    assert case.scan(IDLE, lambda inputs: is_seen("A", inputs), BACK_S), f"not found for {BACK_S:g} s"


def _open_fails(case: BoardCase) -> bool:
    try:
        case.board.open()
    except DeviceError as error:
        assert speaks(error), f"the message {str(error)!r} says too little"
        return True
    return False


RULES = (
    it_says_what_it_can,
    making_one_opens_nothing,
    it_begins_safe,
    nothing_is_offered_unasked,
    measurements_are_fresh,
    nothing_blocks,
    a_car_is_seen,
    it_offers_no_more_than_it_is_told,
    its_contactor_obeys,
    it_opens_when_the_car_leaves,
    it_opens_when_nobody_kicks,
    it_is_left_safe,
    state_f_is_minus_twelve_volts,
    the_lock_obeys,
    a_silent_board_is_seen_to_be,
    a_spoilt_wire_tells_nothing_untrue,
    one_that_is_not_there_is_found_later,
)

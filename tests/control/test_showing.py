"""All signals, to somebody who looks, and only while he looks."""

from msgspec import structs

from chargepoint.control.exercising import TABLE
from chargepoint.control.memory import EvseInputs
from chargepoint.control.showing import EVERY_S, MOST_S, Watched, due, heed, signals
from chargepoint.control.watch import BOARD_FAULTS, TEXT
from chargepoint.link.codec import decode_up, encode
from chargepoint.link.messages import MAX_MESSAGE_BYTES, Exercise, Watch
from hal.measured import BoardFault, BoardInputs
from tests.control.rig import Rig


def test_nobody_is_told_before_he_asks_nor_after_his_time() -> None:
    assert not due(Watched(), 1_000.0)
    watched = heed(Watch(2.0), 1_000.0)
    assert due(watched, 1_000.0)
    told = Watched(watched.until_s, 1_000.0)
    assert not due(told, 1_000.0 + EVERY_S - 0.01)
    assert due(told, 1_000.0 + EVERY_S)
    assert not due(told, 1_002.0)


def test_no_lease_lasts_longer_than_a_minute() -> None:
    assert heed(Watch(1e9), 1_000.0) == Watched(1_000.0 + MOST_S)


def test_before_the_first_measurement_nothing_is_made_up() -> None:
    rig = Rig()
    rig.plants[1].board_lost = rig.plants[1].meter_lost = True
    rig.scan()
    told = signals(rig.state.evses[1], rig.inputs.evses[1], rig.now)
    assert (told.inputs, told.reading, told.cp, told.cable_ma) == (None, None, None, None)


def test_everything_that_was_measured_and_what_control_makes_of_it() -> None:
    rig = Rig()
    rig.charge()
    told = signals(rig.state.evses[1], rig.inputs.evses[1], rig.now)
    assert (told.evse, told.state, told.cp, told.cable_ma, told.exercise) == (1, "C2", "C", 32_000, "")
    assert (told.inputs, told.outputs, told.reading) == (rig.inputs.evses[1].board, rig.outputs[1], rig.inputs.evses[1].reading)


class OwnInputs(BoardInputs, frozen=True, kw_only=True, array_like=True):
    """What a driver of another make may hand over."""


def test_a_board_with_a_kind_of_its_own_is_told_as_any_other() -> None:
    rig = Rig()
    rig.run(1)
    read = rig.inputs.evses[1]
    assert read.board is not None
    own = EvseInputs(OwnInputs(**structs.asdict(read.board)), read.reading)
    assert decode_up(encode(signals(rig.state.evses[1], own, rig.now))) == signals(rig.state.evses[1], read, rig.now)


def test_what_is_exercised_is_named() -> None:
    rig = Rig()
    rig.run(6)
    for what in TABLE:
        if what == "rcm_test":
            continue
        rig.scan(Exercise(1, what, "w"))
        assert signals(rig.state.evses[1], rig.inputs.evses[1], rig.now).exercise == what
        rig.run(6)


def test_a_board_that_says_much_says_no_more_than_a_message_carries() -> None:
    rig = Rig()
    rig.plants[1].faults = tuple(BoardFault("n" * 9_000, "other", "v" * 9_000, "i" * 9_000) for _ in range(99))
    rig.run(0.1)
    read = rig.inputs.evses[1]
    told = signals(rig.state.evses[1], EvseInputs(read.board, read.reading, "d" * 9_000), rig.now)
    assert told.inputs is not None
    assert len(told.inputs.faults) == BOARD_FAULTS
    assert len(told.doubt) == TEXT
    assert len(encode(told)) < MAX_MESSAGE_BYTES / 10

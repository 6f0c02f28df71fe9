"""The reader of the boards' register tables, and what all of these boards are told alike."""

from itertools import pairwise
from typing import Any

import pytest

from hal.boards import heidelberg, phoenix_ev_cc, simpleevse, smartevse
from hal.boards.lag import OFFERS_S, SOON_S, Course
from hal.boards.registers import Register, Unit, contacts, offered_ma, shown
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardOutputs
from tests.hal.boards.modbus_rig import IDLE, offer

TABLES = {each.__name__: each.REGISTERS for each in (heidelberg, phoenix_ev_cc, simpleevse, smartevse)}
TABLE = (
    Register("cold", "input", 5, "C", scale=0.1, signed=True),
    Register("energy", "input", 6, "Wh", words=2),
    Register("current", "holding", 9, "mA", scale=100, written=6),
)


class Bus:
    """Registers 0 to 9 hold what is set; notes what is asked and told."""

    def __init__(self) -> None:
        self.words = {5: 0xFFF6, 6: 0x0001, 7: 0x0002, 9: 100}
        self.asked: list[tuple[Any, ...]] = []

    def where(self, unit: int) -> str:
        return f"board.test on /dev/ttyUSB0 unit {unit}"

    def read(self, unit: int, fc: int, address: int, count: int) -> list[int]:
        self.asked.append((unit, fc, address, count))
        return [self.words[at] for at in range(address, address + count)]

    def write_one(self, unit: int, address: int, value: int) -> None:
        self.words[address] = value


def unit() -> tuple[Unit, Bus]:
    bus: Any = Bus()
    return Unit(bus, 4, TABLE), bus


def test_rows_are_read_in_one_question_by_name_in_their_unit_and_with_their_sign() -> None:
    board, bus = unit()
    assert board.read("cold", "energy") == {"cold": -1.0, "energy": 65_538}
    assert bus.asked == [(4, 4, 5, 3)]


def test_what_is_kept_is_written_only_where_it_differs_and_rounded_down() -> None:
    board, bus = unit()
    assert not board.settle("current", 10_000)
    assert board.settle("current", 6_050)
    assert bus.words[9] == 60


@pytest.mark.parametrize("amperes", [0, 1, 5, 5.99])
def test_one_to_five_amperes_are_a_pause_and_never_an_offer(amperes: float) -> None:
    assert offered_ma(offer(amperes), 80_000, 1000) == 0


def test_an_offer_is_in_whole_steps_rounded_down_and_no_more_than_the_board_takes() -> None:
    assert [offered_ma(offer(13.37), 80_000, step) for step in (1000, 100, 10)] == [13_000, 13_300, 13_370]
    assert offered_ma(offer(32), 16_000, 100) == 16_000
    for duty_ppm in (PILOT_STEADY_PPM, PILOT_FAULT_PPM):
        assert offered_ma(BoardOutputs(duty_ppm, contactor=False, lock=False, offer_ma=16_000), 80_000) == 0


def test_contacts_without_feedback_are_open_only_where_they_should_be_closed() -> None:
    assert contacts(True, IDLE) is contacts(True, offer(16)) is True
    assert contacts(False, offer(16)) is False
    assert contacts(False, IDLE) is None


def test_a_pilot_that_oscillates_unasked_is_seen_and_one_that_is_late_says_nothing_of_the_diode() -> None:
    assert 0 < shown(IDLE, pwm=True).duty_ppm < PILOT_STEADY_PPM
    assert shown(IDLE, pwm=False).duty_ppm == PILOT_STEADY_PPM
    assert shown(offer(16), pwm=False) == offer(16)


def test_a_new_letter_is_looked_at_again_at_once_and_a_cable_is_gone_with_the_second_look() -> None:
    course = Course("board.test")
    course.take("B", 680)
    assert (course.rest_s(1.0), course.ohm) == (SOON_S, 680)
    course.take("B", 680)
    assert course.rest_s(1.0) == 1.0
    course.take("A", None)
    assert (course.rest_s(1.0), course.ohm) == (SOON_S, 680)
    course.take("A", None)
    assert (course.rest_s(1.0), course.ohm) == (1.0, None)


def test_an_offer_that_never_comes_is_a_fault_once_a_car_has_waited_for_it() -> None:
    course = Course("board.test")
    course.take("B")
    assert course.offers(16_000, 100.0, pwm=False) == ()
    assert course.offers(16_000, 100.0 + OFFERS_S, pwm=False)[0].name == "offer_refused"
    assert course.offers(16_000, 101.0 + OFFERS_S, pwm=True) == ()
    course.take("A")
    assert course.offers(16_000, 200.0, pwm=False) == course.offers(16_000, 300.0, pwm=False) == ()


@pytest.mark.parametrize("name", TABLES)
def test_a_table_names_each_register_once_and_in_the_order_of_its_addresses(name: str) -> None:
    rows = TABLES[name]
    assert len({row.name for row in rows}) == len(rows)
    assert len({(row.area, row.address) for row in rows}) == len(rows)
    for one, other in pairwise(rows):
        assert one.area != other.area or one.address < other.address or other.kept, f"{other.name} after {one.name}"
    for row in rows:
        assert row.meaning
        assert not row.kept or row.written

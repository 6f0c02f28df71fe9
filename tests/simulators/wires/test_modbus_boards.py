"""Boards on Modbus: what they answer, what they refuse, and with which code. On a clock of the test's."""

from collections.abc import Callable
from typing import Any

import pytest

from simulators.electrics import Electrics
from simulators.firmware import TICK_S
from simulators.hardware import EvsePlan
from simulators.wires.heidelberg import Heidelberg, HeidelbergFace
from simulators.wires.modbus_board import BoardFace
from simulators.wires.modbus_slave import ModbusException, crc
from simulators.wires.phoenix_ev_cc import Phoenix
from simulators.wires.simpleevse import SimpleEvse
from simulators.wires.smartevse import SmartEvse, SmartEvseFace
from simulators.world import World

UNIT = 2


def faces() -> dict[str, Callable[[World, Electrics], BoardFace]]:
    return {
        "simpleevse": lambda world, evse: BoardFace(UNIT, SimpleEvse(evse)),
        "heidelberg": lambda world, evse: HeidelbergFace(UNIT, Heidelberg(evse, world)),
        "phoenix": lambda world, evse: BoardFace(UNIT, Phoenix(evse)),
        "smartevse": lambda world, evse: SmartEvseFace(UNIT, SmartEvse(evse, UNIT)),
    }


class Bench:
    """One face, ticked as its controller wants it."""

    def __init__(self, name: str) -> None:
        self.world = World([EvsePlan(id=1)])
        self.world.open(0.0)
        self.face = faces()[name](self.world, self.world.evses[1])
        self.device: Any = self.face.device
        self.now = 0.0
        self.run(1.5)

    def run(self, lasts_s: float) -> None:
        """Let so much time pass."""
        ends_s = self.now + lasts_s
        while self.now < ends_s:
            self.now += TICK_S
            self.face.tick(self.now)

    def ask(self, *body: int, unit: int = UNIT) -> bytes:
        """The answer to a request, without its checksum."""
        request = bytes([unit, *body])
        replies = self.face.heard(request + crc(request), self.now)
        return b"".join(reply.data for reply in replies)[:-2]

    def code(self, *body: int) -> int:
        """Of the exception that answers."""
        answer = self.ask(*body)
        assert answer[1] == body[0] | 0x80, f"not refused: {answer.hex(' ')}"
        return answer[2]


def words(value: int) -> tuple[int, int]:
    return value >> 8, value & 0xFF


REFUSED = [
    ("simpleevse", (4, *words(1000), 0, 1), 1),
    ("simpleevse", (3, *words(999), 0, 1), 2),
    ("simpleevse", (3, *words(1005), 0, 7), 2),
    ("simpleevse", (3, *words(2008), 0, 1), 2),
    ("simpleevse", (16, *words(1000), 0, 1, 2, 0, 5), 3),
    ("simpleevse", (16, *words(1000), 0, 1, 2, 0, 81), 3),
    ("simpleevse", (16, *words(1005), 0, 1, 2, 0, 9), 2),
    ("heidelberg", (4, 0, 3, 0, 1), 2),
    ("heidelberg", (4, 0, 14, 0, 6), 2),
    ("heidelberg", (3, *words(257), 0, 5), 2),
    ("heidelberg", (6, *words(261), 0, 59), 3),
    ("heidelberg", (6, *words(261), 0, 161), 3),
    ("heidelberg", (6, *words(260), 0, 0), 2),
    ("heidelberg", (5, *words(261), 0xFF, 0), 1),
    ("phoenix", (6, *words(22000), 0, 5), 3),
    ("phoenix", (6, *words(22000), 0, 64), 3),
    ("phoenix", (5, *words(20004), 0xFF, 0), 2),
    ("phoenix", (5, *words(20000), 0, 1), 3),
    ("phoenix", (2, *words(20000), 0, 1), 1),
    ("phoenix", (4, *words(24005), 0, 2), 2),
    ("smartevse", (3, 0, 11, 0, 2), 2),
    ("smartevse", (6, 0, 0, 0, 15), 3),
    ("smartevse", (6, 0, 5, 0, 3), 3),
    ("smartevse", (6, 0, 12, 0, 0), 2),
    ("smartevse", (1, 0, 0, 0, 1), 1),
]


@pytest.mark.parametrize(("name", "body", "code"), REFUSED)
def test_what_it_does_not_have_or_take_is_refused_with_the_code_for_that(name: str, body: tuple[int, ...], code: int) -> None:
    assert Bench(name).code(*body) == code


def test_a_simpleevse_answers_its_state_in_one_block_and_boots_with_what_it_keeps() -> None:
    bench = Bench("simpleevse")
    assert bench.ask(3, *words(1000), 0, 8) == bytes([2, 3, 16, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 17, 0, 1, 0, 0])
    assert bench.ask(16, *words(1000), 0, 1, 2, 0, 0) == bytes([2, 16, *words(1000), 0, 1])
    bench.device.firmware.power_cycle(bench.now)
    bench.run(0.1)
    assert bench.device.read(3, 1000, 1) == [16]


def test_a_heidelberg_falls_back_without_questions_asleep_only_if_it_may_and_counts_from_its_boot() -> None:
    bench = Bench("heidelberg")
    bench.ask(6, *words(262), 0, 60)
    bench.run(14)
    assert bench.device.firmware.missed is False
    bench.run(2)
    assert (bench.device.firmware.missed, bench.device.firmware.willing_ma) == (True, 6_000)
    assert bench.ask(4, 0, 4, 0, 1) == bytes([2, 4, 2, 1, 7])
    assert bench.device.firmware.missed is False
    bench.now += 800
    assert bench.ask(4, 0, 4, 0, 1) == b"", "it sleeps"


def test_a_heidelberg_that_may_not_sleep_does_not() -> None:
    bench = Bench("heidelberg")
    bench.ask(6, *words(258), 0, 4)
    bench.now += 800
    assert bench.ask(4, 0, 4, 0, 1)


def test_a_phoenix_acknowledges_what_its_switches_forbid_and_leaves_it_and_loses_its_coils_when_it_boots() -> None:
    bench = Bench("phoenix")
    assert bench.ask(6, *words(4001), 0, 2) == bytes([2, 6, *words(4001), 0, 2])
    assert bench.device.kept[4001] == 0
    bench.ask(6, *words(4000), 0, 3)
    bench.ask(5, *words(20000), 0xFF, 0)
    assert bench.ask(1, *words(20000), 0, 3) == bytes([2, 1, 1, 0b001])
    bench.device.firmware.power_cycle(bench.now)
    bench.run(1.5)
    assert bench.ask(1, *words(20000), 0, 3) == bytes([2, 1, 1, 0])
    assert bench.device.kept[4000] == 3


def test_a_smartevse_hears_a_broadcast_without_answering_and_does_without_one_for_eleven_seconds() -> None:
    bench = Bench("smartevse")
    currents = [each for tenths in (0, 160, 0, 0, 0, 0, 0, 0) for each in words(tenths)]
    assert bench.ask(16, 0, 0x20, 0, 8, 16, *currents, unit=9) == b""
    assert bench.device.balanced == 160
    bench.run(10.5)
    assert bench.device.errors == 0
    bench.run(1)
    assert bench.device.errors == 2
    bench.ask(16, 0, 0x20, 0, 8, 16, *currents, unit=9)
    assert bench.device.errors == 0


def test_a_board_without_supply_says_nothing() -> None:
    for name in faces():
        bench = Bench(name)
        bench.world.evses[1].powered = False
        bench.run(0.1)
        assert bench.ask(3, 0, 0, 0, 1) == b""


def test_registers_are_refused_by_an_exception_of_the_slave() -> None:
    with pytest.raises(ModbusException):
        Bench("simpleevse").device.read(3, 1, 1)

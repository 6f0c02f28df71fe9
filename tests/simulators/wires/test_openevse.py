"""The simulated OpenEVSE on its wire: what a driver must be able to rely on that a real one does."""

from functools import reduce
from operator import xor
from typing import Any

import pytest
from msgspec.structs import replace

from simulators import verbs
from simulators.firmware import TICK_S
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.wires import Reply
from simulators.wires.line import Line
from simulators.wires.openevse import RECEIVE_BYTES, OpenEvseFace
from simulators.wires.openevse_board import AVR, Build
from simulators.world import World

PLAN = EvsePlan(id=1, phases=1, connectors=(ConnectorPlan(1, "fixed"),))


class Rig:
    """The board under a virtual clock; ``said`` is everything it sent, line by line."""

    def __init__(self, build: Build = Build()) -> None:  # noqa: B008  (frozen)
        self.now = 1_000.0
        self.world = World([PLAN])
        self.world.open(self.now)
        self.evse = self.world.evses[1]
        self.face = OpenEvseFace(self.evse, build)
        self.said: list[str] = []
        self.run(3)

    def run(self, lasts_s: float) -> None:
        for _ in range(round(lasts_s / TICK_S)):
            self.now += TICK_S
            self.keep(self.face.tick(self.now))

    def keep(self, replies: list[Reply]) -> None:
        for reply in replies:
            assert reply.data.endswith(b"\r")
            self.said.append(reply.data[:-1].decode())

    def send(self, data: bytes) -> list[str]:
        """What it says at once."""
        before = len(self.said)
        self.keep(self.face.heard(data, self.now))
        return self.said[before:]

    def ask(self, command: str) -> str:
        """What it answers, without the checksum."""
        body = f"${command}".encode()
        said = self.send(body + b"^%02X\r" % reduce(xor, body))
        assert len(said) == 1
        text, _, checksum = said[0].partition("^")
        assert int(checksum, 16) == reduce(xor, text.encode())
        return text

    def do(self, verb: Any, **entries: Any) -> None:
        verb(self.world, self.evse, entries, self.now)
        self.world.changed(self.now)


def test_it_tells_of_its_boot_once_its_tests_are_over_and_of_every_change_after_that() -> None:
    rig = Rig()
    assert [said.partition("^")[0] for said in rig.said] == ["$AB 00 8.2.3", "$AT 00 01 32 0000", "$AT 01 01 32 0000"]
    rig.do(verbs.plug, reaction_s=0.2)
    rig.run(5)
    told = [said.partition("^")[0] for said in rig.said[3:]]
    assert told[0] == "$AT 02 02 32 0100"
    assert told[-1].startswith("$AT 03 03 32 01")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("GS", "$OK 01 0 01 0000"),
        ("GS :01", "$OK 01 0 01 0000 :01"),
        ("GV", "$OK 8.2.3 5.2.1"),
        ("GC", "$OK 6 80 32 32"),
        ("GE", "$OK 32 0021"),
        ("GG", "$OK 0 240000"),
        ("GP", "$OK -2560 250 -2560"),
        ("GF", "$OK 0 0 0"),
        ("GU", "$OK 0 0"),
        ("G0", "$OK 0"),
        ("GI", "$OK  ATMEGA1E950F2A"),
        ("SC 16 V", "$OK 16"),
        ("SC 5 V", "$NK 6"),
        ("SC 40 V :0A", "$NK 32 :0A"),
        ("S4 1", "$NK"),
        ("S5 M", "$NK"),
        ("SB", "$NK"),
        ("ZZ", "$NK"),
        ("SC", "$NK"),
        ("SC x V", "$NK"),
        ("SY 10 6", "$OK 10 6 0"),
    ],
)
def test_it_answers_as_the_firmware_does(command: str, answer: str) -> None:
    assert Rig().ask(command) == answer


def test_spoilt_commands_are_refused_without_their_number_and_long_ones_are_dropped() -> None:
    rig = Rig()
    assert rig.send(b"$GS :01^00\r") == ["$NK^21"]
    assert rig.send(b"$GS*BE\r")[0].startswith("$OK 01")
    assert rig.send(b"$GS\r")[0].startswith("$OK 01")
    assert rig.send(b"$FP 0 0 " + b"x" * 30 + b"\r") == []
    assert rig.send(b"noise$GC$GS^30\r")[0].startswith("$OK 01")


def test_while_it_tests_itself_it_keeps_64_bytes_and_answers_them_afterwards() -> None:
    rig = Rig()
    rig.do(verbs.plug, reaction_s=0.2)
    while not rig.face.board.firmware.deaf(rig.now):
        rig.run(TICK_S)
    assert rig.send(b"$GS :01^2B\r" * 9) == []
    heard = len(rig.said)
    rig.run(3)
    answered = [said for said in rig.said[heard:] if said.startswith("$OK")]
    assert len(answered) == RECEIVE_BYTES // 11


def test_current_is_saved_only_without_v_and_that_wears_it_out() -> None:
    rig = Rig()
    for amperes in range(6, 32):
        rig.ask(f"SC {amperes} V")
    assert (rig.face.board.saved.writes, rig.face.board.saved.maximum_a) == (0, 32)
    rig.ask("SC 20")
    assert (rig.face.board.saved.writes, rig.face.board.saved.maximum_a) == (1, 20)


def test_a_missed_pulse_lowers_and_never_stops_until_it_is_acknowledged() -> None:
    rig = Rig()
    rig.do(verbs.plug, reaction_s=0.2)
    rig.ask("SY 5 6")
    rig.run(4)
    assert rig.ask("SY") == "$OK 5 6 0"
    rig.run(6)
    assert (rig.evse.advertised_ma, rig.evse.contacts.closed) == (6_000, True)
    assert rig.ask("SY") == "$NK 5 6 2"
    assert rig.ask("SY 165") == "$OK 5 6 1"
    assert rig.ask("GC") == "$OK 6 80 32 32"


def test_its_sixteen_bits_make_a_long_interval_short() -> None:
    rig = Rig()
    rig.ask("SY 66 6")
    rig.run(1)
    assert rig.ask("SY") == "$NK 66 6 2"


def test_sleep_and_disable_are_states_of_their_own_and_enable_ends_both() -> None:
    rig = Rig()
    rig.do(verbs.plug, reaction_s=0.2)
    rig.run(5)
    rig.ask("FS")
    rig.run(5)
    assert rig.ask("GS").startswith("$OK FE")
    assert not rig.evse.contacts.closed
    rig.ask("FD")
    rig.run(0.1)
    assert (rig.ask("G0"), rig.evse.letter) == ("$OK 2", "F")
    rig.ask("FE")
    rig.run(5)
    assert rig.ask("GS").startswith("$OK 03")


def test_a_session_is_added_when_the_car_leaves_and_lost_when_the_power_does() -> None:
    rig = Rig()
    rig.do(verbs.plug, reaction_s=0.2)
    rig.run(30)
    session_ws = int(rig.ask("GU").split()[1])
    assert session_ws > 150_000
    rig.do(verbs.unplug)
    rig.run(1)
    total_wh = int(rig.ask("GU").split()[2])
    assert abs(total_wh - session_ws / 3600) < 3
    rig.do(verbs.plug, reaction_s=0.2)
    rig.run(30)
    rig.world.switch_power(False)
    rig.run(1)
    rig.world.switch_power(True)
    rig.run(5)
    assert rig.ask("GU").split()[2] == str(total_wh)


@pytest.mark.parametrize(("entries", "state"), [({"rcd": "tripped"}, "06"), ({"earth": "lost"}, "07"), ({"rcd": "dead"}, "09")])
def test_its_faults_are_states(entries: dict[str, Any], state: str) -> None:
    rig = Rig(Build(traits=replace(AVR, retry=None)))
    rig.do(verbs.patch_hardware, **entries)
    rig.do(verbs.plug, reaction_s=0.2)
    rig.run(8)
    assert rig.ask("GS").split()[1] == state


def test_its_own_wire_faults_are_a_wrong_checksum_and_a_refusal_of_everything() -> None:
    rig = Rig()
    rig.face.fault = "exception"
    assert rig.ask("GS :01") == "$NK :01"
    rig.face.fault = "bad_checksum"
    text, _, checksum = rig.send(b"$GS^30\r")[0].partition("^")
    assert int(checksum, 16) != reduce(xor, text.encode())


def test_without_supply_it_says_nothing_and_forgets_what_is_not_saved() -> None:
    rig = Rig()
    rig.ask("SC 10 V")
    rig.world.switch_power(False)
    rig.run(0.1)
    assert rig.send(b"$GS^30\r") == []
    rig.world.switch_power(True)
    rig.run(3)
    assert rig.ask("GC") == "$OK 6 80 32 32"
    assert rig.ask("FS") == "$OK"


def test_its_controller_keeps_its_pace_on_a_computer_that_calls_late() -> None:
    rig = Rig()
    line = Line()
    line.add(rig.face)
    rig.do(verbs.plug, reaction_s=0.2)
    rig.run(5)
    assert rig.evse.contacts.closed
    for late_s in (0.1, 0.5, 0.9):
        rig.now += late_s
        line.turn(rig.now)
        assert rig.evse.contacts.closed
    assert rig.evse.timing.openings_under_load == 0

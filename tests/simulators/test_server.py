"""What the world's socket does beside serving the drivers (``tests/hal`` holds those against it)."""

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hal.boards.simulated import SimulatedBoard
from hal.bus.simulated import AttachBoard, AttachMeter, Kick, MeterShows, ReadMeter, connect, decode_from_world, encode
from hal.measured import PILOT_OFF_PPM, BoardOutputs
from hal.meters.simulated import SimulatedMeter
from simulators import verbs
from simulators.meter import SLOW_S
from simulators.server import make_way
from tests.simulators.served import ServedWorld, wait_until


def test_the_socket_of_a_killed_world_is_replaced_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "world"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as killed:
        killed.bind(str(path))
    with ServedWorld(path), pytest.raises(OSError, match="another simulated world serves it"):
        make_way(str(path))
    assert not path.exists()


def test_nonsense_is_answered_by_hanging_up_on_that_driver_only(tmp_path: Path) -> None:
    with ServedWorld(tmp_path / "world") as served:
        good = SimulatedBoard(socket=served.path, evse=1)
        good.open()
        with connect(served.path, AttachBoard(2)) as bad:
            bad.setblocking(True)
            bad.settimeout(5)
            bad.send(b"\xc1nonsense")
            while bad.recv(1000):
                pass
        wait_until(lambda: good.read() is not None, "the other driver to be served")
        good.close()


def test_only_the_driver_of_a_board_can_kick_it(tmp_path: Path) -> None:
    with ServedWorld(tmp_path / "world") as served, connect(served.path, AttachMeter(1)) as meter:
        meter.send(encode(Kick(0.0, 533_334, contactor=True, lock=True)))
        meter.send(encode(ReadMeter(1)))
        meter.setblocking(True)
        meter.settimeout(5)
        assert isinstance(decode_from_world(meter.recv(1000)), MeterShows)
        assert served.world.evses[1].timing.last_kick_s is None


def test_every_output_of_a_board_goes_over_the_wire(tmp_path: Path) -> None:
    with ServedWorld(tmp_path / "world") as served:
        board = SimulatedBoard(socket=served.path, evse=1)
        board.open()
        board.write(BoardOutputs(PILOT_OFF_PPM, contactor=False, lock=True, phases=1, rcd_test=True, shunt_trip=True))

        def tripped() -> bool:
            board.kick()
            inputs = board.read()
            return inputs is not None and inputs.rcd_tripped and inputs.cp_high_mv == 0

        wait_until(tripped, "the test of the monitor")
        evse = served.world.evses[1]
        assert (evse.outputs.phases, evse.hardware.breaker) == (1, "tripped")
        board.close()
        wait_until(lambda: not evse.outputs.rcd_test, "the safe outputs")
        assert (evse.outputs.lock, evse.outputs.phases) == (True, 1)


def test_a_slow_meter_answers_late_but_answers(tmp_path: Path) -> None:
    with ServedWorld(tmp_path / "world") as served:
        served.do(verbs.patch_hardware, meter="slow")
        meter = SimulatedMeter(socket=served.path, evse=1)
        meter.open()
        asked_s = time.monotonic()
        reading = meter.read()
        assert time.monotonic() - reading.at_s >= SLOW_S > reading.at_s - asked_s
        meter.close()


def test_kicks_that_waited_while_the_world_was_late_count_before_time_passes(tmp_path: Path) -> None:
    with ServedWorld(tmp_path / "world") as served:
        board = SimulatedBoard(socket=served.path, evse=1)
        board.open()
        board.write(BoardOutputs(1_000_000, contactor=True, lock=False))
        evse, nobody = served.world.evses[1], threading.Event()

        def kicked_until(true: Callable[[], bool]) -> None:
            def kick() -> bool:
                board.kick()
                return true()

            wait_until(kick, "the contactor")

        async def stall() -> bool:
            nobody.wait(0.4)
            served.world.advance(time.monotonic())
            return evse.contactor.position

        kicked_until(lambda: evse.contactor.position)
        with ThreadPoolExecutor() as pool:
            stalled = pool.submit(served.call, stall)
            kicked_until(stalled.done)
        assert stalled.result() is True
        board.close()

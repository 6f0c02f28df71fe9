"""A Raspberry Pi of the simulated world, its driver, and control's side of it. In real time."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from hal.boards.raspberry_pi import RaspberryPiBoard
from hal.entries import entries as entries_of
from hal.entries import placed
from hal.measured import PILOT_STEADY_PPM, BoardInputs, BoardOutputs
from simulators import verbs
from simulators.electrics import Electrics
from simulators.hardware import EvsePlan
from simulators.wires.harness import Harness, Wanted
from simulators.wires.raspberry_pi import RaspberryPi
from simulators.wires.table import ON_PI, TABLE
from simulators.wires.thread import Beside, beside
from simulators.world import World
from tests.hal.boards.talking_rig import SCAN_S, until

IDLE = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=False)
OFFER = BoardOutputs(duty_ppm=266_666, contactor=False, lock=False)
CLOSED = replace(OFFER, contactor=True)
CHARGE_CONTROL_C: Mapping[str, Any] = {
    "preset": "charge-control-c",
    "watchdog": "toggle",
    "kick": "DIGITAL_OUT_1",
    "rcm_fault": "DIGITAL_IN_2",
    "rcm_cuts_coil": True,
    "contactor_feedback": "RELAY_1_SENSE",
    "contactor_mirror": "NO",
    "thermometer": "ds18b20",
}


class Site:
    """World and chips. Everything that touches them happens in their thread."""

    def __init__(self, loop: Beside, root: Path, entries: Mapping[str, Any], speed: float) -> None:
        self.loop = loop
        self.root = root
        self.entries = entries
        self.world = World([EvsePlan(id=1)], speed=speed)
        self.world.open(time.monotonic())
        self.harness = self.world.wires = Harness(self.world, root)
        self.harness.fit(Wanted("board", 1, "boards", "raspberry-pi", entries), TABLE["boards"]["raspberry-pi"])

    @property
    def evse(self) -> Electrics:
        return self.world.evses[1]

    @property
    def pi(self) -> RaspberryPi:
        device = self.harness.fitted["board", 1].device
        assert isinstance(device, RaspberryPi)
        return device

    @property
    def closed(self) -> bool:
        return self.evse.contacts.closed

    def do(self, verb: Any, **entries: Any) -> None:
        """A verb of the bench."""

        def change() -> None:
            now = time.monotonic()
            self.world.advance(now)
            verb(self.world, self.evse, entries, now)
            self.world.changed(now)

        self.loop.call(change)

    def plug(self, **entries: Any) -> None:
        self.do(verbs.plug, **{"reaction_s": 0.2, **entries})

    def patch(self, **entries: Any) -> None:
        self.do(verbs.patch_hardware, **entries)

    def spoil(self, fault: str | None) -> None:
        self.loop.call(self.harness.spoil, "board", 1, fault)

    def persist(self, on: bool) -> None:
        """Do outputs stay as they were when a process dies?"""
        assert self.pi.gpio is not None
        self.loop.set(self.pi.gpio, "persists", on)

    def board(self) -> RaspberryPiBoard:
        """A driver, as composition makes it on a bench."""
        return made(str(self.root), self.entries)


def made(root: str, entries: Mapping[str, Any]) -> RaspberryPiBoard:
    """A driver of the machine beneath ``root``."""
    return RaspberryPiBoard(root=root, **placed(entries_of("boards", "raspberry-pi"), entries, root))


class Host:
    """Control's side: writes and kicks as often as a scan does."""

    def __init__(self, board: RaspberryPiBoard) -> None:
        self.board = board
        self.wanted = IDLE

    @property
    def read(self) -> BoardInputs:
        inputs = self.board.read()
        assert inputs is not None
        return inputs

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.read.at_s

    def until(self, holds: Any, within_s: float = 3.0, what: str = "it") -> float:
        def scanned() -> bool:
            self.board.write(self.wanted)
            self.board.kick()
            return bool(holds())

        return until(scanned, within_s, what)

    def sees(self, high_mv: int, low_mv: int) -> bool:
        """Both plateaus, within 300 mV."""
        return abs(self.read.cp_high_mv - high_mv) < 300 and abs(self.read.cp_low_mv - low_mv) < 300


@contextmanager
def site(root: Path, entries: Mapping[str, Any] = ON_PI, speed: float = 1.0) -> Iterator[Site]:
    """A machine with chips."""
    with beside() as loop:
        at = Site(loop, root, entries, speed)
        loop.call(at.harness.open)
        yield at
        loop.call(at.harness.close)


@contextmanager
def host(at: Site) -> Iterator[Host]:
    """A driver that measures."""
    board = at.board()
    board.open()
    try:
        driven = Host(board)
        driven.until(lambda: board.read() is not None, 2, "a first measurement")
        yield driven
    finally:
        board.close()


def drive(root: str, entries: str) -> None:
    """A process that charges whoever asks, until it is killed."""
    board = made(root, json.loads(entries))
    board.open()
    while True:
        seen = board.read()
        board.write(CLOSED if seen is not None and 5_000 < seen.cp_high_mv < 7_000 else OFFER)
        board.kick()
        time.sleep(SCAN_S)


if __name__ == "__main__":
    drive(*sys.argv[1:])

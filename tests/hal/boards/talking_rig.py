"""A board that is talked with, of the simulated world on a terminal, and control's side of its driver. In real time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from hal.boards.talking import TalkingBoard
from hal.measured import PILOT_STEADY_PPM, BoardInputs, BoardOutputs
from simulators import verbs
from simulators.electrics import Electrics
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.wires import Face
from simulators.wires.line import Line
from simulators.wires.pty import PtyWire
from simulators.wires.thread import Beside, beside
from simulators.world import World

FIXED = EvsePlan(id=1, phases=1, connectors=(ConnectorPlan(1, "fixed"),))
SOCKET = EvsePlan(id=1, phases=1)
IDLE = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=False)
SCAN_S = 0.02

F = TypeVar("F", bound=Face)


def offer(amperes: int, *, lock: bool = False) -> BoardOutputs:
    """So much is to be offered."""
    return BoardOutputs(duty_ppm=amperes * 50_000 // 3, contactor=True, lock=lock, offer_ma=amperes * 1000)


def until(holds: Callable[[], bool], within_s: float, what: str = "it", instead: Callable[[], str] = str) -> float:
    """Wait for it; how long that took. ``instead``: what there is in its place."""
    began_s = time.monotonic()
    while not holds():
        assert time.monotonic() - began_s < within_s, f"{what} did not happen within {within_s} s {instead()}"
        time.sleep(SCAN_S)
    return time.monotonic() - began_s


class Site(Generic[F]):
    """The board's side: world, wire and what is wrong with them. Everything that touches the world happens in its thread."""

    def __init__(self, loop: Beside, folder: Path, make: Callable[[Electrics], F], plan: EvsePlan, speed: float) -> None:
        self.loop = loop
        self.port = str(folder / "dev/ttyUSB0")
        self.world = World([plan], speed=speed)
        self.world.open(time.monotonic())
        self.face = make(self.evse)
        line = Line()
        self.device = line.add(self.face)
        self.wire = PtyWire(line, Path(self.port))

    @property
    def evse(self) -> Electrics:
        return self.world.evses[1]

    @property
    def closed(self) -> bool:
        return self.evse.contacts.closed

    @property
    def offered_a(self) -> int:
        return self.evse.advertised_ma // 1000

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
        """Something is wrong with the wire, or nothing any more."""
        self.loop.call(self.wire.unplug if fault == "unplugged" else self.wire.plug)
        self.loop.set(self.device, "fault", None if fault == "unplugged" else fault)


class Host:
    """Control's side: writes and kicks as often as a scan does."""

    def __init__(self, board: TalkingBoard) -> None:
        self.board = board
        self.wanted = IDLE

    def until(self, holds: Callable[[], bool], within_s: float, what: str = "it") -> float:
        """Scan until it holds; how long that took."""

        def scanned() -> bool:
            self.board.write(self.wanted)
            self.board.kick()
            return holds()

        return until(scanned, within_s, what)

    def want(self, wanted: BoardOutputs) -> None:
        self.wanted = wanted

    @property
    def read(self) -> BoardInputs:
        """The newest measurement, which has to be there."""
        inputs = self.board.read()
        assert inputs is not None
        return inputs

    @property
    def faults(self) -> dict[str, str]:
        """Name and kind of what it diagnoses."""
        return {fault.name: fault.kind for fault in self.read.faults}


@contextmanager
def wired(
    folder: Path,
    make: Callable[[Electrics], F],
    plan: EvsePlan = FIXED,
    speed: float = 1.0,
) -> Iterator[Site[F]]:
    """A board on its wire."""
    with beside() as loop:
        site = Site(loop, folder, make, plan, speed)
        loop.call(site.wire.open)
        yield site
        loop.call(site.wire.close)


@contextmanager
def driven(board: TalkingBoard) -> Iterator[Host]:
    """A driver that has found it."""
    made = Host(board)
    board.open()
    try:
        made.until(lambda: board.read() is not None, 15, "a first measurement")
        yield made
    finally:
        board.close()


def charging(at: Site[Any], made: Host, amperes: int = 16) -> None:
    """A car charges."""
    at.plug()
    made.want(offer(amperes))
    made.until(lambda: at.closed and made.read.contactor_closed is True, 15, "charging")

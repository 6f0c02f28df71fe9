"""Boards on Modbus of the simulated world on real wires, and control's side of their drivers. In real time: lines have no other."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hal.api import Board, Meter
from hal.errors import DeviceError
from hal.measured import PILOT_STEADY_PPM, BoardInputs, BoardOutputs
from simulators import verbs
from simulators.electrics import Electrics
from simulators.firmware import Firmware
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.wires.harness import Harness, Wanted
from simulators.wires.line import Device
from simulators.wires.modbus_board import BoardFace
from simulators.wires.thread import Beside, beside
from simulators.wires.trial import made as driver_of
from simulators.world import World

FIXED = EvsePlan(id=1, connectors=(ConnectorPlan(1, "fixed"),))
SOCKET = EvsePlan(id=1)
IDLE = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=False)
QUICK = {"timeout_s": 0.3, "inter_byte_s": 0.05, "gap_s": 0.01}
PORT = {"port": "/dev/ttyUSB0", **QUICK}
SCAN_S = 0.02


def offer(amperes: float, *, lock: bool = False) -> BoardOutputs:
    """So much is to be offered."""
    return BoardOutputs(duty_ppm=int(amperes * 50_000 / 3), contactor=True, lock=lock, offer_ma=round(amperes * 1000))


def until(holds: Callable[[], bool], within_s: float, what: str = "it") -> float:
    """Wait for it; how long that took."""
    began_s = time.monotonic()
    while not holds():
        assert time.monotonic() - began_s < within_s, f"{what} did not happen within {within_s} s"
        time.sleep(SCAN_S)
    return time.monotonic() - began_s


class Site:
    """One EVSE or several, their boards and meters on lines. Everything that touches the world happens in its thread."""

    def __init__(self, loop: Beside, folder: Path, plans: tuple[EvsePlan, ...], *, paced: bool) -> None:
        self.loop = loop
        self.folder = folder
        self.world = World(list(plans))
        loop.call(self.world.open, time.monotonic())
        self.harness = self.world.wires = Harness(self.world, folder, paced=paced)

    def fit(self, kind: str, driver: str, entries: Mapping[str, Any], number: int = 1) -> None:
        """One more device, before ``open``."""
        self.loop.call(self.harness.fit, Wanted(kind.removesuffix("s"), number, kind, driver, entries))

    def driver(self, kind: str, driver: str, entries: Mapping[str, Any]) -> Any:
        """As composition makes it."""
        return driver_of(kind, driver, entries, self.folder)

    def face(self, number: int = 1) -> BoardFace:
        """Of the board of that EVSE."""
        device = self.harness.fitted["board", number].device
        assert isinstance(device, Device)
        assert isinstance(device.face, BoardFace)
        return device.face

    def device(self, number: int = 1) -> Any:
        """What the board keeps and does."""
        return self.face(number).device

    @property
    def firmware(self) -> Firmware:
        return self.face().device.firmware

    @property
    def evse(self) -> Electrics:
        return self.world.evses[1]

    @property
    def closed(self) -> bool:
        return self.evse.contacts.closed

    @property
    def offered_a(self) -> float:
        return self.evse.advertised_ma / 1000

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

    def spoil(self, fault: str | None, part: str = "board") -> None:
        """Something is wrong with the wire, or nothing any more."""
        self.loop.call(self.harness.spoil, part, 1, fault)

    def reset(self) -> None:
        """The board's supply is off for a moment."""
        self.loop.call(lambda: self.firmware.power_cycle(time.monotonic()))


class Host:
    """Control's side: writes and kicks as often as a scan does."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.wanted = IDLE

    def until(self, holds: Callable[[], bool], within_s: float, what: str = "it") -> float:
        """Scan until it holds; how long that took."""

        def scanned() -> bool:
            self.board.write(self.wanted)
            self.board.kick()
            return holds()

        return until(scanned, within_s, what)

    def scan(self, lasts_s: float) -> None:
        """Scan for so long."""
        ends_s = time.monotonic() + lasts_s
        self.until(lambda: time.monotonic() >= ends_s, lasts_s + 1)

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
def empty_site(folder: Path, *plans: EvsePlan, paced: bool = False) -> Iterator[Site]:
    """Without any device yet."""
    with beside() as loop:
        at = Site(loop, folder, plans or (FIXED,), paced=paced)
        try:
            yield at
        finally:
            loop.call(at.harness.close)


@contextmanager
def site(folder: Path, driver: str, plan: EvsePlan = FIXED, **entries: Any) -> Iterator[Site]:
    """One board on a serial line of its own."""
    with empty_site(folder, plan) as at:
        at.fit("boards", driver, {**PORT, **entries})
        at.loop.call(at.harness.open)
        until(lambda: at.firmware.boots > 0 and not at.firmware.deaf(time.monotonic()), 5, "its boot")
        yield at


@contextmanager
def host(at: Site, driver: str, *, found: bool = True, **entries: Any) -> Iterator[Host]:
    """A driver that has found it. ``found`` False: that has only begun to look."""
    made = Host(at.driver("boards", driver, {**PORT, **entries}))
    made.board.open()
    try:
        if found:
            made.until(lambda: made.board.read() is not None, 12, "a first measurement")
        yield made
    finally:
        made.board.close()


def charging(at: Site, made: Host, amperes: float = 16, **car: Any) -> None:
    """A car charges."""
    at.plug(**car)
    made.want(offer(amperes))
    made.until(lambda: at.closed and made.read.contactor_closed is True and made.read.cp_high_mv == 6_000, 15, "charging")


def read_often(meter: Meter, times: int) -> list[float]:
    """How long each reading took, one a second at the most; one that failed is left out."""
    took_s = []
    for _ in range(times):
        began_s = time.monotonic()
        with contextlib.suppress(DeviceError):
            meter.read()
            took_s.append(time.monotonic() - began_s)
        time.sleep(max(0.0, began_s + 1.0 - time.monotonic()))
    return took_s

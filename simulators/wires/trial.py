"""The other side of a driver for the conformance kit (``hal.conformance``): one EVSE of the simulated world, in a thread, on wires.

    with trial("meters", "sdm630", folder) as (make, bench):
        check_meter(make, bench)

``make`` gives the driver of that name, with the entries of its row in ``simulators.wires.table``; files and ports lie beneath ``folder``.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import hal
from hal.conformance.benches import BoardTruth, Car
from hal.conformance.rules import NotHere
from hal.entries import entries as entries_of
from hal.entries import placed
from hal.measured import Colour, MeterReading, TokenSeen
from simulators import verbs
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.server import WorldServer
from simulators.wires.face import WireFault
from simulators.wires.harness import Harness, Wanted
from simulators.wires.table import TABLE, Row
from simulators.wires.thread import Beside, beside
from simulators.world import World

SIMULATED = "simulated"
EVSE = 1


class Bench:
    """The benches of all kinds (``hal.conformance.benches``) at once: whoever has it uses what belongs to its kind."""

    def __init__(self, loop: Beside, world: World, part: str, row: Row, faults: Sequence[WireFault]) -> None:
        self.cards = row.cards
        self._inside = row.inside
        self.faults: Sequence[str] = faults
        self._loop = loop
        self._world = world
        self._evse = world.evses[EVSE]
        self._part = part

    def spoil(self, fault: str | None) -> None:
        """Break the wire, or mend it."""
        if self._world.wires is not None:
            self._loop.call(self._world.wires.spoil, self._part, EVSE, fault)

    def present(self, card: str) -> None:
        """Hold it to the reader, and take it away."""
        self._do(lambda _: self._world.present(TokenSeen(card)))

    def show(self, first: Any, current_ma: int = 0) -> None:
        """A car (``A``, ``B``, ``C``) before a board; a register and a current before a meter."""
        if isinstance(first, str):
            self._do(lambda now: self._park(first, now))  # type: ignore[arg-type]
        elif self._inside:
            raise NotHere  # it counts what its board lets through, and nobody turns its register
        else:
            entries = {"energy_wh": first, "current_a": [current_ma / 1000] * 3, "voltage_v": [230.0] * 3}
            self._do(lambda now: verbs.patch_meter(self._world, self._evse, entries, now))

    def truth(self) -> Any:
        """``BoardTruth`` of a board, ``MeterReading`` of a meter."""
        if self._inside:
            raise NotHere
        return self._loop.call(self._measured if self._part == "meter" else self._how)

    def lamps(self) -> list[Colour]:
        """What an indicator looks like now."""
        return list(self._loop.call(lambda: self._evse.lamp.looks(time.monotonic())))

    def screen(self) -> list[str]:
        """What stands on a display."""
        return [line.decode("ascii", "replace").rstrip() for line in self._loop.call(self._lines)]

    def _lines(self) -> list[bytes]:
        assert self._world.wires is not None
        device = self._world.wires.fitted[self._part, EVSE].device
        lines: list[bytes] = getattr(device, "face").screen.lines  # noqa: B009  (a face that has a screen)
        return lines

    def _how(self) -> BoardTruth:
        self._world.advance(time.monotonic())
        return BoardTruth(self._evse.contacts.closed, self._evse.duty_ppm, self._evse.locked)

    def _measured(self) -> MeterReading:
        return self._world.show(self._evse, time.monotonic())

    def _park(self, car: Car, now: float) -> None:
        evse = self._evse
        if car == "A":
            verbs.unplug(self._world, evse, {}, now)
        elif evse.ev is None:
            verbs.plug(self._world, evse, {"reaction_s": 0.1, "current_a": 16, "request": car == "C"}, now)
        else:
            verbs.patch_ev(self._world, evse, {"request": car == "C"}, now)

    def _do(self, verb: Callable[[float], None]) -> None:
        def run() -> None:
            now = time.monotonic()
            self._world.advance(now)
            verb(now)
            self._world.changed(now)

        self._loop.call(run)


@contextmanager
def trial(kind: str, driver: str, folder: Path, row: Row | None = None) -> Iterator[tuple[Callable[[], Any], Bench]]:
    """What makes the driver, and its other side; until the block ends. ``row``: for a driver that the table does not have.

    Raises DriverError, KeyError and OSError.
    """
    if row is None:
        row = Row("") if driver == SIMULATED else TABLE[kind][driver]
    world = World([_plan(row.evse)])
    part = kind.removesuffix("s")
    with beside() as loop:
        loop.call(world.open, time.monotonic())
        if driver == SIMULATED:
            server = WorldServer(world, str(folder / "sim"))
            loop.call(server.open)
            leave: Callable[[], None] = server.close
        else:
            harness = world.wires = Harness(world, folder)
            loop.call(_lay, harness, kind, driver, row)
            leave = harness.close
        faults = () if world.wires is None else get_args(WireFault)
        try:
            yield lambda: made(kind, driver, row.entries, folder), Bench(loop, world, part, row, faults)
        finally:
            loop.call(leave)


def made(kind: str, driver: str, entries: Mapping[str, Any], folder: Path) -> Any:
    """The driver, as composition makes it on a bench."""
    takes = entries_of(kind, driver)
    ours = {"socket": str(folder / "sim"), "root": str(folder), "evse": EVSE, "evses": None}
    return hal.load(kind, driver)(**placed(takes, entries, str(folder)), **{each: ours[each] for each in takes.given})


def _lay(harness: Harness, kind: str, driver: str, row: Row) -> None:
    harness.fit(Wanted(kind.removesuffix("s"), EVSE, kind, driver, row.entries), row)
    if row.inside:
        harness.fit(Wanted("board", EVSE, "boards", row.inside, TABLE["boards"][row.inside].entries))
    harness.open()


def _plan(entries: Mapping[str, Any]) -> EvsePlan:
    cables = [connector.get("cable", "socket") for connector in entries.get("connectors", [{}])]
    connectors = tuple(ConnectorPlan(number, cable) for number, cable in enumerate(cables, start=1))
    return EvsePlan(id=EVSE, phases=entries.get("phases", 3), connectors=connectors)

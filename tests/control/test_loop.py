"""The main loop: how it paces, how it ends, and what it leaves behind. Under a virtual clock."""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chargepoint.control import loop
from chargepoint.control.settings import SiteSettings
from chargepoint.link.messages import Event, Hello, Permit
from chargepoint.link.pair import PairControl
from hal.errors import DeviceError
from tests.control.devices import PlantBoard, PlantMeter
from tests.control.rig import FIXED, SOCKET
from tests.control.test_cycle import heard, say


class VirtualTime:
    """Stands in for the module ``time``; ``overslept_s`` is added to the next sleep."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.overslept_s = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, lasts_s: float) -> None:
        assert lasts_s >= 0
        self.now += lasts_s + self.overslept_s
        self.overslept_s = 0.0


class Bench:
    """A loop over two boards, and a script that is looked at in every scan."""

    def __init__(self, time: VirtualTime) -> None:
        self.time = time
        self.boards = {1: PlantBoard(time.monotonic), 2: PlantBoard(time.monotonic)}
        self.end = PairControl()
        self.station = self.end.connect()
        say(self.station, Hello())

    def run(self, script: Callable[[], Iterator[bool]]) -> None:
        """Until the script yields True or is over."""
        steps = script()
        meters: Any = dict.fromkeys(self.boards)
        loop.run([SOCKET, FIXED], SiteSettings(fuse_ma=63_000), self.boards, meters, self.end, "boot", lambda: next(steps, True))

    def charge(self) -> Iterator[bool]:
        """A car charges at EVSE 1."""
        self.boards[1].plant.plug()
        while not (news := [each for each in heard(self.station) if isinstance(each, Event) and each.state.plug_in]):
            yield False
        plug_in = news[0].state.plug_in
        assert plug_in is not None
        say(self.station, Permit(1, plug_in, 32_000, 1e6, 6_000))
        while not self.boards[1].plant.closed:
            yield False


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    time = VirtualTime()
    monkeypatch.setattr(loop, "time", time)
    monkeypatch.setattr(loop, "MeterPoller", lambda evse, meter: PlantMeter(time.monotonic))
    return Bench(time)


def test_idle_it_ends_at_once_and_closes_its_boards(bench: Bench) -> None:
    def script() -> Iterator[bool]:
        yield from [False] * 10
        stopped_s.append(bench.time.now)

    stopped_s: list[float] = []
    bench.run(script)
    assert bench.time.now - stopped_s[0] < 0.05
    assert all(board.calls[0] == "open" and board.calls[-1] == "close" for board in bench.boards.values())


@pytest.mark.parametrize(("stubborn", "least_s", "most_s"), [(False, 0.4, 1.0), (True, 5.9, 7.0)])
def test_charging_it_stops_the_car_before_it_opens(bench: Bench, stubborn: bool, least_s: float, most_s: float) -> None:
    def script() -> Iterator[bool]:
        yield from bench.charge()
        bench.boards[1].plant.stubborn = stubborn
        stopped_s.append(bench.time.now)

    stopped_s: list[float] = []
    bench.run(script)
    assert least_s < bench.time.now - stopped_s[0] < most_s
    assert not bench.boards[1].plant.closed
    last = [each.state for each in heard(bench.station) if isinstance(each, Event)]
    assert [state.state for state in last if state.evse == 1][-1] == ("C1" if stubborn else "B1")
    assert "stopping" in {state.state for state in last}


def test_a_contactor_that_stays_closed_does_not_keep_it(bench: Bench) -> None:
    def script() -> Iterator[bool]:
        yield from bench.charge()
        bench.boards[1].plant.stuck = True
        stopped_s.append(bench.time.now)

    stopped_s: list[float] = []
    bench.run(script)
    assert loop.HALT_S <= bench.time.now - stopped_s[0] < 8


def test_an_exception_leaves_every_board_closed_and_goes_on(bench: Bench) -> None:
    def script() -> Iterator[bool]:
        yield from bench.charge()
        bench.boards[2].error = ZeroDivisionError("a bug")
        yield from [False] * 10

    with pytest.raises(ZeroDivisionError, match="a bug"):
        bench.run(script)
    assert not bench.boards[1].outputs.contactor
    assert all(board.calls[-1] == "close" for board in bench.boards.values())
    assert gc.isenabled()


def test_a_board_that_does_not_open_leaves_the_others_closed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise DeviceError("board.fake: no answer; check its power")

    monkeypatch.setattr(bench.boards[2], "open", fail)
    with pytest.raises(DeviceError, match="no answer"):
        bench.run(lambda: iter([]))
    assert bench.boards[1].calls == ["open", "close"]


def test_scans_keep_their_pace_and_a_late_one_is_a_fault(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    def script() -> Iterator[bool]:
        yield from [False] * 100
        scanned.append(round(bench.time.now - 1_000.0, 6))
        bench.time.overslept_s = 0.155
        yield from [False] * 10

    scanned: list[float] = []
    caplog.set_level("INFO")
    bench.run(script)
    assert scanned == [round(100 * loop.SCAN_PERIOD_S, 6)]
    faults = {fault.name for each in heard(bench.station) if isinstance(each, Event) for fault in each.state.faults}
    assert faults == {"control_late"}
    assert f"missed={int(0.155 / loop.SCAN_PERIOD_S)} worst_late_ms=155.0" in caplog.text


def test_the_collector_runs_only_between_scans_and_is_given_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[tuple[int, float]] = []
    switch_s = sys.getswitchinterval()

    def script() -> Iterator[bool]:
        monkeypatch.setattr(gc, "collect", lambda generation=2: collected.append((generation, bench.time.now)))
        for _ in range(round(3 / loop.SCAN_PERIOD_S)):
            assert not gc.isenabled()
            yield False
        monkeypatch.undo()

    bench.run(script)
    assert [generation for generation, _ in collected] == [1, 1, 1]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    assert sys.getswitchinterval() == pytest.approx(switch_s)


def test_signals_ask_it_to_stop() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        for number in before:
            stop = loop.stop_on_signals()
            assert not stop()
            os.kill(os.getpid(), number)
            assert stop()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_control_does_without_asyncio() -> None:
    script = "import sys, chargepoint.control.loop, chargepoint.link.seqpacket; print('asyncio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=30).stdout == "False\n"

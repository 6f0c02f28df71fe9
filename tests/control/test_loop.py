"""The main loop: how it paces, how it ends, and what it leaves behind. Under a virtual clock."""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chargepoint.control import cycle, keeping, loop
from chargepoint.link.messages import Event, Renew, Revoke
from tests.control.devices import PlantBoard
from tests.control.loop_rig import Bench
from tests.control.test_cycle import heard, say
from tests.control.test_indicating import Played


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bench:
    return Bench(monkeypatch, tmp_path / keeping.FILE)


def test_idle_it_ends_at_once_and_closes_its_boards(bench: Bench) -> None:
    def script() -> Iterator[bool]:
        yield from [False] * 10
        stopped_s.append(bench.time.now)

    stopped_s: list[float] = []
    bench.run(script)
    assert bench.time.now - stopped_s[0] < 0.05
    assert all(board.calls[0] == "open" and board.calls[-1] == "close" for board in bench.boards.values())


def test_its_indicators_are_there_before_its_boards_and_until_they_are_closed(bench: Bench) -> None:
    class Witness(Played):
        def open(self) -> None:
            seen.append([board.calls[:1] for board in bench.boards.values()])

        def close(self) -> None:
            seen.append([board.calls[-1:] for board in bench.boards.values()])

    seen: list[list[list[str]]] = []
    bench.indicators = {1: Witness()}
    bench.run(lambda: iter([False] * 10))
    assert seen == [[[], []], [["close"], ["close"]]]


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


def test_more_than_one_missed_deadline_in_ten_is_a_fault_that_pauses_and_goes(bench: Bench) -> None:
    def script() -> Iterator[bool]:
        yield from bench.charge()
        slow.append(True)
        yield from [False] * 50
        assert not faults(bench), "50 of the last 555"
        yield from [False] * 10
        assert faults(bench) == {"control_overloaded"}
        yield from [False] * 200
        assert not bench.boards[1].plant.closed
        slow.clear()
        yield from [False] * round(45 / loop.SCAN_PERIOD_S)
        assert not [state for state in bench.told() if state.evse == 1][-1].faults

    def read() -> Any:
        bench.time.now += 1.6 * loop.SCAN_PERIOD_S if slow else 0.0
        return PlantBoard.read(bench.boards[2])

    slow: list[bool] = []
    bench.boards[2].read = read  # type: ignore[method-assign]
    bench.run(script)


def faults(bench: Bench) -> set[str]:
    """Everything that was told since the last time."""
    return {fault.name for state in bench.told() for fault in state.faults}


def test_the_collector_never_runs_inside_a_scan(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    scanning: list[bool] = []
    collected: list[bool] = []
    genuine = cycle.Cycle.scan

    def scan(self: cycle.Cycle, *arguments: Any) -> None:
        scanning.append(True)
        for _ in range(2000):
            knot: list[Any] = []
            knot.append(knot)
        genuine(self, *arguments)
        scanning.clear()

    def watch(phase: str, _: dict[str, int]) -> None:
        collected.append(bool(scanning))

    monkeypatch.setattr(cycle.Cycle, "scan", scan)
    gc.callbacks.append(watch)
    try:
        bench.run(lambda: iter([False] * 200))
    finally:
        gc.callbacks.remove(watch)
    assert len(collected) > 4
    assert not any(collected)


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


@pytest.mark.parametrize("by", ["station", "signal"])
def test_it_leaves_for_a_new_start_when_nobody_charges_any_more(bench: Bench, by: str) -> None:
    """It is asked in mid-session, and goes once the station has ended that."""

    def script() -> Iterator[bool]:
        yield from bench.charge()
        if by == "station":
            say(bench.station, Renew())
        else:
            asked.append(True)
        yield from [False] * 500
        assert bench.boards[1].plant.closed
        say(bench.station, Revoke(1, next(state.plug_in for state in bench.told() if state.evse == 1 and state.plug_in)))
        yield from [False] * 1000
        raise AssertionError("it goes on")

    asked: list[bool] = []
    left: list[bool] = []
    bench.run(script, loop.Manners(renew=lambda: bool(asked), leaving=lambda: left.append(bench.boards[1].plant.closed)))
    assert left == [False]
    assert bench.boards[1].calls[-1] == "close"


def test_a_watchdog_is_fed_by_scans_that_begin_in_time_and_by_no_other(bench: Bench) -> None:
    def script() -> Iterator[bool]:
        yield from [False] * 10
        for _ in range(50):
            bench.time.overslept_s = 0.02
            late_s.append(bench.time.now)
            yield False
        yield from [False] * 10

    late_s: list[float] = []
    fed: list[float] = []
    bench.run(script, loop.Manners(alive=fed.append))
    assert len(fed) == 10 + 1 + 10
    assert not any(late_s[0] < at_s <= late_s[-1] for at_s in fed)


def test_signals_ask_it_to_stop_and_to_start_anew() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)}
    try:
        for number in before:
            stop, renew = loop.stop_on_signals(), loop.renew_on_signal()
            assert not stop()
            assert not renew()
            os.kill(os.getpid(), number)
            assert (stop(), renew()) == (number != signal.SIGUSR1, number == signal.SIGUSR1)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_control_does_without_asyncio() -> None:
    script = "import sys, chargepoint.control.loop, chargepoint.link.seqpacket; print('asyncio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=30).stdout == "False\n"

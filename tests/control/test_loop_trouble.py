"""Whatever breaks in a loop, every board is left safe; and what has to survive does."""

import contextlib
import gc
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from chargepoint.control import cycle, keeping
from chargepoint.control.kept import Kept, KeptEvse
from chargepoint.link.messages import ClearFault
from tests.control.devices import PlantBoard, PlantMeter
from tests.control.loop_rig import Bench
from tests.control.test_cycle import say
from tests.waiting import until


class Bug(Exception):
    """Nobody expected it."""


class FailingBoard(PlantBoard):
    """The ``nth`` call of one operation raises."""

    def __init__(self, now_s: Callable[[], float], operation: str, nth: int) -> None:
        super().__init__(now_s)
        self.left = nth
        genuine = getattr(self, operation)

        def count(*arguments: object) -> object:
            self.left -= 1
            if self.left == 0:
                self.calls.append("fails")
                raise Bug(operation)
            return genuine(*arguments)

        setattr(self, operation, count)


def is_safe(board: PlantBoard) -> bool:
    """It was closed last, or never taken; one that fails to close gets no kick any more, and its dead-man opens it."""
    return board.calls[-1:] in ([], ["close"], ["fails"])


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bench:
    return Bench(monkeypatch, tmp_path / keeping.FILE)


# --- exceptions --------------------------------------------------------------------------------------------------------------------------


def fails(bench: Bench, failing: int, operation: str, nth: int) -> bool:
    """Two cars come to charge, one board fails. Was its ``nth`` call reached?"""

    def script() -> Iterator[bool]:
        yield from bench.charge(1)
        yield from bench.charge(2)
        yield from [False] * 5

    bench.boards[failing] = FailingBoard(bench.time.monotonic, operation, nth)
    try:
        bench.run(script)
    except Bug:
        return True
    return False


@pytest.mark.parametrize("failing", [1, 2])
@pytest.mark.parametrize("operation", ["read", "write", "kick"])
def test_whichever_call_of_a_board_fails_all_boards_are_left_safe(
    operation: str, failing: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed, nth = [], 1
    while fails(bench := Bench(monkeypatch, tmp_path / keeping.FILE), failing, operation, nth):
        assert all(is_safe(board) for board in bench.boards.values()), nth
        closed.append(sum(board.plant.closed for board in bench.boards.values()))
        nth = nth + 1 if nth < 4 else nth + 29
    assert set(closed) == {0, 1, 2}, "it failed with no contactor closed, with one and with both"


@pytest.mark.parametrize("failing", [1, 2])
@pytest.mark.parametrize("operation", ["open", "close"])
def test_a_board_that_does_not_open_or_does_not_close_leaves_the_others_closed(bench: Bench, operation: str, failing: int) -> None:
    assert fails(bench, failing, operation, 1)
    assert bench.boards[failing].calls[-2:] == {"open": ["fails", "close"], "close": ["kick", "fails"]}[operation]
    assert bench.boards[3 - failing].calls[-1:] == ([] if (operation, failing) == ("open", 1) else ["close"])


def test_both_boards_that_fail_to_close_are_tried_though_the_scan_has_failed_before(bench: Bench) -> None:
    bench.boards = {evse: FailingBoard(bench.time.monotonic, "close", 1) for evse in (1, 2)}
    bench.boards[2].error = ZeroDivisionError("in the scan")
    with pytest.raises(Bug) as caught:
        bench.run(lambda: iter([]))
    assert all(board.calls[-1] == "fails" for board in bench.boards.values())
    assert isinstance(caught.value.__context__, Bug)
    assert isinstance(caught.value.__context__.__context__, ZeroDivisionError)


def test_an_exception_in_the_scan_leaves_every_board_closed_and_goes_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise Bug("step")

    def script() -> Iterator[bool]:
        yield from bench.charge()
        monkeypatch.setattr(cycle, "step", broken)
        yield False

    with pytest.raises(Bug, match="step"):
        bench.run(script)
    assert not bench.boards[1].outputs.contactor
    assert all(board.calls[-1] == "close" for board in bench.boards.values())
    assert gc.isenabled()


def test_boards_are_closed_before_anything_that_takes_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    for number, board in bench.boards.items():
        monkeypatch.setattr(board, "close", partial(order.append, f"close {number}"))
    monkeypatch.setattr(PlantMeter, "leave", lambda self: order.append("leave"))
    monkeypatch.setattr(PlantMeter, "join", lambda self, at_most_s: order.append("join"))
    monkeypatch.setattr(gc, "enable", partial(order.append, "collector"))
    bench.boards[1].error = Bug("read")
    with pytest.raises(Bug):
        bench.run(lambda: iter([]))
    monkeypatch.undo()
    gc.enable()
    assert order == ["close 2", "close 1", "leave", "leave", "join", "join", "collector"]


def test_a_thread_that_does_not_start_leaves_the_boards_alone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(meter: PlantMeter) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(PlantMeter, "start", refuse)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        bench.run(lambda: iter([]))
    assert all(board.calls == [] for board in bench.boards.values())


# --- what is kept ------------------------------------------------------------------------------------------------------------------------


def on_disk(bench: Bench, condition: Callable[[KeptEvse, KeptEvse], bool]) -> None:
    """Wait until it is written of EVSE 1 and 2. No scan happens meanwhile."""

    def written() -> bool:
        with contextlib.suppress(keeping.KeepingError):
            kept = keeping.load(bench.keep_in)
            return condition(kept.get(1, KeptEvse()), kept.get(2, KeptEvse()))
        return False

    until(written, within_s=2, every_s=0.002)


def test_what_changes_is_on_disk_at_once_and_the_next_process_knows_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def script() -> Iterator[bool]:
        yield from bench.charge()
        on_disk(bench, lambda first, _: first.contactor.closings == 1)

    bench.run(script)
    again = Bench(monkeypatch, bench.keep_in)
    again.run(lambda: iter([]))
    assert [state.contactor.closings for state in again.told()[:2]] == [1, 0]


def test_what_does_not_change_is_not_handed_over_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[Kept] = []
    monkeypatch.setattr(keeping.Keeper, "keep", lambda self, kept: handed.append(kept))

    def script() -> Iterator[bool]:
        yield from bench.charge()
        yield from [False] * 100

    bench.run(script)
    assert all(kept != before for before, kept in pairwise(handed))
    told = [(kept[1].contactor.closings, kept[1].closed) for kept in handed]
    assert [key for key, _ in groupby(told)] == [(0, False), (1, True), (1, False)]


def test_a_lost_memory_puts_every_evse_out_of_service_until_a_technician_has_cleared_it(bench: Bench) -> None:
    def script() -> Iterator[bool]:
        bench.boards[1].plant.plug()
        yield from [False] * 100
        on_disk(bench, lambda first, second: bool(first.latched and second.latched))
        assert all("memory_lost" in [fault.name for fault in state.faults] for state in bench.told()[-2:])
        assert not any(board.outputs.contactor for board in bench.boards.values())
        say(bench.station, ClearFault(1, "memory_lost", "wish"))
        yield from [False] * 100
        on_disk(bench, lambda first, second: bool(second.latched and not first.latched))
        last = [state for state in bench.told() if state.evse == 1][-1]
        assert (last.faults, last.cleared and last.cleared.cleared) == ((), True)

    bench.keep_in.write_bytes(b"\0" * 100)
    bench.run(script)

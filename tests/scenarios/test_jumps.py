"""The virtual clock jumps while nothing changes. It may only leave out scans that would have changed nothing."""

from collections.abc import Sequence

from chargepoint.cli.scenarios.clock import NEARLY_S, scan_from, scan_s
from chargepoint.cli.scenarios.durations import durations
from chargepoint.cli.scenarios.rest import Rest
from chargepoint.cli.scenarios.stage import Stage
from chargepoint.cli.scenarios.storm import Storm, Weather
from chargepoint.control.scan import Wish
from chargepoint.control.settings import EvseSettings
from chargepoint.link.messages import EvseState

DENSE = Weather(idle_s=60.0, quiet_s=60.0, powered_s=300.0, station_s=400.0)
"""As much in 20 minutes as else in a day."""


class Recorder:
    """Every told state of every EVSE, and when it was told first."""

    def __init__(self, stage: Stage) -> None:
        self.told: list[tuple[float, int, EvseState]] = []
        self._stage = stage
        self._last: dict[int, EvseState] = {}
        stage.observers.append(self)

    def look(self, now: float) -> None:
        """The world is nothing to it."""

    def given(self, wishes: Sequence[Wish], now: float) -> None:
        """Nor are wishes."""

    def scanned(self, now: float) -> None:
        """What is new?"""
        state = self._stage.control.state
        assert state is not None
        for evse, memory in state.evses.items():
            if self._last.get(evse) != memory.shown:
                self._last[evse] = memory.shown
                self.told.append((now, evse, memory.shown))

    def power(self, on: bool, now: float) -> None:
        """Control starts anew."""
        self._last.clear()


def played(seed: int, lasts_s: float, *, jumps: bool) -> tuple[list[tuple[float, int, EvseState]], int]:
    storm = Storm(seed, DENSE, jumps=jumps)
    recorder = Recorder(storm.stage)
    storm.stage.run(lasts_s)
    return recorder.told, storm.stage.control.scans


def test_a_story_is_told_the_same_with_and_without_jumps() -> None:
    with_jumps, few = played(2, 400.0, jumps=True)
    without, many = played(2, 400.0, jumps=False)
    assert len(with_jumps) > 50
    assert few < many / 2
    for jumped, scanned in zip(with_jumps, without, strict=True):
        assert jumped == scanned


def test_durations_are_found_wherever_control_writes_them() -> None:
    found = durations([EvseSettings(evse=1, rating_ma=32_000, phase_pause_s=47.0)])
    assert found == tuple(sorted(set(found)))
    written = {"absolute": 0.0, "STOP_S": 6.0, "SETTLE_S": 0.5, "DAILY_S": 86_400.0, "seen_after_s": 7.0, "retry": 60.0, "settings": 47.0}
    assert {name for name, value in written.items() if value not in found} == set()


def test_control_at_rest_moves_at_an_anchor_plus_a_duration() -> None:
    rest, anchor = Rest((0.0, 0.5, 6.0)), scan_s(100)
    assert rest.until_s({anchor}, anchor + 0.1) == anchor + 0.5
    assert rest.until_s({anchor}, anchor + 0.6) == anchor + 6.0
    assert rest.until_s({anchor}, anchor + 7.0) == float("inf")
    assert rest.until_s({anchor}, anchor + 6.0 - NEARLY_S / 2) <= anchor + 6.0, "rounding may put it off to the next scan"


def test_a_heartbeat_is_no_anchor_and_a_change_is_no_rest() -> None:
    rest = Rest((0.0, 1.0))
    before, now = scan_s(10), scan_s(20)
    moved = {before: now}
    assert rest.anchors((before, scan_s(5), "B2"), (now, scan_s(5), "B2"), moved) == {scan_s(5)}
    assert rest.anchors((scan_s(3), "B2"), (now, "B2"), moved) is None, "another moment than that of the former scan has moved"
    assert rest.anchors((before, "B2"), (now, "C2"), moved) is None


def test_the_grid_is_that_of_the_loop() -> None:
    assert scan_from(scan_s(12_345)) == 12_345
    assert scan_from(scan_s(12_345) + 0.001) == 12_346

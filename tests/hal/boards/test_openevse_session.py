"""Control itself over an OpenEVSE and its ammeter on one line: a whole session, a reset in the middle of one, and its end."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.control import evse
from chargepoint.control.cycle import Cycle
from chargepoint.control.meters import MeterPoller
from chargepoint.control.scan import initial
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.link.messages import Hello, Permit
from chargepoint.link.pair import PairControl
from hal.boards.openevse import OpenEvseBoard
from hal.meters.openevse import OpenEvseMeter
from simulators import verbs
from simulators.wires.openevse_board import AVR, Build
from tests.control.test_cycle import say
from tests.hal.boards.openevse_rig import Site, reset, site, until

QUICK = Build(traits=replace(AVR, boot_s=0.5))
SETTINGS = EvseSettings(evse=1, rating_ma=32_000, phases=1, abilities=OpenEvseBoard.abilities, meter_silent_s=OpenEvseMeter.silent_s)


class Station:
    """Control in real time, and a station that is played by the test. ``faults``: all that there ever were."""

    def __init__(self, at: Site) -> None:
        self.at = at
        self.board = OpenEvseBoard(port=at.port)
        self.meter = MeterPoller(1, OpenEvseMeter(port=at.port, voltage_v=230.0))
        self.end = PairControl()
        self.peer = self.end.connect()
        say(self.peer, Hello())
        self.cycle = Cycle(
            initial([SETTINGS], SiteSettings(fuse_ma=32_000), "boot", time.monotonic()), {1: self.board}, {1: self.meter}, self.end
        )
        self.faults: set[str] = set()

    def until(self, holds: Callable[[], bool], within_s: float, what: str) -> float:
        def scanned() -> bool:
            self.cycle.scan(time.monotonic())
            self.faults |= set(self.cycle.state.evses[1].standing.names)
            return holds()

        return until(scanned, within_s, what, lambda: f"{self.state}, faults there were: {self.faults}")

    @property
    def state(self) -> str:
        return self.cycle.state.evses[1].state

    @property
    def ready(self) -> bool:
        return self.cycle.state.evses[1].presence.known and self.meter.reading is not None

    def permit(self, limit_ma: int) -> None:
        plug_in = self.cycle.state.evses[1].presence.plug_in
        assert plug_in is not None
        say(self.peer, Permit(1, plug_in, limit_ma, 1e6, 6_000))


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with site(tmp_path, QUICK, speed=60.0) as at:
        made = Station(at)
        made.board.open()
        made.meter.start()
        yield made
        made.meter.leave()
        made.board.close()
        made.meter.join(3)


def test_a_whole_session_with_a_limit_that_changes_a_reset_and_the_end(station: Station) -> None:
    at = station.at
    station.until(lambda: station.ready, 15, "board and meter found")
    at.plug()
    station.until(lambda: station.state == "B1", 5, "the car seen")
    station.permit(16_000)
    station.until(lambda: station.state == "C2" and at.closed, 15, "charging")
    assert at.offered_a == 16
    station.permit(10_000)
    assert station.until(lambda: at.offered_a == 10, 7, "the lower limit") < 6.0, "5 s from one change to the next, and the line"
    before = station.meter.reading
    assert before is not None
    station.until(lambda: (now := station.meter.reading) is not None and now.energy_wh > before.energy_wh + 5, 10, "energy counted")
    kept = station.meter.reading
    assert kept is not None
    reset(at)
    station.until(lambda: not at.closed, 3, "the reset")
    station.until(lambda: at.closed and at.offered_a == 10, 20, "charging again")
    after = station.meter.reading
    assert after is not None
    assert after.energy_wh >= kept.energy_wh
    at.do(verbs.patch_ev, request=False)
    station.until(lambda: station.state == "B2" and not at.closed, 5, "the car has enough")
    at.do(verbs.unplug)
    station.until(lambda: station.state == "A" and at.offered_a == 0, 5, "the car gone")
    assert station.faults == set()


def test_a_sleeping_car_is_woken_by_f(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evse, "SLEEP_S", 4.0)
    at = station.at
    station.until(lambda: station.ready, 15, "board and meter found")
    at.plug(car="sleeper-f")
    station.until(lambda: station.state == "B1", 5, "the car seen")
    station.permit(16_000)
    station.until(lambda: station.state == "waking", 40, "waking")
    station.until(lambda: station.state == "C2" and at.closed, 25, "charging")
    assert station.faults == set()

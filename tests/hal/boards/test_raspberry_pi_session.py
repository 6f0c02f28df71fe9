"""Control itself over the board ``raspberry-pi`` on simulated chips: a whole session, how fast it opens, and what a fault does to it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chargepoint.control.cycle import Cycle
from chargepoint.control.scan import initial
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.link.messages import Hello, Permit
from chargepoint.link.pair import PairControl
from hal.measured import MeterReading
from simulators import verbs
from tests.control.test_cycle import say
from tests.hal.boards.pi_rig import Site, site
from tests.hal.boards.talking_rig import until


class WorldMeter:
    """The world's own meter, without a wire."""

    doubt = ""

    def __init__(self, at: Site) -> None:
        self._at = at

    @property
    def reading(self) -> MeterReading:
        shown: MeterReading = self._at.loop.call(lambda: self._at.world.show(self._at.evse, time.monotonic()))
        return shown

    def wake(self) -> None:
        """It is read with every scan."""


class Station:
    """Control in real time, and a station that is played by the test. ``faults``: all that there ever were."""

    def __init__(self, at: Site) -> None:
        self.at = at
        self.board = at.board()
        settings = EvseSettings(evse=1, rating_ma=32_000, sockets=frozenset({1}), abilities=self.board.abilities)
        self.end = PairControl()
        self.peer = self.end.connect()
        say(self.peer, Hello())
        start = initial([settings], SiteSettings(fuse_ma=63_000), "boot", time.monotonic())
        self.cycle = Cycle(start, {1: self.board}, {1: WorldMeter(at)}, self.end)
        self.faults: set[str] = set()
        self.late_s = 0.0
        """The longest time between two scans: this machine has other things to do."""
        self._scanned_s = time.monotonic()

    def until(self, holds: Callable[[], bool], within_s: float, what: str) -> float:
        def scanned() -> bool:
            now = time.monotonic()
            self.late_s, self._scanned_s = max(self.late_s, now - self._scanned_s), now
            self.cycle.scan(now)
            self.faults |= set(self.cycle.state.evses[1].standing.names)
            return holds()

        return until(scanned, within_s, what, lambda: f"{self.cycle.state.evses[1].shown}, faults there were: {self.faults}")

    @property
    def state(self) -> str:
        return self.cycle.state.evses[1].state

    def charge(self) -> None:
        """A car that was given 16 A."""
        self.until(lambda: self.cycle.state.evses[1].presence.known, 5, "nobody there")
        self.at.plug()
        self.until(lambda: self.state == "B1", 5, "the car seen")
        plug_in = self.cycle.state.evses[1].presence.plug_in
        assert plug_in is not None
        say(self.peer, Permit(1, plug_in, 16_000, 1e6, 6_000))
        self.until(lambda: self.state == "C2" and self.at.closed, 20, "charging")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with site(tmp_path, speed=60.0) as at:
        made = Station(at)
        made.board.open()
        yield made
        made.board.close()


def test_a_whole_session_from_the_self_test_to_the_plug_given_free(station: Station) -> None:
    at = station.at
    station.charge()
    assert (at.evse.advertised_ma // 1000, at.evse.locked, at.evse.contacts.conducting) == (16, True, (True, True, True))
    station.until(lambda: at.evse.meter.passing_w > 10_000, 5, "power")
    station.late_s = 0.0
    at.do(verbs.patch_ev, request=False)
    station.until(lambda: station.state == "B2" and not at.closed, 5, "the car has enough")
    timing = at.evse.timing
    assert timing.contacts_open_s is not None
    assert timing.pilot_left_c_s is not None
    assert timing.contacts_open_s - timing.pilot_left_c_s < 0.1 + station.late_s, "IEC 61851-1 Table A.6, 8.1"
    at.do(verbs.unplug)
    station.until(lambda: station.state == "A" and at.evse.duty_ppm == 1_000_000 and not at.evse.locked, 8, "the car gone, the socket open")
    assert station.faults <= {"board_silent"}, "a computer with other things to do may miss some measurements"
    assert at.evse.violations == []


@pytest.mark.parametrize(
    ("fault", "named"),
    [("silent", "board_silent"), ("unplugged", "board_silent"), ("emergency_stop", "emergency_stop"), ("welded", "contactor_welded")],
)
def test_what_breaks_in_mid_session_opens_the_contactor_and_is_named(station: Station, fault: str, named: str) -> None:
    at = station.at
    station.charge()
    if fault == "emergency_stop":
        at.patch(emergency_stop=True)
    elif fault == "welded":
        at.patch(contactor="welded")
        at.do(verbs.patch_ev, request=False)
    else:
        at.spoil(fault)
    station.until(lambda: named in station.faults and (fault == "welded" or not at.closed), 8, named)

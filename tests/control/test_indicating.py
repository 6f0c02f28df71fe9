"""What an EVSE tells drivers: whose word counts, by table and with a whole cycle around it."""

import logging
from math import inf

import pytest
from msgspec.structs import replace

from chargepoint.control.cycle import Cycle
from chargepoint.control.indicating import GONE_S, LONGEST_S, Sign, after, heed, pace, shown
from chargepoint.control.scan import initial
from chargepoint.control.settings import SiteSettings
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.indications import EVERYTHING, ON_LEASE, SOUNDS, Indication, Shows
from chargepoint.link.messages import Beep, EvseState, Hello, Indicate
from hal.api import Geometry
from hal.measured import Beeps, Light, MeterReading
from tests.control.devices import PlantMeter
from tests.control.rig import SOCKET
from tests.control.test_cycle import Bench, say

CAR, OTHER_CAR = PlugInId("boot", 1), PlugInId("boot", 2)
STARTING = EvseState(evse=1, plug_known=False)
AVAILABLE = EvseState(evse=1)
PLUGGED = EvseState(evse=1, plug_in=CAR, cp="B", state="B1")
OFFERED = replace(PLUGGED, state="B2", permit="live", offered_ma=16_000)
CHARGING = replace(OFFERED, cp="C", state="C2", contactor_closed=True)
LEAK, STOP, WARNING = (
    Fault("rcd_tripped", "ground_failure"),
    Fault("emergency_stop", "other"),
    Fault("contactor_worn", "power_switch_failure"),
)
FAULTED = replace(PLUGGED, state="fault", faults=(WARNING, LEAK))


@pytest.mark.parametrize(
    ("state", "tells"),
    [
        (STARTING, Indication("starting")),
        (AVAILABLE, Indication("unavailable")),
        (PLUGGED, Indication("plugged")),
        (OFFERED, Indication("plugged")),
        (replace(OFFERED, state="waking", offered_ma=0), Indication("plugged")),
        (replace(OFFERED, state="C1", offered_ma=0), Indication("paused")),
        (replace(OFFERED, state="B1", offered_ma=0, locked=False), Indication("plugged")),
        (replace(OFFERED, state="stopping", offered_ma=0), Indication("paused")),
        (CHARGING, Indication("charging")),
        (FAULTED, Indication("fault", 3)),
        (replace(AVAILABLE, state="out"), Indication("fault", 9)),
        (replace(AVAILABLE, faults=(WARNING,)), Indication("unavailable")),
        (replace(FAULTED, faults=(LEAK, STOP)), Indication("emergency")),
        (replace(FAULTED, faults=(Fault("smoke", "other", by_board=True),)), Indication("fault", 9)),
    ],
)
def test_without_a_station_it_tells_what_it_sees_by_itself(state: EvseState, tells: Indication) -> None:
    assert shown(state, Sign(station_until_s=-1.0), 0.0) == tells


def test_it_is_free_only_while_the_station_says_that_it_is_there() -> None:
    assert shown(AVAILABLE, Sign(), 0.0) == Indication("starting"), "nobody has come yet who could let a car charge"
    sign = after(heed(Sign(), Indicate(1, "", 10.0), 0.0), AVAILABLE, None, 0.0)
    assert (shown(AVAILABLE, sign, 9.9), sign.until_s) == (Indication("available"), 10.0)
    assert shown(replace(AVAILABLE, faults=(WARNING,)), sign, 9.9) == Indication("available")
    assert shown(replace(AVAILABLE, faults=(LEAK,)), sign, 9.9) == Indication("fault", 3)
    gone = after(sign, AVAILABLE, None, 10.0)
    assert (shown(AVAILABLE, gone, 10.0), gone.until_s) == (Indication("unavailable"), inf), "looked at again only when something happens"
    assert shown(AVAILABLE, heed(gone, Indicate(1, "", 10.0), 60.0), 61.0) == Indication("available")


@pytest.mark.parametrize("shows", EVERYTHING)
def test_the_station_may_have_told_what_only_it_knows_and_for_a_time(shows: Shows) -> None:
    sign = heed(Sign(), Indicate(1, shows, 10.0), 100.0)
    own = shown(PLUGGED, Sign(), 100.0)
    assert shown(PLUGGED, sign, 109.9) == (Indication(shows) if shows in ON_LEASE else own)
    assert shown(PLUGGED, sign, 110.0) == own
    assert shown(FAULTED, sign, 100.0) == Indication("fault", 3)


@pytest.mark.parametrize("wish", [Indicate(1, "charging", 10.0), Indicate(1, "dancing", 10.0), Indicate(1, "reserved", 0.0)])
def test_a_word_of_another_release_and_a_lease_of_no_time_end_what_was_told_before(wish: Indicate) -> None:
    sign = heed(heed(Sign(), Indicate(1, "reserved", 10.0), 0.0), wish, 1.0)
    assert sign.lease is None
    assert shown(AVAILABLE, sign, 1.0) == Indication("available")


def test_no_lease_is_given_for_ever() -> None:
    assert heed(Sign(), Indicate(1, "reserved", 1e9), 0.0).until_s == LONGEST_S


def test_a_lease_that_has_run_out_is_forgotten() -> None:
    sign = heed(Sign(), Indicate(1, "reserved", 10.0), 0.0)
    assert after(sign, AVAILABLE, None, 9.0).until_s == 10.0
    assert after(sign, AVAILABLE, None, 10.0) == Sign(station_until_s=GONE_S)


def test_a_fault_is_told_until_its_car_has_left_though_its_cause_is_gone() -> None:
    sign = after(Sign(), FAULTED, None, 0.0)
    for state in (PLUGGED, OFFERED, replace(STARTING, state="A")):
        sign = after(sign, state, None, 1.0)
        assert shown(state, sign, 1.0) == Indication("fault", 3)
    assert shown(PLUGGED, heed(sign, Indicate(1, "finished", 10.0), 1.0), 1.0) == Indication("fault", 3)
    assert after(sign, AVAILABLE, None, 2.0).past is None
    assert after(sign, replace(PLUGGED, plug_in=OTHER_CAR), None, 2.0).past is None


def test_of_an_emergency_stop_that_is_over_a_fault_is_left() -> None:
    sign = after(Sign(), replace(FAULTED, faults=(STOP,)), None, 0.0)
    assert shown(PLUGGED, after(sign, PLUGGED, None, 1.0), 1.0) == Indication("fault", 9)


def test_who_shows_a_card_sees_what_comes_of_it_whatever_the_car_has_had() -> None:
    sign = heed(after(Sign(), FAULTED, None, 0.0), Indicate(1, "accepted", 3.0), 1.0)
    assert shown(PLUGGED, sign, 1.0) == Indication("accepted")


def test_a_car_that_charges_after_all_has_no_fault_any_more() -> None:
    sign = after(after(Sign(), FAULTED, None, 0.0), CHARGING, None, 1.0)
    assert shown(CHARGING, sign, 1.0) == Indication("charging", pace=1)
    assert shown(PLUGGED, after(sign, PLUGGED, None, 2.0), 2.0) == Indication("plugged")


def test_a_fault_without_a_car_is_gone_when_its_cause_is() -> None:
    assert after(Sign(), replace(AVAILABLE, state="fault", faults=(LEAK,)), None, 0.0) == Sign()


@pytest.mark.parametrize(
    ("power_w", "before", "found"),
    [(None, 3, 1), (0, 1, 0), (3_500, 0, 2), (11_000, 2, 3), (3_100, 1, 1), (3_400, 1, 2), (2_900, 2, 2), (2_600, 2, 1), (8_500, 3, 3)],
)
def test_the_pulse_is_quicker_with_more_power_and_does_not_flutter_at_a_bound(power_w: int | None, before: int, found: int) -> None:
    assert pace(MeterReading(at_s=0.0, energy_wh=0, power_w=power_w), before) == found


class Played:
    """An indicator that remembers."""

    geometry = Geometry(beeps=True)

    def __init__(self) -> None:
        self.lights: list[Light] = []
        self.beeps: list[Beeps] = []

    @property
    def told(self) -> list[str]:
        return [light.means for light in self.lights]

    def open(self) -> None: ...

    def show(self, light: Light) -> None:
        self.lights.append(light)

    def beep(self, beeps: Beeps) -> None:
        self.beeps.append(beeps)

    def close(self) -> None: ...


class Lit(Bench):
    """A cycle with an indicator."""

    def __init__(self) -> None:
        super().__init__()
        self.indicator = Played()
        state = initial([SOCKET], SiteSettings(fuse_ma=40_000), "boot", self.now)
        self.cycle = Cycle(state, {1: self.board}, {1: self.meter}, self.end, {1: self.indicator})


def test_a_session_is_told_once_each_and_goes_on_being_told_without_a_station() -> None:
    bench = Lit()
    station = bench.end.connect()
    bench.run(1)
    say(station, Hello(), Indicate(1, "reserved", 5.0), Indicate(2, "reserved", 5.0), Beep(1, "accepted"), Beep(1, "song"), Beep(2, "read"))
    bench.run(1)
    assert bench.indicator.beeps == [SOUNDS["accepted"]]
    say(station, Indicate(1, "", 10.0))
    bench.charge(station, valid_for_s=20.0)
    bench.run(2)
    say(station, Indicate(1, "accepted", 3.0))
    bench.run(1)
    station.close()
    bench.run(60)
    assert bench.indicator.told == [*("starting", "reserved", "available", "plugged", "charging", "accepted", "charging")]
    bench.board.plant.unplug()
    bench.run(5)
    assert bench.indicator.told[-1] == "unavailable", "whoever comes now is let charge by nobody"


class Still(PlantMeter):
    """A meter that shows what the test wants."""

    shows = MeterReading(at_s=0.0, energy_wh=0, power_w=1_000)

    @property
    def reading(self) -> MeterReading:
        return self.shows


def test_the_pulse_of_charging_goes_with_the_meter(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bench = Lit()
    bench.meter = meter = Still(lambda: bench.now)
    bench.cycle = Cycle(bench.cycle.state, {1: bench.board}, {1: meter}, bench.end, {1: bench.indicator})
    station = bench.end.connect()
    say(station, Hello())
    bench.charge(station)
    bench.run(1)
    meter.shows = MeterReading(at_s=bench.now, energy_wh=0, power_w=11_000)
    bench.run(1)
    assert [light.on_s for light in bench.indicator.lights if light.means == "charging"] == [2.0, 1.0]
    assert sum("shows=charging" in record.message for record in caplog.records) == 1


def test_a_fault_of_its_own_is_told_though_nobody_else_is_there() -> None:
    bench = Lit()
    bench.run(1)
    bench.board.plant.plug()
    bench.run(1)
    bench.board.plant.emergency_stop = True
    bench.run(1)
    assert bench.indicator.told[-1] == "emergency"
    bench.board.plant.emergency_stop = False
    bench.run(30)
    assert bench.indicator.told[-1] == "emergency", "it is a fault that stays with its car"
    bench.board.plant.unplug()
    bench.run(5)
    assert bench.indicator.told[-1] == "starting"

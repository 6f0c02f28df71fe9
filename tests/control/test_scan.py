"""Sessions as a car and a station see them, scan by scan under a virtual clock."""

import logging
from itertools import pairwise

import pytest

from chargepoint.control.evse import PAUSE_S, REST_S, STOP_S
from chargepoint.control.settings import EvseSettings
from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import SitePermit, Unlock
from hal.measured import PILOT_STEADY_PPM
from tests.control.rig import COARSE_S, FINE_S, FIXED, SOCKET, Rig


def test_a_session_from_plug_in_to_unplug() -> None:
    rig = Rig()
    rig.run(1)
    rig.plants[1].plug()
    rig.run(1)
    told = rig.told()
    assert (told.plug_in, told.found_at_start, told.state, told.locked) == (PlugInId("boot", 1), False, "B1", False)
    assert rig.outputs[1].duty_ppm == PILOT_STEADY_PPM, "no offer before somebody is allowed to charge"
    rig.permit(limit_ma=16_000)
    assert rig.run_until(rig.closed, 3) > 0.5
    rig.run(1)
    told = rig.told()
    assert (told.state, told.permit, told.locked, told.offered_ma, told.contactor_closed) == ("C2", "live", True, 16_000, True)
    assert rig.outputs[1].duty_ppm == 266_666
    assert rig.limits() == {"permit": 16_000, "evse rating": 32_000, "cable": 32_000, "site fuse": 40_000}
    rig.revoke()
    assert (rig.told().state, rig.closed(), rig.outputs[1].duty_ppm) == ("stopping", True, PILOT_STEADY_PPM)
    assert rig.run_until(lambda: not rig.closed(), 1) < 0.6
    rig.run(1)
    assert (rig.told().state, rig.told().locked, rig.told().permit) == ("B1", False, "none")
    rig.plants[1].unplug()
    rig.run(0.1)
    assert (rig.told().state, rig.told().plug_in) == ("A", None)


def test_the_contactor_opens_in_the_second_scan_after_the_ev_left_c() -> None:
    for letter in "ABE?":
        rig = Rig()
        rig.charge()
        rig.run(1)
        rig.plants[1].forced = letter
        rig.scan()
        assert rig.closed()
        rig.scan()
        assert not rig.closed()


def test_an_ev_that_ignores_the_withdrawn_offer_is_switched_off_after_six_seconds() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].stubborn = True
    rig.permit(limit_ma=0)
    assert STOP_S - FINE_S <= rig.run_until(lambda: not rig.closed(), STOP_S + 0.1) <= STOP_S + FINE_S
    assert (rig.told().state, rig.told().cp) == ("C1", "C")
    rig.permit(limit_ma=10_000)
    assert PAUSE_S - FINE_S <= rig.run_until(rig.closed, PAUSE_S + 1) <= PAUSE_S + 2 * FINE_S
    assert rig.told().offered_ma == 10_000


def test_a_stop_runs_its_course_though_the_permit_comes_back() -> None:
    rig = Rig()
    rig.charge()
    rig.permit(limit_ma=0)
    rig.permit(limit_ma=32_000)
    assert rig.told().state == "stopping"
    rig.run_until(lambda: not rig.closed(), 1)
    assert rig.run_until(rig.closed, 10) >= PAUSE_S - COARSE_S


def test_an_ev_that_pauses_is_still_offered_current_and_served_again_after_the_rest() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].asks = None
    rig.run_until(lambda: not rig.closed(), 1)
    assert (rig.told().state, rig.told().offered_ma) == ("B2", 32_000)
    rig.plants[1].asks = "C"
    assert REST_S - COARSE_S <= rig.run_until(rig.closed, 10) <= REST_S + FINE_S


def test_the_first_closing_needs_no_rest() -> None:
    rig = Rig()
    rig.plants[1].reaction_s = 0.0
    rig.charge()
    assert rig.now < 1_001.0


def test_current_falls_to_failsafe_when_the_permit_expires() -> None:
    rig = Rig()
    rig.charge()
    rig.permit(limit_ma=20_000, valid_for_s=30.0, then_ma=8_000)
    rig.run(6)
    assert rig.told().offered_ma == 20_000
    rig.run(25)
    told = rig.told()
    assert (told.permit, told.offered_ma, rig.lowest().source, rig.closed()) == ("expired", 8_000, "failsafe", True)
    rig.permit(limit_ma=20_000)
    rig.run(6)
    assert (rig.told().permit, rig.told().offered_ma) == ("live", 20_000)


def test_a_failsafe_of_nothing_pauses() -> None:
    rig = Rig()
    rig.charge()
    rig.permit(valid_for_s=1.0, then_ma=0)
    rig.run(3)
    assert (rig.told().permit, rig.told().state, rig.told().locked) == ("expired", "B1", True)


def test_the_duty_cycle_changes_at_most_every_five_seconds_except_to_stop() -> None:
    rig = Rig()
    rig.charge()
    rig.run(10)
    said = {rig.outputs[1].duty_ppm: rig.now}

    def note(rig: Rig) -> None:
        said.setdefault(rig.outputs[1].duty_ppm, rig.now)

    rig.watchers.append(note)
    for limit_ma in range(31_000, 11_000, -1_000):
        rig.permit(limit_ma=limit_ma)
        rig.run(0.99)
    changed_s = list(said.values())
    assert len(said) == 6
    assert min(later - sooner for sooner, later in pairwise(changed_s[1:])) >= 5
    rig.permit(limit_ma=0)
    assert rig.outputs[1].duty_ppm == PILOT_STEADY_PPM


def test_two_evses_share_the_site_fuse() -> None:
    rig = Rig(SOCKET, FIXED, fuse_ma=40_000)
    rig.charge(1)
    rig.run(10)
    assert rig.told(1).offered_ma == 32_000
    rig.plants[2].plug()
    rig.run(0.5)
    rig.permit(2)
    assert rig.run_until(lambda: rig.closed(2), 30) < 5
    assert rig.told(1).offered_ma + rig.told(2).offered_ma <= 40_000
    rig.run(8)
    assert [rig.told(evse).offered_ma for evse in (1, 2)] == [20_000, 20_000]
    assert (rig.lowest().source, rig.lowest().limit_ma) == ("site fuse", 20_000)
    rig.plants[2].unplug()
    rig.run(6)
    assert rig.told(1).offered_ma == 32_000


def test_the_station_lowers_what_all_evses_share_and_only_for_as_long_as_it_renews_it() -> None:
    rig = Rig(SOCKET, FIXED, fuse_ma=64_000)
    for evse in (1, 2):
        rig.charge(evse)
    rig.run(6)
    rig.scan(SitePermit(24_000, 60, source="csms profile 7"))
    rig.run(6)
    assert [rig.told(evse).offered_ma for evse in (1, 2)] == [12_000, 12_000]
    assert (rig.lowest().source, rig.lowest().owner, rig.lowest().limit_ma) == ("csms profile 7", "station", 12_000)
    rig.scan(SitePermit(10_000, 60, source="csms profile 8"))
    rig.run(6)
    assert [rig.told(evse).offered_ma for evse in (1, 2)] == [10_000, 0], "6 A each is more than there is"
    rig.scan(SitePermit(90_000, 60))
    rig.run(12)
    assert "site fuse" in rig.limits()
    rig.scan(SitePermit(0, 20))
    rig.run(1)
    assert [rig.told(evse).offered_ma for evse in (1, 2)] == [0, 0]
    rig.run(30)
    assert [rig.told(evse).offered_ma for evse in (1, 2)] == [32_000, 32_000], "it ran out"
    rig.scan(SitePermit(0, 20))
    rig.scan(SitePermit(0, 0))
    rig.run(12)
    assert [rig.told(evse).offered_ma for evse in (1, 2)] == [32_000, 32_000], "it was ended"


def test_a_newcomer_waits_where_the_fuse_is_used_up() -> None:
    rig = Rig(SOCKET, FIXED, fuse_ma=11_000)
    rig.charge(1)
    rig.plants[2].plug()
    rig.run(0.5)
    rig.permit(2)
    rig.run(10)
    assert (rig.told(2).offered_ma, rig.lowest(2).source, rig.lowest(2).limit_ma) == (0, "site fuse", 0)
    rig.revoke(1)
    rig.run_until(lambda: rig.closed(2), 3)


def test_state_d_is_served_where_there_is_ventilation() -> None:
    rig = Rig(FIXED)
    rig.plants[2].asks = "D"
    rig.charge(2)
    assert rig.told(2).state == "D2"
    rig.plants[2].letter, rig.plants[2].asks = "C", "C"
    rig.run(1)
    assert rig.told(2).state == "C2"
    assert not [event for event in rig.events if not event.contactor_closed and event.state == "C2" and event.cp == "D"]


def test_state_d_without_ventilation_is_a_fault_while_it_lasts() -> None:
    rig = Rig()
    rig.plants[1].asks = "D"
    rig.plants[1].plug()
    rig.run(0.5)
    rig.permit()
    rig.run_until(lambda: rig.faults() == {"ventilation_not_available"}, 2)
    rig.plants[1].asks = None
    rig.run_until(lambda: not rig.faults(), 11)
    assert "D2" not in {event.state for event in rig.events}


def test_a_wish_for_an_evse_that_is_not_there_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    with caplog.at_level(logging.WARNING):
        rig.scan(Unlock(9, 1, "w1"))
    assert "event=wish_ignored kind=Unlock evse=9" in caplog.text


def test_control_that_ends_stops_the_car_before_it_opens() -> None:
    rig = Rig()
    rig.charge()
    rig.halting = True
    rig.scan()
    assert (rig.told().state, rig.closed(), rig.limits()["control stopping"]) == ("stopping", True, 0)
    rig.run_until(lambda: not rig.closed(), 1)
    assert rig.told().permit == "live"


def test_before_the_pilot_was_measured_nobody_is_told_that_there_is_no_car() -> None:
    rig = Rig()
    rig.plants[1].plug()
    rig.run_until(lambda: rig.told().plug_in is not None, 1)
    assert (rig.events[0].plug_known, rig.events[0].plug_in) == (False, None)
    assert all(told.plug_known is (told.plug_in is not None) for told in rig.events)
    assert rig.told().found_at_start
    empty = Rig()
    empty.run_until(lambda: empty.told().plug_known, 1)
    assert empty.told().plug_in is None


def test_readings_alone_are_no_news() -> None:
    rig = Rig()
    rig.charge()
    rig.run(1)
    before = len(rig.events)
    rig.run(20)
    assert len(rig.events) == before
    reading = rig.told().reading
    assert reading is not None
    assert rig.now - reading.at_s < 0.1


def test_an_evse_rated_below_six_amperes_never_offers() -> None:
    rig = Rig(EvseSettings(evse=1, rating_ma=5_000))
    rig.plants[1].plug()
    rig.run(0.5)
    rig.permit()
    rig.run(5)
    assert rig.told().state == "B1"

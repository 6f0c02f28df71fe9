"""Control and the link together, in memory and under a virtual clock."""

import asyncio

import pytest

from chargepoint.control.cycle import BURST, Cycle
from chargepoint.control.scan import initial
from chargepoint.control.settings import SiteSettings
from chargepoint.control.signing import Signing
from chargepoint.link.messages import (
    Ack,
    Down,
    Event,
    Hello,
    Permit,
    Record,
    RecordOutcome,
    Renew,
    Revoke,
    Signals,
    Snapshot,
    Telemetry,
    Up,
    Watch,
)
from chargepoint.link.pair import QUEUE, PairControl, PairStation
from tests.control.devices import PlantBoard, PlantMeter
from tests.control.rig import SOCKET


class Bench:
    """One EVSE under a cycle, and a station that is played by the test."""

    def __init__(self, boot: str = "boot", signer: Signing | None = None) -> None:
        self.now = 1_000.0
        self.board = PlantBoard(lambda: self.now)
        self.meter = PlantMeter(lambda: self.now)
        self.end = PairControl()
        state = initial([SOCKET], SiteSettings(fuse_ma=40_000), boot, self.now)
        self.cycle = Cycle(state, {1: self.board}, {1: self.meter}, self.end, signers={} if signer is None else {1: signer})

    def run(self, lasts_s: float) -> None:
        for _ in range(round(lasts_s * 100)):
            self.now += 0.01
            self.cycle.scan(self.now)

    def charge(self, station: PairStation, valid_for_s: float = 1e6) -> None:
        self.board.plant.plug()
        self.run(0.5)
        self.permit(station, valid_for_s)
        self.run(2)
        assert self.board.plant.closed

    def permit(self, station: PairStation, valid_for_s: float = 1e6) -> None:
        plug_in = self.cycle.state.evses[1].presence.plug_in
        assert plug_in is not None
        say(station, Permit(1, plug_in, 32_000, valid_for_s, 6_000))


def say(station: PairStation, *messages: Down) -> None:
    """Send without waiting."""

    async def send() -> None:
        for message in messages:
            await station.send(message)

    asyncio.run(send())


def heard(station: PairStation) -> list[Up]:
    """Everything that has arrived."""

    async def receive() -> list[Up]:
        return [await station.receive() for _ in range(len(station.heard))]

    return asyncio.run(receive())


def numbers(messages: list[Up]) -> list[int]:
    """The numbers of the events among them."""
    return [message.number for message in messages if isinstance(message, Event)]


def test_a_station_that_says_nothing_hears_nothing() -> None:
    bench = Bench()
    station = bench.end.connect()
    bench.run(1)
    assert heard(station) == []


def test_snapshot_then_events_then_telemetry() -> None:
    bench = Bench()
    bench.run(1)
    bench.board.plant.plug()
    bench.run(1)
    station = bench.end.connect()
    say(station, Hello())
    bench.run(0.01)
    messages = heard(station)
    assert [type(message) for message in messages] == [Snapshot, *([Event] * bench.cycle.ring.number), Telemetry]
    snapshot, last = messages[0], messages[-2]
    assert isinstance(snapshot, Snapshot)
    assert isinstance(last, Event)
    assert (snapshot.number, snapshot.boot, snapshot.dropped) == (last.number, "boot", 0)
    assert snapshot.evses[0].plug_in == last.state.plug_in is not None


def test_every_scan_writes_and_then_kicks() -> None:
    bench = Bench()
    bench.run(0.1)
    assert bench.board.calls == ["write", "kick"] * 10


def test_a_permit_over_the_link_closes_the_contactor_and_a_revocation_opens_it() -> None:
    bench = Bench()
    station = bench.end.connect()
    say(station, Hello())
    bench.charge(station)
    plug_in = bench.cycle.state.evses[1].presence.plug_in
    assert plug_in is not None
    assert bench.cycle.closed
    say(station, Revoke(1, plug_in))
    bench.run(2)
    assert not bench.cycle.closed


def test_telemetry_comes_every_second_and_right_after_the_contactor_moved() -> None:
    bench = Bench()
    station = bench.end.connect()
    say(station, Hello())
    bench.charge(station)
    messages = heard(station)
    closed_s = next(message.at_s for message in messages if isinstance(message, Event) and message.state.contactor_closed)
    assert any(isinstance(message, Telemetry) and message.at_s == closed_s for message in messages)
    assert bench.meter.woken == 1
    bench.run(10)
    assert 9 <= sum(isinstance(message, Telemetry) for message in heard(station)) <= 11


def test_losing_the_station_goes_on_at_the_fallback_and_its_return_raises_the_current_again() -> None:
    bench = Bench()
    station = bench.end.connect()
    say(station, Hello())
    bench.charge(station, valid_for_s=20.0)
    station.close()
    bench.run(30)
    told = bench.cycle.state.evses[1].shown
    assert (told.contactor_closed, told.permit, told.offered_ma) == (True, "expired", 6_000)
    station = bench.end.connect()
    say(station, Hello())
    bench.run(0.1)
    bench.permit(station)
    bench.run(6)
    told = bench.cycle.state.evses[1].shown
    assert (told.contactor_closed, told.permit, told.offered_ma) == (True, "live", 32_000)


def test_events_that_were_not_acknowledged_are_replayed_to_a_station_that_restarts() -> None:
    bench = Bench()
    station = bench.end.connect()
    say(station, Hello())
    bench.charge(station)
    first = numbers(heard(station))
    say(station, Ack("boot", 3))
    bench.run(0.1)
    station.close()
    bench.board.plant.unplug()
    bench.run(1)
    station = bench.end.connect()
    say(station, Hello())
    bench.run(0.1)
    again = heard(station)
    assert isinstance(again[0], Snapshot)
    assert again[0].evses[0].plug_in is None
    assert numbers(again) == list(range(4, bench.cycle.ring.number + 1))
    assert first == list(range(1, len(first) + 1))


def test_a_control_that_restarts_has_a_new_boot_and_finds_the_car() -> None:
    bench = Bench()
    station = bench.end.connect()
    say(station, Hello())
    bench.charge(station)
    again = Bench("second")
    again.now, again.board.plant = bench.now, bench.board.plant
    station = again.end.connect()
    say(station, Hello())
    again.run(1)
    snapshot = heard(station)[0]
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.boot, snapshot.number) == ("second", 1)
    told = again.cycle.state.evses[1].shown
    assert (told.found_at_start, told.contactor_closed, told.permit) == (True, False, "none")


def test_a_slow_station_gets_everything_in_order_once_it_listens() -> None:
    bench = Bench()
    station = bench.end.connect()
    say(station, Hello())
    for _ in range(QUEUE):
        bench.board.plant.plug()
        bench.run(0.2)
        bench.board.plant.unplug()
        bench.run(0.2)
    assert len(station.heard) == QUEUE
    messages: list[Up] = []
    while station.heard:
        messages += heard(station)
        bench.run(0.01)
    assert numbers(messages) == list(range(1, bench.cycle.ring.number + 1))
    assert bench.cycle.ring.number > 2 * QUEUE


def test_a_long_replay_is_spread_over_scans() -> None:
    bench = Bench()
    for _ in range(BURST):
        bench.board.plant.plug()
        bench.run(0.2)
        bench.board.plant.unplug()
        bench.run(0.2)
    station = bench.end.connect()
    say(station, Hello())
    bench.run(0.01)
    assert len(station.heard) == 1 + BURST


def test_a_change_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    bench = Bench()
    bench.run(1)
    assert [record.getMessage() for record in caplog.records] == [
        f"event=evse number={number} evse=1 state=A cp=A car={car} contactor=open offered_ma=0 permit=none limit=evse rating "
        "locked=False faults=None"
        for number, car in ((1, "unknown"), (2, "none"))
    ]


def test_whoever_looks_is_told_every_signal_four_times_a_second_until_his_time_is_over() -> None:
    bench = Bench()
    station = bench.end.connect()
    say(station, Hello())
    bench.run(1)
    heard(station)
    say(station, Watch(2.0))
    bench.run(5)
    shown = [message for message in heard(station) if isinstance(message, Signals)]
    assert len(shown) == 8
    assert shown[-1].at_s - shown[0].at_s < 2.0
    assert shown[-1].inputs is not None
    assert {message.shows for message in shown} == {""}, "there is no indicator"


class Pen:
    """A meter that signs when the test says so."""

    outcome: RecordOutcome | None = None

    def heed(self, wish: Record, now: float) -> None:
        self.outcome = RecordOutcome(wish.wish, "working")


def test_it_renews_itself_for_the_station_when_nobody_charges_and_no_meter_signs() -> None:
    pen = Pen()
    bench = Bench(signer=pen)
    station = bench.end.connect()
    bench.run(6)
    assert not bench.cycle.renewing
    say(station, Hello(), Renew(), Record(1, "t-1", "end", "t-1", 0, 0))
    bench.run(1)
    assert bench.cycle.renewing
    assert not bench.cycle.idle(bench.now)
    pen.outcome = RecordOutcome("t-1", "signed")
    assert bench.cycle.idle(bench.now)


def test_a_record_that_is_wanted_of_a_meter_that_does_not_sign_is_refused_at_once() -> None:
    bench = Bench()
    station = bench.end.connect()
    say(station, Hello(), Record(1, "t-1", "begin", "t-1", 0, 0))
    bench.run(1)
    told = [message.state.record for message in heard(station) if isinstance(message, Event) and message.state.record][-1]
    assert told is not None
    assert (told.wish, told.state) == ("t-1", "failed")
    assert "does not sign" in told.reason

"""Polling beside the scan: one thread per meter, the latest reading, errors said once."""

import logging
import os
import threading
from collections.abc import Callable

import pytest

from chargepoint.control import meters
from chargepoint.control.meters import MeterPoller
from hal.errors import DeviceError, ImplausibleError
from hal.measured import MeterReading
from tests.waiting import until


class FakeMeter:
    """Answers with its count of readings, or with the error that was put into ``error``."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.opened = self.closed = self.reads = 0
        self.policy: int | None = None
        self.turn = threading.Condition()

    def open(self) -> None:
        self.opened += 1

    def read(self) -> MeterReading:
        with self.turn:
            self.policy = os.sched_getscheduler(0)
            self.reads += 1
            self.turn.notify_all()
        if self.error is not None:
            raise self.error
        return MeterReading(at_s=0.0, energy_wh=self.reads)

    def close(self) -> None:
        self.closed += 1

    def await_reads(self, count: int) -> None:
        with self.turn:
            assert self.turn.wait_for(lambda: self.reads >= count, timeout=5)


def eventually(condition: Callable[[], bool]) -> None:
    """A thread of its own needs a moment; five seconds are not one."""
    until(condition, within_s=5, every_s=0.002)


def end(poller: MeterPoller) -> None:
    """It leaves, and is gone."""
    poller.leave()
    poller.join(5)


def test_it_reads_at_once_when_woken_and_at_normal_priority() -> None:
    meter = FakeMeter()
    poller = MeterPoller(1, meter)
    assert poller.reading is None
    poller.start()
    for count in range(1, 4):
        meter.await_reads(count)
        poller.wake()
    end(poller)
    assert poller.reading is not None
    assert poller.reading.energy_wh >= 3
    assert (meter.opened, meter.closed, meter.policy) == (1, 1, os.SCHED_OTHER)


def test_a_meter_whose_register_lags_is_told_when_somebody_wants_to_know_it_exactly() -> None:
    asked: list[int] = []

    class Lagging(FakeMeter):
        def be_exact(self) -> None:
            asked.append(self.reads)

    meter = Lagging()
    poller = MeterPoller(1, meter)
    poller.start()
    meter.await_reads(1)
    poller.wake()
    meter.await_reads(2)
    end(poller)
    assert asked == [1], "before the reading that was asked for, and no other"


def test_it_reads_every_period(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meters, "PERIOD_S", 0.01)
    meter = FakeMeter()
    poller = MeterPoller(1, meter)
    poller.start()
    meter.await_reads(4)
    end(poller)


def test_a_meter_that_fails_keeps_its_last_reading_and_is_logged_once_per_change(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(meters, "PERIOD_S", 0.005)
    caplog.set_level(logging.INFO)
    meter = FakeMeter()
    poller = MeterPoller(7, meter)
    poller.start()
    meter.await_reads(2)
    meter.error = DeviceError("meter.fake: no answer for 1.2 s; check the wires")
    meter.await_reads(meter.reads + 5)
    last = poller.reading
    meter.await_reads(meter.reads + 2)
    assert poller.reading is last
    meter.error = None
    eventually(lambda: poller.reading is not last)
    end(poller)
    assert [record.getMessage() for record in caplog.records] == [
        "event=meter_failed evse=7 error='meter.fake: no answer for 1.2 s; check the wires'",
        "event=meter_back evse=7",
    ]


def test_a_meter_that_cannot_be_opened_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meters, "PERIOD_S", 0.005)
    meter = FakeMeter()
    refusals = iter([DeviceError("not there"), DeviceError("not there")])

    def open_later() -> None:
        for error in refusals:
            raise error

    monkeypatch.setattr(meter, "open", open_later)
    poller = MeterPoller(1, meter)
    poller.start()
    meter.await_reads(1)
    end(poller)
    assert meter.closed == 1


def test_a_driver_with_a_bug_does_not_end_its_thread(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(meters, "PERIOD_S", 0.005)
    meter = FakeMeter()
    meter.error = ZeroDivisionError("scale")
    poller = MeterPoller(3, meter)
    poller.start()
    meter.await_reads(3)
    meter.error = DeviceError("no answer")
    meter.await_reads(meter.reads + 3)
    meter.error = None
    eventually(lambda: poller.reading is not None)
    end(poller)
    assert [record.getMessage() for record in caplog.records] == [
        "event=meter_broken evse=3",
        "event=meter_failed evse=3 error='no answer'",
    ]
    assert "ZeroDivisionError: scale" in caplog.text


def test_a_meter_that_cannot_be_closed_is_let_go_all_the_same(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def refuse() -> None:
        raise OSError("stuck")

    meter = FakeMeter()
    monkeypatch.setattr(meter, "close", refuse)
    poller = MeterPoller(3, meter)
    poller.start()
    meter.await_reads(1)
    end(poller)
    assert "event=meter_not_closed evse=3" in caplog.text


def test_a_meter_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, go_on = threading.Event(), threading.Event()

    def hang() -> MeterReading:
        reading.set()
        go_on.wait(60)
        raise DeviceError("no answer for 60 s")

    meter = FakeMeter()
    monkeypatch.setattr(meter, "read", hang)
    poller = MeterPoller(1, meter)
    poller.start()
    assert reading.wait(5)
    poller.leave()
    poller.join(0.01)
    assert meter.closed == 0
    go_on.set()
    eventually(lambda: meter.closed == 1)
    poller.join(5)


def test_what_cannot_be_true_is_no_reading_and_is_told_why_until_it_can_be_believed_again() -> None:
    meter = FakeMeter()
    poller = MeterPoller(1, meter)
    poller.start()
    eventually(lambda: poller.reading is not None)
    believed = poller.reading
    meter.error = ImplausibleError("meter.test: register at -1 Wh, expected 1 or more")
    poller.wake()
    eventually(lambda: bool(poller.doubt))
    assert (poller.reading, poller.doubt) == (believed, "meter.test: register at -1 Wh, expected 1 or more")
    meter.error = None
    poller.wake()
    eventually(lambda: not poller.doubt)
    assert poller.reading != believed
    end(poller)

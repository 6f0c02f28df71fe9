"""Polling beside the scan: one thread per meter, the latest reading, errors said once."""

import logging
import os
import threading
import time
from collections.abc import Callable

import pytest

from chargepoint.control import meters
from chargepoint.control.meters import MeterPoller
from hal.errors import DeviceError
from hal.measured import MeterReading


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
    end_s = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end_s
        threading.Event().wait(0.002)


def test_it_reads_at_once_when_woken_and_at_normal_priority() -> None:
    meter = FakeMeter()
    poller = MeterPoller(1, meter)
    assert poller.reading is None
    poller.start()
    for count in range(1, 4):
        meter.await_reads(count)
        poller.wake()
    poller.stop()
    assert poller.reading is not None
    assert poller.reading.energy_wh >= 3
    assert (meter.opened, meter.closed, meter.policy) == (1, 1, os.SCHED_OTHER)


def test_it_reads_every_period(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meters, "PERIOD_S", 0.01)
    meter = FakeMeter()
    poller = MeterPoller(1, meter)
    poller.start()
    meter.await_reads(4)
    poller.stop()


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
    poller.stop()
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
    poller.stop()
    assert meter.closed == 1


def test_a_driver_with_a_bug_does_not_end_its_thread(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(meters, "PERIOD_S", 0.005)
    meter = FakeMeter()
    meter.error = ZeroDivisionError("scale")
    poller = MeterPoller(3, meter)
    poller.start()
    meter.await_reads(3)
    meter.error = None
    eventually(lambda: poller.reading is not None)
    poller.stop()
    assert "event=meter_broken evse=3" in caplog.text
    assert "scale" in caplog.text

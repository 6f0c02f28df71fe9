"""Rules for meters."""

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from hal.api import Meter, signs
from hal.conformance.benches import MeterBench
from hal.conformance.rules import LOOK_S, NotHere, Rule, eventually, hold, speaks
from hal.errors import DeviceError
from hal.measured import MeterReading

READ_S = 2.0
"""A reading takes less, whatever happens (``hal.api.Meter``)."""
GRACE_S = 0.3
"""For a machine that is busy."""
BACK_S = 10.0
"""After a fault is mended it takes less."""
NAMED, UNIX_S = "5e0c1a37-4d0b-4f43-9c46-0a5b1d6c7f00", 1_795_301_400
SAYS = f'{{"FV":"1.0","IS":true,"IF":["RFID_PLAIN"],"IT":"LOCAL","ID":"{NAMED}","CT":"CBIDC","CI":"cp001 1"}}'
COARSE_WH, COARSE_W, COARSE_MA, COARSE_MV = 10, 10, 100, 1_000
"""Meters show so much less than they know."""


class MeterCase(Struct):
    """One meter, and its other side."""

    make: Callable[[], Meter]
    meter: Meter
    bench: MeterBench | None

    @property
    def other_side(self) -> MeterBench:
        """The bench, where there is one."""
        if self.bench is None:
            raise NotHere
        return self.bench

    def differs(self, reading: MeterReading) -> str | None:
        """In what a reading is not what the display shows, where anybody can see that."""
        try:
            return None if self.bench is None else differs(reading, self.bench.truth())
        except NotHere:
            return None

    def begin(self) -> None:
        """Open it, with something to read; a device that has just been switched on may take its time."""
        if self.bench is not None:
            with contextlib.suppress(NotHere):
                self.bench.show(4_000, 16_000)
        opened(self.meter)


def check_meter(make: Callable[[], Meter], bench: MeterBench | None = None, rules: Sequence[Rule[MeterCase]] = ()) -> list[str]:
    """The rules that were played, of ``rules`` or of all. Raises AssertionError with those that are broken."""

    def end(case: MeterCase) -> None:
        if bench is not None:
            bench.spoil(None)
        case.meter.close()

    played = (*(rules or RULES), *(SIGNING if signs(make()) else ()))
    return hold(f"meter {make().__class__.__name__}", played, lambda: MeterCase(make, make(), bench), end)


def making_one_opens_nothing(case: MeterCase) -> None:
    """A meter can be made, and closed, while there is none."""
    if "unplugged" in case.other_side.faults:
        case.other_side.spoil("unplugged")
    made = case.make()
    made.close()
    made.close()


def it_can_be_read_once_it_is_open(case: MeterCase) -> None:
    """A meter that is there can be opened and read, and says when it was read."""
    case.begin()
    before_s = time.monotonic()
    reading = read(case.meter)
    assert isinstance(reading, MeterReading), f"read() gave {reading!r}"
    assert before_s - READ_S <= reading.at_s <= time.monotonic(), f"at_s {reading.at_s} is not of the monotonic clock's now"


def units_are_whole_and_small(case: MeterCase) -> None:
    """Energy is in whole Wh, power in W, current in mA, voltage in mV; what it does not measure is None."""
    case.begin()
    reading = read(case.meter)
    assert type(reading.energy_wh) is int, f"energy_wh is {reading.energy_wh!r}"
    assert reading.energy_wh >= 0, f"energy_wh is {reading.energy_wh}"
    others = (reading.power_w, *reading.current_ma, *reading.voltage_mv)
    assert len(others) == 7, "current_ma and voltage_mv have three phases"
    assert all(value is None or type(value) is int for value in others), f"not whole: {others}"


def it_reads_what_is_there(case: MeterCase) -> None:
    """What it reads is what the meter shows."""
    bench = case.other_side
    for energy_wh, current_ma in ((0, 0), (123_450, 6_500), (16_777_220, 31_990)):
        bench.show(energy_wh, current_ma)
        meter = case.make()  # one that has seen the register elsewhere need not believe such a leap
        try:
            assert (wrong := case.differs(opened(meter))) is None, wrong
        finally:
            meter.close()


def the_register_is_passed_through(case: MeterCase) -> None:
    """The register is never rebased: a driver made anew reads on where the other stopped."""
    case.begin()
    first = read(case.meter)
    case.meter.close()
    again = case.make()
    try:
        assert opened(again).energy_wh >= first.energy_wh, "a new driver reads less"
    finally:
        again.close()


def a_broken_wire_is_an_error_in_words(case: MeterCase) -> None:
    """Whatever the wire does, read() ends in time with the truth, or with a DeviceError that says where and what to check."""
    bench = case.other_side
    case.begin()
    for fault in bench.faults:
        bench.spoil(fault)
        since_s = time.monotonic()
        for _ in range(2):
            _read_spoilt(case, fault, since_s)
        bench.spoil(None)
        assert _comes_back(case), f"{fault}: no reading for {BACK_S:g} s after it was mended"


def _read_spoilt(case: MeterCase, fault: str, since_s: float) -> None:
    began_s = time.monotonic()
    try:
        reading = case.meter.read()
    except DeviceError as error:
        assert speaks(error), f"{fault}: the message {str(error)!r} says too little"
    except Exception as error:
        raise AssertionError(f"{fault}: {type(error).__name__}: {error}; only DeviceError is expected") from error
    else:
        wrong = case.differs(reading)
        assert wrong is None, f"{fault}: {wrong}"
        cut = fault in ("silent", "unplugged") and reading.at_s > since_s
        assert not cut, f"{fault}: read() gave {reading} although nothing came"
    took_s = time.monotonic() - began_s
    assert took_s < READ_S + GRACE_S, f"{fault}: read() took {took_s:.1f} s"


def _comes_back(case: MeterCase) -> bool:
    def read() -> bool:
        try:
            return case.differs(case.meter.read()) is None
        except DeviceError:
            return False

    return eventually(read, BACK_S)


def one_that_is_not_there_is_an_error(case: MeterCase) -> None:
    """open() of a meter that is not there raises a DeviceError, or read() does; it is found once it is there."""
    bench = case.other_side
    if "unplugged" not in bench.faults:
        raise NotHere
    bench.spoil("unplugged")
    try:
        case.meter.open()
        case.meter.read()
    except DeviceError as error:
        assert speaks(error), f"the message {str(error)!r} says too little"
    else:
        raise AssertionError("it read something")
    bench.spoil(None)
    opened(case.meter)


def opened(meter: Meter) -> MeterReading:
    """A reading of it, as soon as it gives one: it may have been switched on just now, and this machine may be busy. Raises DeviceError."""
    ends_s = time.monotonic() + BACK_S
    while True:
        try:
            meter.open()
            return meter.read()
        except DeviceError:
            if time.monotonic() >= ends_s:
                raise
            time.sleep(LOOK_S)


def read(meter: Meter) -> MeterReading:
    """A reading of one that gives readings; of two a busy machine may lose one. Raises DeviceError."""
    with contextlib.suppress(DeviceError):
        return meter.read()
    return meter.read()


def differs(reading: MeterReading, truth: MeterReading) -> str | None:
    """In what a reading is not what the display shows; nothing where it is as near as displays are."""
    pairs = [("energy_wh", reading.energy_wh, truth.energy_wh, COARSE_WH), ("power_w", reading.power_w, truth.power_w, COARSE_W)]
    pairs += [("current_ma", one, other, COARSE_MA) for one, other in zip(reading.current_ma, truth.current_ma, strict=True)]
    pairs += [("voltage_mv", one, other, COARSE_MV) for one, other in zip(reading.voltage_mv, truth.voltage_mv, strict=True)]
    for name, read, shown, coarse in pairs:
        if read is not None and shown is not None and abs(read - shown) > max(coarse, shown // 1000):
            return f"{name} was read as {read}, its display shows {shown}"
    return None


def what_it_signs_names_its_session(case: MeterCase) -> None:
    """A record is open from begin_record to end_record, says what it was told, and can be read again afterwards."""
    case.begin()
    meter: Any = case.meter
    assert meter.open_record() is None, "a record is open before there was a session"
    meter.begin_record(SAYS, UNIX_S)
    assert NAMED in (meter.open_record() or ""), "the open record does not say what it was told"
    assert meter.last_record() is None, "what is still open is no record"
    record = meter.end_record(SAYS, UNIX_S + 1)
    assert NAMED.encode() in record.data, f"the record does not name its session: {record.data[:200]!r}"
    assert record.signature, "it has no signature"
    assert record.public_key == meter.public_key(), "its key is not that of the meter"
    assert meter.open_record() is None, "the record is still open"
    assert meter.last_record() == record, "it cannot be read again"


RULES = (
    making_one_opens_nothing,
    it_can_be_read_once_it_is_open,
    units_are_whole_and_small,
    it_reads_what_is_there,
    the_register_is_passed_through,
    a_broken_wire_is_an_error_in_words,
    one_that_is_not_there_is_an_error,
)
SIGNING = (what_it_signs_names_its_session,)
"""For a ``hal.api.SignedMeter``."""

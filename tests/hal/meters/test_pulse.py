"""A register made of pulses: on the files of a kernel counter, on a clock of the test's, and through power cuts at every moment."""

import os
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from hal.bus import gpio
from hal.bus.edges import Counted, CounterEdges, GpioEdges
from hal.bus.gpio import Edge
from hal.conformance.rules import eventually
from hal.errors import DeviceError, DriverError, ImplausibleError
from hal.meters import kept_count
from hal.meters.kept_count import KeptCount
from hal.meters.pulse import PulseMeter


class Pulses:
    """``hal.bus.edges.Edges`` of the test's."""

    name = "line GPIO17 active-low pull-up"

    def __init__(self) -> None:
        self.counted = Counted(0, 0.0)

    def open(self) -> None:
        self.counted = Counted(0, 0.0)

    def count(self) -> Counted:
        return self.counted

    def close(self) -> None:
        pass


def meter(folder: Path, **entries: Any) -> PulseMeter:
    made = PulseMeter(line="GPIO17 active-low pull-up", keep=str(folder / "count"), **entries)
    made._edges = Pulses()
    made.open()
    made._seen_s = made._saved_s = 0.0
    return made


def run(made: PulseMeter, seconds: range, per_s: int) -> list[int]:
    """The energy that is told each second, with so many pulses in each."""
    return [made.reading(Counted(per_s * at_s, float(at_s)), float(at_s)).energy_wh for at_s in seconds]


def test_what_is_told_is_what_is_kept_and_is_kept_every_ten_seconds(tmp_path: Path) -> None:
    made = meter(tmp_path, start_wh=7_000)
    told = run(made, range(1, 31), 2)
    assert told == [7_000] * 9 + [7_020] * 10 + [7_040] * 10 + [7_060]


def test_pulses_that_stop_are_kept_soon_and_nothing_is_written_afterwards(tmp_path: Path) -> None:
    made = meter(tmp_path)
    run(made, range(1, 6), 2)
    told = [made.reading(Counted(10, 5.0), float(at_s)).energy_wh for at_s in (6, 7, 8)]
    assert told == [0, 0, 10]
    before = os.stat(tmp_path / "count").st_mtime_ns
    assert made.reading(Counted(10, 5.0), 3600.0).energy_wh == 10
    assert os.stat(tmp_path / "count").st_mtime_ns == before


@pytest.mark.parametrize("after_s", [0.4, 0.96, 0.999, 1.01])
def test_a_reading_that_somebody_asked_for_is_exact_whenever_it_comes(after_s: float, tmp_path: Path) -> None:
    made = meter(tmp_path)
    run(made, range(1, 4), 3)
    assert made.reading(Counted(9, 3.0), 4.0).energy_wh == 0
    made.be_exact()
    assert made.reading(Counted(10, 4.2), 4.0 + after_s).energy_wh == 10
    assert made.reading(Counted(11, 5.2), 6.1).energy_wh == 10, "only once"


def test_after_a_power_cut_it_goes_on_where_it_was_told_last(tmp_path: Path) -> None:
    told = run(meter(tmp_path), range(1, 48), 3)
    again = meter(tmp_path)
    assert again.reading(Counted(0, 0.0), 1.0).energy_wh == told[-1] == 120
    again.reading(Counted(2, 1.5), 2.0)
    again.close()
    assert meter(tmp_path).reading(Counted(0, 0.0), 1.0).energy_wh == 122, "an orderly end loses nothing"


@pytest.mark.parametrize("spoilt_at", [*range(35), 100, kept_count.SLOT_BYTES])
def test_a_cut_while_saving_leaves_the_save_before(tmp_path: Path, spoilt_at: int) -> None:
    path = tmp_path / "count"
    kept = KeptCount(path, 100)
    kept.open()
    kept.save(110)
    before = path.read_bytes()
    kept.save(120)
    after = path.read_bytes()
    slot = next(at for at in range(0, len(after), kept_count.SLOT_BYTES) if after[at : at + 40] != before[at : at + 40])
    half = (
        after[: slot + spoilt_at] + before[slot + spoilt_at :]
        if spoilt_at % 2
        else after[:slot] + bytes(spoilt_at) + after[slot + spoilt_at :]
    )
    path.write_bytes(half)
    again = KeptCount(path, 0)
    again.open()
    assert again.number in (110, 120)
    again.save(130)
    last = KeptCount(path, 0)
    last.open()
    assert last.number == 130


def test_a_file_without_a_count_is_named_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "count").write_bytes(b"\0" * 8192)
    with pytest.raises(DeviceError, match="count: holds no count; remove it, and set start_wh"):
        meter(tmp_path)
    (tmp_path / "taken").write_text("")
    with pytest.raises(DeviceError, match="let the station write"):
        KeptCount(tmp_path / "taken/count", 0).open()


def test_noise_is_not_counted_and_named(tmp_path: Path) -> None:
    made = meter(tmp_path, rated_a=16)
    run(made, range(1, 11), 4)
    with pytest.raises(ImplausibleError, match=r"1000 pulses in 1\.0 s, expected 4 at most, so they are not counted"):
        made.reading(Counted(1040, 11.0), 11.0)
    assert made.reading(Counted(1044, 21.0), 21.0).energy_wh == 44


def test_power_is_that_of_the_pulses_distance(tmp_path: Path) -> None:
    made = meter(tmp_path, per_kwh=800)
    assert made.reading(Counted(0, 0.0), 1.0).power_w is None, "nobody knows yet"
    for at_s in range(2, 20, 2):
        reading = made.reading(Counted(at_s, float(at_s)), float(at_s))
    assert reading.power_w == 4_500
    assert made.reading(Counted(18, 18.0), 28.0).power_w == 450, "the next pulse is late"
    assert made.reading(Counted(18, 18.0), 200.0).power_w == 0
    assert (reading.current_ma, reading.voltage_mv) == ((None, None, None), (None, None, None))


def test_a_counter_of_the_kernel_is_switched_on_and_read(tmp_path: Path) -> None:
    file = tmp_path / "count"
    file.write_text("500\n")
    (tmp_path / "enable").write_text("0\n")
    edges = CounterEdges(file)
    edges.open()
    assert (tmp_path / "enable").read_text() == "1"
    first = edges.count()
    file.write_text("503\n")
    second = edges.count()
    assert (first.number, second.number) == (0, 3)
    assert second.at_s > first.at_s
    assert edges.count() == second
    file.write_text("2\n")
    with pytest.raises(DeviceError, match="went back"):
        edges.count()
    file.unlink()
    with pytest.raises(DeviceError, match="counter driver"):
        edges.count()


@pytest.mark.parametrize("wrong", [{}, {"line": "GPIO1", "counter": "/sys/x"}, {"counter": "x", "per_kwh": 0}, {"line": "GPIO1 sideways"}])
def test_entries_that_do_not_fit_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DriverError, match=r"meter\.pulse: |line = 'GPIO1 sideways'"):
        PulseMeter(keep="/var/lib/chargepoint/pulses", **wrong)


def test_a_line_that_is_not_there_is_named(tmp_path: Path) -> None:
    made = PulseMeter(line="GPIO17", keep="/count", root=str(tmp_path))
    with pytest.raises((DeviceError, DriverError), match="GPIO17"):
        made.open()


class Lines:
    """``hal.bus.gpio.Lines`` of the test's: pulses come when it is asked."""

    def __init__(self) -> None:
        self.waiting: SimpleQueue[list[Edge] | OSError] = SimpleQueue()

    def set(self, values: Mapping[str, bool]) -> None: ...

    def get(self) -> dict[str, bool]:
        return {}

    def edges(self, at_most_s: float) -> list[Edge]:
        try:
            came = self.waiting.get(timeout=at_most_s)
        except Empty:
            return []
        if isinstance(came, OSError):
            raise came
        return came

    def close(self) -> None: ...


def test_edges_of_a_line_are_counted_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = Lines()
    monkeypatch.setattr(gpio, "request", lambda *_, **__: lines)
    edges = GpioEdges("GPIO17 active-low")
    edges.open()
    lines.waiting.put([Edge("pulse", True, 5.0), Edge("pulse", False, 5.03), Edge("pulse", True, 6.0)])
    lines.waiting.put([Edge("pulse", False, 6.03)])
    assert eventually(lambda: edges.count() == Counted(2, 6.0), 5.0)
    lines.waiting.put(OSError(19, "No such device"))
    assert eventually(lambda: _fails(edges), 5.0)
    edges.close()


def _fails(edges: GpioEdges) -> bool:
    try:
        edges.count()
    except DeviceError as error:
        return "line GPIO17 active-low: No such device" in str(error)
    return False

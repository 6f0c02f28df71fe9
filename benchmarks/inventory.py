"""The full inventory of a station with four EVSEs, from the request to the last part on the wire, in 2.0.1.

    python -m benchmarks.inventory [--times N]

The CSMS is a list; nothing is waited for, so what is told is what the station itself needs. The baseline makes the same report at once: all
rows, then all payloads, then all frames. Times are processor time of this thread; memory is the peak of what Python holds while the report
is made, above what it held before (which costs time, so it is measured in a run of its own).
"""

import gc
import sys
import time
import tracemalloc
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from unittest.mock import Mock

from msgspec import convert

from benchmarks.figures import Figure, in_ms, middle, show
from benchmarks.rig import host
from chargepoint.domain import reports
from chargepoint.domain.configuration import Configuration
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import NotifyReport
from chargepoint.domain.variables.device_data import BYTES_GET_REPORT, ITEMS_GET_REPORT
from chargepoint.ocpp.dialect import Dialect, Site, load
from chargepoint.ocpp.frames import encode_call
from chargepoint.station.clock import StationClock
from chargepoint.station.configuring import Configuring
from chargepoint.station.reports import Reports
from chargepoint.store.store import Store

MOST_MS = 1000.0
MOST_MIB = 10.0
EVSES = 4
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MIB = 1 << 20


class Host:
    """Its clock stands still."""

    def now_s(self) -> float:
        """Noon."""
        return NOON.timestamp()


def station() -> tuple[DeviceModel, Configuring]:
    """Four EVSEs with a socket and a fixed cable each. No CSMS: this benchmark takes the parts itself."""
    connectors = [{"id": 1, "cable": "socket"}, {"id": 2, "type": "cType2", "cable": "fixed"}]
    evses = [{"id": number + 1, "max_current_a": 32, "connectors": connectors} for number in range(EVSES)]
    part = {"id": "cp001", "vendor": "Acme", "model": "One"}
    configuration = convert({"station": part, "site": {"fuse_a": 125}, "evses": evses, "ocpp": {"version": "2.0.1"}}, Configuration)
    model = DeviceModel(configuration)
    return model, Configuring(Store(":memory:"), model, Reports(Mock(), Mock()), StationClock(Host()))


def on_the_wire(dialect: Dialect, part: NotifyReport) -> int:
    """Bytes of its frame, which is valid."""
    request = dialect.encode(part)
    assert request is not None
    violation = dialect.schemas.check_request(request.action, request.payload)
    assert violation is None, violation
    return len(encode_call("x" * 36, request.action, request.payload))


def part_by_part(model: DeviceModel, configuring: Configuring, dialect: Dialect) -> list[int]:
    """As the station does it."""
    entries = reports.base(model, "FullInventory")
    return [on_the_wire(dialect, part) for part in configuring.parts(1, entries)]


def at_once(model: DeviceModel, _: Configuring, dialect: Dialect) -> list[int]:
    """The plain way."""
    entries = reports.base(model, "FullInventory")
    (rows,) = reports.parts(model, entries, len(entries), 1 << 30)
    return [on_the_wire(dialect, NotifyReport(1, 0, False, NOON, rows))]


def peak_mib(work: Callable[[], object]) -> float:
    """Above what is held before."""
    work()
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        work()
        return (tracemalloc.get_traced_memory()[1] - before) / MIB
    finally:
        tracemalloc.stop()


def timed(work: Callable[[], object], times: int) -> list[float]:
    """What it takes of the processor, in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.thread_time()
        work()
        taken.append(time.thread_time() - began)
    return in_ms(taken)


def main() -> int:
    """Measure and print; 1 if an aim is missed."""
    parser = ArgumentParser(prog="benchmarks.inventory")
    parser.add_argument("--times", type=int, default=50, help="how often each is measured (50)")
    times = parser.parse_args().times
    print(f"\nFull inventory of a station with {EVSES} EVSEs ({host()})")
    model, configuring = station()
    dialect = load("2.0.1", Site())
    frames = part_by_part(model, configuring, dialect)
    most, items = model.read(BYTES_GET_REPORT), model.read(ITEMS_GET_REPORT)
    assert max(frames) <= most, "within BytesPerMessage"
    variables = len(reports.base(model, "FullInventory"))
    print(f"  {variables} variables in {len(frames)} parts of at most {items} and {max(frames)} bytes", flush=True)
    ways = [partial(work, model, configuring, dialect) for work in (part_by_part, at_once)]
    held, all_held = map(peak_mib, ways)
    found = [
        middle("part by part", timed(ways[0], times), "ms", MOST_MS),
        middle("at once", timed(ways[1], times), "ms"),
        Figure(name="part by part, memory", value=held, unit="MiB", most=MOST_MIB, more=f"{held / all_held:.2f} of at once"),
        Figure(name="at once, memory", value=all_held, unit="MiB"),
    ]
    return 0 if show("What it takes", found) else 1


if __name__ == "__main__":
    sys.exit(main())

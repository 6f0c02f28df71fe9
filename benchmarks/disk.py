"""What control and station write to the disk: while nothing happens, and in an hour of charging with a meter value every minute.

    python -m benchmarks.disk [SECONDS]

``write_bytes`` of ``/proc/PID/io``: pages made dirty that have to go to the disk, whole pages, each time that it happens, memory maps
included. What the file system adds for its own journal is not in it. The log goes nowhere, as under systemd. State is on the disk that
holds the temporary directory (TMPDIR), which must not be a memory file system.

An hour of samples is taken in a minute: sixty of them, one each second, all per phase. While nothing is sampled, the register is written
down once a minute, for the end of a transaction that a power cut ends; that hour is measured for itself. With samples nothing is added to
them. The baseline is what sixty samples cost who appends each to a file and notes each answer, both with fdatasync, and does nothing else.
"""

import asyncio
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import rig
from benchmarks.figures import Figure, show
from benchmarks.rig import running, until
from simulators import verbs
from simulators.csms.server import Csms
from simulators.world import World

SECONDS = 60.0
SETTLE_S = 12.0
"""After the boot is accepted, and after charging began."""
SAMPLES = 60
VERSION = "1.6"
MEASURANDS = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage"
HOUR_KIB, IDLE_KIB = 1024.0, 0.0
NOWHERE = Path(os.devnull)
SAMPLE = b"x" * 900
"""About the length of such a message."""


def written(pid: int) -> int:
    """Bytes so far."""
    fields = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return int(fields["write_bytes"])


async def per_hour_kib(pid: int, seconds: float) -> float:
    """At the rate of the next seconds."""
    before = written(pid)
    await asyncio.sleep(seconds)
    return (written(pid) - before) / 1024 / seconds * 3600


def baseline_kib() -> float:
    """Of sixty samples."""
    with tempfile.NamedTemporaryFile() as file:
        before = written(os.getpid())
        for _ in range(SAMPLES):
            for note in (SAMPLE, b"answered"):
                file.write(note)
                file.flush()
                os.fdatasync(file.fileno())
        return (written(os.getpid()) - before) / 1024


def plug(world: World) -> None:
    """A car comes and takes what it gets."""
    now = time.monotonic()
    world.advance(now)
    verbs.plug(world, world.evses[1], {"phases": 3, "reaction_s": 0.2}, now)
    world.changed(now)


async def set_interval(csms: Csms, seconds: int) -> None:
    """Between two meter values."""
    answer = await csms.call(rig.STATION, "ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": str(seconds)})
    assert answer["status"] == "Accepted", answer


async def sampled(csms: Csms, pid: int) -> int:
    """Bytes of so many samples."""
    (transaction,) = csms.transactions
    await set_interval(csms, 1)
    first, before = len(transaction.meter_values), written(pid)
    await until(lambda: len(transaction.meter_values) - first >= SAMPLES, "the samples", 0.02, SAMPLES * 3.0)
    count = written(pid) - before
    await set_interval(csms, 0)
    return count


async def measure(seconds: float, csms: Csms, world: World, control: int, station: int) -> list[Figure]:
    """One car's hour."""
    await until(lambda: rig.STATION in csms.stations and csms.stations[rig.STATION].registration == "accepted", "the boot", 0.05)
    await asyncio.sleep(SETTLE_S)
    idle = await asyncio.gather(per_hour_kib(station, seconds), per_hour_kib(control, seconds))
    before = written(station)
    plug(world)
    await until(lambda: bool(csms.transactions), "the transaction", 0.05)
    await asyncio.sleep(SETTLE_S)
    start_kib = (written(station) - before) / 1024
    charging = await asyncio.gather(per_hour_kib(station, seconds), per_hour_kib(control, seconds))
    count = await sampled(csms, station)
    samples_kib, base_kib = count / 1024, baseline_kib()
    return [
        Figure(name="station, idle, an hour", value=idle[0], unit="KiB", most=IDLE_KIB),
        Figure(name="control, idle, an hour", value=idle[1], unit="KiB", most=IDLE_KIB),
        Figure(name="station, start of a transaction", value=start_kib, unit="KiB"),
        Figure(name="station, charging, an hour without samples", value=charging[0], unit="KiB", most=HOUR_KIB),
        Figure(name="control, charging, an hour", value=charging[1], unit="KiB"),
        Figure(name=f"station, {SAMPLES} samples", value=samples_kib, unit="KiB", more=f"{samples_kib / base_kib:.2f} times the baseline"),
        Figure(name=f"baseline, {SAMPLES} samples", value=base_kib, unit="KiB"),
        Figure(name="both, charging, an hour", value=charging[1] + samples_kib, unit="KiB", most=HOUR_KIB),
    ]


async def run(seconds: float) -> bool:
    """Measure and print; are the targets met?"""
    csms = Csms(versions=(VERSION,))
    await csms.start()
    keys: dict[str, Any] = {"MeterValueSampleInterval": "0", "MeterValuesSampledData": MEASURANDS}
    with rig.place(rig.tree(1, VERSION, csms.url, keys=keys)) as here:
        async with rig.world(here) as world:
            with ExitStack() as stack:
                control, station = (stack.enter_context(running(here.command(verb), NOWHERE)).pid for verb in ("control", "station"))
                figures = await measure(seconds, csms, world, control, station)
    await csms.stop()
    return show(f"Disk, OCPP {VERSION}, {seconds:g} s each ({rig.host()})", figures)


def main() -> int:
    """1 if a target is missed."""
    return 0 if asyncio.run(run(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)) else 1


if __name__ == "__main__":
    sys.exit(main())

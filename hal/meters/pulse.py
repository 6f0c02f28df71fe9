"""Meters with a pulse output (S0, IEC 62053-31): so many pulses a kilowatt-hour, counted by the kernel.

The register lives here, so it is kept on disk (``keep``), and is told only as far as it is kept: after a power cut it goes on where it was
told last, and never runs backwards. What came after the last save is lost then, 10 s at most.

    saved    every 10 s while pulses come, once when they have stopped, and when somebody wants to know it exactly (``be_exact``), as where
             a session begins or ends; never while none come. One block of 4 KiB each time: 1.4 MiB for an hour of charging.

More pulses than the EVSE can deliver are noise on the line. They are not counted, and the reading says so.
"""

import time
from collections import deque
from pathlib import Path

from hal.bus.edges import Counted, CounterEdges, Edges, GpioEdges
from hal.bus.gpio import Backend
from hal.errors import DriverError, ImplausibleError
from hal.facts import DriverFacts
from hal.measured import MeterReading
from hal.meters.kept_count import KeptCount
from hal.meters.plausible import RATED_A, RatedAmperes

SAVE_S = 10.0
STOPPED_S, STOPPED_PULSES = 2.0, 3
"""Pulses have stopped after so long, and after so many times their usual distance."""
AVERAGE_S = 10.0
"""Power is that of the pulses of so long."""
STANDS_S = 120.0
"""Slower pulses are no power."""
WATT_SECONDS = 3_600_000
NOISE_PULSES = 5
"""So many at once are believed whatever the time."""
HIGHEST_V = 300

DRIVER = DriverFacts(
    name="pulse",
    kind="meters",
    title="Any meter with a pulse output (S0, IEC 62053-31)",
    link="GPIO line with pull-up, or a counter of the kernel's counter subsystem",
    extra=None,
    proven=("tests/hal/meters/test_pulse.py", "tests/hal/conformance/test_drivers.py"),
    doubts=(
        "Never tried with a GPIO chip or a kernel counter of real hardware.",
        "Pulses are lost while this process is not running; the contactor is open then.",
    ),
    sources=("IEC 62053-31", "Linux Documentation/ABI/testing/sysfs-bus-counter", "libgpiod 2 documentation"),
    entries={
        "line": "GPIO line, such as GPIO17 active-low pull-up debounce=10 (S0 pulses last 30 ms at least); needs the extra raspberry-pi",
        "gpio": "how lines are reached: gpiod or rpi-gpio; gpiod if not set",
        "gpio_chip": "the chip of a line that is named by its number: /dev/gpiochip0",
        "counter": "instead of a line, the file of a kernel counter: /sys/bus/counter/devices/counter0/count0/count",
        "per_kwh": "pulses for a kilowatt-hour, as printed on the meter; 1000 if not set",
        "keep": "file that keeps the count, on a disk: /var/lib/chargepoint/control/meter-1.pulses",
        "start_wh": "what the display shows when the file is made; 0 if not set",
        "rated_a": "amperes per phase that the EVSE can deliver; faster pulses are noise; 80 if not set",
    },
)


class PulseMeter:
    """``hal.api.LaggingMeter``."""

    def __init__(
        self,
        *,
        keep: str,
        line: str = "",
        gpio: Backend = "gpiod",
        gpio_chip: str = "",
        counter: str = "",
        per_kwh: int = 1000,
        start_wh: int = 0,
        rated_a: RatedAmperes = RATED_A,
        root: str = "/",
    ) -> None:
        if bool(line) == bool(counter):
            raise DriverError(f"meter.pulse: line {line!r} and counter {counter!r}: expected one of them")
        if per_kwh < 1:
            raise DriverError(f"meter.pulse: per_kwh {per_kwh}: expected what is printed on the meter, such as 1000")
        self._edges: Edges = CounterEdges(Path(counter)) if counter else GpioEdges(line, gpio, gpio_chip, root)
        self._kept = KeptCount(Path(root, keep.lstrip("/")), start_wh * per_kwh // 1000)
        self._per_kwh = per_kwh
        self._most_per_s = 3 * HIGHEST_V * rated_a * per_kwh / WATT_SECONDS
        self._number = 0
        """Of all pulses that are believed, those before this start among them."""
        self._seen = Counted(0, 0.0)
        self._seen_s = self._saved_s = 0.0
        self._recent: deque[Counted] = deque()
        self._exact = False

    def open(self) -> None:
        """Begin to count where the file ends. Raises DeviceError or DriverError."""
        self._kept.open()
        self._edges.open()
        self._number = self._kept.number
        self._seen = self._edges.count()
        self._seen_s = self._saved_s = time.monotonic()
        self._recent.clear()

    def read(self) -> MeterReading:
        """Read it now. Raises DeviceError."""
        return self.reading(self._edges.count(), time.monotonic())

    def be_exact(self) -> None:
        """The next reading says all that has been counted by then."""
        self._exact = True

    def reading(self, counted: Counted, now: float) -> MeterReading:
        """What it shows at this moment. Raises DeviceError."""
        came = counted.number - self._seen.number
        lasted_s = now - self._seen_s
        self._seen, self._seen_s = counted, now
        if came > self._most_per_s * lasted_s + NOISE_PULSES:
            raise ImplausibleError(
                f"meter.pulse on {self._edges.name}: {came} pulses in {lasted_s:.1f} s, expected {self._most_per_s * lasted_s:.0f} at "
                "most, so they are not counted; check per_kwh, the line's debounce, and the shield of its cable"
            )
        if came > 0:
            self._number += came
            self._recent.append(Counted(self._number, counted.at_s))
        while len(self._recent) > 2 and self._recent[1].at_s < now - AVERAGE_S:
            self._recent.popleft()
        if self._number != self._kept.number and (now - self._saved_s >= SAVE_S or self._exact or self._stopped(now)):
            self._kept.save(self._number)
            self._saved_s = now
        self._exact = False
        return MeterReading(at_s=now, energy_wh=self._kept.number * 1000 // self._per_kwh, power_w=self._power_w(now))

    def close(self) -> None:
        """Save, and let go of the line. Raises DeviceError."""
        self._edges.close()
        if self._number > self._kept.number:
            self._kept.save(self._number)

    def _distance_s(self) -> float | None:
        """Between two pulses, of late."""
        if len(self._recent) < 2:
            return None
        first, last = self._recent[0], self._recent[-1]
        return max(1e-3, last.at_s - first.at_s) / (last.number - first.number)

    def _stopped(self, now: float) -> bool:
        return now - self._seen.at_s > max(STOPPED_S, STOPPED_PULSES * (self._distance_s() or 0.0))

    def _power_w(self, now: float) -> int | None:
        """Of the pulses' distance; of a longer one when the next has not come by then. Nothing before there are two."""
        if now - self._seen.at_s > STANDS_S:
            return 0
        distance_s = self._distance_s()
        if distance_s is None:
            return None
        return round(WATT_SECONDS / self._per_kwh / max(distance_s, now - self._recent[-1].at_s))

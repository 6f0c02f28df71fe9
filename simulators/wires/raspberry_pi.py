"""A Raspberry Pi, or another Linux board, with its pilot hardware: a chip for PWM and a thermometer in a tree of sysfs, a converter on SPI
or behind peak hold, and GPIO lines, over the electrics of one EVSE.

    /sys/class/pwm/pwmchipN ── duty ──▶ ┌───────────┐ ── levels ──▶ /dev/gpiochip0      contacts, monitor, stop
    /dev/gpiochip0 ────────── coils ──▶ │ Electrics │ ── mV ──────▶ /dev/spidev0.0      the pilot as a square of 1 kHz, with noise
                   edges of kick ─────▶ └───────────┘ ── peaks ───▶ /sys/bus/iio/devices/iio:device0
                   the watchdog's                    ── °C ──────▶ /sys/bus/w1/devices/28-…/temperature

Without an edge of ``kick`` for 150 ms the coil drops. A board that has no watchdog wired has none here either.
"""

import asyncio
import errno
import os
import shutil
import time
from collections.abc import Callable
from math import inf
from pathlib import Path
from random import Random

from hal.boards.raspberry_pi_plan import Plan
from hal.boards.raspberry_pi_plan import plan as read
from hal.measured import PILOT_OFF_PPM
from simulators import sense
from simulators.electrics import Electrics
from simulators.wires.adc import Converter, spoilt
from simulators.wires.face import SLOW_S, WireFault
from simulators.wires.gpio import GpioChip
from simulators.wires.pi_signals import Peaks, Signals
from simulators.wires.pi_wiring import Wiring
from simulators.wires.pwm import PwmChip
from simulators.wires.stand_in import Caller, StandIn, attribute
from simulators.wires.table import Place
from simulators.world import World

CHIP = 3
"""Number of the PWM chip: not 0, as on a board whose kernel has found others before it."""
DECOY = "1f0009c000.pwm"
"""Another chip, for a fan."""
KEPT_S = 0.05


class RaspberryPi:
    """``simulators.wires.face.Fixture``. Attributes for what can be wrong beside wire faults: ``stuck``, ``pwm_missing``, and those of
    ``gpio``."""

    def __init__(self, world: World, evse: Electrics, plan: Plan) -> None:
        self.stuck = False
        """The converter answers what it answered last."""
        self.pwm_missing = False
        self.gpio: GpioChip | None = None
        self._fault: WireFault | None = None
        self._world, self._evse, self._plan = world, evse, plan
        self._wiring = Wiring(plan, evse)
        self._signals = Signals(plan, evse)
        self._converter = Converter(plan.adc, plan.adc_mv, plan.spi_hz, self._signals.mv)
        self._peaks = Peaks()
        self._random = Random(1)
        self._root = Path()
        self._pwm: PwmChip | None = None
        self._stand_ins: list[StandIn] = []
        self._edge = False
        self._answers: dict[bytes, bytes] = {}
        """The last one to every question."""
        self._timer: asyncio.TimerHandle | None = None

    # Fixture

    @property
    def fault(self) -> WireFault | None:
        """``unplugged``: everything is gone. The others are of the converter."""
        return self._fault

    @fault.setter
    def fault(self, fault: WireFault | None) -> None:
        was, self._fault = self._fault, fault
        if fault == "unplugged" and was != fault:
            self._take_down()
        elif was == "unplugged" and fault != was:
            self._put_up()

    def open(self, root: Path) -> None:
        """Put all of it up. Raises OSError."""
        self._root = root
        self._world.observers.append(self._look)
        self._put_up()

    def close(self) -> None:
        """Take it away."""
        if self._look in self._world.observers:
            self._world.observers.remove(self._look)
        self._take_down()

    def _put_up(self) -> None:
        self._loop = asyncio.get_running_loop()
        plan = self._plan
        place = self._beneath(plan.gpio_chip or "/dev/gpiochip0")
        self.gpio = GpioChip(place, self._wiring.names, lambda: self._wiring.levels(time.monotonic()), self._driven)
        self.gpio.open()
        if not self.pwm_missing:
            devices = self._beneath("/sys/devices/platform/soc")
            name = plan.pwm if plan.pwm.endswith(".pwm") else f"{plan.pwm}.pwm"
            self._pwm = PwmChip(self._beneath(f"/sys/class/pwm/pwmchip{CHIP}"), devices / f"fe{name}", 2, self._driven)
            self._pwm.open()
        self._show_decoy()
        self._stand_ins = [*self._converters(), *self._thermometers()]
        for stand_in in self._stand_ins:
            stand_in.open()
        self._look()

    def _take_down(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for stand_in in self._stand_ins:
            stand_in.close()
        self._stand_ins = []
        if self.gpio is not None:
            self.gpio.close()
        if self._pwm is not None:
            self._pwm.close()
        self.gpio = self._pwm = None
        for folder in ("sys/class/pwm", "sys/bus/iio", "sys/bus/w1"):
            shutil.rmtree(self._root / folder, ignore_errors=True)

    # From the driver

    def _driven(self) -> None:
        """Lines or PWM have changed. An edge of the watchdog's line keeps the coil; what changes without one follows, but keeps nothing."""
        if self.gpio is None:
            return
        now, evse = time.monotonic(), self._evse
        evse.advance(now)
        channel = None if self._pwm is None else self._pwm.channels.get(self._plan.pwm_channel)
        wanted = self._wiring.wanted(self.gpio.outputs, PILOT_OFF_PPM if channel is None else channel.duty_ppm)
        edge = self._wiring.active("kick", self.gpio.outputs)
        if edge != self._edge or self._plan.kick is None:
            self._edge = edge
            evse.kick(wanted, now, now)
        else:
            evse.outputs = wanted
            evse.settle(now)
        self._peaks.reset(self._wiring.active("peak_reset", self.gpio.outputs))
        self._look()

    # To the driver

    def _look(self) -> None:
        """Pass on what has changed, and look again when something changes by itself."""
        if self.gpio is None:
            return
        now = time.monotonic()
        self._evse.advance(now)
        if self._plan.kick is None:
            self._evse.keep_kicked(now)
        self._peaks.see(*self._levels_mv())
        self.gpio.stir(now)
        if self._timer is not None:
            self._timer.cancel()
        due_s = min(self._evse.next_event_s, now + KEPT_S if self._plan.kick is None else inf)
        self._timer = None if due_s == inf else self._loop.call_at(due_s, self._look)

    def _levels_mv(self) -> tuple[int, int]:
        self._evse.advance(time.monotonic())
        plateaus = self._evse.plateaus
        return plateaus.high_mv, plateaus.low_mv

    @property
    def _dead(self) -> bool:
        """Nothing converts."""
        return self._evse.hardware.board == "lost" or not self._evse.powered

    def _converters(self) -> list[StandIn]:
        plan = self._plan
        if plan.cp == "spi":
            return [StandIn(self._beneath(plan.spi), self._asked)]
        folder = self._beneath("/sys/bus/iio/devices/iio:device0")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "name").write_text(f"{plan.iio}\n")
        channels: dict[str, Callable[[], float]] = {
            plan.cp_high: lambda: self._signals.at_adc_mv(self._peaks.high_mv),
            plan.cp_low: lambda: self._signals.at_adc_mv(self._peaks.low_mv),
        }
        if isinstance(plan.pp, str):
            channels[plan.pp] = self._signals.pp_mv
        return [attribute(folder / f"in_{name}_raw", self._raw(mv)) for name, mv in channels.items()]

    def _thermometers(self) -> list[StandIn]:
        if self._plan.thermometer != "ds18b20":
            return []
        name = str(self._plan.thermometer_at or "28-0316a2795aff")
        return [attribute(self._beneath(f"/sys/bus/w1/devices/{name}/temperature"), self._celsius)]

    def _asked(self, caller: Caller, data: bytes) -> None:
        count, frame = int.from_bytes(data[:2], "little"), data[2:]
        fault = "silent" if self._dead else self._fault
        self._evse.advance(time.monotonic())
        if not self.stuck or frame not in self._answers:
            self._answers[frame] = self._converter.burst(frame, count, time.monotonic())
        answer = self._answers[frame]
        answer = (answer * (3 * count // len(answer) + 1))[: 3 * count]
        after_s = SLOW_S if fault == "slow" else self._converter.takes_s(count)
        self._loop.call_later(after_s, caller.send, spoilt(fault, answer, self._random))

    def _celsius(self) -> int:
        celsius = sense.temperature_c(self._evse)
        if celsius is None or self._dead:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return round(celsius * 1000)

    def _raw(self, mv: Callable[[], float]) -> Callable[[], object]:
        def raw() -> object:
            if self._dead or self._fault in ("silent", "exception"):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            self._peaks.see(*self._levels_mv())
            value = round(mv() * self._plan.full / self._plan.adc_mv + self._random.gauss(0, 1))
            return {"garbage": "?", "bad_checksum": self._plan.full, "half_frame": ""}.get(self._fault or "", value)

        return raw

    def _show_decoy(self) -> None:
        decoy = self._beneath("/sys/class/pwm/pwmchip0")
        if not decoy.exists():
            decoy.mkdir(parents=True)
            (decoy / "device").symlink_to(Path("../../../devices/platform", DECOY))

    def _beneath(self, path: str) -> Path:
        return self._root / path.lstrip("/")


def board(place: Place) -> RaspberryPi:
    """The board of an EVSE."""
    assert place.evse is not None
    entries = {name: value for name, value in place.entries.items() if name not in ("bench", "driver")}
    return RaspberryPi(place.world, place.evse, read(entries))

"""GPIO lines: how they are written, and what each backend does with them."""

import errno
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import gpiod
import pytest
from gpiod.line import Bias, Value

from hal.bus import gpio
from hal.bus.gpio import Edge, LinePlan, Lines, line
from hal.errors import DeviceError, DriverError
from simulators.wires.gpio import GpioChip
from simulators.wires.thread import Beside
from tests.hal.bus.bench import shown

OUTPUTS = {"relay": line("GPIO17", "relay"), "lamp": line("GPIO18 active-low", "lamp")}
INPUTS = {"stop": line("GPIO5 pull-up debounce=10", "stop"), "door": line("GPIO6 active-low", "door")}


def test_a_line_is_a_name_and_flags_in_any_order() -> None:
    assert line("GPIO17", "x") == LinePlan("GPIO17")
    assert line("5 debounce=20 active-low pull-down", "x") == LinePlan("5", True, "pull-down", 0.02)


@pytest.mark.parametrize("text", ["", "GPIO17 open-drain", "GPIO17 debounce=x", "GPIO17 debounce=2000", "line=17", "GPIO17, pull-up"])
def test_what_is_no_line_says_what_was_expected(text: str) -> None:
    with pytest.raises(DriverError, match=r"^relay = '"):
        line(text, "relay")


def test_one_line_cannot_have_two_jobs() -> None:
    with pytest.raises(DriverError, match="line GPIO17 is named for relay and for stop; expected a line for each"):
        gpio.request({"relay": line("GPIO17", "x")}, {"stop": line("GPIO17 pull-up", "x")})


# The bench's chip


class Chip:
    """Levels by hand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "dev").mkdir()
        self.levels: dict[str, bool] = {}
        self.puts = 0
        self.chip = GpioChip(root / "dev/gpiochip0", ["GPIO5", "GPIO6", "GPIO17", "GPIO18"], lambda: self.levels, self._put)
        self.loop: Beside | None = None

    def _put(self) -> None:
        self.puts += 1

    def lines(self, **entries: Any) -> Lines:
        return gpio.request(entries.pop("outputs", OUTPUTS), entries.pop("inputs", INPUTS), who="test", root=str(self.root), **entries)

    def level(self, name: str, high: bool, at_s: float) -> None:
        assert self.loop is not None
        self.levels[name] = high
        self.loop.call(self.chip.stir, at_s)

    def outputs(self) -> Mapping[str, bool]:
        assert self.loop is not None
        return dict(self.loop.call(lambda: dict(self.chip.outputs)))


@pytest.fixture
def chip(tmp_path: Path) -> Iterator[Chip]:
    made = Chip(tmp_path)
    with shown(made.chip) as made.loop:
        yield made


def test_outputs_begin_inactive_and_follow_each_at_its_own_polarity(chip: Chip) -> None:
    lines = chip.lines()
    assert chip.outputs() == {"GPIO17": False, "GPIO18": True}
    lines.set({"relay": True, "lamp": True})
    assert chip.outputs() == {"GPIO17": True, "GPIO18": False}
    lines.close()
    assert chip.outputs() == {}


def test_inputs_are_known_at_once_and_every_edge_is_told_with_its_time(chip: Chip) -> None:
    lines = chip.lines()
    assert lines.get() == {"stop": True, "door": True}, "pulled up, and active at a low level"
    chip.level("GPIO5", False, 12.5)
    chip.level("GPIO6", True, 13.0)
    assert lines.edges(1.0) + lines.edges(0.0) == [Edge("stop", False, 12.5), Edge("door", False, 13.0)]
    assert lines.get() == {"stop": False, "door": False}
    assert lines.edges(0.0) == []
    lines.close()


def test_lines_in_use_and_lines_that_are_not_there_are_refused(chip: Chip) -> None:
    lines = chip.lines()
    with pytest.raises(DeviceError, match="in use; end the program that has it"):
        chip.lines()
    lines.close()
    chip.chip.busy.add("GPIO17")
    with pytest.raises(DeviceError, match="in use"):
        chip.lines()
    with pytest.raises(DeviceError, match="no line of one of these names"):
        chip.lines(outputs={"relay": line("GPIO99", "x")})


# libgpiod, behind what it asks of the kernel


class Request:
    """``gpiod.LineRequest``."""

    def __init__(self, chip: str, config: Mapping[int, Any]) -> None:
        self.chip, self.config = chip, config
        self.values: dict[int, Any] = {}
        self.released = self.gone = False

    def set_values(self, values: dict[int, Any]) -> None:
        if self.released:
            raise gpiod.RequestReleasedError
        if self.gone:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        self.values |= values

    def get_values(self, offsets: list[int]) -> list[Any]:
        return [self.values.get(offset, Value.INACTIVE) for offset in offsets]

    def release(self) -> None:
        self.released = True


class Kernel:
    """Two chips; what was asked of them."""

    names: Mapping[str, Mapping[str, int]] = {"gpiochip0": {"GPIO17": 17, "GPIO5": 5}, "gpiochip1": {"GPIO18": 2, "GPIO6": 9}}

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.refuses: int | None = None

    def request_lines(self, path: str, config: Mapping[int, Any], consumer: str) -> Request:
        if self.refuses is not None:
            raise OSError(self.refuses, os.strerror(self.refuses))
        self.requests.append(Request(path, config))
        return self.requests[-1]

    def chip(self, path: str) -> Any:
        names = self.names[Path(path).name]

        class Opened:
            def __enter__(self) -> Any:
                return self

            def __exit__(self, *_: object) -> None:
                """Closed."""

            def line_offset_from_id(self, name: str | int) -> int:
                if isinstance(name, int):
                    return name
                if name not in names:
                    raise OSError(errno.ENOENT, "No such line")
                return names[name]

            def get_line_info(self, offset: int) -> Any:
                info = ModuleType("info")
                info.used, info.consumer = True, "spi0 CS0"  # type: ignore[attr-defined]
                return info

        return Opened()


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Kernel:
    made = Kernel()
    monkeypatch.setattr(gpiod, "request_lines", made.request_lines)
    monkeypatch.setattr(gpiod, "Chip", made.chip)
    (tmp_path / "dev").mkdir()
    for name in made.names:
        (tmp_path / "dev" / name).touch()
    return made


def test_lines_are_found_by_name_on_whatever_chip_and_asked_for_chip_by_chip(kernel: Kernel, tmp_path: Path) -> None:
    lines = gpio.request(OUTPUTS, INPUTS, root=str(tmp_path))
    first, second = kernel.requests
    assert (Path(first.chip).name, set(first.config)) == ("gpiochip0", {17, 5})
    assert (Path(second.chip).name, set(second.config)) == ("gpiochip1", {2, 9})
    assert first.config[17].output_value == Value.INACTIVE
    assert (first.config[5].bias, first.config[5].debounce_period.total_seconds()) == (Bias.PULL_UP, 0.01)
    assert second.config[2].active_low, "the kernel turns it round"
    lines.set({"relay": True, "lamp": True})
    assert (first.values, second.values) == ({17: Value.ACTIVE}, {2: Value.ACTIVE})
    assert lines.get() == {"stop": False, "door": False}
    lines.close()
    assert first.released
    assert first.values == {17: Value.INACTIVE}, "no driver of a chip is trusted to drop it"


def test_a_name_that_two_chips_have_is_nobodys_guess_but_a_chip_with_two_names_is_one(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "dev/gpiochip4").symlink_to("gpiochip0")
    gpio.request(OUTPUTS, INPUTS, root=str(tmp_path)).close()
    kernel.names = {**kernel.names, "gpiochip1": {**kernel.names["gpiochip1"], "GPIO17": 3}}
    with pytest.raises(
        DriverError, match=r"line GPIO17 \(relay\): there is one on .*gpiochip0 and on .*gpiochip1; name the chip in gpio_chip"
    ):
        gpio.request(OUTPUTS, INPUTS, root=str(tmp_path))


def test_what_the_kernel_refuses_has_a_sentence(kernel: Kernel, tmp_path: Path) -> None:
    kernel.refuses = errno.EBUSY
    with pytest.raises(DeviceError, match=r"line GPIO17 \(relay\) is in use by spi0 CS0; end the program"):
        gpio.request(OUTPUTS, INPUTS, root=str(tmp_path))
    kernel.refuses = errno.EINVAL
    with pytest.raises(DeviceError, match=r"refuses .*GPIO17.*Invalid argument; correct flags or lines"):
        gpio.request(OUTPUTS, INPUTS, root=str(tmp_path))
    with pytest.raises(DeviceError, match=r"line GPIO40 \(relay\): not found on gpiochip0, gpiochip1; gpioinfo lists"):
        gpio.request({"relay": line("GPIO40", "x")}, {}, root=str(tmp_path))
    with pytest.raises(DriverError, match="a number needs gpio_chip"):
        gpio.request({"relay": line("17", "x")}, {}, root=str(tmp_path))


def test_lines_that_another_thread_has_let_go_of_are_an_os_error(kernel: Kernel, tmp_path: Path) -> None:
    lines = gpio.request(OUTPUTS, {}, root=str(tmp_path))
    kernel.requests[0].release()
    with pytest.raises(OSError, match="the lines are closed"):
        lines.set({"relay": True})


def test_a_chip_that_is_gone_keeps_nobody_from_switching_off_what_hangs_on_another(kernel: Kernel, tmp_path: Path) -> None:
    lines = gpio.request(OUTPUTS, {}, root=str(tmp_path))
    first, second = kernel.requests
    lines.set({"relay": True, "lamp": True})
    first.gone = True
    with pytest.raises(OSError, match="No such device"):
        lines.set({"relay": False, "lamp": False})
    assert second.values == {2: Value.INACTIVE}
    lines.set({"lamp": True})
    lines.close()
    assert second.values == {2: Value.INACTIVE}
    assert (first.released, second.released) == (True, True)


# RPi.GPIO, old and new


class RpiGpio(ModuleType):
    """A module of that name."""

    BCM, OUT, IN, BOTH, PUD_OFF, PUD_UP, PUD_DOWN = range(7)

    def __init__(self) -> None:
        super().__init__("RPi.GPIO")
        self.levels: dict[int, int] = {}
        self.set_up: dict[int, object] = {}
        self.callbacks: dict[int, Any] = {}
        self.broken: dict[int, Exception] = {}
        """What becomes of an attempt to use a pin."""

    def setmode(self, mode: int) -> None:
        assert mode == self.BCM

    def setwarnings(self, on: bool) -> None:
        assert not on

    def setup(self, pin: int, way: int, initial: int | None = None, pull_up_down: int | None = None) -> None:
        self._try(pin)
        self.set_up[pin] = (way, pull_up_down)
        if initial is not None:
            self.levels[pin] = initial

    def add_event_detect(self, pin: int, edges: int, callback: Any, bouncetime: int = -666) -> None:
        assert isinstance(bouncetime, int), "the old library takes a whole number or nothing"
        assert bouncetime > 0 or bouncetime == -666, "bouncetime must be greater than 0"
        self.callbacks[pin] = callback

    def _try(self, pin: int) -> None:
        if pin in self.broken:
            raise self.broken[pin]

    def output(self, pin: int, level: int) -> None:
        self._try(pin)
        self.levels[pin] = level

    def input(self, pin: int) -> int:
        self._try(pin)
        return self.levels.get(pin, 1)

    def cleanup(self, pins: list[int]) -> None:
        for pin in pins:
            del self.set_up[pin]


@pytest.fixture
def rpi(monkeypatch: pytest.MonkeyPatch) -> RpiGpio:
    made = RpiGpio()
    package = ModuleType("RPi")
    package.GPIO = made  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "RPi", package)
    monkeypatch.setitem(sys.modules, "RPi.GPIO", made)
    monkeypatch.delitem(sys.modules, "hal.bus.gpio_rpi", raising=False)
    return made


def test_a_module_rpi_gpio_serves_as_well_with_polarity_done_here(rpi: RpiGpio, caplog: pytest.LogCaptureFixture) -> None:
    lines = gpio.request(OUTPUTS, INPUTS, backend="rpi-gpio", listen=True)
    assert rpi.levels == {17: 0, 18: 1}
    assert rpi.set_up == {17: (rpi.OUT, None), 18: (rpi.OUT, None), 5: (rpi.IN, rpi.PUD_UP), 6: (rpi.IN, rpi.PUD_OFF)}
    lines.set({"relay": True, "lamp": True})
    assert rpi.levels == {17: 1, 18: 0}
    assert lines.get() == {"stop": True, "door": False}
    rpi.levels[6] = 0
    rpi.callbacks[6](6)
    assert [(edge.role, edge.active) for edge in lines.edges(0.0)] == [("door", True)]
    lines.close()
    lines.close()
    assert (rpi.levels[17], rpi.levels[18], rpi.set_up) == (0, 1, {})
    assert "when this process dies" in caplog.text


class LgpioError(Exception):
    """``lgpio.error``, which rpi-lgpio lets through: no RuntimeError, and no OSError."""


BREAKS = [RuntimeError("not set up as an output"), LgpioError("GPIO not allocated")]


@pytest.mark.parametrize("breaks", BREAKS, ids=["old", "rpi-lgpio"])
def test_a_pin_that_fails_later_is_an_os_error_and_the_others_are_switched_all_the_same(rpi: RpiGpio, breaks: Exception) -> None:
    rpi.lgpio = ModuleType("lgpio")  # type: ignore[attr-defined]
    rpi.lgpio.error = LgpioError
    lines = gpio.request(OUTPUTS, INPUTS, backend="rpi-gpio")
    lines.set({"relay": True, "lamp": True})
    rpi.broken = {17: breaks, 6: breaks}
    with pytest.raises(OSError, match="GPIO17"):
        lines.set({"relay": False, "lamp": False})
    assert rpi.levels[18] == 1, "off: it is active-low"
    with pytest.raises(OSError, match="GPIO6"):
        lines.get()
    lines.close()
    assert rpi.set_up == {}


@pytest.mark.parametrize("breaks", BREAKS, ids=["old", "rpi-lgpio"])
def test_pins_that_are_refused_half_way_leave_none_behind(rpi: RpiGpio, breaks: Exception) -> None:
    rpi.lgpio = ModuleType("lgpio")  # type: ignore[attr-defined]
    rpi.lgpio.error = LgpioError
    rpi.broken = {5: breaks}
    with pytest.raises(DeviceError, match=r"RPi.GPIO refuses the lines: GPIO5 \(stop\)"):
        gpio.request(OUTPUTS, INPUTS, backend="rpi-gpio")
    assert rpi.set_up == {}


def test_what_the_old_library_leaves_at_its_death_is_said(rpi: RpiGpio) -> None:
    from hal.bus.gpio_rpi import what_dies

    rpi.RPI_REVISION = 3  # type: ignore[attr-defined]
    assert "stay as they are" in what_dies(rpi)
    rpi._chip = object()  # type: ignore[attr-defined]
    assert "let go of by the kernel" in what_dies(rpi)


def test_a_number_that_the_library_does_not_know_is_named(rpi: RpiGpio) -> None:
    with pytest.raises(DriverError, match=r"line RELAY_1_ENABLE \(relay\): RPi.GPIO knows lines by their BCM number"):
        gpio.request({"relay": line("RELAY_1_ENABLE", "x")}, {}, backend="rpi-gpio")


@pytest.mark.parametrize(("backend", "package"), [("gpiod", "gpiod"), ("rpi-gpio", "RPi.GPIO")])
def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch, backend: Any, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for module in ("hal.bus.gpio_gpiod", "hal.bus.gpio_rpi"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    with pytest.raises(DriverError, match=f"needs the package {package}.* not installed here; pip install 'chargepoint"):
        gpio.request(OUTPUTS, {}, backend=backend)

"""What the board ``raspberry-pi`` may be told: its entries, checked, with a preset beneath them.

Entries that are lines are written as ``hal.bus.gpio`` has it: ``GPIO17 active-low pull-up debounce=10``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from hal.api import Abilities
from hal.boards.raspberry_pi_presets import LOCKS, MONITORS, PRESETS
from hal.bus import gpio
from hal.bus.adc import CHIPS, ChipName
from hal.bus.gpio import Backend, LinePlan
from hal.bus.pwm import Polarity
from hal.errors import DriverError
from hal.measured import PILOT_OFF_PPM, PILOT_STEADY_PPM

WHO = "board.raspberry-pi"
REACH_MV = 13_500
"""Beyond what a pilot ever has (13 V): a converter that reaches it is never at the end of its range."""
IIO_BITS = 12
SPI_HZ = (500_000, 3_600_000)

OUTPUTS = ("contactor", "contactor_23", "kick", "rcm_test", "shunt_trip", "pilot_enable", "peak_reset", "peak_reset_low")
INPUTS = ("contactor_feedback", "contactor_23_feedback", "rcm_fault", "emergency_stop", "enclosure", "tilt", "earth_good", "lock_feedback")
LOCK_OUTPUTS = ("lock_a", "lock_b")


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The entries, as ``DRIVER.entries`` of the board explains them."""

    preset: str | None = None
    # Pilot
    pwm: str = ""
    pwm_channel: int = 0
    pwm_polarity: Polarity = "normal"
    pilot_enable: str | None = None
    pilot_disabled: Literal["0 V", "+12 V", "-12 V"] | None = None
    pilot_left: Literal["+12 V", "disabled"] = "+12 V"
    # Its measurement
    cp: Literal["spi", "iio"] = "spi"
    adc: ChipName = "mcp3008"
    adc_mv: int = 3300
    spi: str = "/dev/spidev0.0"
    spi_hz: int = 1_000_000
    spi_mode: int = 0
    cp_channel: int = 0
    iio: str = ""
    cp_high: str = ""
    cp_low: str = ""
    peak_reset: str | None = None
    peak_reset_low: str | None = None
    cp_gain: float = 0.0
    cp_offset_mv: float = 0.0
    # Lines
    gpio: Backend = "gpiod"
    gpio_chip: str = ""
    contactor: str = ""
    contactor_feedback: str | None = None
    contactor_23: str | None = None
    contactor_23_feedback: str | None = None
    contactor_mirror: Literal["NO", "NC"] = "NC"
    watchdog: str | None = None
    kick: str | None = None
    rcm: str | None = None
    rcm_fault: str | None = None
    rcm_test: str | None = None
    rcm_cuts_coil: bool = False
    shunt_trip: str | None = None
    emergency_stop: str | None = None
    enclosure: str | None = None
    tilt: str | None = None
    earth_good: str | None = None
    # Socket
    pp: int | str | None = None
    pp_thresholds: Literal["chargebyte"] | None = None
    pp_pullup_ohm: int | None = None
    lock: str | None = None
    lock_a: str | None = None
    lock_b: str | None = None
    lock_feedback: str | None = None
    lock_pulse_ms: int | None = None
    lock_tries: int | None = None
    releases_plug: bool = False
    # Temperature
    thermometer: Literal["ds18b20", "mcp9700", "ntc"] | None = None
    thermometer_at: int | str | None = None
    ntc_ohm: int = 10_000
    ntc_beta: int = 3_950
    ntc_pullup_ohm: int = 10_000

    @property
    def full(self) -> int:
        """The converter's highest value."""
        return CHIPS[self.adc].full if self.cp == "spi" else (1 << IIO_BITS) - 1

    def cp_mv(self, raw: float) -> int:
        """What a value of the converter is, at the pilot."""
        return round(raw * self.adc_mv / self.full * self.cp_gain + self.cp_offset_mv)

    @property
    def left_ppm(self) -> int:
        """How the pilot is left."""
        return PILOT_OFF_PPM if self.pilot_left == "disabled" else PILOT_STEADY_PPM

    def lines(self, *roles: str) -> dict[str, LinePlan]:
        """Those of these lines that are wired. Raises DriverError."""
        told = {role: getattr(self, role) for role in roles}
        if self.rcm is not None and told.get("rcm_fault"):
            name, *flags = told["rcm_fault"].split()
            told["rcm_fault"] = " ".join((name, MONITORS[self.rcm], *flags))
        return {role: _line(role, text) for role, text in told.items() if text}


def plan(entries: Mapping[str, Any], root: str = "/") -> Plan:
    """The entries of a table over their preset, on a machine where ``root`` stands for ``/``. Raises DriverError."""
    try:
        made = msgspec.convert({**_preset(entries.get("preset")), **entries}, Plan)
    except msgspec.ValidationError as error:
        raise DriverError(f"{WHO}: {error}; correct it") from error
    checked(made)
    return msgspec.structs.replace(made, spi=_placed(made.spi, root), gpio_chip=_placed(made.gpio_chip, root))


def abilities(entries: Mapping[str, Any]) -> Abilities:
    """What a board with these entries can do: what is wired, as far as that can be read. Raises DriverError."""
    told = {**_preset(entries.get("preset")), **entries}
    wired = {name for name, value in told.items() if value not in (None, False, "")}
    return Abilities(
        safety="linux",
        rcm={"rcm_fault", "rcm_cuts_coil"} <= wired,
        coil_watchdog="kick" in wired and told.get("watchdog") == "toggle",
        rcd_test="rcm_test" in wired,
        proximity="pp" in told and told["pp"] is not None,
        phase_switching="contactor_23" in wired,
        pilot_off="pilot_enable" in wired or told.get("pilot_disabled") == "0 V",
        shunt_trip="shunt_trip" in wired,
        thermometer="thermometer" in wired,
        releases_plug="releases_plug" in wired,
    )


def _preset(name: object) -> Mapping[str, Any]:
    if name is None:
        return {}
    if name not in PRESETS:
        raise DriverError(f"{WHO}: preset {name!r}: unknown; expected one of {', '.join(PRESETS)}")
    return PRESETS[str(name)]


def _placed(path: str, root: str) -> str:
    """A path beneath ``root``, unless it is there already."""
    prefix = root.rstrip("/")
    return path if not path or path.startswith(f"{prefix}/") else str(Path(root, path.lstrip("/")))


def _line(role: str, text: str) -> LinePlan:
    return gpio.line(text, f"{WHO}: {role}")


def checked(made: Plan) -> None:
    """What the types alone do not say. Raises DriverError."""
    for rule in (_scaled, _sampled, _watched, _monitored, _locked, _others):
        if wrong := rule(made):
            raise DriverError(f"{WHO}: {wrong}")
    made.lines(*OUTPUTS, *INPUTS, *LOCK_OUTPUTS)


def _scaled(made: Plan) -> str | None:
    if not made.pwm:
        return "pwm is missing: part of the name of the PWM's device, '20c000.pwm' on a Raspberry Pi 0 to 4, '1f00098000.pwm' on a Pi 5"
    if not made.contactor:
        return "contactor is missing: the line that energises the contactor's coil, as in 'GPIO17'"
    low_mv, high_mv = sorted((made.cp_mv(0), made.cp_mv(made.full)))
    if low_mv > -REACH_MV or high_mv < REACH_MV:
        span = f"reaches from {low_mv / 1000:.1f} to {high_mv / 1000:.1f} V"
        return f"with cp_gain {made.cp_gain:g} and cp_offset_mv {made.cp_offset_mv:g} the converter {span}, expected ±13.5 V at the least"
    return None


def _sampled(made: Plan) -> str | None:
    if made.cp == "spi":
        top = CHIPS[made.adc].channels - 1
        if not SPI_HZ[0] <= made.spi_hz <= SPI_HZ[1]:
            return f"spi_hz = {made.spi_hz}, expected {SPI_HZ[0]} to {SPI_HZ[1]}: slower ones miss parts of the pilot's period"
        if made.spi_mode not in (0, 3):
            return f"spi_mode = {made.spi_mode}, expected 0 or 3: {made.adc} takes no other"
        analogue = {"pp": made.pp, "thermometer_at": None if made.thermometer == "ds18b20" else made.thermometer_at}
        if words := next((f"{name} = {value!r}" for name, value in analogue.items() if isinstance(value, str)), None):
            return f"{words}, expected the number of a channel of {made.adc}, 0 to {top}"
        used = [each for each in (made.cp_channel, made.pp, made.thermometer_at) if isinstance(each, int)]
        return next((f"{made.adc} has no channel {each}, expected 0 to {top}" for each in used if not 0 <= each <= top), None)
    missing = [name for name in ("iio", "cp_high", "cp_low", "peak_reset") if not getattr(made, name)]
    return f"cp = 'iio' needs {', '.join(missing)} as well" if missing else None


def _watched(made: Plan) -> str | None:
    told = {
        None: None,
        "toggle": None if made.kick else "watchdog = 'toggle' needs kick: the line that is toggled with every scan",
        "pwm": "watchdog = 'pwm': a PWM goes on when this process has died, so it proves nothing; expected 'toggle'",
        "gpio-wdt": "watchdog = 'gpio-wdt': the kernel goes on toggling for a second or more when this process has died; expected 'toggle'",
    }
    return told.get(made.watchdog, f"watchdog = {made.watchdog!r}, expected 'toggle'")


def _monitored(made: Plan) -> str | None:
    if made.rcm is not None and made.rcm not in MONITORS:
        return f"rcm = {made.rcm!r}: unknown, expected one of {', '.join(MONITORS)}; or leave it out, and give rcm_fault its polarity"
    return "rcm_test, but no rcm_fault that would answer it" if made.rcm_test and not made.rcm_fault else None


def _locked(made: Plan) -> str | None:
    if made.lock is None:
        return None
    if made.lock not in LOCKS:
        return f"lock = {made.lock!r}: unknown, expected one of {', '.join(LOCKS)}"
    missing = [name for name in ("lock_a", *(("lock_b",) if made.lock != "solenoid" else ())) if not getattr(made, name)]
    return f"lock = {made.lock!r} needs {', '.join(missing)} as well" if missing else None


def _others(made: Plan) -> str | None:
    if made.pp is not None and (made.pp_thresholds is None) == (made.pp_pullup_ohm is None):
        return "pp needs either pp_pullup_ohm, the resistor from the contact to the converter's reference, or pp_thresholds"
    if made.thermometer in ("mcp9700", "ntc") and made.thermometer_at is None:
        return f"thermometer = {made.thermometer!r} needs thermometer_at, its channel of the converter"
    return None

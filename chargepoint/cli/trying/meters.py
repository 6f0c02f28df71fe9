"""A meter, read once a second while nothing charges: does it answer, and can it be true?"""

import time
from collections.abc import Iterator
from contextlib import closing

from chargepoint.cli import devices, fitting
from chargepoint.cli.paths import Sockets
from chargepoint.cli.trying.boards import AGAIN_S, SIMULATED
from chargepoint.domain.configuration import Configuration, EvsePart
from chargepoint.inquiry.trial import Row, Sight
from hal.api import Meter
from hal.errors import HalError
from hal.measured import MeterReading

EVERY_S = 1.0
VOLTAGE_SHARE = 0.15
"""So far a phase may be from the site's voltage."""
BEHIND = ", unless it is wired behind the contactor, which is open: then go on without a test"
RESTING_MA = 500
"""More than this does not flow while the contactor is open."""


def meter(configuration: Configuration, number: int, places: Sockets, seconds: float) -> Iterator[Sight]:
    """Its readings. Raises ConfigurationError, DriverError."""
    part = configuration.evses[number - 1]
    named = list(devices.meters(configuration))[number - 1]
    simulated = devices.driver(configuration, part.meter) == devices.SIMULATED
    ends_s = time.monotonic() + seconds
    yield Sight(state="waiting", text="the meter is being asked")
    while time.monotonic() < ends_s:
        made: Meter = fitting.made(configuration, named, places)
        try:
            with closing(made):
                made.open()
                while time.monotonic() < ends_s:
                    reading = made.read()
                    yield told(reading, part, configuration.site.voltage_v, time.monotonic())
                    time.sleep(EVERY_S)
        except HalError as error:
            yield Sight(state="failed", text=f"{error}{SIMULATED if simulated else ''}")
            time.sleep(AGAIN_S)


def told(reading: MeterReading, part: EvsePart, voltage_v: float, now: float) -> Sight:
    """What one reading says of the meter and its wires, at the monotonic time ``now``."""
    rows = tuple(_rows(reading, part, voltage_v, max(0.0, now - reading.at_s)))
    wrong = [row.title for row in rows if row.good is False]
    if wrong:
        text = f"the meter answers, and this has to be seen to: {', '.join(wrong)}; check its wires, and which driver and unit it is"
        return Sight(state="bad", text=text, rows=rows)
    return Sight(state="good", text="the meter answers, and what it says is plausible", rows=rows)


def _rows(reading: MeterReading, part: EvsePart, voltage_v: float, age_s: float) -> Iterator[Row]:
    known_mv = [each for each in reading.voltage_mv if each is not None]
    near = [abs(each / 1000 - voltage_v) <= VOLTAGE_SHARE * voltage_v for each in known_mv]
    fits = sum(near) >= part.phases if known_mv else None
    behind = "" if any(known_mv) else BEHIND
    wanted = f"; expected {part.phases} x {voltage_v:g} V{behind}" if fits is False else ""
    yield Row(title="voltage", value=f"{_phases(reading.voltage_mv, 'V')}{wanted}", good=fits)
    known_ma = [each for each in reading.current_ma if each is not None]
    rests = all(abs(each) <= RESTING_MA for each in known_ma) if known_ma else None
    flows = "; expected none while nothing charges: is it this EVSE's meter?" if rests is False else ""
    yield Row(title="current", value=f"{_phases(reading.current_ma, 'A')}{flows}", good=rests)
    yield Row(title="power", value="not measured" if reading.power_w is None else f"{reading.power_w} W")
    yield Row(title="energy", value=f"{reading.energy_wh / 1000:.3f} kWh", good=reading.energy_wh >= 0)
    if reading.frequency_hz is not None:
        yield Row(title="frequency", value=f"{reading.frequency_hz:.2f} Hz", good=45 <= reading.frequency_hz <= 65)
    yield Row(title="age", value=f"{age_s:.1f} s")


def _phases(values: tuple[int | None, ...], unit: str) -> str:
    if all(value is None for value in values):
        return "not measured"
    return " / ".join("-" if value is None else f"{value / 1000:.1f}" for value in values) + f" {unit}"

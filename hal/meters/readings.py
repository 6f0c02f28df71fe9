"""From registers to a reading, whatever the model: which of them it takes, and what they say."""

from collections.abc import Iterator, Mapping, Sequence

from hal.measured import MeterReading, Phases
from hal.meters.table import MeterTable, Register
from hal.meters.words import Value

WITHOUT_PHASE = ("power", "frequency", "energy_export", "reactive_power", "power_factor")


def needed(table: MeterTable, wiring: str) -> Iterator[Register]:
    """What a reading is made of, as far as the table has it."""
    of_phases = ("voltage", "current") if len(wiring) == 1 else ("voltage", "current", table.energy)
    quantities = [table.energy, *WITHOUT_PHASE, *(f"{what}_l{phase}" for what in of_phases for phase in wiring)]
    yield from with_exponents(table, [table[quantity] for quantity in quantities if table.has(quantity)])


def with_exponents(table: MeterTable, registers: Sequence[Register]) -> Iterator[Register]:
    """And the registers that say what theirs have to be multiplied by."""
    exponents = {register.exponent_at for register in registers}
    yield from registers
    yield from (each for each in table.registers if each.address in exponents and each not in registers)


def reading_of(table: MeterTable, values: Mapping[str, Value], wiring: str, at_s: float) -> MeterReading:
    """The reading that these values make; energy has to be among them."""
    numbers = {quantity: value for quantity, value in values.items() if not isinstance(value, str)}
    energy_wh = _rounded(numbers[table.energy])
    assert energy_wh is not None
    factor = numbers.get("power_factor")
    return MeterReading(
        at_s=at_s,
        energy_wh=energy_wh,
        power_w=_rounded(numbers.get("power")),
        energy_by_phase_wh=(energy_wh, None, None) if len(wiring) == 1 else _registers(numbers, table.energy, wiring),
        current_ma=_phases(numbers, "current", wiring),
        voltage_mv=_phases(numbers, "voltage", wiring),
        frequency_hz=_frequency_hz(numbers.get("frequency"), table.hz_tenfold),
        exported_wh=_rounded(numbers.get("energy_export")),
        reactive_power_var=_rounded(numbers.get("reactive_power")),
        power_factor=factor if factor is not None and -1 <= factor <= 1 else None,
    )


def _phases(numbers: Mapping[str, float | int | None], quantity: str, wiring: str, factor: int = 1000) -> Phases:
    found = [_rounded(numbers.get(f"{quantity}_l{phase}"), factor) for phase in wiring] + [None, None]
    return found[0], found[1], found[2]


def _registers(numbers: Mapping[str, float | int | None], energy: str, wiring: str) -> Phases:
    """Of each phase. One below zero is none, and no reason to doubt what is billed."""
    one, two, three = (None if value is None or value < 0 else value for value in _phases(numbers, energy, wiring, factor=1))
    return one, two, three


def _rounded(value: float | int | None, factor: int = 1) -> int | None:
    return None if value is None else round(value * factor)


def _frequency_hz(value: float | int | None, tenfold: bool) -> float | None:
    """Nothing where there is no voltage to count."""
    if not value:
        return None
    return round(value / 10 if tenfold and value > 100 else value, 3)

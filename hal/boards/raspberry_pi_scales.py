"""From the converter's volts to what they stand for: proximity resistor and temperature."""

from math import log as ln

from hal.boards.raspberry_pi_presets import PP_CHARGEBYTE

OPEN_OHM = 10_000
"""More than every resistor that codes something (4.5 kOhm): there is no plug."""
MCP9700_ZERO_MV, MCP9700_MV_PER_K = 500, 10
KELVIN = 273.15
WARM_K = 25 + KELVIN
SENSIBLE_C = (-45.0, 130.0)


def pp_by_thresholds(mv: float) -> int | None:
    """The resistor that a plug is coded with; ``None``: no plug."""
    return next((ohm for below, ohm in PP_CHARGEBYTE if mv < below), None)


def pp_by_divider(mv: float, reference_mv: int, pullup_ohm: int) -> int | None:
    """What lies between the contact and earth; ``None``: no plug."""
    if mv >= reference_mv:
        return None
    ohm = round(pullup_ohm * mv / (reference_mv - mv))
    return ohm if ohm < OPEN_OHM else None


def mcp9700_c(mv: float) -> float | None:
    """Degrees of a Microchip MCP9700; ``None``: no such temperature."""
    return _sensible((mv - MCP9700_ZERO_MV) / MCP9700_MV_PER_K)


def ntc_c(mv: float, reference_mv: int, pullup_ohm: int, ohm_at_25: int, beta: int) -> float | None:
    """Degrees of a thermistor to earth with a pull-up to the reference; ``None``: broken, or shorted."""
    if not 0 < mv < reference_mv:
        return None
    ohm = pullup_ohm * mv / (reference_mv - mv)
    return _sensible(1 / (1 / WARM_K + ln(ohm / ohm_at_25) / beta) - KELVIN)


def _sensible(celsius: float) -> float | None:
    return round(celsius, 1) if SENSIBLE_C[0] <= celsius <= SENSIBLE_C[1] else None

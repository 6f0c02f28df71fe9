"""What can be broken by ``PATCH hardware``: its entries, and what each may be. ``simulators.hardware`` says what they mean."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from simulators.entries import Rule, either, exactly, flag, number, one_of, pair, three, whole
from simulators.hardware import Hardware

GLITCH = "pilot_glitch"
"""Volts and milliseconds. It passes by itself, so it is no condition of a part."""

PARTS: dict[str, Rule] = {
    "lock": one_of("stuck_open", "stuck_closed"),
    "lock_travel_s": number(0.01, 10),
    "lock_feedback": one_of("none"),
    "contactor": one_of("welded", "stuck_open", "one_welded"),
    "contactor_feedback": one_of("none", "reads_open", "reads_closed"),
    "contactor_travel_s": number(0.001, 5),
    "pole_missing": exactly(1, 2, 3),
    "rcd": one_of("tripped", "selftest_fails", "dead", "slow"),
    "meter": one_of("lost", "frozen", "register_stands", "slow", "nonsense"),
    "meter_place": one_of("downstream"),
    "signing": one_of("silent", "fails", "lost"),
    "board": one_of("lost", "late"),
    "temperature_c": number(-60, 250),
    "thermometer": one_of("none"),
    "emergency_stop": flag(),
    "enclosure": one_of("open"),
    "tilted": flag(),
    "pp_ohm": either(whole(0, 1_000_000), one_of("open")),
    "proximity": one_of("none"),
    "pilot": one_of("short", "short_behind_diode", "broken", "stuck_high", "stuck_low", "dead"),
    "pilot_ohm": whole(0, 1_000_000),
    "pilot_drift_percent": number(-50, 50),
    GLITCH: pair(number(-20, 20), number(0, 60_000)),
    "mains_v": three(number(0, 1_000)),
    "neutral": one_of("lost"),
    "earth": one_of("lost", "none"),
    "breaker": one_of("tripped"),
}


def broken(hardware: Hardware, entries: Mapping[str, Any]) -> Hardware:
    """The parts with these entries applied, ``None`` mending."""
    return replace(hardware, **{name: tuple(value) if isinstance(value, list) else value for name, value in entries.items()})

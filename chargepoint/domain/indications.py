"""What an EVSE tells a driver by light and sound, and in which colours and rhythms: tables.

    control    fault, emergency; charging, paused, plugged, starting                   what it sees by itself, station or not
               available; without a station: unavailable
    station    authorise, authorising, accepted, refused, plug_in, finished, reserved,  on a lease (``link.messages.Indicate``)
               unavailable, updating, offline

No standard binds the colours of a charging station; these follow what makers have in common. Red is a fault everywhere; steady is at
rest, a slow pulse is energy that flows, fast flashes are something to be done now, N flashes are a code. Colour alone never tells what
matters (IEC 60073): available, charging and fault have rhythms of their own in every preset.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from hal.measured import DARK, Beeps, Colour, FaultKind, Light

Shows = Literal[
    "starting", "available", "plugged", "charging", "paused", "fault", "emergency",
    "authorise", "authorising", "accepted", "refused", "plug_in", "finished", "reserved", "unavailable", "updating", "offline",
]  # fmt: skip
"""``plugged``: a car is there and waits, or is waited for. ``paused``: it may charge, and nothing is offered now. ``plug_in``: a token
waits for its car. ``finished``: the session is over, the car is still there."""

EVERYTHING: tuple[Shows, ...] = get_args(Shows)
ON_LEASE: frozenset[Shows] = frozenset(EVERYTHING[EVERYTHING.index("authorise") :])
"""What the station may have shown. What control sees by itself the station cannot claim."""

Preset = Literal["european", "keba-like", "white-blue", "two-led", "mono"]

Sound = Literal["read", "accepted", "rejected"]
SOUNDS: Mapping[str, Beeps] = MappingProxyType({"read": (0.06,), "accepted": (0.12, 0.08, 0.12), "rejected": (0.5,)})
"""``read``: a card was seen, and is looked at."""


class Indication(Struct, frozen=True):
    """One thing to be told."""

    shows: Shows
    code: int = 0
    """Of a fault: so many flashes. 0: as the table has it."""
    pace: int = 0
    """Of charging: 0 while hardly anything flows, to 3."""


CODES: Mapping[FaultKind, int] = MappingProxyType({
    "ev_communication_error": 1,
    "connector_lock_failure": 2,
    "ground_failure": 3,
    "over_current_failure": 4,
    "over_voltage": 5,
    "under_voltage": 5,
    "high_temperature": 6,
    "power_switch_failure": 7,
    "power_meter_failure": 8,
})  # fmt: skip
"""Kind of fault -> flashes: 1 car and cable, 2 plug, 3 leakage, 4 current, 5 mains, 6 heat, 7 contactor, 8 meter."""
OTHER_CODE = 9

PACES_W = (300, 3_000, 9_000)
"""From so much power on the pulse of charging is quicker."""
PULSE_S = (6.0, 4.0, 3.0, 2.0)
"""One pulse, by pace."""

RED: Colour = (255, 0, 0)
GREEN: Colour = (0, 255, 0)
BLUE: Colour = (0, 0, 255)
WHITE: Colour = (255, 255, 255)
AMBER: Colour = (255, 120, 0)
PURPLE: Colour = (160, 0, 255)


def _steady(colour: Colour) -> Light:
    return Light(colour=colour)


def _blink(colour: Colour, on_s: float, off_s: float, other: Colour = DARK) -> Light:
    return Light(colour=colour, rhythm="blink", on_s=on_s, off_s=off_s, other=other)


def _flash(colour: Colour, flashes: int, rest_s: float = 1.0, other: Colour = DARK) -> Light:
    return Light(colour=colour, rhythm="flash", flashes=flashes, on_s=0.2, off_s=0.2, rest_s=rest_s, other=other)


def _breathe(colour: Colour, lasts_s: float = 4.0) -> Light:
    return Light(colour=colour, rhythm="breathe", on_s=lasts_s / 2, off_s=lasts_s / 2)


def _chase(colour: Colour) -> Light:
    return Light(colour=colour, rhythm="chase", on_s=0.75, off_s=0.75)


_URGENT: Mapping[Shows, Light] = {"emergency": _blink(RED, 0.15, 0.15), "fault": _flash(RED, 1, 1.5), "refused": _flash(RED, 3, 0.6)}

PRESETS: Mapping[Preset, Mapping[Shows, Light]] = MappingProxyType({
    "european": {
        **_URGENT,
        "starting": _breathe(WHITE, 1.2),
        "available": _steady(GREEN),
        "plugged": _steady(BLUE),
        "charging": _breathe(BLUE),
        "paused": _breathe(AMBER),
        "authorise": _blink(WHITE, 1.0, 1.0, BLUE),
        "authorising": _blink(WHITE, 0.25, 0.25),
        "accepted": _flash(GREEN, 2),
        "plug_in": _blink(BLUE, 0.25, 0.25),
        "finished": _breathe(GREEN),
        "reserved": _steady(AMBER),
        "unavailable": _flash(AMBER, 1, 9.6),
        "updating": _chase(WHITE),
        "offline": _blink(GREEN, 4.8, 0.2, AMBER),
    },
    "keba-like": {
        **_URGENT,
        "fault": _flash(RED, 1, 1.5, BLUE),
        "starting": _breathe(WHITE, 1.2),
        "available": _blink(GREEN, 0.3, 2.7),
        "plugged": _blink(GREEN, 1.5, 1.5, BLUE),
        "charging": _steady(GREEN),
        "paused": _breathe(BLUE),
        "authorise": _blink(BLUE, 0.3, 2.7),
        "authorising": _blink(BLUE, 0.25, 0.25),
        "accepted": _flash(GREEN, 2),
        "plug_in": _blink(GREEN, 0.25, 0.25, BLUE),
        "finished": _breathe(GREEN),
        "reserved": _steady(AMBER),
        "unavailable": _flash(AMBER, 1, 9.6),
        "updating": _chase(WHITE),
        "offline": _blink(GREEN, 0.3, 2.7, AMBER),
    },
    "white-blue": {
        **_URGENT,
        "starting": _breathe(WHITE, 1.2),
        "available": _steady(WHITE),
        "plugged": _steady(BLUE),
        "charging": _breathe(BLUE),
        "paused": _blink(BLUE, 2.5, 0.5, WHITE),
        "authorise": _blink(WHITE, 1.0, 1.0),
        "authorising": _blink(WHITE, 0.25, 0.25),
        "accepted": _flash(BLUE, 2),
        "plug_in": _blink(BLUE, 0.25, 0.25),
        "finished": _breathe(WHITE),
        "reserved": _steady(PURPLE),
        "unavailable": _flash(PURPLE, 1, 9.6),
        "updating": _chase(WHITE),
        "offline": _blink(WHITE, 4.8, 0.2),
    },
    "two-led": {
        **_URGENT,
        "starting": _breathe(AMBER, 1.2),
        "available": _steady(GREEN),
        "plugged": _blink(GREEN, 2.5, 0.5),
        "charging": _breathe(GREEN),
        "paused": _breathe(AMBER),
        "authorise": _blink(GREEN, 1.0, 1.0, AMBER),
        "authorising": _blink(AMBER, 0.25, 0.25),
        "accepted": _flash(GREEN, 2),
        "plug_in": _blink(GREEN, 0.25, 0.25),
        "finished": _blink(GREEN, 0.5, 2.5),
        "reserved": _steady(AMBER),
        "unavailable": _flash(AMBER, 1, 9.6),
        "updating": _chase(AMBER),
        "offline": _blink(GREEN, 4.8, 0.2, AMBER),
    },
    "mono": {
        "starting": _breathe(WHITE, 1.2),
        "available": _steady(WHITE),
        "plugged": _blink(WHITE, 2.5, 0.5),
        "charging": _breathe(WHITE),
        "paused": _blink(WHITE, 0.5, 2.5),
        "fault": _flash(WHITE, 1, 2.0),
        "emergency": _blink(WHITE, 0.15, 0.15),
        "authorise": _blink(WHITE, 1.0, 1.0),
        "authorising": _blink(WHITE, 0.5, 0.5),
        "accepted": _flash(WHITE, 2, 0.6),
        "refused": _flash(WHITE, 3, 0.6),
        "plug_in": _blink(WHITE, 0.25, 0.25),
        "finished": _blink(WHITE, 0.3, 4.7),
        "reserved": _blink(WHITE, 3.0, 3.0),
        "unavailable": _flash(WHITE, 1, 9.6),
        "updating": _chase(WHITE),
        "offline": _blink(WHITE, 4.8, 0.2),
    },
})  # fmt: skip


@cache
def light(preset: Preset, indication: Indication) -> Light:
    """How it looks."""
    found = replace(PRESETS[preset][indication.shows], means=indication.shows)
    if indication.shows == "fault" and indication.code:
        return replace(found, flashes=indication.code)
    if indication.shows == "charging" and found.rhythm == "breathe":
        return replace(found, on_s=PULSE_S[indication.pace] / 2, off_s=PULSE_S[indication.pace] / 2)
    return found


def unseen(preset: Preset, leds: Iterable[str]) -> tuple[Shows, ...]:
    """What cannot be told apart from darkness with these light-emitting diodes: its colours are all of others."""
    there = set(leds)
    channels = [place for place, led in enumerate(("red", "green", "blue")) if led in there or "white" in there]

    def shines(each: Light) -> bool:
        return any(colour[place] for colour in (each.colour, each.other) for place in channels)

    return tuple(shows for shows in EVERYTHING if not shines(PRESETS[preset][shows]))

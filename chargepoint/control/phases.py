"""One phase or three: which main contacts close, and how that is changed while a car is there (IEC 61851-1 Annex A says nothing about it).

    wanted changes ─▶ offer withdrawn, EV lets go, contactor open ─▶ pause ─▶ poles changed ─▶ settled ─▶ offer

Never under load and never in passing: a car that sees phases come and go without a pause may be destroyed. The pause
counts from the last opening, whoever was there then. So often per plug-in and no more; after that the poles stay as they are.
"""

from msgspec import Struct

from chargepoint.control.settings import EvseSettings
from hal.measured import SwitchedPhases

SETTLE_S = 1.0
"""For the poles to move, before anything is offered."""
AFTER_LOAD_S = 60.0
"""The pause where the contactor had to open under load."""


class Poles(Struct, frozen=True):
    """Which main contacts close."""

    phases: SwitchedPhases = 3
    """1: L1 alone; 3: all that are wired."""
    changed_s: float = float("-inf")
    switches: int = 0
    """While this car has been there."""


ALL = Poles()


def wanted(settings: EvseSettings, asked: SwitchedPhases | None) -> SwitchedPhases:
    """What a permit asks for, as far as the hardware has a choice."""
    choice = settings.abilities.phase_switching and settings.phases == 3
    return asked if choice and asked is not None else 3


def pending(poles: Poles, want: SwitchedPhases, settings: EvseSettings) -> bool:
    """Is there a change to be made before anything is offered?"""
    return want != poles.phases and poles.switches < settings.phase_switches


def pause_s(settings: EvseSettings, *, under_load: bool) -> float:
    """From opening to the change."""
    return max(settings.phase_pause_s, AFTER_LOAD_S) if under_load else settings.phase_pause_s


def change(poles: Poles, want: SwitchedPhases, *, energised_before: bool, now: float) -> Poles:
    """The poles move."""
    return Poles(want, now, poles.switches + energised_before)


def settled(poles: Poles, now: float) -> bool:
    """Have they arrived?"""
    return now - poles.changed_s >= SETTLE_S

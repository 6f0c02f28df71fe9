"""When readings are told between events: often while a car is there, seldom otherwise, and right after the contactor has moved."""

from msgspec import Struct

from chargepoint.link.messages import EvseState

PLUGGED_S = 1.0
IDLE_S = 10.0


class Told(Struct, frozen=True):
    """When one EVSE was last told, and what is waited for."""

    at_s: float = float("-inf")
    contactor_closed: bool = False
    moved_s: float | None = None
    """The contactor moved then, and no later reading has been told yet."""


def note(told: Told, state: EvseState, now: float) -> Told:
    """Take in a change of state."""
    if state.contactor_closed == told.contactor_closed:
        return told
    return Told(told.at_s, state.contactor_closed, now)


def too_soon(told: Told, now: float) -> bool:
    """Whatever its state says, is it not time yet? Answered without making the state that would be told."""
    return told.moved_s is None and now - told.at_s < PLUGGED_S


def due(told: Told, state: EvseState, now: float) -> bool:
    """Is it time to tell?"""
    if now - told.at_s >= (IDLE_S if state.plug_in is None else PLUGGED_S):
        return True
    return told.moved_s is not None and state.reading is not None and state.reading.at_s >= told.moved_s


def after(told: Told, state: EvseState, now: float) -> Told:
    """It has been told."""
    waiting = told.moved_s is not None and (state.reading is None or state.reading.at_s < told.moved_s)
    return Told(now, told.contactor_closed, told.moved_s if waiting else None)

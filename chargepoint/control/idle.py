"""When may control leave for a new start of itself? While nobody charges, or is about to, at any EVSE.

The pilot then rests at +12 V for the second or two of the start, which a car without an offer does not notice. A car that may charge keeps
control from leaving, even one that is full or paused: the new control would take it for another plug-in.
"""

from chargepoint.control.memory import ControlState, Evse


def idle(state: ControlState, now: float) -> bool:
    """Does nothing depend on this process, at the monotonic time ``now``?"""
    return not any(_busy(evse, now) for evse in state.evses.values())


def _busy(evse: Evse, now: float) -> bool:
    return evse.lease is not None or evse.closed or evse.held(now) or evse.exercise is not None

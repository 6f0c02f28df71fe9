"""What the board of an EVSE measures, and hands over."""

from collections import deque
from typing import TYPE_CHECKING

from hal.measured import BoardFault, BoardInputs

if TYPE_CHECKING:
    from simulators.electrics import Electrics

ROOM_C = 25.0
SELFTEST_FAULT = BoardFault("rcd_selftest", "ground_failure", info="RCD self-test fails")
HANGING = {"none": None, "reads_open": False, "reads_closed": True}
LATE_S = 0.120
MAX_LATE = 256
"""Measurements that a late board holds back at most; the oldest go."""


def inputs(evse: "Electrics", now: float) -> BoardInputs:
    """A measurement, now."""
    hardware, plateaus = evse.hardware, evse.plateaus
    return BoardInputs(
        at_s=now,
        cp_high_mv=plateaus.high_mv,
        cp_low_mv=plateaus.low_mv,
        contactor_closed=contactor_feedback(evse),
        plug_locked=None if hardware.lock_feedback == "none" else evse.locked,
        pp_ohm=proximity_ohm(evse),
        connector=evse.outlet.connector,
        rcd_tripped=evse.feed.rcm.tripped,
        emergency_stop=bool(hardware.emergency_stop),
        earth_good=None if hardware.earth == "none" else hardware.earth is None,
        enclosure_open=hardware.enclosure == "open",
        tilted=bool(hardware.tilted),
        temperature_c=temperature_c(evse),
        faults=board_faults(evse),
    )


def contactor_feedback(evse: "Electrics") -> bool | None:
    """The mirror contact, which may be missing or hang."""
    condition = evse.hardware.contactor_feedback
    return evse.contacts.closed if condition is None else HANGING[condition]


def proximity_ohm(evse: "Electrics") -> int | None:
    """The resistor of the plug in the socket."""
    hardware = evse.hardware
    if evse.outlet.cable is None or hardware.proximity == "none" or hardware.pp_ohm == "open":
        return None
    return evse.outlet.cable_ohm if hardware.pp_ohm is None else hardware.pp_ohm


def temperature_c(evse: "Electrics") -> float | None:
    """Of the board."""
    if evse.hardware.thermometer == "none":
        return None
    return ROOM_C if evse.hardware.temperature_c is None else evse.hardware.temperature_c


def board_faults(evse: "Electrics") -> tuple[BoardFault, ...]:
    """What the board diagnoses by itself."""
    selftest = (SELFTEST_FAULT,) if evse.hardware.rcd == "selftest_fails" else ()
    return (*selftest, *evse.faults.values())


class Hold:
    """Holds measurements back, for a board that is late."""

    def __init__(self) -> None:
        self._held: deque[BoardInputs] = deque(maxlen=MAX_LATE)

    def pass_on(self, newest: BoardInputs) -> BoardInputs | None:
        """Takes one in, gives out the newest that is old enough, if any is."""
        self._held.append(newest)
        out = None
        while self._held and self._held[0].at_s <= newest.at_s - LATE_S:
            out = self._held.popleft()
        return out

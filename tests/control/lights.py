"""What a driver is shown, and what a technician moves: rules for the judge, from what went in and what came out alone."""

from math import inf

from chargepoint.link.messages import EvseState
from tests.control.plant import HIGH_MV
from tests.control.rig import COARSE_S, Rig

LONGEST_TRY_S = 5.0
EV_MV = {HIGH_MV[letter] for letter in "BCD"}


class Lights:
    """Of one EVSE."""

    def __init__(self) -> None:
        self._heard_until_s = -inf
        self._tried_s = inf

    def restarted(self) -> None:
        """Control knows of no station, and moves nothing."""
        self._heard_until_s, self._tried_s = -inf, inf

    def follow(self, rig: Rig, number: int) -> None:
        """One scan."""
        for wish in rig.indications:
            if wish.evse == number and wish.valid_for_s > 0:
                self._heard_until_s = rig.now + wish.valid_for_s
        self._tried_s = min(self._tried_s, rig.now) if tries(rig, number) else inf

    def rules(self, rig: Rig, number: int) -> dict[str, bool]:
        """What has to hold."""
        shows, told, outputs = rig.shows(number), rig.told(number), rig.outputs[number]
        board = rig.inputs.evses[number].board
        empty = told.plug_known and told.plug_in is None and not outputs.contactor and (board is None or board.cp_high_mv not in EV_MV)
        return {
            "a fault is shown": shows in ("fault", "emergency") or not blocked(told),
            "free is shown only where a car may come and charge": shows != "available"
            or (told.plug_in is None and told.plug_known and not outputs.contactor and not blocked(told) and rig.now < self._heard_until_s),
            "charging is shown only while it charges": shows != "charging" or outputs.contactor,
            "an output is tried only while nobody is there": not tries(rig, number) or (empty and not told.faults),
            "an output is tried for a moment": rig.now - self._tried_s <= LONGEST_TRY_S + COARSE_S,
        }


def blocked(told: EvseState) -> bool:
    """Can nothing charge here, by a fault?"""
    return told.state in ("fault", "fault_f", "out") or any(fault.stops_charging for fault in told.faults)


def tries(rig: Rig, number: int) -> bool:
    """Does a technician move an output?"""
    return rig.state.evses[number].exercise is not None

"""Amperes per phase and watts over all phases (1.6 §7.12, errata 3.34, 3.69; OCPP 2.0.1 ChargingRateUnitEnumType).

Between them stand the nominal voltage, never the measured one, and the number of phases. A limit in watts is the whole power, so the
phases that are really in use count: the car's, once the meter has told them for a while. Before that as many as the schedule says (three,
if it says nothing), but no more than the contactor closes, and no fewer than carry current already. A limit in amperes is taken as it is
on however many phases there are.
"""

from msgspec import Struct

from chargepoint.domain.charging_profile import RateUnit
from hal.measured import SwitchedPhases

ASSUMED_PHASES = 3
"""Where a schedule says nothing (1.6 §7.14)."""


class Wiring(Struct, frozen=True):
    """One EVSE, as far as it matters for power."""

    phases: int
    """That its contactor closes now."""
    voltage_v: float
    """Nominal, phase to neutral."""
    seen: int | None = None
    """On how many phases this car draws, as far as that is sure."""
    least: int = 0
    """On so many it has been seen to draw, at least."""

    def reckoned(self, own: int | None, top: int | None = None) -> int:
        """The number of phases to reckon with, given what the schedules of the EVSE and of the station say of it (numberPhases)."""
        if self.seen is not None:
            return self.seen
        said = own or ASSUMED_PHASES
        if top is not None and top < said:
            said = top
        if self.phases < said:
            said = self.phases
        return said if said > self.least else self.least


def amperes(limit: float, unit: RateUnit, phases: int, voltage_v: float) -> float:
    """A limit as current per phase."""
    return limit if unit is RateUnit.AMPERE else limit / (voltage_v * phases)


def asked_phases(*said: int | None) -> SwitchedPhases | None:
    """How many phases the schedules want to be closed, where there is a choice between one and three; ``None``: they do not say."""
    numbers = [number for number in said if number is not None]
    if not numbers:
        return None
    return 1 if 1 in numbers else 3

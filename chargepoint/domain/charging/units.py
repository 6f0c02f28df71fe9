"""Amperes per phase and watts over all phases (1.6 §7.12, errata 3.34, 3.69; OCPP 2.0.1 ChargingRateUnitEnumType, K01.FR.43 to FR.51).

Between them stand the nominal voltage, never the measured one, and the number of phases. A limit in watts is the whole power, so the
phases count that carry current: the car's, once the meter has told them for a while, and before that all that the contactor closes. That
a schedule names fewer (numberPhases) does not make them fewer where the contactor has no choice: then the current is lower, and the
power never more than was asked for. Where it has the choice, its poles are moved before anything is offered: there the schedule's number
counts.

A limit in amperes holds for each phase, on however many there are, and is never divided (errata 3.34, K01.FR.51). OCPP 2.0.1 refuses a
schedule for fewer phases than the EVSE will use (K01.FR.43), 1.6 does not: refused, it would leave the car with no limit at all.
"""

from msgspec import Struct

from chargepoint.domain.charging_profile import RateUnit
from hal.measured import SwitchedPhases


class Wiring(Struct, frozen=True):
    """One EVSE, as far as it matters for power."""

    phases: int
    """That its contactor closes now."""
    voltage_v: float
    """Nominal, phase to neutral."""
    seen: int | None = None
    """On how many phases this car draws, as far as that is sure."""
    switches: bool = False
    """Its contactor closes one phase or three, as a permit asks."""

    def reckoned(self, own: int | None, top: int | None = None) -> int:
        """The number of phases to reckon with, given what the schedules of the EVSE and of the station say of it (numberPhases)."""
        if self.switches:
            wanted = asked_phases(own, top) or 3
            if wanted != self.phases:
                return wanted
        return self.seen or self.phases


def amperes(limit: float, unit: RateUnit, phases: int, voltage_v: float) -> float:
    """A limit as current per phase."""
    return limit if unit is RateUnit.AMPERE else limit / (voltage_v * phases)


def asked_phases(*said: int | None) -> SwitchedPhases | None:
    """How many phases the schedules want to be closed, where there is a choice between one and three; ``None``: they do not say."""
    numbers = [number for number in said if number is not None]
    if not numbers:
        return None
    return 1 if 1 in numbers else 3

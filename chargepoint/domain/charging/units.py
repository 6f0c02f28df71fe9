"""Amperes per phase and watts over all phases (1.6 §7.12, errata 3.34, 3.69; OCPP 2.0.1 ChargingRateUnitEnumType, K01).

Between them stand the nominal voltage, never the measured one, and the number of phases. A limit in watts is the whole power, so the
phases count that carry current: the car's, once the meter has told them for a while, and before that all that the contactor closes. That
a schedule names fewer (numberPhases) does not make them fewer where the contactor has no choice: then the current is lower, and the
power never more than was asked for. Where it has the choice, its poles are moved before anything is offered: there the schedule's number
counts.

A limit in amperes holds for each phase, on however many there are, and is never divided (errata 3.34, K01.FR.51). OCPP 2.0.1 refuses a
schedule for fewer phases than the EVSE will use (``strictness``), 1.6 does not: refused, it would leave the car with no limit at all. In a
schedule of 2.x numberPhases says what its watts are divided by (K01.FR.50), whatever the car draws on.
"""

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.charging_profile import ChargingProfile, RateUnit
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

    def reckoned(self, *said: int | None) -> int:
        """The number of phases to reckon with, given what the schedules of the EVSE and of the station say of it (numberPhases)."""
        if self.switches:
            wanted = asked_phases(*said) or 3
            if wanted != self.phases:
                return wanted
        return self.seen or self.phases

    def numbered(self, phases: int | None) -> int:
        """By the letter of 2.x: what the schedule says, three where it says nothing, and never more than there are (K01.FR.45, K01.FR.49,
        K01.FR.50); nor fewer than there are where the contactor has no choice, or none any longer: the power is never more than was
        asked for."""
        return min(phases or 3, 3) if self.switches else self.phases


def amperes(limit: float, unit: RateUnit, phases: int, voltage_v: float) -> float:
    """A limit as current per phase."""
    return limit if unit is RateUnit.AMPERE else limit / (voltage_v * phases)


def by_number(profile: ChargingProfile, wiring: Wiring) -> ChargingProfile:
    """A profile of 2.x in watts as one in amperes, for this EVSE (K01.FR.50)."""
    schedule = profile.schedule
    periods = tuple(replace(each, limit=each.limit / (wiring.voltage_v * wiring.numbered(each.phases))) for each in schedule.periods)
    return replace(profile, schedule=replace(schedule, unit=RateUnit.AMPERE, periods=periods))


def asked_phases(*said: int | None) -> SwitchedPhases | None:
    """How many phases the schedules want to be closed, where there is a choice between one and three; ``None``: they do not say."""
    numbers = [number for number in said if number is not None]
    if not numbers:
        return None
    return 1 if 1 in numbers else 3

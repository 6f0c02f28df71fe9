"""What the installer decided, as control uses it. Hard limits: permits only ever lower them."""

from typing import Literal

from msgspec import Struct

from chargepoint.domain.indications import Preset
from hal.api import METER_SILENT_S, OWN_CONTACTOR_S, Abilities

MODEST = Abilities(safety="own", rcm=True, coil_watchdog=True)
"""A safe board that can do nothing special."""


class EvseSettings(Struct, frozen=True, kw_only=True):
    """One EVSE."""

    evse: int
    rating_ma: int
    """Per phase; bounded to what the pilot can say, 80 A. Below 6 A the EVSE never offers anything."""
    phases: int = 3
    nominal_mv: int = 230_000
    """Between phase and neutral."""
    ventilation: bool = False
    """May state D be served?"""
    sockets: frozenset[int] = frozenset()
    """Connectors with a socket and a plug lock; the others are fixed cables."""
    cable_ma: int | None = None
    """What the fixed cables carry; ``None``: the rating."""
    simplified_ma: int | None = None
    """Bound for an EV without PWM talk (IEC 61851-1 A.2.3, 10 A), which asks for current before any is offered; ``None``: as any other."""
    wake_up: Literal["F", "E", "off"] = "F"
    """How an EV that does not react to the first offer is woken, once; ``E`` needs a board that can."""
    minimum_1p_ma: int = 6_000
    """What has to be offered on one phase for EVs to start well."""
    minimum_3p_ma: int = 6_000
    phase_pause_s: float = 60.0
    """Between opening on one number of phases and offering on another; 10 s and more."""
    phase_switches: int = 10
    """So often per plug-in."""
    contactor_life: int = 100_000
    """Closings after which the contactor is to be replaced."""
    preset: Preset = "european"
    """Colours and rhythms of its indicator, if it has one."""
    abilities: Abilities = MODEST
    meter_silent_s: float = METER_SILENT_S
    """A reading of its meter that is older is none."""

    @property
    def wakes(self) -> bool:
        """Can a sleeping EV be woken as was decided?"""
        able = {"F": self.abilities.fault_state, "E": self.abilities.pilot_off, "off": False}
        return able[self.wake_up]

    @property
    def own_contactor(self) -> bool:
        """Does the board itself move it?"""
        return self.abilities.contactor == "own"

    @property
    def contactor_s(self) -> float:
        """So long its feedback may say otherwise than it was commanded; the fault table's times come after that."""
        return OWN_CONTACTOR_S if self.own_contactor else 0.0

    def minimum_ma(self, phases: int) -> int:
        """The least that is offered on so many phases."""
        return self.minimum_1p_ma if min(phases, self.phases) == 1 else self.minimum_3p_ma


class SiteSettings(Struct, frozen=True, kw_only=True):
    """What all EVSEs share."""

    fuse_ma: int
    """Bound of the sum over the EVSEs, per phase."""

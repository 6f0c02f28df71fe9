"""What is on the station's desk while it runs, one sheet per EVSE: what control says now, and moments that need not be remembered."""

from dataclasses import dataclass

from chargepoint.domain.metering import Offer
from chargepoint.link.messages import EvseState
from chargepoint.station.settings import EvseSettings
from hal.measured import MeterReading

CLOSING = ("C2", "D2", "stopping")
"""States in which the contactor is commanded closed, whatever its feedback says yet."""


@dataclass
class Sheet:
    """One EVSE now. All moments are monotonic seconds."""

    settings: EvseSettings
    state: EvseState | None = None
    """``None`` until control has been heard."""
    changed_s: float = 0.0
    """The contactor moved last, or was told to; or control was heard first."""
    stop_s: float | None = None
    """The end of the transaction was decided."""
    waits_since_s: float | None = None
    """A token began to wait for its car."""
    sampled_s: float | None = None
    """The transaction's last periodic sample was due."""
    end_sampled_s: float | None = None
    """The same for the samples kept for its end."""

    @property
    def reading(self) -> MeterReading | None:
        """The newest of the meter."""
        return None if self.state is None else self.state.reading

    @property
    def live(self) -> bool:
        """Is there, or may there be, current? While a permit stands the contactor may close at any moment."""
        return self.state is not None and (energised(self.state) or self.state.permit != "none")

    @property
    def known(self) -> bool:
        """Has control told whether a car is there, or why it cannot?"""
        return self.state is not None and (self.state.plug_known or bool(self.state.faults))

    @property
    def faulty(self) -> bool:
        """Does a fault keep it from charging, or has control not been heard?"""
        return self.state is None or any(fault.stops_charging for fault in self.state.faults)

    @property
    def blocked(self) -> bool:
        """May nothing start there now?"""
        return self.state is None or not self.state.plug_known or self.faulty

    @property
    def offer(self) -> Offer:
        """What the pilot offers now."""
        current_ma = 0 if self.state is None else self.state.offered_ma
        return Offer(current_ma, round(current_ma / 1000 * self.settings.voltage_v * self.settings.phases))


def energised(state: EvseState) -> bool:
    """Is the contactor closed, or commanded to be?"""
    return state.contactor_closed or state.state in CLOSING

"""What is on the station's desk while it runs, one sheet per EVSE: what control says now, and moments that need not be remembered."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.measurands import Measured, samples
from chargepoint.domain.metering import MeterValue, Offer, ReadingContext
from chargepoint.domain.transaction import TriggerReason
from chargepoint.link.messages import EvseState, RecordOutcome
from chargepoint.station.settings import EvseSettings
from hal.measured import MeterReading

CLOSING = ("C2", "D2", "stopping")
"""States in which the contactor is commanded closed, whatever its feedback says yet."""
WAKING = ("waking", "woken")
"""A sleeping EV is being woken: the offer still stands, it is the EV that is waited for."""

CABLE = "cable"
"""The limit of the cable, as control calls it."""

SILENT = "control_silent"
"""The station's own fault, where control itself cannot tell of any."""


@dataclass
class Sheet:
    """One EVSE now. All moments are monotonic seconds."""

    settings: EvseSettings
    state: EvseState | None = None
    """``None`` until control has been heard."""
    changed_s: float = 0.0
    """The contactor moved last, or was told to; or control was heard first."""
    offered_s: float | None = None
    """Since when an offer stands; ``None`` without one."""
    stop_s: float | None = None
    """The end of the transaction was decided."""
    waits_since_s: float | None = None
    """A token began to wait for its car."""
    replugged_s: float | None = None
    """A car came back on the cable that had been unplugged at the car."""
    unpaid_since_s: float | None = None
    """A car began to wait for somebody who pays."""
    timed_out: PlugInId | None = None
    """For this car nobody has paid in time."""
    locking: TriggerReason | None = None
    """A transaction is about to begin, by this cause, once the plug is locked."""
    interrupted: tuple[datetime, int] | None = None
    """The power was cut during the transaction, and that is still to be told: when the register was last read before, and what it said."""
    fault_told: bool | None = None
    """Was it faulty when it was looked at last? ``None``: it has not been, by this process."""
    silent_s: float | None = None
    """Control has been silent since then, for so long that something must be wrong."""
    waits_for_record_s: float | None = None
    """The meter was asked first, in this process, for what it has not answered yet: to begin a signed record, or to end it."""
    asked_s: float | None = None
    """It was asked last."""
    record_before: RecordOutcome | None = None
    """What control said of it when it was asked: no answer yet."""
    over_s: float | None = None
    """Everything that belongs to the end of the transaction was there then, but for its signed record."""
    sampled_s: float | None = None
    """The transaction's last periodic sample was due."""
    end_sampled_s: float | None = None
    """The same for the samples kept for its end."""

    @property
    def reading(self) -> MeterReading | None:
        """The newest of the meter."""
        return None if self.state is None else self.state.reading

    def read_as(self, energy_wh: int) -> "Sheet":
        """The same, with what the register said before (Wh)."""
        if self.state is None or self.state.reading is None:
            return self
        reading = replace(self.state.reading, energy_wh=energy_wh)
        return dataclasses.replace(self, state=replace(self.state, reading=reading))

    @property
    def cable_in(self) -> bool:
        """Is a cable seen in the socket?"""
        return self.state is not None and self.state.cable is True

    @property
    def cable_a(self) -> int | None:
        """What the cable carries, as far as anybody knows (A)."""
        limits = () if self.state is None else self.state.limits
        return next((limit.limit_ma // 1000 for limit in limits if limit.source == CABLE and limit.limit_ma), None)

    def plug_secured(self, connector: int) -> bool:
        """Nothing says that this connector's plug is unlocked; a fixed cable always is secured."""
        return connector not in self.settings.sockets or self.state is None or self.state.locked is not False

    @property
    def live(self) -> bool:
        """Is there, or may there be, current? While a permit stands the contactor may close at any moment."""
        return self.state is not None and (energised(self.state) or self.state.permit != "none")

    @property
    def known(self) -> bool:
        """Has control told whether a car is there, or why it cannot?"""
        return self.state is not None and (self.state.plug_known or self.faulty)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What control told of last, and its own silence."""
        told = () if self.state is None else self.state.faults
        return (
            told
            if self.silent_s is None
            else (*told, Fault(SILENT, "internal_error", "the control process is not heard", since_s=self.silent_s))
        )

    @property
    def faulty(self) -> bool:
        """Does a fault keep it from charging, or has control not been heard?"""
        return self.state is None or any(fault.stops_charging for fault in self.faults)

    @property
    def lasting(self) -> Fault | None:
        """The oldest fault that lets this car charge no more: it stays until the car leaves, or until a technician has been there."""
        faults = () if self.state is None else self.state.faults
        return min((fault for fault in faults if fault.latched and fault.stops_charging), key=lambda fault: fault.since_s, default=None)

    @property
    def blocked(self) -> bool:
        """May nothing start there now?"""
        return self.state is None or not self.state.plug_known or self.faulty

    @property
    def offer(self) -> Offer:
        """What the pilot offers now, on the phases that the contactor closes."""
        return self.offer_of(0 if self.state is None else self.state.offered_ma)

    def offer_of(self, current_ma: int) -> Offer:
        """An offer of so much, on the phases that the contactor closes."""
        phases = self.settings.phases if self.state is None else min(self.settings.phases, self.state.phases)
        return Offer(current_ma, round(current_ma / 1000 * self.settings.voltage_v * phases))

    @property
    def measured(self) -> Measured | None:
        """All that is measured there now; nothing before the meter has been read."""
        if self.state is None or self.state.reading is None:
            return None
        return Measured(self.state.reading, self.offer, self.state.temperature_c)

    @property
    def meter_lost(self) -> bool:
        """Has the meter fallen silent, so that its last reading is no longer true?"""
        return self.state is not None and any(fault.kind == "power_meter_failure" for fault in self.state.faults)

    def values(
        self, at: datetime, context: ReadingContext, measurands: Iterable[str], offer: Offer | None = None
    ) -> tuple[MeterValue, ...]:
        """The newest reading as a meter value; nothing where the meter or the list has nothing. ``offer``: ``None``: the pilot's."""
        measured = self.measured
        if measured is None:
            return ()
        found = samples(measured if offer is None else replace(measured, offer=offer), measurands)
        return (MeterValue(at, context, found),) if found else ()

    def take(self, state: EvseState, at_s: float) -> bool:
        """Control says how the EVSE is; is anything of it news?"""
        before, self.state = self.state, state
        if before is None or energised(before) != energised(state):
            self.changed_s = at_s
        if not offering(state):
            self.offered_s = None
        elif self.offered_s is None:
            self.offered_s = at_s
        return before is None or _lasting_part(before) != _lasting_part(state)


def energised(state: EvseState) -> bool:
    """Is the contactor closed, or commanded to be?"""
    return state.contactor_closed or state.state in CLOSING


def offering(state: EvseState) -> bool:
    """Is it the EV's turn? The pilot offers current, or only interrupts its offer to wake the EV."""
    return state.offered_ma > 0 or state.state in WAKING


def _lasting_part(state: EvseState) -> EvseState:
    """What does not change from one second to the next: readings do, and so does the end of a permit that is being renewed."""
    return replace(
        state, reading=None, temperature_c=None, record=None, limits=tuple(replace(limit, expires_s=None) for limit in state.limits)
    )

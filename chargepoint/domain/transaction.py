"""A transaction and what is told of it (OCPP 2.0.1 E01 to E13).

A transaction is what a driver gets: it runs while the EV is connected *and* authorised, as 1.6 wants it told with StartTransaction and
StopTransaction. What 2.x calls by that name begins and ends where TxStartPoint and TxStopPoint say (``span``), there by default as well.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from chargepoint.domain.authorization import Authorization
from chargepoint.domain.ids import ConnectorId, IdToken, PlugInId
from chargepoint.domain.metering import MeterValue
from chargepoint.domain.signing import Signing


class ChargingState(StrEnum):
    """OCPP 2.0.1 ChargingStateEnumType."""

    CHARGING = "Charging"
    EV_CONNECTED = "EVConnected"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    IDLE = "Idle"


class EventKind(StrEnum):
    """OCPP 2.0.1 TransactionEventEnumType."""

    STARTED = "Started"
    UPDATED = "Updated"
    ENDED = "Ended"


class TriggerReason(StrEnum):
    """OCPP 2.0.1 TriggerReasonEnumType, those that this station has cause for."""

    ABNORMAL_CONDITION = "AbnormalCondition"
    AUTHORIZED = "Authorized"
    CABLE_PLUGGED_IN = "CablePluggedIn"
    CHARGING_RATE_CHANGED = "ChargingRateChanged"
    CHARGING_STATE_CHANGED = "ChargingStateChanged"
    DEAUTHORIZED = "Deauthorized"
    ENERGY_LIMIT_REACHED = "EnergyLimitReached"
    EV_COMMUNICATION_LOST = "EVCommunicationLost"
    EV_CONNECT_TIMEOUT = "EVConnectTimeout"
    METER_VALUE_CLOCK = "MeterValueClock"
    METER_VALUE_PERIODIC = "MeterValuePeriodic"
    REMOTE_START = "RemoteStart"
    REMOTE_STOP = "RemoteStop"
    RESET_COMMAND = "ResetCommand"
    STOP_AUTHORIZED = "StopAuthorized"
    TRIGGER = "Trigger"
    UNLOCK_COMMAND = "UnlockCommand"


class StopReason(StrEnum):
    """OCPP 2.0.1 ReasonEnumType, those that this station has cause for, and 1.6's SoftReset and UnlockCommand."""

    DE_AUTHORIZED = "DeAuthorized"
    EMERGENCY_STOP = "EmergencyStop"
    EV_DISCONNECTED = "EVDisconnected"
    GROUND_FAULT = "GroundFault"
    IMMEDIATE_RESET = "ImmediateReset"
    LOCAL = "Local"
    LOCAL_OUT_OF_CREDIT = "LocalOutOfCredit"
    MASTER_PASS = "MasterPass"
    OVERCURRENT_FAULT = "OvercurrentFault"
    POWER_LOSS = "PowerLoss"
    POWER_QUALITY = "PowerQuality"
    REBOOT = "Reboot"
    REMOTE = "Remote"
    SOFT_RESET = "SoftReset"
    """1.6's word for a reset that lets transactions end properly; 2.x: ImmediateReset."""
    STOPPED_BY_EV = "StoppedByEV"
    TIMEOUT = "Timeout"
    UNLOCK_COMMAND = "UnlockCommand"
    OTHER = "Other"


class Stop(Struct, frozen=True):
    """Why a transaction ends, decided once and kept until it has ended."""

    reason: StopReason
    trigger: TriggerReason
    token: IdToken | None = None
    """Who stopped it, when it was not the one who started it or he showed his card."""
    at: datetime | None = None
    """When it was over: its car had left, or the power was gone, which may be heard of late; ``None``: when it has ended."""


class PhasesInUse(Struct, frozen=True):
    """On how many phases a car draws, and how many the contactor closes for it: what a limit in watts is divided by."""

    drawn: int
    closed: int


class Transaction(Struct, frozen=True, kw_only=True):
    """One transaction, as it is kept in the store after every change."""

    id: str
    """Ours, a UUID, never repeated. The first of a span has its id."""
    connector: ConnectorId
    plug_in: PlugInId
    authorization: Authorization
    started: datetime
    start_wh: int
    last_wh: int
    """The newest register value that is on disk."""
    last_at: datetime
    """When that was read, or something was told last: nothing is told of it with an earlier time."""
    charging_state: ChargingState = ChargingState.EV_CONNECTED
    next_seq_no: int = 0
    """Of one that an earlier release began, which knew no spans."""
    announced: bool = False
    """Its beginning has been told."""
    withdrawn: bool = False
    """Deauthorised, but kept open (StopTxOnInvalidId false)."""
    ceiling_wh: int | None = None
    """Deauthorised, it still gets energy up to this value of the register (MaxEnergyOnInvalidId); ``None``: none at all."""
    stop: Stop | None = None
    """It is ending: decided, while the contactor opens and the meter is read once more."""
    ended: datetime | None = None
    reservation_id: int | None = None
    """Of the reservation that it uses."""
    phases: PhasesInUse | None = None
    """As far as they are sure."""
    end_values: tuple[MeterValue, ...] = ()
    """Collected for the end (SampledDataTxEnded, AlignedDataTxEnded; 1.6 StopTxnSampledData, StopTxnAlignedData)."""
    signing: Signing | None = None
    """Of the record that its meter signs; ``None``: none does, or none is to."""

    @property
    def wants_energy(self) -> bool:
        """May its car charge, as far as the transaction goes? Not before the meter has begun what it is to sign."""
        signable = self.signing is None or self.signing.state != "wanted"
        return self.stop is None and signable and (not self.withdrawn or self.ceiling_wh is not None)

    def exceeds(self, energy_wh: int) -> bool:
        """Has it been given what a deauthorised token may still have?"""
        return self.ceiling_wh is not None and energy_wh >= self.ceiling_wh


class PathStep(StrEnum):
    """What happens to the power path, the transaction of 1.6, when something is told."""

    CLOSES = "closes"
    CLOSED = "closed"
    """It was, and still is."""
    OPENS = "opens"
    OPEN = "open"
    """Nobody may charge."""


class PowerPath(Struct, frozen=True, kw_only=True):
    """What 1.6 has to know of an event, where it is not that a transaction of just this id starts and stops with the events of 2.x."""

    step: PathStep
    transaction_id: str = ""
    """Of the ``Transaction``."""
    at: datetime | None = None
    """When it closed or opened."""
    meter_wh: int | None = None
    token: IdToken | None = None
    reservation_id: int | None = None
    reason: StopReason | None = None
    values: tuple[MeterValue, ...] = ()
    """Collected for its end."""


class TransactionEvent(Struct, frozen=True, kw_only=True, tag=True):
    """One thing told of a transaction; in order, numbered from 0, without gaps (E01.FR.07)."""

    transaction_id: str
    connector: ConnectorId
    kind: EventKind
    trigger: TriggerReason
    seq_no: int
    at: datetime
    offline: bool = False
    """Set when it is sent: it waited for the connection (E11.FR.07)."""
    meter_wh: int | None = None
    """Register at start or end, for 1.6."""
    charging_state: ChargingState | None = None
    id_token: IdToken | None = None
    """Only in the first event after an authorisation (E03.FR.01), and in an end by token."""
    remote_start_id: int | None = None
    reservation_id: int | None = None
    """In the first event after it was used (H03.FR.08, 1.6 §4.8)."""
    stop_reason: StopReason | None = None
    values: tuple[MeterValue, ...] = ()
    placed: bool = True
    """The EVSE is known."""
    plugged: bool = True
    """The connector is known."""
    phases: int | None = None
    """On how many the car draws, where that is news."""
    cable_a: int | None = None
    """What its cable carries, in the first event that knows the connector."""
    charged_s: int | None = None
    """How long energy has flowed; told at the end."""
    power_path: PowerPath | None = None
    """``None``: it closes with Started and opens with Ended."""

    @property
    def path(self) -> PowerPath:
        """The same, said in any case."""
        if self.power_path is not None:
            return self.power_path
        return PowerPath(
            step=USUAL[self.kind],
            transaction_id=self.transaction_id,
            at=self.at,
            meter_wh=self.meter_wh,
            token=self.id_token,
            reservation_id=self.reservation_id,
            reason=self.stop_reason,
            values=self.values if self.kind is EventKind.ENDED else (),
        )


USUAL = {EventKind.STARTED: PathStep.CLOSES, EventKind.UPDATED: PathStep.CLOSED, EventKind.ENDED: PathStep.OPENS}

"""Charging profiles as a CSMS sets them (OCPP 2.0.1 K, ChargingProfileType; 1.6 §3.13, §7.8)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct


class Purpose(StrEnum):
    """OCPP 2.0.1 ChargingProfilePurposeEnumType; 1.6 ChargePointMaxProfile is STATION_MAX."""

    STATION_MAX = "ChargingStationMaxProfile"
    TX_DEFAULT = "TxDefaultProfile"
    TX = "TxProfile"
    EXTERNAL = "ChargingStationExternalConstraints"
    """2.x: set by somebody other than the CSMS."""


class LimitSource(StrEnum):
    """OCPP 2.x ChargingLimitSourceEnumType: who bounds."""

    EMS = "EMS"
    """An energy management system on the premises."""
    OTHER = "Other"
    SO = "SO"
    """A system operator: of the grid."""
    CSO = "CSO"
    """The operator of the station: its CSMS."""


class Kind(StrEnum):
    """ChargingProfileKindEnumType."""

    ABSOLUTE = "Absolute"
    RECURRING = "Recurring"
    RELATIVE = "Relative"


class Recurrency(StrEnum):
    """RecurrencyKindEnumType."""

    DAILY = "Daily"
    WEEKLY = "Weekly"


class RateUnit(StrEnum):
    """ChargingRateUnitEnumType. Amperes count per phase, watts over all phases together."""

    AMPERE = "A"
    WATT = "W"


class SchedulePeriod(Struct, frozen=True, gc=False):
    """From ``start_s`` on, counted from the start of its schedule, until the next period or the end."""

    start_s: int
    limit: float
    """In the unit of the schedule."""
    phases: int | None = None
    """numberPhases; ``None``: not said, which stands for 3 (§7.13)."""
    phase_to_use: int | None = None
    """2.x: which one, where ``phases`` is 1."""


class ChargingSchedule(Struct, frozen=True, kw_only=True):
    """Periods in the order of their starts; the first starts at 0."""

    unit: RateUnit
    periods: tuple[SchedulePeriod, ...]
    start: datetime | None = None
    """Absolute and recurring ones; ``None``: they start with charging, as relative ones do."""
    duration_s: int | None = None
    """``None``: until the profile or its transaction ends."""
    minimum_rate: float | None = None
    """minChargingRate: less is inefficient for this EV. Kept, and without effect: it may guide how connectors share what bounds them
    together (1.6 §3.13.4, §7.13; OCPP 2.0.1 K01), but control shares without knowing profiles, by what is least for each EVSE. It is
    no reason to pause: a limit below it is what the CSMS wants."""
    id: int = 0
    """2.x."""
    sales_tariff: dict[str, Any] | None = None
    """2.x SalesTariffType, for a car that talks ISO 15118. Kept as it came, and without effect."""


class ChargingProfile(Struct, frozen=True, kw_only=True):
    """One profile. In 1.6 and for all but ISO 15118 it has one schedule."""

    id: int
    stack_level: int
    purpose: Purpose
    kind: Kind
    schedule: ChargingSchedule
    recurrency: Recurrency | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    transaction_id: str | None = None
    """As the CSMS knows it: ours in 2.x, its own in 1.6. TxProfile only."""
    others: tuple[ChargingSchedule, ...] = ()
    """2.x: up to two more schedules, among which a car that talks ISO 15118 could choose; without such cars they are refused
    (``strictness``)."""
    strict: bool = False
    """Set by a CSMS of 2.x: taken by its letter (``strictness``), and its watts go by numberPhases (K01.FR.50)."""

    @property
    def schedules(self) -> tuple[ChargingSchedule, ...]:
        """All of them, the one that counts first."""
        return self.schedule, *self.others

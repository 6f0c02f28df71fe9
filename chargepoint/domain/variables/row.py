"""What a row of the table is: a variable, and where it stands."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from chargepoint.domain.configuration import Configuration, ConnectorPart, EvsePart
from chargepoint.domain.values import DataType

T_co = TypeVar("T_co", covariant=True)


class Access(StrEnum):
    """OCPP 2.0.1 MutabilityEnumType."""

    READ_ONLY = "ReadOnly"
    WRITE_ONLY = "WriteOnly"
    READ_WRITE = "ReadWrite"


Tier = Literal["station", "evse", "connector"]
"""Where a component stands (OCPP 2.0.1 part 1 §4)."""

_OF_EVSE = (
    *("EVSE", "AcPhaseSelector", "AreaVentilation", "CPPWMController", "CaseAccessSensor", "ChargingStatusIndicator", "ElectricalFeed"),
    *("EmergencyStopSensor", "FiscalMetering", "OverCurrentProtection", "PowerContactor", "RCD", "TemperatureSensor", "TiltSensor"),
)
TIERS: Mapping[str, Tier] = {
    **dict.fromkeys(_OF_EVSE, "evse"),
    "Connector": "connector",
    "ConnectorPlugRetentionLock": "connector",
}
"""By component; the others stand at the station."""


class Place(Struct, frozen=True):
    """Where a variable is: the station, one of its EVSEs, or one of their connectors."""

    configuration: Configuration
    evse: EvsePart | None = None
    connector: ConnectorPart | None = None


class Variable(Struct, Generic[T_co], frozen=True):
    """One row. A function instead of a value looks it up in the configuration."""

    name: str
    type: DataType[T_co]
    value: str | Callable[[Place], str] = ""
    access: Access = Access.READ_WRITE
    key: str = ""
    unit: str | None = None
    minimum: float | None = None
    maximum: float | Callable[[Place], float] | None = None
    values: tuple[str, ...] | Callable[[Place], tuple[str, ...]] = ()
    entry: str = ""
    reboot: bool = False
    """A change takes effect at the next start."""
    tried: bool = False
    """A change is tried before it is kept: the station's ``Securing`` does it, ``set`` of the model refuses it."""
    writable_16: bool = False
    """Read-only in 2.x, but 1.6 lets a CSMS change the key."""
    there: Callable[[Place], bool] = lambda at: True
    """Does this place have it?"""
    tier: Tier | None = None
    """Where it stands, if not where its component usually does."""
    instances: Callable[[Place], tuple[str, ...]] = lambda at: ()
    """Of a row whose instance is ``*``: it stands for one variable of each; ``Key[*]`` of 1.6 is the key ``Key,<instance>``."""

    @property
    def monitored(self) -> bool:
        """May a monitor look at it (supportsMonitoring)? At everything; of what is write-only its event does not tell the value."""
        return True


RO, RW, WO = Access.READ_ONLY, Access.READ_WRITE, Access.WRITE_ONLY
V = Variable


def evse_of(at: Place) -> EvsePart:
    """The EVSE of a row that stands at one."""
    assert at.evse is not None
    return at.evse

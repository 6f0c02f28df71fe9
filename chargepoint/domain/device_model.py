"""The device model: every variable of the station with its type, range, access, default and 1.6 key (OCPP 2.0.1 B05 to B08)."""

from enum import StrEnum

from msgspec import Struct


class VariableKey(Struct, frozen=True, kw_only=True):
    """The name of a variable's attribute. Components and variables are compared without case."""

    component: str
    variable: str
    instance: str | None = None
    """Of the variable."""
    component_instance: str | None = None
    evse: int | None = None
    connector: int | None = None
    attribute: str = "Actual"


class VariableStatus(StrEnum):
    """OCPP 2.0.1 GetVariableStatusEnumType and SetVariableStatusEnumType in one."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    UNKNOWN_COMPONENT = "UnknownComponent"
    UNKNOWN_VARIABLE = "UnknownVariable"
    NOT_SUPPORTED_ATTRIBUTE = "NotSupportedAttributeType"
    REBOOT_REQUIRED = "RebootRequired"


class GetResult(Struct, frozen=True):
    """One answer of GetVariables."""

    key: VariableKey
    status: VariableStatus
    value: str | None = None
    reason_code: str = ""


class SetResult(Struct, frozen=True):
    """One answer of SetVariables."""

    key: VariableKey
    status: VariableStatus
    reason_code: str = ""
    info: str = ""


class VariableReport(Struct, frozen=True, kw_only=True):
    """One row of a report (B07): a variable, its value and what is allowed."""

    key: VariableKey
    value: str | None
    """``None`` where it is write-only."""
    access: str
    """ReadOnly, WriteOnly or ReadWrite (MutabilityEnumType)."""
    data_type: str
    """string, decimal, integer, dateTime, boolean, OptionList, SequenceList, MemberList."""
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()

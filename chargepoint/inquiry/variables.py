"""The device model, as the CSMS sees and changes it."""

from typing import Literal

from msgspec import Struct

MOST = 500


class ListVariables(Struct, frozen=True, kw_only=True, tag_field="ask", tag="list-variables"):
    """Which variables have all of these words in their names or values? Without words every one."""

    search: str = ""
    count: int = MOST
    """At most; never more than ``MOST``."""


class VariableLine(Struct, frozen=True, kw_only=True):
    """One of them, at one place."""

    name: str
    """``Component.Variable[Instance]@EVSE@connector``; its name for ``ChangeVariable``."""
    key_16: str
    """Its name in 1.6; empty: it has none there."""
    component: str
    """Empty: 1.6 only."""
    variable: str
    instance: str | None
    evse: int | None
    connector: int | None
    value: str | None
    """``None``: whoever may write it may not read it."""
    type: str
    """DataEnumType of OCPP 2.0.1."""
    unit: str | None
    minimum: float | None
    maximum: float | None
    """Of a text: its length."""
    values: tuple[str, ...]
    access: str
    """ReadOnly, WriteOnly, ReadWrite (MutabilityEnumType)."""
    writable_16: bool
    """By its 1.6 name it can be changed, whatever ``access`` says."""
    reboot: bool
    """A change takes effect at the next start."""


class Variables(Struct, frozen=True):
    """In the order of the table. ``total`` is greater than their number when there are more than was asked for."""

    total: int
    lines: tuple[VariableLine, ...]
    near: tuple[str, ...] = ()
    """Names that are like what was searched, where nothing was found."""


class ChangeVariable(Struct, frozen=True, tag_field="ask", tag="change-variable"):
    """Set one, as the CSMS would: with the same checks, effects and persistence. ``name``: as in ``VariableLine``, or its 1.6 name, by
    which some can be changed that 2.x may only read."""

    name: str
    value: str


class VariableChanged(Struct, frozen=True, kw_only=True):
    """``refused``: the CSMS would be as well. The message is for people."""

    outcome: Literal["changed", "reboot", "refused", "unknown"]
    message: str
    near: tuple[str, ...] = ()
    """Of an unknown name: what is like it."""

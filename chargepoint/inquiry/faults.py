"""Faults that wait for a technician."""

from typing import Literal

from msgspec import Struct


class ClearFault(Struct, frozen=True, tag_field="ask", tag="clear-fault"):
    """A technician who stands before the station says that a latched fault has been dealt with."""

    evse: int
    name: str
    """Or its number in the catalogue."""
    by: str = ""
    """Who says so, for the history; 50 characters count."""


class Answer(Struct, frozen=True):
    """``unknown``: there is no such EVSE, or no such fault is active. The message is for people."""

    outcome: Literal["cleared", "refused", "unknown"]
    message: str

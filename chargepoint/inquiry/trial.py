"""What ``chargepoint trial`` is asked, on one line of its standard input, and tells, one line each: hardware of a configuration that is not
saved yet. It never offers current and closes nothing."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

What = Literal["board", "meter", "reader", "detect"]
LONGEST_S = 600.0
MOST_BYTES = 1_048_576
"""Of the question."""


class Try(Struct, frozen=True, kw_only=True):
    """Look at one device of this candidate; ``detect``: at whatever is connected."""

    what: What
    configuration: Mapping[str, Any]
    """The whole file, as plain values."""
    number: int = 1
    """Of the EVSE; of a reader its place in the list, from 1."""
    seconds: float = 60.0
    """``detect`` ends by itself."""


class Row(Struct, frozen=True, kw_only=True):
    """One signal."""

    title: str
    value: str
    good: bool | None = None
    """``None``: there is nothing to judge."""


class Device(Struct, frozen=True, kw_only=True):
    """Something that ``detect`` has found."""

    kind: str
    driver: str
    where: str
    says: str
    entries: Mapping[str, Any] = field(default_factory=dict)
    sure: bool = True


class Sight(Struct, frozen=True, kw_only=True):
    """``good``: it works, as far as anybody can see; ``bad``: it answers, and something is wrong; ``failed``: it does not answer, or may
    not be tried; ``over``: the last one."""

    state: Literal["waiting", "good", "bad", "failed", "over"]
    text: str
    """One sentence for people."""
    rows: tuple[Row, ...] = ()
    devices: tuple[Device, ...] = ()

"""Variables and reports (OCPP 2.0.1 B05 to B08; 1.6 §5.3, §5.8)."""

from typing import Literal

from msgspec import Struct

from chargepoint.domain.entries import VariableKey
from chargepoint.domain.reports import Wanted


class GetVariables(Struct, frozen=True):
    """B06; answered by a list of GetResult in the same order, or TooMuch. ``size``: bytes of the message, where they count."""

    keys: tuple[VariableKey, ...]
    size: int = 0


class SetVariables(Struct, frozen=True):
    """B05; answered by a list of SetResult in the same order. 1.6 ChangeConfiguration sets one."""

    values: tuple[tuple[VariableKey, str], ...]
    size: int = 0


class GetBaseReport(Struct, frozen=True):
    """B07. ``base``: ConfigurationInventory, FullInventory or SummaryInventory."""

    request_id: int
    base: str


class GetReport(Struct, frozen=True):
    """B08. ``criteria``: words of ``domain.reports.CRITERIA``. ``size``: bytes of the message."""

    request_id: int
    criteria: tuple[str, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    size: int = 0


class TooMuch(Struct, frozen=True):
    """The message was longer, or had more in it, than the station says that it takes (B06.FR.16, B06.FR.17, B08.FR.17, B08.FR.18)."""

    what: Literal["items", "bytes"]
    found: int
    most: int

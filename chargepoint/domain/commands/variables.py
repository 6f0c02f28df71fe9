"""Variables and reports (OCPP 2.0.1 B05 to B07; 1.6 §5.3, §5.8)."""

from msgspec import Struct

from chargepoint.domain.entries import VariableKey


class GetVariables(Struct, frozen=True):
    """B06; answered by a list of GetResult in the same order."""

    keys: tuple[VariableKey, ...]


class SetVariables(Struct, frozen=True):
    """B05; answered by a list of SetResult in the same order. 1.6 ChangeConfiguration sets one."""

    values: tuple[tuple[VariableKey, str], ...]


class GetBaseReport(Struct, frozen=True):
    """B07. ``base``: ConfigurationInventory, FullInventory or SummaryInventory."""

    request_id: int
    base: str

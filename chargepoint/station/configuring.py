"""Variables and reports (OCPP 2.0.1 B05 to B08; 1.6 §5.3, §5.8)."""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from chargepoint.domain import reports
from chargepoint.domain.commands import GetBaseReport, GetReport, GetVariables, Outcome, SetVariables, TooMuch, Verdict
from chargepoint.domain.device_model import DeviceModel, GetResult, SetResult, VariableKey, VariableStatus
from chargepoint.domain.entries import Entry
from chargepoint.domain.measurands import MEASURAND_LIST, ONLY_16
from chargepoint.domain.notifications import NotifyReport
from chargepoint.domain.values import BadValue
from chargepoint.domain.variables import Variable
from chargepoint.domain.variables.device_data import (
    BYTES_GET_REPORT,
    BYTES_GET_VARIABLES,
    BYTES_SET_VARIABLES,
    ITEMS_GET_REPORT,
    ITEMS_GET_VARIABLES,
    ITEMS_SET_VARIABLES,
)
from chargepoint.domain.variables.only_16 import GET_CONFIGURATION_MAX_KEYS
from chargepoint.station.clock import StationClock
from chargepoint.station.orders import Answered, FollowUp, Order, Orders, carry_out
from chargepoint.station.reports import DEVICE_MODEL, Reports
from chargepoint.store.store import Store


class Configuring:
    """Reads and changes the device model; a change is on disk before it is answered."""

    def __init__(self, store: Store, model: DeviceModel, told: Reports, clock: StationClock) -> None:
        self._store = store
        self._model = model
        self._told = told
        self._clock = clock
        self.missing: Callable[[tuple[str, ...]], list[str]] = lambda items: []
        """Those of a list of measurands that nothing here measures."""

    def orders(self, set_all: Order) -> Orders:
        """``set_all``: sets variables, those of other rooms too; what is too much never gets there."""
        return {
            GetVariables: lambda command: (self.get(command), None),
            SetVariables: lambda command: self._set_within(command, set_all),
            GetBaseReport: self.report,
            GetReport: self.custom_report,
        }

    # Variables

    def get(self, command: GetVariables) -> tuple[GetResult, ...] | TooMuch:
        """One result for each, in order (B06.FR.01, B06.FR.02). None asked for: every 1.6 key; of more 1.6 keys than
        GetConfigurationMaxKeys only the first."""
        if not command.keys:
            return self._model.keys_16()
        if not command.keys[0].component:
            return tuple(map(self._model.get, command.keys[: self._model.read(GET_CONFIGURATION_MAX_KEYS)]))
        excess = self._excess(len(command.keys), ITEMS_GET_VARIABLES, command.size, BYTES_GET_VARIABLES)
        return excess or tuple(map(self._model.get, command.keys))

    async def _set_within(self, command: SetVariables, set_all: Order) -> Answered:
        """One result for each even of what is too much (B05.FR.01); none of that is set."""
        excess = self._excess(len(command.values), ITEMS_SET_VARIABLES, command.size, BYTES_SET_VARIABLES)
        if excess is None or not command.values[0][0].component:
            return await carry_out({SetVariables: set_all}, command)
        code = "TooManyElements" if excess.what == "items" else "TooLargeElement"
        info = f"{excess.found} {excess.what} are too much; the maximum is {excess.most}"
        return tuple(SetResult(key, VariableStatus.REJECTED, code, info) for key, _ in command.values), None

    def set(self, command: SetVariables) -> tuple[SetResult, ...]:
        """One result for each, in order (B05.FR.01, B05.FR.02); one that fails stops no other."""
        with self._store.commit():
            return tuple(self._lacking(key, value) or self._model.set(key, value) for key, value in command.values)

    def _lacking(self, key: VariableKey, value: str) -> SetResult | None:
        """A list with a measurand that this hardware does not measure is refused as a whole (1.6 §3.16.4), and in 2.x one that 2.x does not
        know."""
        entry = self._model.entry(key)
        if entry is None or entry.variable.type is not MEASURAND_LIST:
            return None
        try:
            lacks = self._lacks(MEASURAND_LIST.parse(value, entry.bounds), in_16=not key.component)
        except BadValue:
            return None  # the model says what is wrong with it
        info = f"not measured here: {', '.join(lacks)}"
        return SetResult(key, VariableStatus.REJECTED, "InvalidValue", info) if lacks else None

    def _lacks(self, items: tuple[str, ...], in_16: bool) -> list[str]:
        """Those that are not measured here, or have no name in this version."""
        return [*self.missing(items), *(each for each in items if each in ONLY_16 and not in_16)]

    def _excess(self, items: int, most_items: Variable[int], size: int, most_bytes: Variable[int]) -> TooMuch | None:
        """B06.FR.16, B06.FR.17, B08.FR.06, B08.FR.17, B08.FR.18."""
        if items > (most := self._model.read(most_items)):
            return TooMuch("items", items, most)
        return TooMuch("bytes", size, most) if size > (most := self._model.read(most_bytes)) else None

    # Reports

    def report(self, command: GetBaseReport) -> tuple[Outcome, FollowUp]:
        """B07.FR.01: the answer first, then the parts (B07.FR.03). What is not supported, nothing follows (B07.FR.02, B07.FR.05)."""
        if command.base not in reports.BASES:
            return Outcome(Verdict.NOT_SUPPORTED, "UnsupportedParam", f"expected one of {', '.join(reports.BASES)}"), None
        return self._report(command.request_id, reports.base(self._model, command.base))

    def custom_report(self, command: GetReport) -> tuple[Outcome | TooMuch, FollowUp]:
        """B08.FR.01, B08.FR.03."""
        excess = self._excess(len(command.wanted), ITEMS_GET_REPORT, command.size, BYTES_GET_REPORT)
        if excess is not None:
            return excess, None
        return self._report(command.request_id, reports.custom(self._model, command.criteria, command.wanted))

    def _report(self, request_id: int, entries: tuple[Entry, ...]) -> tuple[Outcome, FollowUp]:
        """B08.FR.15."""
        if not entries:
            return Outcome(Verdict.EMPTY, "NotFound", "there is no such variable"), None
        refusal = self._told.refusal(DEVICE_MODEL, request_id)
        if refusal is not None:
            return refusal, None
        return Outcome(Verdict.ACCEPTED), lambda: self._told.begin(DEVICE_MODEL, request_id, self.parts(request_id, entries))

    def parts(self, request_id: int, entries: tuple[Entry, ...]) -> Iterator[NotifyReport]:
        """Numbered from 0 (B07.FR.10, B08.FR.14), each with the number of the request (B07.FR.04, B08.FR.04), made when its turn comes."""
        at = self._clock.now()
        whole = reports.parts(self._model, entries, self._model.read(ITEMS_GET_REPORT), self._model.read(BYTES_GET_REPORT))
        cut = (tuple(map(self._measurable, part)) for part in whole)
        number, part = 0, next(cut)
        for following in cut:
            yield NotifyReport(request_id, number, True, at, part)
            number, part = number + 1, following
        yield NotifyReport(request_id, number, False, at, part)

    def _measurable(self, row: reports.VariableReport) -> reports.VariableReport:
        """A list of measurands may have those that something here measures: Home Assistant sets all that it is told of."""
        entry = self._model.entry(row.key)
        if entry is None or entry.variable.type is not MEASURAND_LIST:
            return row
        lacks = self._lacks(row.values, in_16=False)
        return replace(row, values=tuple(each for each in row.values if each not in lacks)) if lacks else row

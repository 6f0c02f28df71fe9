"""Variables and reports (OCPP 2.0.1 B05 to B07; 1.6 §5.3, §5.8)."""

from collections.abc import Callable

from chargepoint.domain.commands import GetBaseReport, GetVariables, Outcome, SetVariables, Verdict
from chargepoint.domain.device_model import BASES, DeviceModel, GetResult, SetResult, VariableKey, VariableStatus
from chargepoint.domain.measurands import MEASURAND_LIST
from chargepoint.domain.notifications import NotifyReport
from chargepoint.domain.values import BadValue
from chargepoint.domain.variables import GET_CONFIGURATION_MAX_KEYS
from chargepoint.station.clock import StationClock
from chargepoint.station.reporting import Reporting
from chargepoint.store.store import Store

ROWS = 20
"""How many variables go into one NotifyReport: about 8 kB."""


class Configuring:
    """Reads and changes the device model; a change is on disk before it is answered."""

    def __init__(self, store: Store, model: DeviceModel, reporting: Reporting, clock: StationClock) -> None:
        self._store = store
        self._model = model
        self._reporting = reporting
        self._clock = clock
        self.missing: Callable[[tuple[str, ...]], list[str]] = lambda items: []
        """Those of a list of measurands that nothing here measures."""

    def get(self, command: GetVariables) -> tuple[GetResult, ...]:
        """One result for each, in order; none asked for: every 1.6 key. Of more 1.6 keys than GetConfigurationMaxKeys only the first."""
        if not command.keys:
            return self._model.keys_16()
        most = len(command.keys) if command.keys[0].component else self._model.read(GET_CONFIGURATION_MAX_KEYS)
        return tuple(self._model.get(key) for key in command.keys[:most])

    def set(self, command: SetVariables) -> tuple[SetResult, ...]:
        """One result for each, in order; one that fails stops no other."""
        with self._store.commit():
            return tuple(self._lacking(key, value) or self._model.set(key, value) for key, value in command.values)

    def _lacking(self, key: VariableKey, value: str) -> SetResult | None:
        """A list with a measurand that this hardware does not measure is refused as a whole (1.6 §3.16.4)."""
        entry = self._model.entry(key)
        if entry is None or entry.variable.type is not MEASURAND_LIST:
            return None
        try:
            lacks = self.missing(MEASURAND_LIST.parse(value, entry.bounds))
        except BadValue:
            return None  # the model says what is wrong with it
        info = f"not measured here: {', '.join(lacks)}"
        return SetResult(key, VariableStatus.REJECTED, "InvalidValue", info) if lacks else None

    def report(self, command: GetBaseReport) -> tuple[Outcome, Callable[[], None] | None]:
        """B07: the answer first, then the parts."""
        if command.base not in BASES:
            return Outcome(Verdict.NOT_SUPPORTED), None
        rows = self._model.report(command.base)
        if not rows:
            return Outcome(Verdict.EMPTY), None
        parts = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]

        def send() -> None:
            at = self._clock.now()
            for number, part in enumerate(parts):
                self._reporting.tell(NotifyReport(command.request_id, number, number < len(parts) - 1, at, tuple(part)))

        return Outcome(Verdict.ACCEPTED), send

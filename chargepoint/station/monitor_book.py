"""Which monitors there are (OCPP 2.0.1 N03, N04, N06): those that the station came with, as the CSMS has left them, and its own.

hard-wired      always there, never changed
preconfigured   there unless HardWiredOnly says otherwise or it was cleared; one that was changed is a custom one until it is reset
custom          kept through power cuts
"""

from collections.abc import Iterable, Iterator

from chargepoint.domain import monitors, reports
from chargepoint.domain.commands import ClearMonitorResult, SetMonitorResult, WantedMonitor
from chargepoint.domain.device_model import DeviceModel, VariableStatus
from chargepoint.domain.entries import Entry, VariableKey
from chargepoint.domain.monitor_table import FIRST_CUSTOM, hard_wired, preconfigured
from chargepoint.domain.monitors import CRITERIA, Monitor, Origin
from chargepoint.domain.reports import Wanted
from chargepoint.domain.variables.monitoring import MONITORING_BASE
from chargepoint.store.store import Store

MOST = 500
"""So many monitors may a CSMS have set."""
HARD_WIRED_ONLY, ALL = "HardWiredOnly", "All"


class MonitorBook:
    """Every change inside a commit of the store."""

    def __init__(self, store: Store, model: DeviceModel, nominal_v: float) -> None:
        self._kept = store.monitors
        self._model = model
        self._fixed = {each.id: each for each in hard_wired(model)}
        self._own = {each.id: each for each in preconfigured(model, nominal_v)}
        self._set = {number: each for number, each in self._kept.load().items() if each is None or model.entry(each.key) is not None}
        self._order = {entry.key: place for place, entry in enumerate(model)}
        self._all: dict[int, Monitor] = {}
        self._gather()

    def _gather(self) -> None:
        bare = self._model.read(MONITORING_BASE) == HARD_WIRED_ONLY
        found: dict[int, Monitor | None] = {**self._fixed, **({} if bare else self._own), **self._set}
        self._all = {number: each for number, each in found.items() if each is not None}

    def __iter__(self) -> Iterator[Monitor]:
        return iter(self._all.values())

    def of_fault(self, key: VariableKey, severity: int) -> int | None:
        """The hard-wired monitor of a variable that says how grave its fault is."""
        return next((each.id for each in self._fixed.values() if (each.key, each.severity) == (key, severity)), None)

    # N04

    def set(self, wanted: WantedMonitor) -> tuple[SetMonitorResult, Monitor | None]:
        """One monitor (N04.FR.08, N04.FR.11, N04.FR.12, N04.FR.15); the one that there is now, if it was accepted."""
        before = None if wanted.id is None else self._all.get(wanted.id)
        if wanted.id is not None and (refused := self._irreplaceable(wanted, before)) is not None:
            return refused, None
        entry = self._model.entry(wanted.key)
        if entry is None:
            return self._unknown(wanted), None
        number = self._kept.next_id(FIRST_CUSTOM) if wanted.id is None else wanted.id
        monitor = Monitor(
            id=number,
            key=entry.key,
            kind=wanted.kind,
            value=wanted.value,
            severity=wanted.severity,
            transaction=wanted.transaction,
        )
        refused = self._impossible(wanted, monitor, entry)
        if refused is not None:
            return refused, None
        self._set[number] = monitor
        self._kept.save(number, monitor)
        self._gather()
        return SetMonitorResult(wanted=wanted, status="Accepted", id=number), monitor

    def _irreplaceable(self, wanted: WantedMonitor, before: Monitor | None) -> SetMonitorResult | None:
        """N04.FR.13, N04.FR.16, N04.FR.18."""
        if before is None:
            return _refused(wanted, "NotFound", f"there is no monitor {wanted.id}")
        if before.origin is Origin.HARD_WIRED:
            return _refused(wanted, "ReadOnly", f"monitor {before.id} is hard-wired")
        entry = self._model.entry(wanted.key)
        if entry is None or entry.key != before.key:
            return _refused(wanted, "InvalidValue", f"monitor {before.id} is of another variable")
        return None

    def _unknown(self, wanted: WantedMonitor) -> SetMonitorResult:
        """N04.FR.03, N04.FR.04. A component of EVSEs that is named without one is known: it is its variable that is not there."""
        key = wanted.key
        unknown = self._model.get(key).status is not VariableStatus.UNKNOWN_VARIABLE
        if unknown and key.evse is None:
            named = [each.key for each in self._model if each.key.component.lower() == key.component.lower()]
            unknown = not named or any(each.variable.lower() == key.variable.lower() for each in named)
        return SetMonitorResult(wanted=wanted, status="UnknownComponent" if unknown else "UnknownVariable", reason_code="NotFound")

    def _impossible(self, wanted: WantedMonitor, monitor: Monitor, entry: Entry) -> SetMonitorResult | None:
        """N04.FR.05, N04.FR.06, N04.FR.10, N04.FR.14."""
        refusal = monitors.refusal(monitor, entry)
        if refusal is not None:
            status, code, info = refusal
            return SetMonitorResult(wanted=wanted, status=status, reason_code=code, info=info)
        if monitors.duplicate(monitor, list(self), number=wanted.id):
            info = f"{entry.name} has a monitor of type {monitor.kind} and severity {monitor.severity}"
            return SetMonitorResult(wanted=wanted, status="Duplicate", reason_code="InvalidValue", info=info)
        if wanted.id is None and len(self._set) >= MOST:
            return _refused(wanted, "OutOfMemory", f"there are {MOST} monitors; clear some")
        return None

    # N03, N06

    def clear(self, number: int) -> ClearMonitorResult:
        """One monitor (N06.FR.01, N06.FR.02, N06.FR.03). A preconfigured one comes back with the next base that has it."""
        if number in self._fixed:
            return ClearMonitorResult(number, "Rejected", "ReadOnly", "it is hard-wired")
        if number not in self._all:
            return ClearMonitorResult(number, "NotFound", "NotFound")
        if number in self._own:
            self._set[number] = None
            self._kept.save(number, None)
        else:
            del self._set[number]
            self._kept.forget((number,))
        self._gather()
        return ClearMonitorResult(number, "Accepted")

    def rebase(self, base: str) -> None:
        """N03.FR.03, N03.FR.04, N03.FR.05. With All, what the CSMS has set stays, and what it has cleared comes back."""
        gone = [number for number, each in self._set.items() if each is None or base != ALL]
        for number in gone:
            del self._set[number]
        self._kept.forget(gone)
        self._model.put(MONITORING_BASE, base)
        self._gather()

    # N02

    def chosen(self, criteria: Iterable[str], wanted: tuple[Wanted, ...]) -> tuple[Monitor, ...]:
        """N02.FR.05, N02.FR.06, N02.FR.08, N02.FR.11, N02.FR.12, N02.FR.13, N02.FR.14; of what is not named every kind (N02.FR.16,
        N02.FR.17, N02.FR.18, N02.FR.19, N02.FR.20, N02.FR.21). Variable by variable, the gravest first."""
        kinds = {kind for criterion in criteria for kind in CRITERIA[criterion]}
        keys = {entry.key for entry in reports.custom(self._model, (), wanted)} if wanted else None
        found = [each for each in self if (not kinds or each.kind in kinds) and (keys is None or each.key in keys)]
        return tuple(sorted(found, key=lambda each: (self._order.get(each.key, 0), each.severity, each.id)))


def _refused(wanted: WantedMonitor, code: str, info: str) -> SetMonitorResult:
    return SetMonitorResult(wanted=wanted, status="Rejected", reason_code=code, info=info)


def as_it_was(monitor: Monitor, before: Monitor | None) -> bool:
    """Is it, for whoever remembers what it has seen, the same monitor with another value?"""
    return before is not None and (before.key, before.kind) == (monitor.key, monitor.kind)

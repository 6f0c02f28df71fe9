"""Monitors of variables as a CSMS deals with them (OCPP 2.0.1 N02 to N06)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chargepoint.domain.commands import (
    ClearMonitorResult,
    ClearVariableMonitoring,
    GetMonitoringReport,
    Outcome,
    SetMonitoringBase,
    SetMonitoringLevel,
    SetMonitorResult,
    SetVariableMonitoring,
    TooMuch,
    Verdict,
)
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.monitors import SEVERITIES, Monitor
from chargepoint.domain.notifications import NotifyMonitoringReport
from chargepoint.domain.variables import Variable
from chargepoint.domain.variables.device_data import BYTES_GET_REPORT, ITEMS_GET_REPORT
from chargepoint.domain.variables.monitoring import (
    BYTES_CLEAR_MONITORING,
    BYTES_SET_MONITORING,
    ITEMS_CLEAR_MONITORING,
    ITEMS_SET_MONITORING,
    MONITORING_BASE,
    MONITORING_BASES,
    MONITORING_LEVEL,
)
from chargepoint.station.clock import StationClock
from chargepoint.station.monitor_book import MonitorBook, as_it_was
from chargepoint.station.monitor_watch import MonitorWatch
from chargepoint.station.orders import FollowUp, Orders
from chargepoint.station.reports import Reports
from chargepoint.store.store import Store

if TYPE_CHECKING:
    from chargepoint.station.station import Station

REPORT = "monitoring"
PART = 50
"""So many monitors go into one message: about 15 kB."""


class Monitoring:
    """Takes the orders; ``book`` and ``watch`` do what they say."""

    def __init__(
        self, store: Store, model: DeviceModel, clock: StationClock, reports: Reports, book: MonitorBook, watch: MonitorWatch
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._reports = reports
        self._book = book
        self.watch = watch

    def orders(self) -> Orders:
        """What the CSMS may say."""
        return {
            GetMonitoringReport: self.report,
            SetMonitoringBase: lambda command: (self.rebase(command), self.watch.look),
            SetMonitoringLevel: lambda command: (self.level(command), self.watch.look),
            SetVariableMonitoring: lambda command: (self.set(command), self.watch.look),
            ClearVariableMonitoring: lambda command: (self.clear(command), None),
        }

    def tick(self) -> None:
        """Once a second."""
        self.watch.look()

    def set(self, command: SetVariableMonitoring) -> tuple[SetMonitorResult, ...] | TooMuch:
        """One result for each, in order (N04.FR.01); one that fails stops no other (N04.FR.09)."""
        excess = self._excess(len(command.monitors), ITEMS_SET_MONITORING, command.size, BYTES_SET_MONITORING)
        if excess is not None:
            return excess
        results = []
        with self._store.commit():
            for wanted in command.monitors:
                before = next((each for each in self._book if each.id == wanted.id), None)
                result, monitor = self._book.set(wanted)
                results.append(result)
                if monitor is not None:
                    self.watch.begin(monitor, goes_on=as_it_was(monitor, before))
        return tuple(results)

    def clear(self, command: ClearVariableMonitoring) -> tuple[ClearMonitorResult, ...] | TooMuch:
        """One result for each (N06.FR.05, N06.FR.06, N06.FR.07)."""
        excess = self._excess(len(command.ids), ITEMS_CLEAR_MONITORING, command.size, BYTES_CLEAR_MONITORING)
        if excess is not None:
            return excess
        with self._store.commit():
            results = tuple(map(self._book.clear, command.ids))
            for result in results:
                if result.status == "Accepted":
                    self.watch.forget(result.id)
        return results

    def rebase(self, command: SetMonitoringBase) -> Outcome:
        """N03.FR.01, N03.FR.02."""
        if command.base not in MONITORING_BASES:
            return Outcome(Verdict.NOT_SUPPORTED, "UnsupportedParam", f"expected one of {', '.join(MONITORING_BASES)}")
        before = {each.id: each for each in self._book}
        with self._store.commit():
            self._book.rebase(command.base)
            self._store.facts.change_variable(MONITORING_BASE.name, command.base)
            after = {each.id: each for each in self._book}
            for number in before.keys() - after.keys():
                self.watch.forget(number)
            for number, monitor in after.items():
                if before.get(number) != monitor:
                    self.watch.begin(monitor, goes_on=as_it_was(monitor, before.get(number)))
        return Outcome(Verdict.ACCEPTED)

    def level(self, command: SetMonitoringLevel) -> Outcome:
        """N05.FR.01, N05.FR.02."""
        if command.severity not in SEVERITIES:
            return Outcome(Verdict.REJECTED, "ValueOutOfRange", f"severity {command.severity}: expected 0 to {SEVERITIES[-1]}")
        with self._store.commit():
            self._store.facts.change_variable(MONITORING_LEVEL.name, str(command.severity))
        self._model.put(MONITORING_LEVEL, command.severity)
        return Outcome(Verdict.ACCEPTED)

    def report(self, command: GetMonitoringReport) -> tuple[Outcome | TooMuch, FollowUp]:
        """N02.FR.01, N02.FR.03, N02.FR.07, N02.FR.10: the answer first, then the parts."""
        excess = self._excess(len(command.wanted), ITEMS_GET_REPORT, command.size, BYTES_GET_REPORT)
        if excess is not None:
            return excess, None
        found = self._book.chosen(command.criteria, command.wanted)
        if not found:
            return Outcome(Verdict.EMPTY, "NotFound", "there is no such monitor"), None
        refusal = self._reports.refusal(REPORT, command.request_id)
        if refusal is not None:
            return refusal, None
        return Outcome(Verdict.ACCEPTED), lambda: self._reports.begin(REPORT, command.request_id, self._parts(command.request_id, found))

    def _parts(self, request_id: int, found: tuple[Monitor, ...]) -> Iterator[NotifyMonitoringReport]:
        """Numbered from 0 (N02.FR.09), each with the number of the request (N02.FR.04)."""
        at = self._clock.now()
        for number, start in enumerate(range(0, len(found), PART)):
            part = found[start : start + PART]
            yield NotifyMonitoringReport(request_id, number, start + PART < len(found), at, part)

    def _excess(self, items: int, most_items: Variable[int], size: int, most_bytes: Variable[int]) -> TooMuch | None:
        if items > (most := self._model.read(most_items)):
            return TooMuch("items", items, most)
        return TooMuch("bytes", size, most) if size > (most := self._model.read(most_bytes)) else None


def at(station: "Station", model: DeviceModel) -> Monitoring:
    """The monitors of a station, with all that they look at. Only 2.x knows their events."""
    uplink, settings = station.uplink, station.settings
    book = MonitorBook(station.store, model, max(evse.voltage_v for evse in settings.evses))
    watch = MonitorWatch(station.store, model, station.clock, station.transacting, station.availability, book)
    watch.speaks = lambda: settings.has_csms and station.csms.version != "1.6"
    watch.online = lambda: station.csms.connected and uplink.accepted and uplink.reporting.room > 0
    watch.tell, watch.nudge = uplink.reporting.tell, uplink.delivery.nudge
    uplink.reporting.unheard = watch.unheard
    station.transacting.at_end.append(watch.transaction_ended)
    return Monitoring(station.store, model, station.clock, uplink.reports, book, watch)

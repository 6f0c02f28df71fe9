"""Looks at what monitors look at, whenever something has changed and once a second, and tells of it (OCPP 2.0.1 N07, N08, G05.FR.02).

    faults of control and station ──┐                          ┌── grave enough ──▶ outbox, a lane of its own
    live values of the device model ┼──▶ look ──▶ NotifyEvent ──┤
    clock ──────────────────────────┘                          └── else, online ──▶ told once

While the CSMS cannot be reached, monitors whose events are not kept do not look either: when it is back it hears how things are then.
What has been told is on disk (``monitor_memory``): after a restart the end of what was exceeded is told, and nothing twice.
"""

import logging
import uuid
from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.entries import Entry
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.monitor_table import place_of, severity
from chargepoint.domain.monitors import NUMERIC, PERIODIC, THRESHOLDS, EventTrigger, Monitor, MonitorKind, Origin, Seen, Sighting, look
from chargepoint.domain.notifications import MonitorEvent, Notification, NotifyEvent
from chargepoint.domain.transaction import Transaction
from chargepoint.domain.variables import Access
from chargepoint.domain.variables.communication import QUEUE_ALL
from chargepoint.domain.variables.monitoring import MONITORING_ENABLED, MONITORING_LEVEL, OFFLINE_QUEUING_SEVERITY
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.monitor_book import MonitorBook
from chargepoint.station.monitor_memory import MonitorMemory
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store
from hal.measured import FaultKind

log = logging.getLogger(__name__)

AT_ONCE = 20
"""So many events go into one message."""
HARD_WIRED_NOTIFICATION = "HardWiredNotification"
STATION = ConnectorId(0, 0)
OF_FAULT = "fault "
"""Before what has been told of a fault; the others are numbers of monitors."""


class Found(Struct, frozen=True):
    """An event, and how grave it is."""

    severity: int
    event: MonitorEvent


class Told(Struct, frozen=True):
    """A fault that has been told, as it is remembered."""

    evse: int
    connector: int
    name: str
    kind: FaultKind
    by_board: bool


class Bounds(Struct, frozen=True):
    """What is told now, and what is kept: severities up to these; -1: none."""

    told: int
    kept: int


class MonitorWatch:
    """``tell`` says something once, if somebody hears it; ``online``: would somebody, and soon?"""

    def __init__(
        self,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        transacting: Transacting,
        availability: Availability,
        book: MonitorBook,
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._transacting = transacting
        self._availability = availability
        self._book = book
        self._memory = MonitorMemory(store, [each.id for each in book])
        self._entries: dict[int, tuple[Monitor, Entry]] = {}
        self.online: Callable[[], bool] = lambda: False
        self.speaks: Callable[[], bool] = lambda: True
        """Does the version in use know such events?"""
        self.tell: Callable[[NotifyEvent], None] = lambda news: None
        self.nudge: Callable[[], None] = lambda: None

    # What the CSMS has changed

    def begin(self, monitor: Monitor, *, goes_on: bool) -> None:
        """It counts from now on (N07.FR.18, N07.FR.19, N08.FR.06). ``goes_on``: what its threshold has told still holds (N07.FR.11)."""
        beyond = goes_on and self._memory.seen(monitor.id).beyond
        if not beyond:
            self._memory.over(str(monitor.id))
        entry = self._entry(monitor)
        told = self._model.value(entry) if monitor.kind is MonitorKind.DELTA and entry is not None else None
        first, _ = look(monitor, Seen(), "", numeric=True, now=self._clock.now())
        self._memory.begin(monitor.id, Seen(beyond, told, first.due))

    def forget(self, number: int) -> None:
        """It is gone (N07.FR.12)."""
        self._memory.forget(number)
        self._entries.pop(number, None)

    # Looking

    def look(self) -> None:
        """Something may have changed, or a second has passed."""
        self._look(None, None)

    def transaction_ended(self, transaction: Transaction) -> None:
        """What its last reading says belongs to it. Within the commit that ends it."""
        evse = transaction.connector.evse
        self._look(evse, self._transacting.sessions[evse].transaction_id or transaction.id)

    def _look(self, evse: int | None, transaction_id: str | None) -> None:
        bounds = self._bounds()
        if bounds.told < 0:
            return
        with self._store.commit():
            self._memory.keep(self._clock.monotonic())
            found = list(self._faults(bounds)) if evse is None else []
            causes = {each.event.key.evse: each.event.id for each in found if not each.event.cleared}
            found += self._monitors(bounds, evse, transaction_id, causes)
            for start in range(0, len(found), AT_ONCE):
                self._send(found[start : start + AT_ONCE], bounds)

    def _bounds(self) -> Bounds:
        """N05.FR.03, N07.FR.04, N07.FR.15, N08.FR.03."""
        if not self._model.read(MONITORING_ENABLED) or not self.speaks():
            return Bounds(-1, -1)
        level, kept = self._model.read(MONITORING_LEVEL), self._model.read(OFFLINE_QUEUING_SEVERITY)
        kept = level if self._model.read(QUEUE_ALL) else kept
        return Bounds(level if self.online() else min(level, kept), kept)

    def _monitors(self, bounds: Bounds, evse: int | None, transaction_id: str | None, causes: dict[int | None, int]) -> Iterator[Found]:
        now = self._clock.now()
        for monitor in self._book:
            if monitor.origin is Origin.HARD_WIRED or monitor.severity > bounds.told or evse not in (None, monitor.key.evse):
                continue
            runs = transaction_id or self._transaction(monitor)
            entry = self._entry(monitor)
            if entry is None or (monitor.transaction and runs is None) or not self._begun(monitor):
                continue
            numeric = entry.variable.type.name in NUMERIC
            text, before = self._model.value(entry), self._memory.seen(monitor.id)
            seen, sighting = look(monitor, before, text, numeric, now)
            if seen is not before:
                self._memory.see(monitor.id, seen)
            if sighting is not None:
                found = self._found(monitor, entry, text, sighting, None if monitor.key.evse is None else runs, causes)
                if monitor.kind not in PERIODIC:
                    self._memory.told_by(monitor.id, found.event.id, before)
                yield found

    def _begun(self, monitor: Monitor) -> bool:
        """After a start, what depends on control is not yet what it was: nothing has changed by that."""
        return monitor.kind is not MonitorKind.DELTA or self._known(ConnectorId(monitor.key.evse or 0, 0))

    def _entry(self, monitor: Monitor) -> Entry | None:
        known = self._entries.get(monitor.id)
        if known is None or known[0] is not monitor:
            entry = self._model.entry(monitor.key)
            if entry is None:
                return None
            known = self._entries[monitor.id] = monitor, entry
            if _is_secret(entry):
                self._memory.secret.add(monitor.id)
        return known[1]

    def _transaction(self, monitor: Monitor) -> str | None:
        """What runs at its EVSE; at a place of the whole station, any."""
        evse = monitor.key.evse
        if evse is not None:
            session = self._transacting.sessions.get(evse)
            return None if session is None else session.transaction_id
        running = (session.transaction_id for session in self._transacting.sessions.values())
        return next(filter(None, running), None)

    def _found(
        self, monitor: Monitor, entry: Entry, text: str, sighting: Sighting, runs: str | None, causes: dict[int | None, int]
    ) -> Found:
        """N07.FR.02, N07.FR.06, N07.FR.10, N07.FR.14. A fault that came with a change has caused it (N07.FR.05)."""
        number = self._store.monitors.next_event()
        if monitor.kind in THRESHOLDS:
            self._note(str(monitor.id), number, cleared=sighting.cleared)
        return Found(
            monitor.severity,
            MonitorEvent(
                id=number,
                at=self._clock.now(),
                key=entry.key,
                trigger=sighting.trigger,
                origin=monitor.origin.value,
                value="" if _is_secret(entry) else text,
                monitor_id=monitor.id,
                cleared=sighting.cleared,
                transaction_id=runs,
                cause=causes.get(entry.key.evse) if sighting.trigger is EventTrigger.DELTA else None,
            ),
        )

    def _note(self, name: str, event: int, *, cleared: bool) -> None:
        (self._memory.end if cleared else self._memory.alert)(name, event)

    # Faults

    def _faults(self, bounds: Bounds) -> Iterator[Found]:
        """What has come, and what has gone. Before control was heard nobody knows what has gone."""
        active = {_name(place, fault): (place, fault) for place, fault in self._active()}
        told = self._memory.alerts(OF_FAULT)
        for name, (place, fault) in active.items():
            if name not in told and severity(fault.row) <= bounds.told:
                yield self._of_fault(name, place, fault, cleared=False)
        for name in [each for each in told if each not in active]:
            place, fault = _named(name)
            if severity(fault.row) <= bounds.told and self._known(place):
                yield self._of_fault(name, place, fault, cleared=True)

    def _active(self) -> Iterator[tuple[ConnectorId, Fault]]:
        for evse, sheet in self._transacting.sheets.items():
            for fault in sheet.faults:
                yield ConnectorId(evse, sheet.state.connector if sheet.state is not None else 1), fault
        for fault in self._availability.station_faults():
            yield STATION, fault

    def _known(self, place: ConnectorId) -> bool:
        """Has control been heard of it?"""
        sheets = self._transacting.sheets
        if place == STATION:
            return all(sheet.state is not None for sheet in sheets.values())
        return place.evse not in sheets or sheets[place.evse].state is not None

    def _of_fault(self, name: str, place: ConnectorId, fault: Fault, *, cleared: bool) -> Found:
        """As the fault table has it: its variable becomes true (G05.FR.02), with the number of the error catalogue."""
        row = fault.row
        key = place_of(self._model, row, place.evse or None, place.connector)
        entry = self._model.entry(key)
        still = cleared and entry is not None and self._model.value(entry) == "true"
        number = self._store.monitors.next_event()
        self._note(name, number, cleared=cleared)
        session = self._transacting.sessions.get(place.evse)
        event = MonitorEvent(
            id=number,
            at=self._clock.now() if cleared or not fault.since_s else self._clock.at(fault.since_s),
            key=key,
            trigger=EventTrigger.DELTA,
            origin=HARD_WIRED_NOTIFICATION,
            value="true" if still or not cleared else "false",
            monitor_id=self._book.of_fault(key, severity(row)),
            cleared=cleared,
            transaction_id=None if session is None else session.transaction_id,
            tech_code=row.code,
            tech_info=": ".join(filter(None, (row.title, fault.info, fault.vendor_code))),
        )
        return Found(severity(row), event)

    # Telling

    def _send(self, found: list[Found], bounds: Bounds) -> None:
        """What is to survive goes by the outbox from the beginning: whether there is a connection now says nothing of when it arrives."""
        now = self._clock.now()
        kept = tuple(each.event for each in found if each.severity <= bounds.kept)
        others = tuple(each.event for each in found if each.severity > bounds.kept)
        if kept:
            self._store.outbox.put(str(uuid.uuid4()), NotifyEvent(at=now, events=kept))
            self.nudge()
        if others:
            self.tell(NotifyEvent(at=now, events=others))
        log.info("event=monitors kept=%s told=%s", [each.id for each in kept], [each.id for each in others])

    def unheard(self, news: Notification) -> None:
        """It was told once, into a connection that was gone: it counts as not told. The last of several comes first."""
        if isinstance(news, NotifyEvent):
            with self._store.commit():
                for event in reversed(news.events):
                    self._memory.take_back(event.id)


def _is_secret(entry: Entry) -> bool:
    """Its value is told to nobody, and kept in no other place (N07.FR.10)."""
    return entry.variable.access is Access.WRITE_ONLY


def _name(place: ConnectorId, fault: Fault) -> str:
    told = Told(place.evse, place.connector, fault.name, fault.kind, fault.by_board)
    return OF_FAULT + msgspec.json.encode(told).decode()


def _named(name: str) -> tuple[ConnectorId, Fault]:
    """A fault that is over, as far as it is remembered."""
    told = msgspec.json.decode(name.removeprefix(OF_FAULT), type=Told)
    return ConnectorId(told.evse, told.connector), Fault(told.name, told.kind, by_board=told.by_board)

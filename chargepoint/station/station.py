"""The station: composes the services, hands commands to them, and keeps them running.

control ══link══▶ ControlLink ──▶ Transacting ──▶ Store (state and outbox, one commit)
readers ────────▶ Access ───────▶     │                  │
CSMS ◀── Uplink ◀── outbox ───────────┼──────────────────┘
                ◀── Availability ◀────┘
     ──▶ obey: Access, Triggers, Resetting, Availability, Configuring, Vendors
technician ─────▶ Service ──▶ control         Appearance ──▶ driver
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from chargepoint.domain.commands import (
    ChangeAvailability,
    Command,
    Reply,
    Reset,
    SetVariables,
    TriggerMessage,
)
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.history import Happening
from chargepoint.domain.notifications import Registration, TransactionAnswer
from chargepoint.domain.session import Session
from chargepoint.domain.transaction import TransactionEvent
from chargepoint.domain.variables.transactions import TX_BEFORE_ACCEPTED
from chargepoint.link.messages import EvseState
from chargepoint.link.ports import StationEnd
from chargepoint.station import document, monitoring
from chargepoint.station.access import Access
from chargepoint.station.appearance import Appearance
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.configuring import Configuring
from chargepoint.station.control_link import ControlLink
from chargepoint.station.costing import Costing
from chargepoint.station.csms import Csms, StationPort
from chargepoint.station.display_messages import DisplayMessages
from chargepoint.station.displaying import Place
from chargepoint.station.driving import Driving
from chargepoint.station.external_limits import ExternalLimits
from chargepoint.station.inquiry import Takers
from chargepoint.station.limiting import Limiting
from chargepoint.station.maintenance import Maintenance
from chargepoint.station.metering import Metering
from chargepoint.station.office import Office
from chargepoint.station.orders import Answered, Orders, carry_out
from chargepoint.station.resetting import Resetting
from chargepoint.station.retiming import Retiming
from chargepoint.station.security import Security
from chargepoint.station.service import Service
from chargepoint.station.settings import StationSettings
from chargepoint.station.showing import show
from chargepoint.station.transacting import Transacting
from chargepoint.station.transaction_status import TransactionStatuses
from chargepoint.station.transfers import Files
from chargepoint.station.triggers import Triggers
from chargepoint.station.uplink import Uplink
from chargepoint.station.vendors.vendors import Vendors
from chargepoint.store.store import Store
from hal.api import TokenReader

TICK_S = 1.0
SHORTEST_S = 0.01
"""So that a tick that comes a hair early is not followed by a hundred others."""


class Station:
    """One station process. ``run`` returns when somebody asked it to stop; true: start anew."""

    def __init__(
        self,
        settings: StationSettings,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        connect_control: Callable[[], Awaitable[StationEnd]],
        make_csms: Callable[[StationPort], Csms],
        readers: tuple[TokenReader, ...] = (),
        files: Files | None = None,
        displays: Sequence[Place] = (),
    ) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.csms = csms = make_csms(self)
        self.transacting = Transacting(settings, store, model, clock, lambda message: self.link.tell(message))
        self.link = ControlLink(connect_control, store, self.transacting)
        self.availability = Availability(settings, store, self.transacting)
        self.access = Access(settings, store, model, clock, csms, self.transacting, self.availability, self.link.tell, readers)
        self.uplink = Uplink(settings, store, model, clock, csms, self.availability, self.access.authorizing)
        self.metering = Metering(model, clock, self.transacting, self.uplink.tell_values)
        self.limiting = Limiting(settings, store, model, clock, self.transacting, self.link.tell)
        self.external_limits = ExternalLimits(store, model, clock, self.limiting, self.transacting, csms, self._may_ask)
        self.retiming = Retiming(store, clock, self.transacting, self.uplink.delivery, self.limiting.book)
        self.triggers = Triggers(clock, self.transacting, self.availability, self.metering, self.uplink.provisioning, self.uplink.reporting)
        self.resetting = Resetting(store, model, self.transacting, lambda: self.leave(restart=True))
        self.configuring = Configuring(store, model, self.uplink.reports, clock)
        self._model = model
        self._leaving = asyncio.Event()
        self._restart = False
        self._open(csms, displays)
        self.security = Security(settings, store, model, clock, csms, lambda: self.uplink.accepted)
        self.maintenance = Maintenance(settings, store, model, clock, csms, files)
        self.driving = Driving(self, model)
        self.monitoring = monitoring.at(self, model)
        self.costing = Costing(self.vendors.costs)
        self.messages = DisplayMessages(self.store, model, clock, self.transacting, self.availability, self.uplink.reports)
        self.orders = self._all_orders()
        self._wire()
        self.transacting.end_removed()

    def _open(self, csms: Csms, displays: Sequence[Place]) -> None:
        """Rooms for drivers, technicians and special wishes of a CSMS."""
        settings, store, model, clock = self.settings, self.store, self._model, self.clock
        self.vendors = Vendors(
            store,
            model,
            clock,
            csms,
            self.transacting,
            self.availability,
            self.metering,
            self.uplink.tell_values,
            self._may_ask,
            self.access.authorizing.judge,
            self.obey,
        )
        self.appearance = Appearance(
            settings,
            clock,
            model,
            self.transacting,
            self.availability,
            self.access.authorizing,
            self.link,
            displays,
            self.vendors.costs.display,
        )
        say = self.appearance.displaying.say
        office = Office(settings, store, model, clock, self.transacting, self.availability, self.access, self.obey)
        self.service = Service(
            store, clock, self.transacting, self.availability, self.link, self.access, self.uplink, self.resetting, office, say
        )

    def _wire(self) -> None:
        self.transacting.changed = self._changed
        self.transacting.ended = self.resetting.transaction_ended
        self.resetting.reservations = lambda: self.access.reserving.kept
        self.availability.resets = self.resetting.resets
        self.access.places.admits = self.resetting.admits
        self.availability.asked_about = self.uplink.reporting.again
        self.transacting.may_start = self._may_start
        self.access.local_list.changed = self.access.reading.changed = self.uplink.reporting.refresh
        others, records = self.availability.station_faults, self.transacting.records
        self.availability.station_faults = lambda: (*others(), *records.faults())
        records.failed = self.service.chronicle.record_missing
        self.limiting.wire(self.access.remote)
        self.security.serve(self.triggers, self.uplink.delivery.nudge)
        network, provisioning = self.security.securing.network, self.uplink.provisioning
        network.switched, network.taken = provisioning.anew, lambda: self.registration in (Registration.ACCEPTED, Registration.PENDING)
        provisioning.taken, provisioning.unanswered = network.proven, network.unanswered
        self.service.keeping.keep_in(self.settings.firmware.folder, self.noted)
        self.access.reserving.news.progress.may_ask = self._may_ask
        self.metering.heard = lambda: self.link.connected
        self.transacting.spanning.by_16 = lambda: self.csms.version == "1.6"
        self.metering.one_interval = lambda: self.csms.version == "1.6"
        self.metering.expected_ma = lambda evse: self.limiting.expected_ma(evse) if self.availability.usable(evse) else 0
        self.configuring.missing = self.metering.missing
        self.link.on_state = self._control_says
        self.appearance.displaying.bulletin = self.messages.bulletin
        self.uplink.delivery.priced = self._answered
        self.uplink.delivery.running = self.transacting.spanning.numbers
        self.maintenance.wire(self)
        self.uplink.provisioning.synchronised = self.settings.synchronised
        show(self._model, self.clock, self.transacting, self.availability)

    def _may_ask(self) -> bool:
        """Can the CSMS be asked?"""
        return self.access.authorizing.may_ask()

    def _may_start(self, session: Session) -> bool:
        """Whatever keeps a transaction from starting."""
        if not self.uplink.accepted and self.settings.has_csms and not self._model.read(TX_BEFORE_ACCEPTED):
            return False
        return self.resetting.may_start(session) and self.availability.may_start(session) and self.access.reserving.may_start(session)

    def _changed(self) -> None:
        self.access.reserving.review()
        self.vendors.follow()
        self.uplink.changed()
        self.access.remote.unlocking.refresh()
        self.limiting.refresh()
        self.appearance.refresh()
        self.service.chronicle.follow()
        self.monitoring.watch.look()

    def _answered(self, event: TransactionEvent, answer: TransactionAnswer) -> None:
        """What the CSMS says of a transaction beside whether it may go on."""
        self.costing.answered(event, answer)
        self.limiting.answered(event, answer)

    def _control_says(self, state: EvseState) -> None:
        self.security.alarms.control_says(state)
        self.access.remote.unlocking.control_says(state)
        self.limiting.control_says(state)
        self.service.control_says(state)

    # What the OCPP client tells and asks

    @property
    def registration(self) -> Registration:
        """Where the boot stands."""
        return self.uplink.provisioning.registration

    def csms_connected(self) -> None:
        """A connection stands."""
        self.security.connected()
        self.uplink.connected()
        self.service.chronicle.note(Happening(area="csms", kind="connected", text=f"connected to the CSMS with OCPP {self.csms.version}"))

    def csms_lost(self, reason: str) -> None:
        """The connection is gone."""
        self.uplink.lost(reason)
        self.service.chronicle.note(Happening(area="csms", kind="lost", level="warning", text=f"connection to the CSMS lost: {reason}"))

    def csms_transaction_id(self, transaction_id: str) -> str | None:
        """The 1.6 transactionId of one of ours."""
        return self.store.transactions.csms_id(transaction_id)

    def framed(self, sent: bool, data: bytes | bytearray | memoryview) -> None:
        """For technicians who look on, and for the heartbeat."""
        self.service.office.frames.note(sent, data)
        if sent:
            self.uplink.provisioning.spoke()

    def noted(self, kind: str, info: str) -> None:
        """For the security log."""
        self.security.log.note(kind, info)

    async def obey(self, command: Command) -> Answered:
        """Carry out what the CSMS wants."""
        return await carry_out(self.orders, command)

    def _all_orders(self) -> Orders:
        return {
            Reset: self.resetting.reset,
            ChangeAvailability: lambda command: (self.availability.change(command), None),
            TriggerMessage: self.triggers.pull,
            **(secured := self.security.orders(self._set)),
            **self.configuring.orders(secured[SetVariables]),
            **TransactionStatuses(self.store, self.transacting).orders(),
            **self.limiting.orders(self.uplink.reports),
            **self.vendors.orders(),
            **self.access.orders(),
            **self.maintenance.orders(),
            **self.monitoring.orders(),
            **self.messages.orders(),
            **self.costing.orders(),
        }

    def _set(self, command: SetVariables) -> Reply:
        results = self.configuring.set(command)
        self.uplink.provisioning.retime()
        self.uplink.reporting.refresh()
        return results

    # Running

    def leave(self, restart: bool = False) -> None:
        """End ``run``."""
        self._restart = restart
        self._leaving.set()

    async def run(self) -> bool:
        """Until ``leave``. True: the process shall start anew. An error of our own ends it: what is stored is consistent."""
        self.service.starts.begin(self.settings.kernel, self.settings.synchronised, explains=not self.settings.bench)
        self.resetting.resume()
        work = [
            self.security.run(),
            self.service.releases.run(),
            self.link.run(),
            self._tick(),
            self.limiting.run(),
            *self.access.work(),
            *self.resetting.work(),
            *self.appearance.work(),
        ]
        if self.settings.has_csms:
            work += [*self.uplink.work(), *self.maintenance.work(), self.external_limits.run()]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(job) for job in work]
            await self._leaving.wait()
            for task in tasks:
                task.cancel()
        self.service.left()
        return self._restart

    async def _tick(self) -> None:
        while True:
            now_s = self.clock.monotonic()
            self.clock.tick()
            self.link.tick(now_s)
            self.limiting.tick()
            self.external_limits.tick()
            self.transacting.tick(now_s)
            self.access.tick(now_s)
            self.resetting.tick()
            self.appearance.tick(now_s)
            self.security.tick(now_s)
            self.metering.tick(now_s)
            self.vendors.tick()
            self.service.tick(now_s)
            self.driving.tick()
            self.monitoring.tick()
            self.messages.review()
            self.uplink.delivery.tick()
            await pause(max(TICK_S - now_s % TICK_S, SHORTEST_S))

    @property
    def takers(self) -> Takers:
        """Who answers the questions of technicians and drivers."""
        rooms = (self.service, self.security, self.driving, self.maintenance, self.external_limits)
        return {asked: taker for room in rooms for asked, taker in room.takers().items()}

    def document(self) -> dict[str, Any]:
        """How the station is, for people and the bench."""
        return document.of(self)

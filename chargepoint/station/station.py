"""The station: composes the services, hands commands to them, and keeps them running.

control ══link══▶ ControlLink ──▶ Transacting ──▶ Store (state and outbox, one commit)
readers ────────▶ Authorizing ──▶     │                  │
CSMS ◀── Delivery ◀── outbox ─────────┼──────────────────┘
     ◀── Reporting ◀── Availability ◀─┘
     ──▶ obey: Remote, Triggers, Resetting, Availability, Configuring, Vendors
technician ─────▶ Servicing ──▶ control
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from chargepoint.domain.commands import (
    ChangeAvailability,
    Command,
    GetBaseReport,
    GetVariables,
    Reply,
    RequestStart,
    RequestStop,
    Reset,
    SetVariables,
    TriggerMessage,
    UnlockConnector,
)
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import Registration
from chargepoint.domain.session import Session
from chargepoint.link.messages import EvseState
from chargepoint.link.ports import StationEnd
from chargepoint.station import document
from chargepoint.station.authorizing import Authorizing
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.configuring import Configuring
from chargepoint.station.control_link import ControlLink
from chargepoint.station.csms import Csms, StationPort
from chargepoint.station.delivery import Delivery
from chargepoint.station.inquiry import Takers
from chargepoint.station.known_tokens import KnownTokens
from chargepoint.station.limiting import Limiting
from chargepoint.station.local_list import LocalList
from chargepoint.station.maintenance import Maintenance
from chargepoint.station.metering import Metering
from chargepoint.station.orders import Answered, Orders, carry_out
from chargepoint.station.provisioning import Provisioning
from chargepoint.station.remote import Remote
from chargepoint.station.reporting import Reporting
from chargepoint.station.reserving import Reserving
from chargepoint.station.resetting import Resetting
from chargepoint.station.security import Security
from chargepoint.station.servicing import Servicing
from chargepoint.station.settings import StationSettings
from chargepoint.station.showing import show
from chargepoint.station.transacting import Transacting
from chargepoint.station.transfers import Files
from chargepoint.station.triggers import Triggers
from chargepoint.station.undelivered import Undelivered
from chargepoint.station.vendors.vendors import Vendors
from chargepoint.store.outbox import Lane
from chargepoint.store.store import Store
from hal.api import TokenReader
from hal.errors import DeviceError

log = logging.getLogger(__name__)

TICK_S = 1.0
SHORTEST_S = 0.01
"""So that a tick that comes a hair early is not followed by a hundred others."""
READER_RETRY_S = 2.0


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
    ) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.csms = csms = make_csms(self)
        self._readers = readers
        self.transacting = Transacting(settings, store, model, clock, lambda message: self.link.tell(message))
        self.link = ControlLink(connect_control, store, self.transacting)
        self.availability = Availability(settings, store, self.transacting)
        self.local_list = LocalList(store, model, clock)
        self.known = KnownTokens(store, model, clock, self.local_list)
        self.reserving = Reserving(store, model, clock, self.transacting, self.availability)
        self.authorizing = Authorizing(
            settings, model, csms if settings.has_csms else None, self.known, self.transacting, self.availability, self.reserving
        )
        self.delivery = Delivery(store, model, clock, csms, self.authorizing)
        self.reporting = Reporting(model, clock, csms, self.availability)
        self.metering = Metering(model, clock, self.transacting, self.reporting.tell)
        self.provisioning = Provisioning(settings.identity, store, model, clock, csms)
        self.remote = Remote(store, model, clock, self.transacting, self.availability, self.authorizing, self.link.tell)
        self.limiting = Limiting(settings, store, model, clock, self.transacting, self.link.tell)
        self.servicing = Servicing(self.transacting.sheets, lambda: self.link.connected, self.link.tell)
        self.undelivered = Undelivered(store, self.delivery)
        self.triggers = Triggers(clock, self.transacting, self.availability, self.metering, self.provisioning, self.reporting)
        self.resetting = Resetting(store, model, self.transacting, lambda: self.leave(restart=True))
        self.configuring = Configuring(store, model, self.reporting, clock)
        self.vendors = Vendors(
            store,
            model,
            clock,
            csms,
            self.transacting,
            self.availability,
            self.metering,
            self.reporting.tell,
            lambda: self.authorizing.may_ask(),
            self.authorizing.judge,
            self.obey,
        )
        self.security = Security(settings, store, model, clock, csms, lambda: self.registration is Registration.ACCEPTED)
        self.maintenance = Maintenance(settings, store, model, clock, csms, files)
        self._model = model
        self._leaving = asyncio.Event()
        self._restart = False
        self.orders = self._all_orders()
        self._wire()
        self.transacting.end_removed()

    def _wire(self) -> None:
        self.transacting.changed = self._changed
        self.transacting.ended = self.resetting.transaction_ended
        self.transacting.may_start = self._may_start
        self.transacting.reservation = self.reserving.taken
        self.availability.reserved = self.reserving.reserved
        self.availability.station_faults = self.local_list.faults
        self.local_list.changed = self.reporting.refresh
        self.limiting.wire(self.remote)
        self.security.serve(self.triggers, self.delivery.nudge)
        self.metering.heard = lambda: self.link.connected
        self.metering.one_interval = lambda: self.csms.version == "1.6"
        self.metering.expected_ma = lambda evse: self.limiting.expected_ma(evse) if self.availability.usable(evse) else 0
        self.configuring.missing = self.metering.missing
        self.link.on_state = self._control_says
        self.provisioning.accepted = self._accepted
        self.authorizing.may_ask = lambda: self.csms.connected and self.registration is Registration.ACCEPTED
        self.maintenance.wire(self)
        show(self._model, self.clock, self.transacting, self.availability)

    def _may_start(self, session: Session) -> bool:
        """Whatever keeps a transaction from starting."""
        return not self.resetting.scheduled and self.availability.may_start(session) and self.reserving.may_start(session)

    def _changed(self) -> None:
        self.reserving.review()
        self.vendors.follow()
        self.delivery.nudge()
        self.reporting.refresh()
        self.remote.refresh()
        self.limiting.refresh()

    def _control_says(self, state: EvseState) -> None:
        self.security.alarms.control_says(state)
        self.remote.control_says(state)
        self.limiting.control_says(state)
        self.servicing.control_says(state)

    # What the OCPP client tells and asks

    @property
    def registration(self) -> Registration:
        """Where the boot stands."""
        return self.provisioning.registration

    def csms_connected(self) -> None:
        """A connection stands."""
        self.security.securing.connected()
        self.provisioning.open()
        if self.registration is Registration.ACCEPTED:
            self._open()

    def csms_lost(self, reason: str) -> None:
        """The connection is gone."""
        log.info("event=csms_lost reason=%s", reason)
        self.provisioning.shut()
        self.delivery.shut()
        self.reporting.shut()

    def _accepted(self) -> None:
        self.reporting.forget()
        self._open()

    def _open(self) -> None:
        self.reporting.open()
        self.delivery.open()

    def csms_transaction_id(self, transaction_id: str) -> str | None:
        """The 1.6 transactionId of one of ours."""
        return self.store.transactions.csms_id(transaction_id)

    def noted(self, kind: str, info: str) -> None:
        """For the security log."""
        self.security.log.note(kind, info)

    async def obey(self, command: Command) -> Answered:
        """Carry out what the CSMS wants."""
        return await carry_out(self.orders, command)

    def _all_orders(self) -> Orders:
        return {
            RequestStart: self.remote.start,
            RequestStop: lambda command: (self.remote.stop(command), None),
            UnlockConnector: self._unlock,
            Reset: self.resetting.reset,
            ChangeAvailability: lambda command: (self.availability.change(command), None),
            TriggerMessage: self.triggers.pull,
            GetVariables: lambda command: (self.configuring.get(command), None),
            GetBaseReport: self.configuring.report,
            **self.security.orders(self._set),
            **self.limiting.orders(),
            **self.vendors.orders(),
            **self.known.orders(),
            **self.local_list.orders(),
            **self.reserving.orders(),
            **self.maintenance.orders(),
        }

    async def _unlock(self, command: UnlockConnector) -> Answered:
        return await self.remote.unlock(command), None

    def _set(self, command: SetVariables) -> Reply:
        results = self.configuring.set(command)
        self.provisioning.retime()
        self.reporting.refresh()
        return results

    # Running

    def leave(self, restart: bool = False) -> None:
        """End ``run``."""
        self._restart = restart
        self._leaving.set()

    async def run(self) -> bool:
        """Until ``leave``. True: the process shall start anew. An error of our own ends it: what is stored is consistent."""
        work = [self.security.run(), self.link.run(), self._tick(), self.limiting.run(), *(self._read(reader) for reader in self._readers)]
        if self.settings.has_csms:
            work += [self.csms.run(), *map(self.delivery.run, Lane), self.reporting.run(), self.provisioning.run()]
            work += self.maintenance.work()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(job) for job in work]
            await self._leaving.wait()
            for task in tasks:
                task.cancel()
        return self._restart

    async def _tick(self) -> None:
        while True:
            now_s = self.clock.monotonic()
            self.link.tick(now_s)
            self.limiting.tick()
            self.transacting.tick(now_s)
            self.authorizing.tick(now_s)
            self.security.tick(now_s)
            self.reserving.tick()
            self.metering.tick(now_s)
            self.vendors.tick()
            self.delivery.nudge()
            await pause(max(TICK_S - now_s % TICK_S, SHORTEST_S))

    async def _read(self, reader: TokenReader) -> None:
        async with asyncio.TaskGroup() as judging:  # who only wants to stop does not wait for what the CSMS says of others
            while True:
                try:
                    async for seen in reader.tokens():
                        judging.create_task(self.authorizing.seen(seen))
                except DeviceError as error:
                    log.warning("event=reader_lost cause=%s", error)
                await pause(READER_RETRY_S)

    @property
    def takers(self) -> Takers:
        """Who answers a technician's questions."""
        return {**self.servicing.takers(), **self.undelivered.takers()}

    def document(self) -> dict[str, Any]:
        """How the station is, for people and the bench."""
        return document.of(self)

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
    ClearCache,
    Command,
    DataTransfer,
    GetBaseReport,
    GetVariables,
    Outcome,
    Reply,
    RequestStart,
    RequestStop,
    Reset,
    SetVariables,
    TriggerMessage,
    UnlockConnector,
    Verdict,
)
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import Registration
from chargepoint.domain.variables import AUTH_CACHE_ENABLED
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
from chargepoint.station.metering import Metering
from chargepoint.station.orders import Answered, Orders, carry_out
from chargepoint.station.provisioning import Provisioning
from chargepoint.station.remote import Remote
from chargepoint.station.reporting import Reporting
from chargepoint.station.resetting import Resetting
from chargepoint.station.servicing import Servicing
from chargepoint.station.settings import StationSettings
from chargepoint.station.showing import show
from chargepoint.station.transacting import Transacting
from chargepoint.station.triggers import Triggers
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
    ) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.csms = csms = make_csms(self)
        self._readers = readers
        self.transacting = Transacting(settings, store, model, clock, lambda message: self.link.tell(message))
        self.link = ControlLink(connect_control, store, self.transacting)
        self.availability = Availability(settings, store, self.transacting)
        self.authorizing = Authorizing(
            settings, store, model, clock, csms if settings.has_csms else None, self.transacting, self.availability
        )
        self.delivery = Delivery(store, model, clock, csms, self.authorizing)
        self.reporting = Reporting(model, clock, csms, self.availability)
        self.metering = Metering(model, clock, self.transacting, self.reporting.tell)
        self.provisioning = Provisioning(settings.identity, store, model, clock, csms)
        self.remote = Remote(store, model, clock, self.transacting, self.availability, self.authorizing, self.link.tell)
        self.servicing = Servicing(self.transacting.sheets, lambda: self.link.connected, self.link.tell)
        self.triggers = Triggers(clock, self.transacting, self.availability, self.metering, self.provisioning, self.reporting)
        self.resetting = Resetting(store, self.transacting, lambda: self.leave(restart=True))
        self.configuring = Configuring(store, model, self.reporting, clock)
        self._model = model
        self._leaving = asyncio.Event()
        self._restart = False
        self.orders = self._all_orders()
        self._wire()
        self.transacting.end_removed()

    def _wire(self) -> None:
        self.transacting.changed = self._changed
        self.transacting.ended = self.resetting.transaction_ended
        self.transacting.may_start = lambda session: not self.resetting.scheduled and self.availability.may_start(session)
        self.link.on_state = self._control_says
        self.provisioning.accepted = self._accepted
        self.authorizing.may_ask = lambda: self.csms.connected and self.registration is Registration.ACCEPTED
        show(self._model, self.clock, self.transacting, self.availability)

    def _changed(self) -> None:
        self.delivery.nudge()
        self.reporting.refresh()
        self.remote.refresh()

    def _control_says(self, state: EvseState) -> None:
        self.remote.control_says(state)
        self.servicing.control_says(state)

    # What the OCPP client tells and asks

    @property
    def registration(self) -> Registration:
        """Where the boot stands."""
        return self.provisioning.registration

    def csms_connected(self) -> None:
        """A connection stands."""
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
            SetVariables: lambda command: (self._set(command), None),
            GetBaseReport: self.configuring.report,
            ClearCache: lambda _: (self._clear_cache(), None),
            DataTransfer: lambda _: (Outcome(Verdict.UNKNOWN_VENDOR), None),
        }

    async def _unlock(self, command: UnlockConnector) -> Answered:
        return await self.remote.unlock(command), None

    def _set(self, command: SetVariables) -> Reply:
        results = self.configuring.set(command)
        self.provisioning.retime()
        self.reporting.refresh()
        return results

    def _clear_cache(self) -> Outcome:
        """C11; 1.6 §5.4: without a cache it is rejected."""
        if not self._model.read(AUTH_CACHE_ENABLED):
            return Outcome(Verdict.REJECTED, "NotEnabled", "the authorisation cache is off")
        with self.store.commit():
            self.store.tokens.clear()
        return Outcome(Verdict.ACCEPTED)

    # Running

    def leave(self, restart: bool = False) -> None:
        """End ``run``."""
        self._restart = restart
        self._leaving.set()

    async def run(self) -> bool:
        """Until ``leave``. True: the process shall start anew. An error of our own ends it: what is stored is consistent."""
        work = [self.link.run(), self._tick(), *(self._read(reader) for reader in self._readers)]
        if self.settings.has_csms:
            work += [self.csms.run(), self.delivery.run(), self.reporting.run(), self.provisioning.run()]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(job) for job in work]
            await self._leaving.wait()
            for task in tasks:
                task.cancel()
        return self._restart

    async def _tick(self) -> None:
        while True:
            now_s = self.clock.monotonic()
            self.transacting.tick(now_s)
            self.authorizing.tick(now_s)
            self.metering.tick(now_s)
            self.delivery.nudge()
            await pause(max(TICK_S - now_s % TICK_S, SHORTEST_S))

    async def _read(self, reader: TokenReader) -> None:
        while True:
            try:
                async for seen in reader.tokens():
                    await self.authorizing.seen(seen)
            except DeviceError as error:
                log.warning("event=reader_lost cause=%s", error)
            await pause(READER_RETRY_S)

    def document(self) -> dict[str, Any]:
        """How the station is, for people and the bench."""
        return document.of(self)

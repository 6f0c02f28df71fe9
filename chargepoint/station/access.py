"""Who may charge, and where: the rooms that decide it, from a card at a reader or a wish of the CSMS to an EVSE."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from chargepoint.domain.device_model import DeviceModel
from chargepoint.link.messages import Down
from chargepoint.station.authorizing import Authorizing
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.csms import Csms
from chargepoint.station.known_tokens import KnownTokens
from chargepoint.station.local_list import LocalList
from chargepoint.station.orders import Orders
from chargepoint.station.places import Places
from chargepoint.station.remote import Remote
from chargepoint.station.reserving import Reserving
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store
from hal.api import TokenReader
from hal.errors import DeviceError

log = logging.getLogger(__name__)

READER_RETRY_S = 2.0


class Access:
    """``to_control``: for plugs that are let go from afar."""

    def __init__(
        self,
        settings: StationSettings,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        csms: Csms,
        transacting: Transacting,
        availability: Availability,
        to_control: Callable[[Down], None],
        readers: tuple[TokenReader, ...],
    ) -> None:
        self._readers = readers
        self.local_list = LocalList(store, model, clock)
        self.known = KnownTokens(store, model, clock, self.local_list)
        self.reserving = Reserving(store, model, clock, transacting, availability)
        self.places = Places(model, clock, transacting, availability, self.reserving)
        self.authorizing = Authorizing(settings, model, csms if settings.has_csms else None, self.known, transacting, self.places)
        self.remote = Remote(store, model, clock, transacting, availability, self.authorizing, self.places, to_control)
        transacting.waits_elsewhere = self.places.waits_elsewhere
        transacting.reservation = self.reserving.taken
        availability.reserved = self.reserving.reserved
        availability.station_faults = self.local_list.faults

    def orders(self) -> Orders:
        """For the station."""
        return {**self.remote.orders(), **self.known.orders(), **self.local_list.orders(), **self.reserving.orders()}

    def tick(self, now_s: float) -> None:
        """Once a second."""
        self.authorizing.tick(now_s)
        self.reserving.tick()

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on for as long as the station runs."""
        return [self._read(reader) for reader in self._readers]

    async def _read(self, reader: TokenReader) -> None:
        async with asyncio.TaskGroup() as judging:  # who only wants to stop does not wait for what the CSMS says of others
            while True:
                try:
                    async for seen in reader.tokens():
                        judging.create_task(self.authorizing.seen(seen))
                except DeviceError as error:
                    log.warning("event=reader_lost cause=%s", error)
                await pause(READER_RETRY_S)

"""Who may charge, and where: the rooms that decide it, from a card at a reader or a wish of the CSMS to an EVSE."""

from collections.abc import Callable, Coroutine
from typing import Any

from chargepoint.domain.device_model import DeviceModel
from chargepoint.link.messages import Down
from chargepoint.station.authorizing import Authorizing
from chargepoint.station.availability import Availability
from chargepoint.station.card_answers import CardAnswers
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Csms
from chargepoint.station.known_tokens import KnownTokens
from chargepoint.station.local_list import LocalList
from chargepoint.station.orders import Orders
from chargepoint.station.places import Places
from chargepoint.station.reading import Reading
from chargepoint.station.remote import Remote
from chargepoint.station.reservation_news import ReservationNews
from chargepoint.station.reserving import Reserving
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store
from hal.api import TokenReader


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
        self.local_list = LocalList(store, model, clock)
        self.known = KnownTokens(store, model, clock, self.local_list)
        self.known.by_16 = lambda: csms.version == "1.6"
        self.reserving = Reserving(store, model, clock, transacting, availability, ReservationNews(store, csms))
        self.reserving.by_16 = lambda: csms.version == "1.6"
        self.places = Places(model, clock, transacting, availability, self.reserving)
        csms_or_none = csms if settings.has_csms else None
        self.authorizing = Authorizing(settings, model, clock, csms_or_none, self.known, transacting, self.places)
        self.answers = CardAnswers(clock)
        self.authorizing.judged = self.answers.note
        self.reading = Reading(clock, readers, self.authorizing.seen)
        self.remote = Remote(store, model, clock, transacting, availability, self.authorizing, self.places, to_control)
        transacting.free_token = self.authorizing.free_token
        transacting.waits_elsewhere = self.places.waits_elsewhere
        transacting.reservation = self.reserving.taken
        availability.reserved = self.reserving.reserved
        availability.station_faults = lambda: (*self.local_list.faults(), *self.reading.faults())

    def orders(self) -> Orders:
        """For the station."""
        return {**self.remote.orders(), **self.known.orders(), **self.local_list.orders(), **self.reserving.orders()}

    def tick(self, now_s: float) -> None:
        """Once a second."""
        self.authorizing.tick(now_s)
        self.reserving.tick()
        self.reading.tick(now_s)

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on for as long as the station runs."""
        return [*self.reading.work(), self.remote.errands.run(), self.reserving.news.progress.run()]

"""What goes to the CSMS by itself: the boot first, then how the connectors are, and the messages that wait."""

import logging
import uuid
from collections.abc import Coroutine
from typing import Any

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import MeterValues, Registration
from chargepoint.domain.variables.communication import QUEUE_ALL
from chargepoint.station.authorizing import Authorizing
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Csms
from chargepoint.station.delivery import Delivery
from chargepoint.station.fingerprints import Fingerprints
from chargepoint.station.provisioning import Provisioning
from chargepoint.station.reporting import Reporting
from chargepoint.station.reports import Reports
from chargepoint.station.settings import StationSettings
from chargepoint.station.undelivered import Undelivered
from chargepoint.station.unreached import Unreached
from chargepoint.station.uplink_view import UplinkView
from chargepoint.store.outbox import Lane
from chargepoint.store.store import Store

log = logging.getLogger(__name__)


class Uplink:
    """Opens its rooms while the connection stands and the boot is accepted."""

    def __init__(
        self,
        settings: StationSettings,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        csms: Csms,
        availability: Availability,
        authorizing: Authorizing,
    ) -> None:
        self._store = store
        self._csms = csms
        self._model = model
        self._has_csms = settings.has_csms
        self.provisioning = Provisioning(settings.identity, store, model, clock, csms)
        self.reporting = Reporting(model, clock, csms, availability)
        self.reports = Reports(csms, lambda: self.provisioning.registration)
        self.delivery = Delivery(store, model, clock, csms, authorizing)
        self.undelivered = Undelivered(store, self.delivery)
        self.view = UplinkView(settings.has_csms, model, clock, csms, self.provisioning)
        self.unreached = Unreached(settings.has_csms, csms)
        self.fingerprints = Fingerprints(settings.security)
        self.provisioning.accepted = self._accepted
        authorizing.may_ask = lambda: csms.connected and self.accepted

    @property
    def accepted(self) -> bool:
        """Has the CSMS accepted the boot?"""
        return self.provisioning.registration is Registration.ACCEPTED

    def connected(self) -> None:
        """A connection stands."""
        self.delivery.connected()
        self.provisioning.open()
        if self.accepted:
            self._open()

    def lost(self, reason: str) -> None:
        """The connection is gone."""
        log.info("event=csms_lost reason=%s", reason)
        self.provisioning.shut()
        self.delivery.shut()
        self.reporting.shut()
        self.reports.shut()

    def _accepted(self) -> None:
        """Every connector's state is told (B01.FR.05)."""
        self.reporting.forget()
        self._open()

    def _open(self) -> None:
        self.reporting.open()
        self.delivery.open()

    def tell_values(self, values: MeterValues) -> None:
        """Once, if somebody hears it, or until somebody has (QueueAllMessages, part 2 §2.1.9). What else of that variable: events of
        monitors of any severity are kept then; all other messages are kept anyway, or told as things are when the CSMS is back."""
        if not self._has_csms or not self._model.read(QUEUE_ALL):
            self.reporting.tell(values)
            return
        with self._store.commit():
            self._store.outbox.put(str(uuid.uuid4()), values)
        self.delivery.nudge()

    def changed(self) -> None:
        """Something happened that may have to be told."""
        self.delivery.nudge()
        self.reporting.refresh()

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on for as long as the station runs."""
        return [self._csms.run(), *map(self.delivery.run, Lane), self.reporting.run(), self.reports.run(), self.provisioning.run()]

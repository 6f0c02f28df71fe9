"""Everything about security in one place, for the station to wire (OCPP 2.0.1 blocks A and M; 1.6 security whitepaper).

CSMS ──▶ Certificates (roots, our own)     Securing (password, profile; what to connect with) ──▶ OCPP client
              ▲                                 │
         Renewing (signing requests)            ▼
station ──▶ Alarms ──────────────────────▶ SecurityLog ──▶ store: log and outbox
"""

import asyncio
import logging
from collections.abc import Callable

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import CertificateSigned, Outcome, Reply, SetVariables, Trigger, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.variables.device_data import CLOCK_REPORTING_THRESHOLD
from chargepoint.domain.variables.plug_and_charge import PNC_ENABLED
from chargepoint.inquiry.security import Noted, NoteSecurity
from chargepoint.station.alarms import Alarms
from chargepoint.station.certificates import Certificates
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Csms
from chargepoint.station.inquiry import Takers
from chargepoint.station.ocsp import CertificateStatuses
from chargepoint.station.orders import Answered, Orders
from chargepoint.station.renewing import Renewing
from chargepoint.station.securing import Securing
from chargepoint.station.security_log import SecurityLog
from chargepoint.station.settings import StationSettings
from chargepoint.station.triggers import Triggers
from chargepoint.station.vehicle_certificates import VehicleCertificates
from chargepoint.store.store import Store

log = logging.getLogger(__name__)


class Security:
    """``accepted``: has the CSMS accepted the boot?"""

    def __init__(
        self, settings: StationSettings, store: Store, model: DeviceModel, clock: StationClock, csms: Csms, accepted: Callable[[], bool]
    ) -> None:
        identity = settings.identity
        self._settings = settings
        self._store = store
        self.log = SecurityLog(store, clock, told=settings.has_csms)
        self.alarms = Alarms(self.log.note, settings.security.free)
        self.certificates = Certificates(settings.security, identity.serial or identity.id, model, clock, self.log.note)
        self.securing = Securing(settings, store, model, clock, csms, self.certificates, self.log.note)
        self.renewing = Renewing(self.certificates, model, clock, csms, self.log.note, accepted)
        self.renewing.looked = self.securing.look_again
        self._model = model
        self.for_vehicles = VehicleCertificates(
            settings.security, identity.serial or identity.id, model, clock, self.log.note, self.certificates
        )
        self.renewing_for_vehicles = Renewing(self.for_vehicles, model, clock, csms, self.log.note, accepted)
        self.renewing_for_vehicles.refused = self._no_plug_and_charge
        self.statuses = CertificateStatuses(self.for_vehicles, clock, csms, accepted)
        self.for_vehicles.came = self.statuses.look
        clock.was_set = self.alarms.clock_set
        self.alarms.drift_s = lambda: model.read(CLOCK_REPORTING_THRESHOLD)

    def serve(self, triggers: Triggers, nudge: Callable[[], None]) -> None:
        """``nudge``: something waits in the outbox."""
        triggers.serve(Trigger.SIGN_CHARGING_STATION_CERTIFICATE, self.renewing.ask_now)
        vehicles = self.renewing_for_vehicles.ask_now
        triggers.serve(Trigger.SIGN_V2G_CERTIFICATE, vehicles, there=lambda: self.for_vehicles.enabled)
        self.log.nudge = nudge

    def orders(self, set_others: Callable[[SetVariables], Reply]) -> Orders:
        """``set_others``: for variables that are none of ours."""
        return {
            **self.certificates.orders(),
            **self.securing.network.orders(),
            CertificateSigned: self._signed,
            SetVariables: lambda command: self.securing.set(command, set_others),
        }

    def _signed(self, command: CertificateSigned) -> Answered:
        if command.use is CertificateUse.CHARGING_STATION:
            return self.renewing.signed(command)
        if not self.for_vehicles.enabled:
            return Outcome(Verdict.REJECTED, "InvalidCertificate", f"no {command.use} was asked for"), None
        return self.renewing_for_vehicles.signed(command)

    def _no_plug_and_charge(self) -> None:
        """A02.FR.21: until the next start."""
        log.warning("event=plug_and_charge_off reason=certificate_refused until=restart")
        self._model.put(PNC_ENABLED, False)

    def connected(self) -> None:
        """A connection stands."""
        self.securing.connected()
        self.statuses.look()

    def takers(self) -> Takers:
        """What it answers."""
        return {NoteSecurity: self._take_note}

    async def _take_note(self, question: NoteSecurity) -> Noted:
        """What the pages have noticed."""
        self.log.note(question.kind, "".join(each if each.isprintable() else "?" for each in question.info))
        return Noted()

    def tick(self, now_s: float) -> None:
        """Once a second."""
        self.alarms.tick(now_s)
        self.log.tick(now_s)
        self.securing.tick(now_s)

    async def run(self) -> None:
        """For ever."""
        self.log.tell_reset()
        self.alarms.started(self._store.facts.boot_reason(), self._settings.identity.firmware)
        delay_s = self._settings.security.expiry_check_delay_s
        async with asyncio.TaskGroup() as group:
            for job in (self.renewing.run(delay_s), self.renewing_for_vehicles.run(delay_s), self.statuses.run()):
                group.create_task(job)

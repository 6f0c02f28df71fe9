"""Everything about security in one place, for the station to wire (OCPP 2.0.1 blocks A and M; 1.6 security whitepaper).

CSMS ──▶ Certificates (roots, our own)     Securing (password, profile; what to connect with) ──▶ OCPP client
              ▲                                 │
         Renewing (signing requests)            ▼
station ──▶ Alarms ──────────────────────▶ SecurityLog ──▶ store: log and outbox
"""

from collections.abc import Callable

from chargepoint.domain.commands import CertificateSigned, Reply, SetVariables, Trigger
from chargepoint.domain.device_model import DeviceModel
from chargepoint.inquiry.security import Noted, NoteSecurity
from chargepoint.station.alarms import Alarms
from chargepoint.station.certificates import Certificates
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Csms
from chargepoint.station.inquiry import Takers
from chargepoint.station.orders import Orders
from chargepoint.station.renewing import Renewing
from chargepoint.station.securing import Securing
from chargepoint.station.security_log import SecurityLog
from chargepoint.station.settings import StationSettings
from chargepoint.station.triggers import Triggers
from chargepoint.store.store import Store


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
        clock.corrected = self.alarms.clock_set

    def serve(self, triggers: Triggers, nudge: Callable[[], None]) -> None:
        """``nudge``: something waits in the outbox."""
        triggers.serve(Trigger.SIGN_CHARGING_STATION_CERTIFICATE, self.renewing.ask_now)
        self.log.nudge = nudge

    def orders(self, set_others: Callable[[SetVariables], Reply]) -> Orders:
        """``set_others``: for variables that are none of ours."""
        return {
            **self.certificates.orders(),
            CertificateSigned: self.renewing.signed,
            SetVariables: lambda command: self.securing.set(command, set_others),
        }

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
        self.alarms.started(self._store.facts.boot_reason(), self._settings.identity.firmware)
        await self.renewing.run(self._settings.security.expiry_check_delay_s)

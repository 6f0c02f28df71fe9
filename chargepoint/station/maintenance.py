"""Firmware, diagnostics and logs in one place, for the station to wire (1.6 §3.13.2 Firmware Management; OCPP 2.0.1 blocks L and N).

CSMS ──▶ Firmware ──────▶ Installer         Progress ──▶ CSMS
     ──▶ Publishing ──────▶ Shelf ──▶ other stations
     ──▶ Diagnostics         │
              └──▶ Files ◀───┘  helper processes: download, upload, hash
"""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import Trigger
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import (
    BootReason,
    FirmwareStatusNotification,
    LogStatusNotification,
    NotifyCustomerInformation,
    PublishFirmwareStatusNotification,
)
from chargepoint.domain.variables.maintenance import ALLOW_NEW_SESSIONS
from chargepoint.inquiry.log import LogLines, ReadLog
from chargepoint.station import installers
from chargepoint.station.clock import StationClock
from chargepoint.station.collecting import Collecting
from chargepoint.station.csms import Csms
from chargepoint.station.customer_places import places
from chargepoint.station.customers import Customers
from chargepoint.station.diagnostics import Diagnostics
from chargepoint.station.disk import Disk
from chargepoint.station.firmware import Firmware
from chargepoint.station.inquiry import Takers
from chargepoint.station.orders import Orders
from chargepoint.station.progress import Progress
from chargepoint.station.publishing import Publishing
from chargepoint.station.recent_log import RecentLog
from chargepoint.station.settings import StationSettings
from chargepoint.station.transfers import Files, Transfers
from chargepoint.store.store import Store

if TYPE_CHECKING:
    from chargepoint.station.station import Station


class Maintenance:
    """``files`` ``None``: by helper processes, with the trust that the CSMS connection has."""

    def __init__(
        self, settings: StationSettings, store: Store, model: DeviceModel, clock: StationClock, csms: Csms, files: Files | None = None
    ) -> None:
        files = files or _transfers(settings)
        self.recent = RecentLog()
        """A handler for the process's log."""
        self.disk = Disk(store, clock)
        self.collecting = Collecting(store, model, clock, self.recent, settings.firmware.about)
        self.firmware = Firmware(
            settings,
            store,
            clock,
            files,
            installers.make(settings.firmware),
            Progress("firmware", FirmwareStatusNotification, store, csms),
        )
        self.publishing = Publishing(settings, store, files, Progress("publish", PublishFirmwareStatusNotification, store, csms))
        self.customers = Customers(store, clock, Progress("customer", NotifyCustomerInformation, store, csms, whole=True))
        self.firmware.admits = lambda: model.read(ALLOW_NEW_SESSIONS)
        self.diagnostics = Diagnostics(
            settings, store, clock, files, self.collecting.collect, Progress("log", LogStatusNotification, store, csms)
        )

    def wire(self, station: "Station") -> None:
        """Everything that it needs of the others."""
        firmware, diagnostics, publishing = self.firmware, self.diagnostics, self.publishing
        for each in (firmware.progress, diagnostics.progress, publishing.progress, self.customers.progress):
            each.may_ask = lambda: station.access.authorizing.may_ask()
        firmware.tell = diagnostics.tell = publishing.tell = station.triggers.tell
        firmware.busy = lambda: station.resetting.scheduled or bool(station.transacting.running())
        firmware.changed = lambda: station.transacting.changed()
        firmware.note = station.noted
        firmware.restart = lambda: station.resetting.begin(BootReason.FIRMWARE_UPDATE, graceful=True)
        self.disk.changed = station.transacting.changed
        others = station.availability.station_faults
        station.availability.station_faults = lambda: (*others(), *self.disk.faults())
        quiet, provisioning = station.service.quiet, station.uplink.provisioning
        station.availability.held = lambda: firmware.held() or quiet.held()
        quiet.next_reason = firmware.next_reason
        provisioning.next_reason = lambda: BootReason.FIRMWARE_UPDATE if quiet.held() else firmware.next_reason()
        releases, updater = station.service.releases, station.settings.firmware.updater
        releases.security = station.noted
        if updater is not None:
            releases.look, updater.told = updater.last, releases.tell
        station.resetting.forbidden = firmware.installing
        station.resetting.transferring = lambda: diagnostics.sending or firmware.fetching
        self.collecting.document = station.document
        self.customers.places = places(station)
        serve = station.triggers.serve
        serve(Trigger.FIRMWARE_STATUS, lambda _: firmware.triggered(signed=False))
        serve(Trigger.SIGNED_FIRMWARE_STATUS, lambda _: firmware.triggered(signed=True))
        serve(Trigger.PUBLISH_STATUS, lambda _: publishing.triggered(), there=lambda: publishing.able)
        serve(Trigger.LOG_STATUS, lambda _: diagnostics.triggered(diagnostics=False))
        serve(Trigger.DIAGNOSTICS_STATUS, lambda _: diagnostics.triggered(diagnostics=True))

    def orders(self) -> Orders:
        """For the station."""
        return {**self.firmware.orders(), **self.publishing.orders(), **self.diagnostics.orders(), **self.customers.orders()}

    def takers(self) -> Takers:
        """What technicians are answered."""
        return {ReadLog: self._read_log}

    async def _read_log(self, question: ReadLog) -> LogLines:
        lines = self.recent.lines()
        return LogLines(tuple(lines[len(lines) - min(max(question.count, 0), len(lines)) :]))

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on for as long as the station runs."""
        rooms = (self.firmware, self.publishing, self.diagnostics, self.customers, self.disk)
        tellers = (self.firmware.progress, self.publishing.progress, self.diagnostics.progress, self.customers.progress)
        return [each.run() for each in (*rooms, *tellers)]


def _transfers(settings: StationSettings) -> Transfers:
    """HTTP(S) and FTP(S), trusting the roots of the CSMS, and those of the system where the configuration says so (N01.FR.14, N01.FR.15,
    N01.FR.16)."""
    security = settings.security
    return Transfers(security.trust.get(CertificateUse.CSMS_ROOT), security.system_trust, security.verify_server_name)

"""Everything that pages need, in one place, and what runs beside them."""

import asyncio
import logging
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from chargepoint.inquiry import client
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.driver import EvseSight, SeeEvse
from chargepoint.inquiry.security import Noted, NoteSecurity
from chargepoint.inquiry.updates import LONGEST_TEXT, NoteUpdate, UpdateNoted
from chargepoint.update.messages import Offered
from chargepoint.web import setup_code
from chargepoint.web.accounts import AccountError, Accounts
from chargepoint.web.clock import Clock
from chargepoint.web.commissioning.testing import Commissioning
from chargepoint.web.configured import Configured
from chargepoint.web.drivers.sights import Sights
from chargepoint.web.editing.desk import Desk
from chargepoint.web.keeping import Looked
from chargepoint.web.log import Log
from chargepoint.web.moving import Moving
from chargepoint.web.passwords import Hashing
from chargepoint.web.ports import Ports
from chargepoint.web.ration import Ration
from chargepoint.web.rendering import Rendering
from chargepoint.web.security_log import SecurityLog
from chargepoint.web.sessions import Sessions
from chargepoint.web.static_files import Assets
from chargepoint.web.streams import Streams
from chargepoint.web.throttle import Throttle
from chargepoint.web.updates import Updates
from chargepoint.web.uploads import Uploads
from chargepoint.web.watching import Document, Watching
from chargepoint.web.work import Work
from chargepoint.web.workshop import Workshop

log = logging.getLogger(__name__)

T = TypeVar("T")

SETTLE_S = 60.0


class House:
    """``hosts``: names by which this machine is called (``chargepoint.web.addresses``)."""

    def __init__(self, ports: Ports, clock: Clock | None = None, hosts: frozenset[str] = frozenset({"localhost"})) -> None:
        self.ports = ports
        self.clock = clock or Clock()
        self.hosts = hosts
        self.configured = Configured(ports)
        self.accounts = Accounts(ports.folder)
        self.sessions = Sessions()
        self.throttle = Throttle()
        self.hashing = Hashing()
        self.security = SecurityLog(ports.folder, self.clock, self._tell_security)
        self.log = Log()
        self.streams = Streams()
        self.watching = Watching(self.document, self.clock)
        self.sights = Sights(lambda evse: self.ask(SeeEvse(evse), EvseSight), self.clock)
        self.taps = Ration(each=10, together=60, within_s=60.0)
        """Starts and stops of drivers."""
        self.reports = Ration(each=3, together=20, within_s=600.0)
        """What they find wrong."""
        self.workshop = Workshop(ports)
        """Of the first configuration."""
        self.uploads = Uploads(ports.folder)
        self.updates = Updates(ports.updates, ports.folder, self.update_refused)
        self.work = Work()
        """A new configuration, a restore, a factory reset on its way."""
        self.moving = Moving()
        """Pages that are about to be elsewhere."""
        self.desk = Desk()
        """Configurations that somebody is changing."""
        self.looked: dict[str, Looked] = {}
        """The backup that somebody has looked at last; one."""
        self.commissioning = Commissioning(ports.folder, ports.commissioning, self.clock)
        """Self-test, measurements, report."""
        self.climbing = asyncio.Lock()
        """Held by who tries the way to the CSMS: one at a time."""
        self.printing = asyncio.Lock()
        """Held by who has signs or a report made: one process at a time."""
        self.hands: dict[int, str] = {}
        """EVSE -> which page has it charge by hand; whoever is not it renews nothing."""
        self.assets = Assets()
        self.rendering = Rendering(self.assets)
        self.technicians_port: int | None = None
        """Where the pages by HTTPS are, for a link."""
        self.drivers_url: str | None = None
        """Where the pages for drivers are, for people; ``None``: nowhere."""
        self.fingerprint = ""
        """Of the device's certificate, for people."""

    async def ask(self, question: msgspec.Struct | None, answer: type[T], timeout_s: float = client.PATIENCE_S) -> T:
        """A question to the station (``chargepoint.inquiry``). Raises InquiryError, which a page may leave to the gate."""
        return await client.inquire(self.ports.inquiry, answer, question, timeout_s)

    async def document(self) -> Document:
        """How the station is. Raises InquiryError."""
        return await self.ask(None, dict[str, Any])

    async def update_refused(self, by: str, answer: Offered) -> None:
        """For the history of the station, where it runs."""
        with suppress(InquiryError):
            await self.ask(NoteUpdate(end="refused", code=answer.code, text=answer.text[:LONGEST_TEXT], by=f"{by} (by page)"), UpdateNoted)

    async def _tell_security(self, noted: NoteSecurity) -> None:
        await self.ask(noted, Noted)

    @property
    def identity(self) -> str:
        """What this station is called, as far as it is known."""
        configuration = self.configured.good
        return "" if configuration is None else configuration.public.label or configuration.station.id

    def about(self) -> tuple[str, ...]:
        """Words that anybody can read off the station: none of them makes a password good."""
        configuration = self.configured.good
        known = () if configuration is None else _known(configuration.station, configuration.public)
        return (*known, *(host for host in self.hosts if host != "localhost"))

    async def run(self) -> None:
        """What goes on beside the pages, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.configured.run(self.clock))
            group.create_task(self.security.run())
            if self.ports.log:
                group.create_task(self.log.listen(self.ports.log))
            group.create_task(self._settle())

    async def _settle(self) -> None:
        while True:
            try:
                if not self.accounts.all():
                    setup_code.of(self.ports.folder)
                self.accounts.settle(self.clock.monotonic())
            except (AccountError, OSError) as error:
                log.error("event=accounts_unusable cause=%s", error)
            await self.clock.pause(SETTLE_S)


def _known(station: Any, public: Any) -> tuple[str, ...]:
    return tuple(text for text in (station.id, station.vendor, station.model, station.serial, public.label, public.operator) if text)

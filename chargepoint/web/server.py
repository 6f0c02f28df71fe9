"""The process: two listeners over one house, the device's certificate, and its end.

technicians   HTTPS, TLS 1.2 at least, the device's own certificate (``chargepoint.pki.device``), looked at every hour
drivers       plain HTTP
"""

import asyncio
import logging
import ssl
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from chargepoint.pki import files
from chargepoint.web import addresses, application
from chargepoint.web.door import Door
from chargepoint.web.doors import Doors, Place
from chargepoint.web.house import House
from chargepoint.web.ports import Reading

log = logging.getLogger(__name__)

CERTIFICATE_EVERY_S = 3600.0
AGAIN_S = 10.0
"""After an address could not be had."""
ADDRESSES = "addresses.json"
"""Where the pages are, for other programs of this machine, while they are."""
TLS = "tls"
MAKING_S = 60.0
"""For a certificate, on a small board that has much to do."""


class Places(Struct, frozen=True):
    """Where to listen; ``None``: not at all."""

    technicians: Place | None
    drivers: Place | None


class Server:
    """``places``: what a configuration means for the listeners; asked again when it changes. ``alive``: told the monotonic time every
    ``every_s`` for as long as the pages work."""

    def __init__(
        self, house: House, places: Callable[[Reading], Places], alive: Callable[[float], None] = lambda now: None, every_s: float = 60.0
    ) -> None:
        self._house = house
        self._alive = alive
        self._every_s = every_s
        self._places = places
        self._technicians = Doors(lambda: Door(application.technicians(house), self._tls, house.clock))
        self._drivers = Doors(lambda: Door(application.for_drivers(house), None, house.clock))
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._tls.set_alpn_protocols(["http/1.1"])
        self._changed = asyncio.Event()
        house.configured.on_change.append(lambda reading: self._changed.set())

    async def run(self, leave: asyncio.Event) -> None:
        """Until ``leave`` is set. Raises OSError: the certificate cannot be made, or no address be had at the start."""
        await asyncio.to_thread(self._renew)
        await self._begin()
        jobs = (self._house.run(), self._follow(), self._leave(), self._keep_certificate(), self._live())
        work = [asyncio.ensure_future(job) for job in jobs]
        leaving = asyncio.ensure_future(leave.wait())
        try:
            done, _ = await asyncio.wait([leaving, *work], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {leaving}:
                task.result()
        finally:
            self._house.streams.leaving = True
            for task in (leaving, *work):
                task.cancel()
            await asyncio.gather(self._technicians.close(), self._drivers.close())
            files.remove(self._house.ports.folder / ADDRESSES)

    async def _begin(self) -> None:
        """Raises OSError; where a new configuration is just being proved it is for that one to be taken back."""
        try:
            await self._settle()
        except OSError as error:
            if not self._house.moving.under_way:
                raise
            log.error("event=cannot_listen cause=%s", error)
            self._seen(error.strerror or str(error))

    async def _live(self) -> None:
        while True:
            self._alive(self._house.clock.monotonic())
            await self._house.clock.pause(self._every_s)

    async def _follow(self) -> None:
        """Listen elsewhere when the configuration says so."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._settle()
            except OSError as error:
                log.error("event=cannot_listen cause=%s again_s=%.0f", error, AGAIN_S)
                self._seen(error.strerror or str(error))
                await self._house.clock.pause(AGAIN_S)
                self._changed.set()

    async def _leave(self) -> None:
        """What was kept open while nobody knew whether it comes back."""
        ended = self._house.moving.ended
        while True:
            await ended.wait()
            ended.clear()
            await asyncio.gather(self._technicians.leave(), self._drivers.leave())

    async def _settle(self) -> None:
        """Raises OSError, and what was open stays open: as it does while a configuration is broken, or just being written."""
        if self._house.configured.now.state == "broken" and (self._technicians.place or self._drivers.place):
            return
        wanted = self._places(self._house.configured.now)
        await self._technicians.move(wanted.technicians)
        await self._drivers.move(wanted.drivers)
        door = self._technicians.door
        self._house.technicians_port = None if door is None else door.port
        if not self._house.moving.under_way:
            await asyncio.gather(self._technicians.leave(), self._drivers.leave())
        self._tell()
        self._seen()

    def _seen(self, problem: str = "") -> None:
        door = self._technicians.door
        self._house.moving.settled(_url("https", self._technicians), None if door is None else door.place, problem)

    def _tell(self) -> None:
        """To the log, and to other programs."""
        told = {
            "technicians": _url("https", self._technicians),
            "drivers": _url("http", self._drivers),
            "fingerprint": self._house.fingerprint,
        }
        self._house.drivers_url = told["drivers"]
        log.info("event=pages_open technicians=%s drivers=%s", told["technicians"], told["drivers"])
        if self._technicians.door is None and self._drivers.door is None:
            log.warning("event=no_pages cause=the configuration has no [web]; add it with listen and driver_listen")
        files.replace(self._house.ports.folder / ADDRESSES, msgspec.json.encode(told))

    # The certificate

    def _renew(self) -> bool:
        """A new certificate where one is due; new connections get it. Blocks for a moment. Raises OSError."""
        folder = self._house.ports.folder / TLS
        made = device_certificate(folder, addresses.names(), self._house.clock.now())
        if made.due is not None:
            log.info("event=device_certificate_made cause=%r names=%s", made.due, ",".join(made.names))
        self._tls.load_cert_chain(made.certificate_file, made.key_file)
        self._house.fingerprint = made.fingerprint
        return made.due is not None

    async def _keep_certificate(self) -> None:
        while True:
            await self._house.clock.pause(CERTIFICATE_EVERY_S)
            try:
                if await asyncio.to_thread(self._renew):
                    self._tell()
            except OSError as error:
                log.error("event=certificate_not_renewed cause=%s", error)


class Certificate(Struct, frozen=True):
    """``chargepoint.pki.device.DeviceCertificate``, without that module: it costs 8 MiB for good, so a process of its own makes it."""

    certificate_file: str
    key_file: str
    names: tuple[str, ...]
    fingerprint: str
    due: str | None = None


def device_certificate(folder: Path, names: Sequence[str], now: datetime) -> Certificate:
    """The one that is there, or a new one. Blocks for a moment. Raises OSError."""
    command = (sys.executable, "-m", "chargepoint.pki.device", str(folder), now.isoformat(), *names)
    try:
        done = subprocess.run(command, capture_output=True, timeout=MAKING_S, check=False)
        if done.returncode == 0:
            return msgspec.json.decode(done.stdout, type=Certificate)
        raise OSError(f"no certificate for HTTPS: {done.stderr.decode(errors='replace').strip()[-300:]}")
    except (subprocess.TimeoutExpired, msgspec.MsgspecError) as error:
        raise OSError(f"no certificate for HTTPS: {error}") from error


def _url(scheme: str, doors: Doors) -> str | None:
    if doors.place is None or doors.door is None:
        return None
    return addresses.url(scheme, doors.place[0], doors.door.port)


def read_addresses(folder: Path) -> dict[str, Any] | None:
    """Where the pages are, while they are."""
    try:
        return msgspec.json.decode((folder / ADDRESSES).read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError):
        return None

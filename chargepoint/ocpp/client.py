"""The OCPP client: keeps a connection to the CSMS for ever, and is the station's ``Csms``.

uplink down          drop the connection without a word, wait
uplink up            dial at once, back-off from the beginning
connection lost      back-off, dial again; a connection that stood for a while ends the series
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from websockets.exceptions import NegotiationError

from chargepoint.domain.notifications import Answer, Notification
from chargepoint.domain.status import ConnectorFacts
from chargepoint.ocpp.backoff import BackOff
from chargepoint.ocpp.connection import Connection, dial
from chargepoint.ocpp.dialect import Dialect, Site, load
from chargepoint.ocpp.line import LineBook
from chargepoint.ocpp.negotiate import NotAgreed, agreed, without_user
from chargepoint.ocpp.problems import Problem, Unreachable, problem
from chargepoint.ocpp.session import Session
from chargepoint.ocpp.settings import OcppSettings
from chargepoint.station.csms import CsmsOffline, Line, StationPort

log = logging.getLogger(__name__)

STABLE_S = 10.0
"""A connection that stood so long ends a series of attempts."""
STOOD_S = 1.0
"""The same in 2.x, where any successful connection is to end it (part 4 §5.3 with its errata), sooner if the CSMS has said something. One
that is taken and closed at once was none: whoever does that is not hammered."""
MOST_NOTED = 20
"""Causes that one series of attempts may put into the security log."""
UPLINK_AGAIN_S = 5.0
"""How long to wait before asking the uplink again after it failed."""


class OcppClient:
    """``uplink`` yields whether the network is there, the present state first; without it the network always is."""

    def __init__(self, settings: OcppSettings, station: StationPort, uplink: Callable[[], AsyncIterator[bool]] | None = None) -> None:
        self._settings = settings
        self._station = station
        self._uplink = uplink
        self._site = Site(settings.connectors, station.csms_transaction_id)
        self._dialects: dict[str, Dialect] = {}
        self._version = settings.versions[0]
        self._session: Session | None = None
        self._connection: Connection | None = None
        self._attempt: asyncio.Task[Problem | None] | None = None
        self._back_off = BackOff(settings.reconnect)
        self._up = asyncio.Event()
        self._wake = asyncio.Event()
        self._reason = ""
        self._noted: set[Problem] = set()
        self._dialled = ""
        self._compressed = True
        """False after a CSMS that has answered the offer of compression with something else: the next attempt goes without."""
        self._book = LineBook(lambda: asyncio.get_running_loop().time())

    # Csms

    @property
    def line(self) -> Line:
        """How the connection is, for people."""
        return self._book.line

    @property
    def version(self) -> str:
        """The negotiated version; before that the first configured."""
        return self._version

    @property
    def connected(self) -> bool:
        """Is there a WebSocket with an agreed subprotocol?"""
        return self._session is not None

    @property
    def resend_keeps_id(self) -> bool:
        """May a resent message keep its id?"""
        return self._dialect.resend_keeps_id

    def says(self, notification: Notification) -> bool:
        """Does the version have a message for it?"""
        return self._dialect.encode(notification) is not None

    async def ask(self, notification: Notification, message_id: str | None = None) -> Answer:
        """Say it and wait for the answer. Raises CsmsOffline, CsmsSilent or CsmsRefused."""
        if self._session is None:
            raise CsmsOffline("not connected")
        return await self._session.ask(notification, message_id)

    def status_word(self, facts: ConnectorFacts) -> str:
        """The connector status in the version's words."""
        return self._dialect.status_word(facts)

    def drop(self, reason: str) -> None:
        """Close the connection and connect again at once."""
        self._again(reason)

    @property
    def _dialect(self) -> Dialect:
        if self._version not in self._dialects:
            self._dialects[self._version] = load(self._version, self._site)
        return self._dialects[self._version]

    # For ever

    async def run(self) -> None:
        """Stay connected until cancelled; then say goodbye."""
        if self._settings.url is None:
            log.info("event=no_csms")
            await asyncio.Event().wait()
            return
        url = self._settings.url
        watcher = asyncio.create_task(self._watch_uplink())
        try:
            while True:
                await self._up.wait()
                self._wake.clear()
                await self._one_attempt(url)
        finally:
            watcher.cancel()

    async def _one_attempt(self, url: str) -> None:
        """Dial, serve, and wait until it is time for the next: before that, what was connected is closed (OCPP 2.0.1 B10.FR.06)."""
        self._attempt = asyncio.create_task(self._connect_and_serve(url))
        try:
            await asyncio.wait({self._attempt})
        except asyncio.CancelledError:
            self._reason = "this station shuts down"
            self._attempt.cancel()
            await asyncio.wait({self._attempt})
            raise
        failed = None if self._attempt.cancelled() else self._attempt.result()
        if self._wake.is_set():
            return
        wait_s = self._back_off.next_s()
        if failed is not None:
            said = "event=csms_unreachable url=%s code=%s saw=%r check=%r retry_s=%.1f"
            log.warning(said, without_user(self._dialled), failed.code or None, failed.seen, failed.check, wait_s)
            self._book.failed(failed)
        self._book.waits(wait_s)
        await _pause(wait_s, self._wake)

    async def _connect_and_serve(self, url: str) -> Problem | None:
        """One connection from its beginning to its end; what was in the way of it, if anything."""
        try:
            connection = await dial(url, self._settings, self._compressed)
        except Unreachable as unreachable:
            self._compressed = not isinstance(unreachable.__cause__, NegotiationError)
            self._dialled = unreachable.url
            self._book.dialled(without_user(unreachable.url))
            self._settings.failed(unreachable.problem.answered)
            self._note(unreachable.problem)
            return unreachable.problem
        self._connection, self._dialled = connection, connection.url
        self._book.dialled(without_user(connection.url))
        self._noted.clear()
        try:
            self._version = agreed(connection.subprotocol, connection.versions, self._settings.assume_subprotocol)
            log.info("event=csms_connected url=%s version=%s", without_user(connection.url), self._version)
            self._settings.verified(connection.verified_chain)
            await self._serve(connection)
        except NotAgreed as disagreement:
            return problem(disagreement)
        finally:
            self._connection = None
            try:
                await connection.close()
            finally:
                connection.abort()
        return None

    def _note(self, what: Problem) -> None:
        """For the security log; each cause once, however often it is tried again, until a connection stands."""
        if what.event and what not in self._noted and len(self._noted) < MOST_NOTED:
            self._noted.add(what)
            self._station.noted(what.event, what.seen)

    async def _serve(self, connection: Connection) -> None:
        session = Session(connection, self._dialect, self._station, self._settings.message_time_out_s)
        clock = asyncio.get_running_loop().time
        began_s, reason = clock(), ""
        pinging = asyncio.create_task(connection.keep_alive(self._settings.ping_interval_s))
        self._session, self._reason = session, ""
        self._book.stands()
        self._station.csms_connected()
        try:
            reason = await session.run()
        finally:
            self._session = None
            pinging.cancel()
            stood_s, newer = clock() - began_s, self._version != "1.6"
            if stood_s >= (STOOD_S if newer else STABLE_S) or (session.heard and newer):
                self._back_off.reset()
            self._book.ended(self._reason or reason)
            self._station.csms_lost(self._reason or reason)

    def _again(self, reason: str) -> None:
        """End what is there and do not wait for the next attempt."""
        self._reason = reason
        self._back_off.reset()
        self._wake.set()
        if self._attempt is not None:
            self._attempt.cancel()

    # Uplink

    async def _watch_uplink(self) -> None:
        """Follow the uplink. One that fails is asked again; one that has no more to say stays as it was."""
        if self._uplink is None:
            self._up.set()
            return
        while True:
            try:
                async for up in self._uplink():
                    self._went_up() if up else self._went_down()
                return
            except Exception:  # the rim: a broken network monitor must not take the network away
                log.exception("event=uplink_monitor_failed retry_s=%.0f", UPLINK_AGAIN_S)
                await _pause(UPLINK_AGAIN_S, asyncio.Event())

    def _went_up(self) -> None:
        if not self._up.is_set():
            log.info("event=uplink state=up")
            self._book.network(True)
            self._up.set()

    def _went_down(self) -> None:
        if self._up.is_set():
            log.info("event=uplink state=down")
            self._book.network(False)
            self._up.clear()
            if self._connection is not None:
                self._connection.abort()
            self._again("the network is down")


async def _pause(seconds: float, wake: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()

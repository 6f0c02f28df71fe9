"""The bench CSMS without sockets, and the client that speaks OCPP to it for the station: the real session and the real dialect."""

import asyncio
from datetime import datetime, timedelta
from functools import cache
from random import Random

from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.notifications import Answer, Notification
from chargepoint.domain.status import ConnectorFacts
from chargepoint.ocpp.dialect import Dialect, Site, load
from chargepoint.ocpp.session import Session
from chargepoint.station.csms import CsmsOffline, StationPort
from chargepoint.station.csms import Line as UplinkLine
from simulators.csms.book import Conversation
from simulators.csms.connection import Connection
from simulators.csms.server import Csms
from simulators.csms.versions import VERSIONS
from tests import virtual_time
from tests.campaigns.chaos.line import CsmsEnd, Line
from tests.station.rig import MIDNIGHT

STATION = "cp001"
TIME_OUT_S = 4.0
"""Of the station for an answer: shorter than the longest delay of chance."""
AGAIN_S = 3.0
"""At most so long until it dials again."""


def now() -> datetime:
    """The time of day in the virtual world."""
    return MIDNIGHT + timedelta(seconds=virtual_time.now_s())


class Central(Csms):
    """``network``: is there a way to it?"""

    def __init__(self, seed: int, version: str) -> None:
        super().__init__(versions=(version,), seed=seed, clock=now)
        self.version = version
        self.network = asyncio.Event()
        self.network.set()
        self.line: Line | None = None

    def meet(self) -> Line:
        """A station dials."""
        self.line = line = Line()
        self._run(self._attend(line.csms))
        return line

    async def _attend(self, end: CsmsEnd) -> None:
        version = VERSIONS[self.version]
        station = self._book.arrive(STATION, version, "memory", now())
        connection = Connection(end, self._court, Conversation(station=station, version=version), now)  # type: ignore[arg-type]
        self._replace(STATION, connection)
        self._leave(STATION, connection, await connection.serve())

    def cut(self) -> None:
        """The line breaks."""
        if self.line is not None:
            self.line.cut()

    def unplug_network(self) -> None:
        """And nobody gets a new one."""
        self.network.clear()
        self.cut()


class Names:
    """The dialect is built once for all stations: its schemas take a while. Here it asks the station that lives."""

    station: StationPort | None = None

    def csms_id(self, transaction_id: str) -> str | None:
        """Of the station that lives."""
        return None if self.station is None else self.station.csms_transaction_id(transaction_id)


NAMES = Names()


@cache
def dialect(version: str) -> Dialect:
    """For one connector."""
    return load(version, Site((ConnectorId(1),), NAMES.csms_id))


class Client:
    """The station's ``Csms``."""

    line = UplinkLine()

    def __init__(self, station: StationPort, central: Central, random: Random) -> None:
        self._station = station
        self._central = central
        self._random = random
        self._session: Session | None = None
        self._dialect = dialect(central.version)
        self.version = central.version
        self.resend_keeps_id = self._dialect.resend_keeps_id
        NAMES.station = station

    @property
    def connected(self) -> bool:
        """Is there a line?"""
        return self._session is not None

    def says(self, notification: Notification) -> bool:
        """Has this version a message for it?"""
        return self._dialect.encode(notification) is not None

    async def ask(self, notification: Notification, message_id: str | None = None) -> Answer:
        """Through the session, if there is one."""
        if self._session is None:
            raise CsmsOffline("not connected")
        return await self._session.ask(notification, message_id)

    def status_word(self, facts: ConnectorFacts) -> str:
        """In its words."""
        return self._dialect.status_word(facts)

    def drop(self, reason: str) -> None:
        """Dial again."""
        self._central.cut()

    async def run(self) -> None:
        """Dial for ever."""
        while True:
            await self._central.network.wait()
            line = self._central.meet()
            self._session = Session(line.station, self._dialect, self._station, lambda: TIME_OUT_S)
            self._station.csms_connected()
            try:
                await self._session.run()
            finally:
                self._session = None
                line.cut()
                self._station.csms_lost("the line is cut")
            await asyncio.sleep(self._random.uniform(0.1, AGAIN_S))

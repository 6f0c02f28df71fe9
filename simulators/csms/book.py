"""The book of the CSMS: tokens, stations, transactions, messages; and beside each what it needs to judge the next message.

Everything lives in memory. What grows has a bound, and the oldest goes first.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from simulators.csms.frames import Payload
from simulators.csms.message_log import MessageLog
from simulators.csms.records import Station, Transaction
from simulators.csms.tokens import TokenList
from simulators.csms.versions import Version

MAX_SEEN = 10_000
"""Message ids remembered for each station."""
MAX_TRANSACTIONS = 50_000
MAX_HELD = 1000
MAX_NOTED = 10_000
"""Security events, and notices, kept of each station; of too many, the oldest go."""


class Seen(Struct):
    """A CALL of a station that has been processed."""

    digest: bytes
    message: int
    answer: Payload


class OurCall(Struct):
    """A CALL that went to a station."""

    action: str
    answered: bool = False


class Memory(Struct, kw_only=True):
    """What is kept of a station over its connections, and not shown."""

    seen: OrderedDict[str, Seen] = field(default_factory=OrderedDict)
    ours: OrderedDict[str, OurCall] = field(default_factory=OrderedDict)
    held: list[Any] = field(default_factory=list)
    """Answers that wait for the station's next connection (``court.Reply``), at most MAX_HELD."""
    refused_starts: int = 0
    """StartTransactions that were answered with CALLERROR: their later messages carry transactionId -1 (1.6 errata 3.18)."""
    refused_transactions: set[str] = field(default_factory=set)
    """2.x: transactions whose beginning was answered with CALLERROR."""
    events: OrderedDict[int, bytes] = field(default_factory=OrderedDict)
    """2.x: events of monitors, by their ids, as digests."""

    def other_event(self, number: int, said: bytes) -> bool:
        """Was this id used for something else before? At most MAX_SEEN are kept."""
        before = self.events.setdefault(number, said)
        while len(self.events) > MAX_SEEN:
            self.events.popitem(last=False)
        return before != said

    def remember(self, message_id: str, seen: Seen) -> None:
        """Keep an id, at most MAX_SEEN."""
        self.seen[message_id] = seen
        while len(self.seen) > MAX_SEEN:
            self.seen.popitem(last=False)

    def asked(self, message_id: str, action: str) -> None:
        """Keep one of our CALLs, at most MAX_SEEN."""
        self.ours[message_id] = OurCall(action)
        while len(self.ours) > MAX_SEEN:
            self.ours.popitem(last=False)


class Account(Struct, kw_only=True):
    """A transaction with what is needed to judge its next message."""

    transaction: Transaction
    last_wh: float | None = None
    next_seq: int | None = None
    events: dict[int, Seen] = field(default_factory=dict)
    """2.x: processed events by seqNo."""
    refused: set[int] = field(default_factory=set)
    """2.x: events that we refused; they may come again, or never."""
    excused: bool = False
    """We refused a message that began or ended it, so it may look unfinished."""
    id_known: bool = True
    """1.6: has an answer with the transactionId left?"""


class Conversation(Struct, kw_only=True):
    """One connection of one station."""

    station: Station
    version: Version
    open: dict[str, datetime] = field(default_factory=dict)
    """CALLs of the station without an answer so far, and when they were sent at the earliest."""
    statuses: dict[str, str] = field(default_factory=dict)
    """Last status by connector, as told and answered on this connection."""
    unknown: bool = False
    """Has it sent other messages before any BootNotification that we know of?"""
    asked_for: set[str] = field(default_factory=set)
    """Actions that the station was asked to send (TriggerMessage, GetBaseReport, GetReport)."""
    boot_answered: tuple[datetime, int] | None = None
    """When the last boot was answered with something other than Accepted, and with what interval."""
    reports: dict[int, int] = field(default_factory=dict)
    """The next part of each report that goes on, by its number."""


class Book:
    """All of it."""

    def __init__(self, sign: Callable[[str], str] | None = None) -> None:
        self.sign = sign
        """Makes the certificate chain for a request (both PEM), or raises ValueError; ``None``: requests are rejected."""
        self.tokens = TokenList()
        self.stations: dict[str, Station] = {}
        self.log = MessageLog()
        self._memories: dict[str, Memory] = {}
        self._accounts: OrderedDict[tuple[str, str], Account] = OrderedDict()
        self._last_number = 0

    @property
    def transactions(self) -> list[Transaction]:
        """All transactions, in the order in which they became known."""
        return [account.transaction for account in self._accounts.values()]

    def arrive(self, station_id: str, version: Version, address: str, now: datetime) -> Station:
        """A station has connected."""
        station = self.stations.setdefault(station_id, Station(id=station_id, version=version.name))
        station.version, station.address = version.name, address
        station.connected, station.connected_at = True, now
        station.connections += 1
        return station

    def memory(self, station: Station) -> Memory:
        """What else is known of a station."""
        return self._memories.setdefault(station.id, Memory())

    def account(self, station: Station, transaction_id: str) -> Account | None:
        """A transaction of this station by its id."""
        return self._accounts.get((station.id, transaction_id))

    def accounts(self, station: Station) -> list[Account]:
        """The transactions of one station, the newest last."""
        return [account for (owner, _), account in self._accounts.items() if owner == station.id]

    def enter(self, account: Account) -> Account:
        """Open an account for a new transaction."""
        transaction = account.transaction
        self._accounts[transaction.station, transaction.id] = account
        while len(self._accounts) > MAX_TRANSACTIONS:
            self._accounts.popitem(last=False)
        return account

    def next_number(self) -> int:
        """A transactionId that no station has had (1.6)."""
        self._last_number += 1
        return self._last_number


def digest(action: str, payload: Payload) -> bytes:
    """Equal for equal content, however the keys are ordered."""
    return hashlib.blake2b(json.dumps([action, payload], sort_keys=True).encode(), digest_size=16).digest()

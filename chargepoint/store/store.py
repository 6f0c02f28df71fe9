"""Everything that the station keeps, behind one commit."""

from contextlib import AbstractContextManager
from pathlib import Path

from chargepoint.store.beginnings import Beginnings
from chargepoint.store.cards import Cards
from chargepoint.store.credentials import Credentials
from chargepoint.store.database import Database
from chargepoint.store.display_messages import DisplayMessages
from chargepoint.store.eras import Eras
from chargepoint.store.facts import Facts
from chargepoint.store.history import History
from chargepoint.store.jobs import Jobs
from chargepoint.store.local_list import LocalList
from chargepoint.store.monitors import Monitors
from chargepoint.store.network_profiles import NetworkProfiles
from chargepoint.store.numbering import Numbering
from chargepoint.store.outages import Outages
from chargepoint.store.outbox import Outbox
from chargepoint.store.prices import Bills
from chargepoint.store.profiles import Profiles
from chargepoint.store.receipts import Receipts
from chargepoint.store.reservations import Reservations
from chargepoint.store.reserve import Reserve
from chargepoint.store.security_log import SecurityRecords
from chargepoint.store.sessions import Sessions
from chargepoint.store.starts import Starts
from chargepoint.store.statistics import Statistics
from chargepoint.store.tokens import Tokens
from chargepoint.store.transactions import Transactions


class Store:
    """One file; ``commit()`` around whatever belongs together."""

    def __init__(self, path: Path | str, alone: bool = False) -> None:
        self._database = Database(path, alone)
        self.beginnings = Beginnings(self._database)
        self.bills = Bills(self._database)
        self.cards = Cards(self._database)
        self.credentials = Credentials(self._database)
        self.display_messages = DisplayMessages(self._database)
        self.eras = Eras(self._database)
        self.facts = Facts(self._database)
        self.history = History(self._database)
        self.starts = Starts(self._database)
        self.jobs = Jobs(self._database)
        self.local_list = LocalList(self._database)
        self.network_profiles = NetworkProfiles(self._database)
        self.monitors = Monitors(self._database)
        self.numbering = Numbering(self._database)
        self.outages = Outages(self._database)
        self.outbox = Outbox(self._database)
        self.profiles = Profiles(self._database)
        self.receipts = Receipts(self._database)
        self.reservations = Reservations(self._database)
        self.security_log = SecurityRecords(self._database)
        self.sessions = Sessions(self._database)
        self.statistics = Statistics(self._database)
        self.tokens = Tokens(self._database)
        self.transactions = Transactions(self._database)
        self._reserve = Reserve(Path(path).with_name(f"{Path(path).name}-reserve")) if alone else None
        self._database.on_full = self._make_room
        self.keep_room()

    def keep_room(self) -> bool:
        """A commit that finds the disk full ends the process; the next has the reserve to go on with, and lets meter values thin out.

        Is there a reserve? Asked again it is looked whether there can be one now.
        """
        self.outbox.tight = self._reserve is not None and not self._reserve.take()
        if self.outbox.tight:
            self._database.be_thrifty()
        return not self.outbox.tight

    def _make_room(self) -> None:
        if self._reserve is not None:
            self._reserve.give_up()
            self._database.be_thrifty()  # before somebody else takes the room

    def commit(self) -> AbstractContextManager[None]:
        """All changes inside are on disk when it returns, or none of them."""
        return self._database.commit()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

"""Everything that the station keeps, behind one commit."""

from contextlib import AbstractContextManager
from pathlib import Path

from chargepoint.store.database import Database
from chargepoint.store.facts import Facts
from chargepoint.store.outbox import Outbox
from chargepoint.store.sessions import Sessions
from chargepoint.store.tokens import Tokens
from chargepoint.store.transactions import Transactions


class Store:
    """One file; ``commit()`` around whatever belongs together."""

    def __init__(self, path: Path | str) -> None:
        self._database = Database(path)
        self.facts = Facts(self._database)
        self.outbox = Outbox(self._database)
        self.sessions = Sessions(self._database)
        self.tokens = Tokens(self._database)
        self.transactions = Transactions(self._database)

    def commit(self) -> AbstractContextManager[None]:
        """All changes inside are on disk when it returns, or none of them."""
        return self._database.commit()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

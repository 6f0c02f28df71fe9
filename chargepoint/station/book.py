"""The station's book: the session of each EVSE as it is on disk, and beside it the sheet of what need not be remembered."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from chargepoint.domain.session import Session
from chargepoint.domain.span import Span
from chargepoint.domain.transaction import Transaction
from chargepoint.domain.tx_points import OF_16_STOP
from chargepoint.station.desk import Sheet
from chargepoint.station.settings import EvseSettings
from chargepoint.store.store import Store


class Book:
    """One page for each EVSE. ``changed`` is called once for whatever was written or heard since it was called last."""

    def __init__(self, evses: Iterable[EvseSettings], store: Store, changed: Callable[[], None]) -> None:
        self._store = store
        self._changed = changed
        self._dirty = False
        self.sheets = {evse.evse: Sheet(evse) for evse in evses}
        self.sessions = {evse: _fitting(store.sessions.load(evse), sheet.settings) for evse, sheet in self.sheets.items()}

    def save(self, session: Session) -> None:
        """Write it as it is now, as part of a commit."""
        self._store.sessions.save(session)
        self.sessions[session.evse] = session
        self._dirty = True

    def keep(self, evse: int, transaction: Transaction) -> None:
        """What is known of the running transaction by now, of which nothing need be told."""
        with self._store.commit():
            self.save(replace(self.sessions[evse], transaction=transaction))

    def news(self) -> None:
        """Something changed that is not kept."""
        self._dirty = True

    def announce(self) -> None:
        """Let those know who live on what changed."""
        if self._dirty:
            self._dirty = False
            self._changed()

    def removed(self) -> list[Session]:
        """Sessions of EVSEs that the configuration no longer has."""
        return self._store.sessions.absent(frozenset(self.sheets))


def _fitting(session: Session, settings: EvseSettings) -> Session:
    """The connector used last may have been taken out of the configuration since; a transaction keeps the one that it had."""
    session = _spanned(session)
    numbers = [connector.connector for connector in settings.connectors]
    return session if session.transaction is not None or session.connector in numbers else replace(session, connector=numbers[0])


def _spanned(session: Session) -> Session:
    """A transaction that an earlier release began was told as such."""
    transaction = session.transaction
    if transaction is None or session.span is not None or not transaction.next_seq_no:
        return session
    span = Span(
        id=transaction.id,
        stops=OF_16_STOP,
        last_at=transaction.last_at,
        next_seq_no=transaction.next_seq_no,
        charging_state=transaction.charging_state,
        told_for=transaction.authorization,
        placed=True,
        plugged=True,
        begun=True,
        served=True,
        stop=transaction.stop,
    )
    return replace(session, span=span, transaction=replace(transaction, next_seq_no=0, announced=True))

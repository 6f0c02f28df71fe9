"""Sessions come back as they were saved; what they collect for the end is written once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.ids import ConnectorId, IdToken, PlugInId
from chargepoint.domain.metering import MeterValue, ReadingContext, Sample, thinned
from chargepoint.domain.session import Session
from chargepoint.domain.span import Span
from chargepoint.domain.transaction import Transaction
from chargepoint.store.bodies import written
from chargepoint.store.store import Store

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def value(number: int) -> MeterValue:
    """One sample."""
    return MeterValue(NOW + timedelta(minutes=number), ReadingContext.PERIODIC, (Sample("Energy.Active.Import.Register", number, "Wh"),))


def collected(*numbers: int) -> Session:
    """A session whose transaction has collected these."""
    transaction = Transaction(
        id="t",
        connector=ConnectorId(1),
        plug_in=PlugInId("b", 1),
        authorization=Authorization(IdToken("A"), Origin.LOCAL),
        started=NOW,
        start_wh=0,
        last_wh=0,
        last_at=NOW,
        end_values=tuple(map(value, numbers)),
    )
    return Session(evse=1, transaction=transaction)


def saved(path: Path, *sessions: Session) -> Session:
    """What a new start finds after these were saved one after the other."""
    store = Store(path)
    for session in sessions:
        with store.commit():
            store.sessions.save(session)
    store.close()
    store = Store(path)
    found = store.sessions.load(1)
    store.close()
    return found


def test_what_is_collected_grows_is_thinned_and_ends_and_every_step_survives(tmp_path: Path) -> None:
    grown = [collected(*range(count)) for count in range(8)]
    assert saved(tmp_path / "a", *grown) == grown[-1]
    transaction = grown[-1].transaction
    assert transaction is not None
    sparse = replace(grown[-1], transaction=replace(transaction, end_values=thinned(transaction.end_values, 4)))
    assert saved(tmp_path / "b", *grown, sparse) == sparse
    assert saved(tmp_path / "c", *grown, Session(evse=1)) == Session(evse=1)
    assert saved(tmp_path / "d", *grown, Session(evse=1), collected(9)) == collected(9)


def test_what_is_over_in_a_span_is_told_from_what_runs(tmp_path: Path) -> None:
    """Also where an earlier release has left it in the record."""

    def spanned(*over: int) -> Session:
        span = Span(id="s", stops=("EVConnected",), last_at=NOW, end_values=tuple(map(value, over)))
        return replace(collected(7, 8), span=span)

    assert saved(tmp_path / "a", spanned(), spanned(1, 2), spanned(1, 2, 3)) == spanned(1, 2, 3)
    assert saved(tmp_path / "b", spanned(1, 2), replace(spanned(1, 2), transaction=None)) == replace(spanned(1, 2), transaction=None)
    store = Store(tmp_path / "c")
    with store.commit():
        store.sessions.save(spanned())
        store._database.change("UPDATE sessions SET body = ?", written(replace(spanned(1, 2), transaction=None)))
    assert store.sessions.load(1) == replace(spanned(1, 2), transaction=None)
    store.close()


def test_after_a_commit_that_failed_nothing_is_missing(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.commit():
        store.sessions.save(collected(1))
    with pytest.raises(ZeroDivisionError), store.commit():
        store.sessions.save(collected(1, 2))
        raise ZeroDivisionError
    with store.commit():
        store.sessions.save(collected(1, 2, 3))
    assert store.sessions.load(1) == collected(1, 2, 3)


def test_a_start_goes_on_collecting(tmp_path: Path) -> None:
    saved(tmp_path / "store", collected(1, 2))
    assert saved(tmp_path / "store", collected(1, 2, 3)) == collected(1, 2, 3)

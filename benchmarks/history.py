"""A store full of messages, as one car after the other makes them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.ids import ConnectorId, IdToken, PlugInId
from chargepoint.domain.metering import MeterValue, ReadingContext, Sample
from chargepoint.domain.transaction import EventKind, StopReason, Transaction, TransactionEvent, TriggerReason
from chargepoint.store.store import Store

VALUES = 60
"""Meter values of one transaction."""
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def transactions(messages: int) -> Iterator[tuple[Transaction, list[TransactionEvent]]]:
    """So many messages, as one car after the other makes them."""
    for number in range(-(-messages // (VALUES + 2))):
        at = BEGAN + timedelta(hours=2 * number)
        transaction = Transaction(
            id=f"{number:036d}",
            connector=ConnectorId(1),
            plug_in=PlugInId("boot", number),
            authorization=Authorization(IdToken("04A1B2C3D4"), Origin.LOCAL),
            started=at,
            start_wh=10_000 * number,
            last_wh=10_000 * number,
            last_at=at,
            ended=at,
        )
        left = messages - number * (VALUES + 2)
        yield transaction, [event(transaction, seq_no) for seq_no in range(min(VALUES + 2, left))]


def event(transaction: Transaction, seq_no: int) -> TransactionEvent:
    """Its start, a meter value every minute, its end."""
    at, wh = transaction.started + timedelta(minutes=seq_no), transaction.start_wh + 150 * seq_no
    kind = EventKind.STARTED if seq_no == 0 else EventKind.ENDED if seq_no == VALUES + 1 else EventKind.UPDATED
    samples = (Sample("Energy.Active.Import.Register", wh, "Wh"), Sample("Power.Active.Import", 9_000, "W"))
    return TransactionEvent(
        transaction_id=transaction.id,
        connector=transaction.connector,
        kind=kind,
        trigger=TriggerReason.METER_VALUE_PERIODIC,
        seq_no=seq_no,
        at=at,
        meter_wh=None if kind is EventKind.UPDATED else wh,
        id_token=transaction.authorization.token if seq_no == 0 else None,
        stop_reason=StopReason.LOCAL if kind is EventKind.ENDED else None,
        values=(MeterValue(at, ReadingContext.PERIODIC, samples),),
    )


def fill(path: Path, messages: int) -> int:
    """Put them into a store; its bytes on disk afterwards."""
    path.parent.mkdir(parents=True)
    store = Store(path)
    for transaction, events in transactions(messages):
        with store.commit():
            store.transactions.save(transaction)
            for each in events:
                store.outbox.put(f"{transaction.id[-30:]}-{each.seq_no}", each)
    store.close()
    return path.stat().st_size

"""What was stamped by a clock that was wrong gets the time that it should have had."""

from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.metering import MeterValue
from chargepoint.domain.notifications import Kept, MeterValues, NotifyEvent, SecurityEvent
from chargepoint.domain.span import Span
from chargepoint.domain.transaction import PowerPath, Transaction, TransactionEvent

KeptT = TypeVar("KeptT", bound=Kept)


class Correction(Struct, frozen=True):
    """The clock was set by so much. What was stamped from ``since`` on was stamped by the clock that was wrong; what is older was not."""

    jump_s: float
    since: datetime

    def of(self, at: datetime) -> datetime:
        """The right time of a moment."""
        return at + timedelta(seconds=self.jump_s) if at >= self.since else at

    @property
    def back(self) -> bool:
        """Is it earlier now than it was thought to be?"""
        return self.jump_s < 0


def of_event(event: KeptT, by: Correction) -> KeptT:
    """A message that has not been sent."""
    if isinstance(event, MeterValues):
        return replace(event, values=_of_values(event.values, by))
    if isinstance(event, TransactionEvent):
        event = replace(event, values=_of_values(event.values, by), power_path=_of_path(event.power_path, by))
    elif isinstance(event, SecurityEvent) and event.last is not None:
        event = replace(event, last=by.of(event.last))
    elif isinstance(event, NotifyEvent):
        event = replace(event, events=tuple(replace(each, at=by.of(each.at)) for each in event.events))
    return replace(event, at=by.of(event.at))


def of_transaction(transaction: Transaction, by: Correction, *, told: bool) -> Transaction:
    """One that runs. ``told``: its start has been sent, so nothing that is told of it may become earlier than that.

    When it started in truth is corrected all the same: schedules count from there.
    """
    started = by.of(transaction.started)
    if told and by.back:
        latest = max([transaction.last_at, *(value.at for value in transaction.end_values)])
        return replace(transaction, started=started, last_at=latest)
    stop = transaction.stop
    return replace(
        transaction,
        started=started,
        last_at=by.of(transaction.last_at),
        stop=stop if stop is None or stop.at is None else replace(stop, at=by.of(stop.at)),
        end_values=_of_values(transaction.end_values, by),
    )


def of_span(span: Span, by: Correction, *, told: bool) -> Span:
    """What is told of it, in the same way."""
    if told and by.back:
        return span
    stop = span.stop
    return replace(
        span,
        last_at=by.of(span.last_at),
        stop=stop if stop is None or stop.at is None else replace(stop, at=by.of(stop.at)),
        end_values=_of_values(span.end_values, by),
    )


def _of_path(path: PowerPath | None, by: Correction) -> PowerPath | None:
    if path is None:
        return None
    return replace(path, at=None if path.at is None else by.of(path.at), values=_of_values(path.values, by))


def _of_values(values: tuple[MeterValue, ...], by: Correction) -> tuple[MeterValue, ...]:
    return tuple(replace(value, at=by.of(value.at)) for value in values)

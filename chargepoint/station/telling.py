"""The words of one event of a transaction: what of a session it has to tell now, for 2.x and for 1.6."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.ids import IdToken
from chargepoint.domain.metering import MeterValue
from chargepoint.domain.session import Session
from chargepoint.domain.span import Span
from chargepoint.domain.transaction import (
    USUAL,
    ChargingState,
    EventKind,
    PathStep,
    PowerPath,
    Stop,
    StopReason,
    Transaction,
    TransactionEvent,
    TriggerReason,
)


class News(Struct, frozen=True):
    """What there is to tell beside what the session says."""

    kind: EventKind
    trigger: TriggerReason
    at: datetime
    token: IdToken | None = None
    """Shown to end it."""
    values: tuple[MeterValue, ...] = ()
    reason: StopReason | None = None
    path: PowerPath | None = None
    """The power path closes or opens now."""


def closing(transaction: Transaction) -> PowerPath:
    """It has begun, which is to be told now."""
    return PowerPath(
        step=PathStep.CLOSES,
        transaction_id=transaction.id,
        at=transaction.started,
        meter_wh=transaction.start_wh,
        token=transaction.authorization.token,
        reservation_id=transaction.reservation_id,
    )


def opening(transaction: Transaction, stop: Stop, at: datetime, end_wh: int, values: tuple[MeterValue, ...]) -> PowerPath:
    """It is over."""
    return PowerPath(
        step=PathStep.OPENS,
        transaction_id=transaction.id,
        at=at,
        meter_wh=end_wh,
        token=stop.token,
        reason=stop.reason,
        values=values,
    )


def worded(session: Session, span: Span, news: News) -> TransactionEvent:
    """The event (E01.FR.10, E01.FR.13, E01.FR.16, E01.FR.18, E02.FR.01, E02.FR.03, E02.FR.13, E02.FR.18, E02.FR.19, E02.FR.20, E03.FR.01,
    E03.FR.03, E03.FR.13, E03.FR.14, F02.FR.05, F02.FR.06); when it is stopped by a token, that too (E07.FR.02)."""
    payer, path = session.payer, news.path
    new = payer is not None and not _same(payer, span.told_for)
    phases = phases_of(session)
    event = TransactionEvent(
        transaction_id=span.id,
        connector=session.place if session.transaction is None else session.transaction.connector,
        kind=news.kind,
        trigger=_trigger(news, payer if new else None),
        seq_no=span.next_seq_no,
        at=news.at,
        meter_wh=None if path is None else path.meter_wh,
        charging_state=state_of(session, news),
        id_token=payer.token if new and payer is not None else news.token,
        remote_start_id=payer.remote_start_id if new and payer is not None else None,  # F01.FR.25, F02.FR.01
        reservation_id=_reservation(session) if new else None,
        stop_reason=news.reason,
        values=news.values,
        placed=session.placed,
        plugged=span.plugged or session.plug_in is not None or session.transaction is not None,
        phases=None if phases == span.phases else phases,
        charged_s=round(span.told(news.at, ChargingState.IDLE).charged_s) if news.kind is EventKind.ENDED else None,
    )
    return _with_path(event, path or _standing(session))


def _trigger(news: News, payer: Authorization | None) -> TriggerReason:
    """Its own cause (E02.FR.15, E02.FR.17, E03.FR.12, E06.FR.15). The first event that tells of a remote start says that, whatever else has
    happened (F01.FR.17, F01.FR.19, F02.FR.21, F03.FR.09)."""
    remote = payer is not None and payer.origin is Origin.REMOTE and news.kind is not EventKind.ENDED
    return TriggerReason.REMOTE_START if remote else news.trigger


def _same(payer: Authorization, told: Authorization | None) -> bool:
    """Only its group may be known better by now."""
    return told is not None and payer.token.same_as(told.token) and payer.remote_start_id == told.remote_start_id


def _reservation(session: Session) -> int | None:
    return session.reserved if session.transaction is None else session.transaction.reservation_id


def _standing(session: Session) -> PowerPath:
    if session.transaction is None:
        return PowerPath(step=PathStep.OPEN)
    return PowerPath(step=PathStep.CLOSED, transaction_id=session.transaction.id)


def _with_path(event: TransactionEvent, path: PowerPath) -> TransactionEvent:
    """What goes without saying is left out."""
    usual = path.step is USUAL[event.kind] and path.transaction_id == event.transaction_id
    if usual and (path.step is PathStep.CLOSED or path == event.path):
        return event
    return replace(event, power_path=path)


def state_of(session: Session, news: News) -> ChargingState:
    """ChargingState; when nobody may charge any longer, whether the car is still there says it."""
    over = session.transaction is None or (news.path is not None and news.path.step is PathStep.OPENS)
    if not over and session.transaction is not None and news.kind is not EventKind.ENDED:
        return session.transaction.charging_state
    return ChargingState.IDLE if session.plug_in is None else ChargingState.EV_CONNECTED


def phases_of(session: Session) -> int | None:
    """numberOfPhasesUsed, as far as it is known."""
    transaction = session.transaction
    return None if transaction is None or transaction.phases is None else transaction.phases.drawn


def trigger_of(authorization: Authorization) -> TriggerReason:
    """What an authorisation that comes last tells as the cause of the start."""
    return TriggerReason.REMOTE_START if authorization.origin is Origin.REMOTE else TriggerReason.AUTHORIZED

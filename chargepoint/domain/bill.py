"""What is known of the price and cost of whoever is, or was last, at one EVSE; and how it follows the session there."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.authorization import Authorization
from chargepoint.domain.display import Phase
from chargepoint.domain.price_triggers import PriceTriggers
from chargepoint.domain.pricing import CostState, FinalCost, RunningCost, idle_since, rolled
from chargepoint.domain.session import Session

LINGER = timedelta(minutes=5)
"""So long the final cost stays readable after the car has left, unless somebody else comes."""


class Bill(Struct, frozen=True, kw_only=True):
    """One EVSE. Kept over a restart once the CSMS has told a price or a cost."""

    evse: int
    token: str | None = None
    """Its key, of whoever was accepted here."""
    texts: dict[str, str] = {}
    """His price, by language."""
    transaction_id: str | None = None
    told_as: str | None = None
    """What 2.x calls the transaction, of which this one may be a part only."""
    started: datetime | None = None
    start_wh: int = 0
    running: RunningCost | None = None
    idle_since: datetime | None = None
    final: FinalCost | None = None
    met_time: datetime | None = None
    met_wh: int | None = None
    """Conditions for a meter value that were met: whoever names the same again has had it."""
    ended: datetime | None = None
    """The transaction is over."""
    left: datetime | None = None
    """So is the stay: the car has left, or somebody else charges it."""
    shown_until: datetime | None = None

    @property
    def told(self) -> bool:
        """Has the CSMS said anything of it?"""
        return bool(self.texts) or self.running is not None or self.final is not None


def follow(bill: Bill, session: Session, now: datetime, prices: Mapping[str, dict[str, str]]) -> Bill:
    """The bill of the session as it is now. ``prices``: own prices by the key of the token, told before it was known where it charges."""
    transaction = session.transaction
    if transaction is not None:
        token = transaction.authorization.token.key
        if transaction.id != bill.transaction_id:
            texts = prices.get(token) or (bill.texts if bill.token == token and bill.transaction_id is None else {})
            texts = texts or personal(transaction.authorization)
            bill = Bill(
                evse=bill.evse,
                token=token,
                texts=texts,
                transaction_id=transaction.id,
                told_as=session.transaction_id,
                started=transaction.started,
                start_wh=transaction.start_wh,
            )
        return bill if bill.started == transaction.started else replace(bill, started=transaction.started)  # the clock was set
    bill = _over(bill, session, now)
    if session.authorization is None:
        return bill if bill.transaction_id is not None else Bill(evse=bill.evse)
    token = session.authorization.token.key
    if bill.token == token and bill.transaction_id is None:
        return bill
    return Bill(evse=bill.evse, token=token, texts=prices.get(token) or personal(session.authorization))


def personal(authorization: Authorization) -> dict[str, str]:
    """What whoever accepted the driver has told him, his tariff mostly (I01.FR.03); in his language, as far as that is known."""
    if not authorization.message:
        return {}
    return {authorization.languages[0] if authorization.languages else "": authorization.message}


def _over(bill: Bill, session: Session, now: datetime) -> Bill:
    if bill.transaction_id is None:
        return bill
    if bill.ended is None:
        bill = replace(bill, ended=now)
    if bill.left is None and not stays(session):
        bill = replace(bill, left=now, shown_until=now + LINGER)
    return bill


def stays(session: Session) -> bool:
    """Is the car of a transaction that is over still there, and nothing else begun with it?"""
    return session.finishing and session.plug_in is not None


def phase(bill: Bill, session: Session, now: datetime) -> Phase:
    """Where its driver is."""
    if session.transaction is not None:
        return Phase.DURING
    if session.authorization is not None:
        return Phase.AUTHORIZED
    lingers = session.free and bill.shown_until is not None and now < bill.shown_until
    return Phase.AFTER if bill.transaction_id is not None and (stays(session) or lingers) else Phase.BEFORE


def reckoned_until(bill: Bill, idle_fee_after_stop: bool) -> datetime | None:
    """Beyond its end a stay costs only where idling does: as the CSMS says then, or as was agreed for after the stop."""
    told = bill.running
    if bill.ended is None or told is None or told.state is not CostState.IDLE:
        return bill.ended
    return bill.left if idle_fee_after_stop or told.at > bill.ended else bill.ended


def charged(bill: Bill, told: RunningCost) -> Bill:
    """The CSMS says what it costs by now.

    A meter value is not told again for a time or an energy that the CSMS knew when it wrote this, or that was met before: most send the
    same conditions with each cost, and a cost with each meter value.
    """
    asked = told.triggers
    at_time = None if asked.at_time is None or asked.at_time == bill.met_time or asked.at_time <= told.at else asked.at_time
    known_wh = told.meter_wh - bill.start_wh
    at_wh = None if asked.at_consumed_wh in (None, bill.met_wh) or known_wh >= (asked.at_consumed_wh or 0) else asked.at_consumed_wh
    told = replace(told, triggers=replace(asked, at_time=at_time, at_consumed_wh=at_wh))
    return replace(bill, running=told, idle_since=idle_since(bill.running, bill.idle_since, told))


def answered(bill: Bill, left: PriceTriggers) -> Bill:
    """Of what a meter value was asked for, ``left`` still waits."""
    if bill.running is None or bill.running.triggers == left:
        return bill
    asked = bill.running.triggers
    return replace(
        bill,
        running=replace(bill.running, triggers=left),
        met_time=asked.at_time if left.at_time is None and asked.at_time is not None else bill.met_time,
        met_wh=asked.at_consumed_wh if left.at_consumed_wh is None and asked.at_consumed_wh is not None else bill.met_wh,
    )


def settled(bill: Bill, final: FinalCost, now: datetime) -> Bill:
    """The CSMS says what it has cost."""
    return replace(bill, final=final, shown_until=None if bill.left is None else now + LINGER)


def reckoned(bill: Bill, meter_wh: int | None, now: datetime) -> Bill:
    """New prices count from their moment on."""
    if bill.running is None or meter_wh is None or bill.ended is not None:
        return bill
    running = rolled(bill.running, bill.idle_since, meter_wh, now)
    return bill if running is bill.running else replace(bill, running=running)
